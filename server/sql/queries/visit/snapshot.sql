-- SPDX-License-Identifier: Apache-2.0
-- The visits of a site whose life has not ended, or whose emergency nobody has acknowledged. :site_id
select id, site_id, number,
    -- include visit/columns
from visit
where site_id = :site_id
  and (state not in ('left', 'cancelled')
       or alert_raised_at is not null and alert_acknowledged_at is null and alert_ended_at is null)
order by ordinal
