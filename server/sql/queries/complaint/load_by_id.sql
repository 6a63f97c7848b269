-- SPDX-License-Identifier: Apache-2.0
-- One complaint. :id · :site_id
select id, site_id, number,
    -- include complaint/columns
from complaint
where id = :id and site_id = :site_id
