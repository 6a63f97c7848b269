-- SPDX-License-Identifier: Apache-2.0
-- Moves entries that nobody can resume from any more into the archive.
-- :keep_seconds   how long they are kept
-- :limit          entries at most
select archive_journal(now() - make_interval(secs => :keep_seconds::bigint), :limit::integer) as seq;
