-- SPDX-License-Identifier: Apache-2.0
-- The sites that stand elsewhere than the node knows, and those it does not know.
-- :site_ids :epochs :seqs :hashes   what it knows, in step
select site.id as site_id, site.epoch, site.seq,
       (select encode(entry.hash, 'hex') from journal entry where entry.site_id = site.id and entry.seq = site.seq) as hash,
       coalesce((known.epoch, known.seq) > (site.epoch, site.seq), false) as rewritten
from site
left join unnest(:site_ids::uuid[], :epochs::bigint[], :seqs::bigint[], :hashes::text[])
    as known (site_id, epoch, seq, hash) on known.site_id = site.id
where known.site_id is null
   or (known.epoch, known.seq) is distinct from (site.epoch, site.seq)
   or (known.hash <> '' and known.hash <> encode(site.head_hash, 'hex'));
