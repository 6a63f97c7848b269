-- SPDX-License-Identifier: Apache-2.0
-- Where both chains of a site stand, and how many steps its records have. :site_id
select id as site_id, code, epoch, seq, encode(head_hash, 'hex') as hash, accesses,
       encode(access_hash, 'hex') as access_hash, (select count(*) from step where step.site_id = site.id) as steps
from site
where id = :site_id::uuid
