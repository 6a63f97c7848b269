-- SPDX-License-Identifier: Apache-2.0
-- Fragment: the end of a statement that writes into the access log. The site is locked from here on, as by a store, so
-- what the same transaction reads after it is of one moment.
-- seen: one row, or none when there is nothing to write
place as (
    update site set accesses = accesses + 1,
                    access_hash = sha256(access_hash || int8send(accesses + 1) || :digest::bytea)
    from seen
    where site.id = :site_id
    returning site.accesses, site.access_hash
)
insert into access_log (site_id, seq, at, kind, operation, number, actor_id, actor_name, times, salt, digest, hash)
select :site_id, place.accesses, :at, :kind, :operation, :number, :actor_id, :actor_name, :times, :salt, :digest,
       place.access_hash
from place
returning seq
