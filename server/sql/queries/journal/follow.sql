-- SPDX-License-Identifier: Apache-2.0
-- The next entries of each site, in order.
-- :site_ids :seqs   the last entry known of each site, in step
-- :limit            entries of each site at most
select entry.site_id as event_site_id, entry.epoch as event_epoch, entry.seq as event_seq, entry.at as event_at,
       entry.kind as event_kind, entry.actor_id as event_actor_id, entry.actor_name as event_actor_name,
       entry.record_type as event_record_type, entry.record_id as event_record_id, entry.note as event_note,
       entry.record as event_record, entry.number, encode(entry.hash, 'hex') as hash
from unnest(:site_ids::uuid[], :seqs::bigint[]) as known (site_id, seq)
cross join lateral (
    select *
    from journal
    where journal.site_id = known.site_id and journal.seq > known.seq
    order by journal.seq
    limit :limit::bigint
) as entry
order by entry.site_id, entry.seq;
