-- SPDX-License-Identifier: Apache-2.0
-- What a site has set. :site_id
select id, site_id, severity,
    -- include deadlines/columns
from deadlines
where site_id = :site_id
