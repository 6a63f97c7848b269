-- SPDX-License-Identifier: Apache-2.0
-- Where both chains of every site stand.
select id as site_id, code, epoch, seq, encode(head_hash, 'hex') as hash, accesses,
       encode(access_hash, 'hex') as access_hash
from site
order by id
