-- SPDX-License-Identifier: Apache-2.0
-- Where these sites stand, and whether the history the node knows of the same epoch has been rewritten: it ends earlier
-- now, or the entry that the node knows is another one. (An entry in the archive can't be compared here.) On another
-- timeline of PostgreSQL it counts as rewritten whatever stands there: a standby that was promoted may lack what was
-- acknowledged, and a desk may have heard more of it than this node.
-- :site_ids :epochs :seqs :hashes :timelines   what the node knows, in step; an empty hash and timeline 0 are not
--                                              compared
select site.id as site_id, site.epoch, site.seq, now_on.timeline,
       (select encode(entry.hash, 'hex') from journal entry where entry.site_id = site.id and entry.seq = site.seq) as hash,
       known.epoch > site.epoch
       or known.epoch = site.epoch
          and (known.seq > site.seq
               or known.timeline not in (0, now_on.timeline)
               or known.hash <> ''
                  and exists (select from journal entry
                              where entry.site_id = site.id and entry.seq = known.seq
                                and encode(entry.hash, 'hex') <> known.hash)) as rewritten
from unnest(:site_ids::uuid[], :epochs::bigint[], :seqs::bigint[], :hashes::text[], :timelines::bigint[])
    as known (site_id, epoch, seq, hash, timeline)
cross join (select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint) as now_on (timeline)
join site on site.id = known.site_id;
