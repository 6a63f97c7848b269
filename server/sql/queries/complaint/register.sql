-- SPDX-License-Identifier: Apache-2.0
-- Registers a complaint: takes the request key, the next number and the next entry of the site's journal.
-- The record's fields · Change · no row: the key was used before.
with
-- include receipt/claim
counter as (
    update site set seq = seq + 1, complaints = complaints + 1,
                    head_hash = sha256(head_hash || int8send(seq + 1) || :digest::bytea)
    from claim
    where site.id = :site_id
    returning site.seq, site.epoch, site.head_hash, site.rules, site.complaints as ordinal
),
changed as (
    insert into complaint (
        id, site_id, ordinal,
        -- include complaint/columns
    )
    select
        :id, :site_id, counter.ordinal,
        -- include complaint/values
    from counter
    returning number
),
-- include timer/start
-- include journal/append
