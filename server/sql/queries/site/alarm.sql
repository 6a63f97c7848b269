-- SPDX-License-Identifier: Apache-2.0
-- Stores that nobody looks after a site's deadlines, where the site's version is still the loaded one. The site's row
-- carries the journal's counter too, so both are one update.
-- The record's fields · Change · no row: the version was lost.
with held as (
    select id from site where id = :id and version = :version::bigint - 1 for update
),
-- include receipt/take
counter as (
    update site set version = :version::bigint, alarm_at = :alarm_at, seq = seq + 1,
                    head_hash = sha256(head_hash || int8send(seq + 1) || :digest::bytea)
    from taken
    where site.id = :site_id
    returning site.seq, site.epoch, site.head_hash
),
changed as (
    select ''::text as number from counter
),
-- include journal/append
