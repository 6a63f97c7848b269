-- SPDX-License-Identifier: Apache-2.0
-- The last line of the access log before a moment; no row: there is none. :site_id :since
select seq, hash
from access_log
where site_id = :site_id::uuid and at < :since::timestamptz
order by seq desc
limit 1
