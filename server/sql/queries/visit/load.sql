-- SPDX-License-Identifier: Apache-2.0
-- One visit. :number · :site_id
select id, site_id, number,
    -- include visit/columns
from visit
where site_id = :site_id and ordinal = ordinal_of('V', :number)
