-- SPDX-License-Identifier: Apache-2.0
-- The complaints of a site whose life has not ended. :site_id
select id, site_id, number,
    -- include complaint/shown
from complaint
where site_id = :site_id and state not in ('followed_up', 'linked')
order by ordinal
