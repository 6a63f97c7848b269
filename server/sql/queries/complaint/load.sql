-- SPDX-License-Identifier: Apache-2.0
-- One complaint. :number · :site_id
select id, site_id, number,
    -- include complaint/columns
from complaint
where site_id = :site_id and ordinal = ordinal_of('C', :number)
