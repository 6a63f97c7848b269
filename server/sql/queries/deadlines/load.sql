-- SPDX-License-Identifier: Apache-2.0
-- The figures of a severity. Where the site has none there is a row without an id and a version. :severity · :site_id
select id, site_id, severity,
    -- include deadlines/columns
from (values (:site_id::uuid, :severity::text)) as wanted (site_id, severity)
left join deadlines using (site_id, severity)
