-- SPDX-License-Identifier: Apache-2.0
-- Fragment: the end of every store. The entry in the journal and the step in the record's history.
-- counter: the entry's place · changed: the record's number
entry as (
    insert into journal (site_id, seq, epoch, at, kind, record_type, record_id, number, actor_id, actor_name, note,
                         record, salt, digest, hash)
    select :site_id, counter.seq, counter.epoch, :at, :kind, :record_type, :id, changed.number, :actor_id,
           :actor_name, :masked_note, :entry, :salt, :digest, counter.head_hash
    from counter, changed
),
past as (
    insert into step (record_id, version, site_id, seq, at, kind, actor_id, actor_name, note, to_id, to_team, until)
    select :id, :version, :site_id, counter.seq, :at, :kind, :actor_id, :actor_name, :note,
           :step_to_id, :step_to_team, :step_until
    from counter
)
select counter.seq, counter.epoch, encode(counter.head_hash, 'hex') as hash, changed.number,
       ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint as timeline
from counter, changed
