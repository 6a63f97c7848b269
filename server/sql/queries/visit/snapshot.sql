-- SPDX-License-Identifier: Apache-2.0
-- The visits of a site whose life has not ended. :site_id
select id, site_id, number,
    -- include visit/columns
from visit
where site_id = :site_id and state not in ('left', 'cancelled')
order by ordinal
