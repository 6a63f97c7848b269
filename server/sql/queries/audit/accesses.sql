-- SPDX-License-Identifier: Apache-2.0
-- The next lines of a site's access log. :site_id · :seq   the last one known · :limit
select seq, at, kind, operation as record_type, number as record_id, actor_id, actor_name, times, salt, digest, hash
from access_log
where site_id = :site_id::uuid and seq > :seq::bigint
order by seq
limit :limit::bigint
