-- SPDX-License-Identifier: Apache-2.0
-- The next entries of a site, from archive and journal together, each with its step.
-- :site_id · :seq   the last one known · :limit
select entry.seq, entry.epoch, entry.at, entry.kind, entry.record_type, entry.record_id, entry.actor_id,
       entry.actor_name, entry.note, entry.record, entry.salt, entry.digest, entry.hash, entry.number,
       coalesce((select number from complaint where id = entry.record_id),
                (select number from visit where id = entry.record_id)) as true_number,
       step.seq is not null as step_there,
       coalesce((step.kind, step.at, step.actor_id, step.actor_name)
                is not distinct from (entry.kind, entry.at, entry.actor_id, entry.actor_name), false) as step_same,
       step.note as step_note
from (select * from journal_archive where site_id = :site_id::uuid and seq > :seq::bigint
      union all
      select * from journal where site_id = :site_id::uuid and seq > :seq::bigint
      order by seq
      limit :limit::bigint) as entry
left join step on step.record_id = entry.record_id and step.site_id = :site_id::uuid and step.seq = entry.seq
order by entry.seq
