-- SPDX-License-Identifier: Apache-2.0
-- Moves a node's mark on, if it stands where the node says: a file that was cut never hides that by growing again.
-- :key :line :hash   the newest line · :from_hash   where the mark stands · no row: it stands elsewhere
insert into audit_mark as mark (key, line, hash, at) values (:key, :line::bigint, :hash, now())
on conflict (key) do update set line = excluded.line, hash = excluded.hash, at = excluded.at
where mark.hash = :from_hash
returning key, line, hash
