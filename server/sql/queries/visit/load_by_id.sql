-- SPDX-License-Identifier: Apache-2.0
-- One visit. :id · :site_id
select id, site_id, number,
    -- include visit/columns
from visit
where id = :id and site_id = :site_id
