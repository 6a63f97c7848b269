-- SPDX-License-Identifier: Apache-2.0
-- Where these sites stand, and whether the history the node knows of the same epoch has been rewritten: it ends earlier
-- now, or the entry that the node knows is another one. (An entry in the archive can't be compared here.)
-- :site_ids :epochs :seqs :hashes   what the node knows, in step; an empty hash is not compared
select site.id as site_id, site.epoch, site.seq,
       (select encode(entry.hash, 'hex') from journal entry where entry.site_id = site.id and entry.seq = site.seq) as hash,
       known.epoch > site.epoch
       or known.epoch = site.epoch
          and (known.seq > site.seq
               or known.hash <> ''
                  and exists (select from journal entry
                              where entry.site_id = site.id and entry.seq = known.seq
                                and encode(entry.hash, 'hex') <> known.hash)) as rewritten
from unnest(:site_ids::uuid[], :epochs::bigint[], :seqs::bigint[], :hashes::text[])
    as known (site_id, epoch, seq, hash)
join site on site.id = known.site_id;
