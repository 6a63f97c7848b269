-- SPDX-License-Identifier: Apache-2.0
-- The last entry before a moment; no row: there is none. :site_id :since
select seq, hash
from (select seq, hash from journal_archive where site_id = :site_id::uuid and at < :since::timestamptz
      union all
      select seq, hash from journal where site_id = :site_id::uuid and at < :since::timestamptz) as entry
order by seq desc
limit 1
