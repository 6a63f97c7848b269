-- SPDX-License-Identifier: Apache-2.0
-- The sites that stand elsewhere than the node knows, and those it does not know.
-- :site_ids :epochs :seqs :hashes :timelines   what it knows, in step
select site.id as site_id, site.epoch, site.seq, now_on.timeline,
       (select encode(entry.hash, 'hex') from journal entry where entry.site_id = site.id and entry.seq = site.seq) as hash,
       coalesce((known.epoch, known.seq) > (site.epoch, site.seq)
                or known.epoch = site.epoch and known.timeline not in (0, now_on.timeline), false) as rewritten
from site
cross join (select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint) as now_on (timeline)
left join unnest(:site_ids::uuid[], :epochs::bigint[], :seqs::bigint[], :hashes::text[], :timelines::bigint[])
    as known (site_id, epoch, seq, hash, timeline) on known.site_id = site.id
where known.site_id is null
   or (known.epoch, known.seq) is distinct from (site.epoch, site.seq)
   or known.timeline not in (0, now_on.timeline)
   or (known.hash <> '' and known.hash <> encode(site.head_hash, 'hex'));
