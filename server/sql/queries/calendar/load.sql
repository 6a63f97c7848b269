-- SPDX-License-Identifier: Apache-2.0
-- The site's calendar. Where it has none of its own there is a row without an id and a version. :site_id
select id, site_id,
    -- include calendar/columns
from (values (:site_id::uuid)) as wanted (site_id)
left join calendar using (site_id)
