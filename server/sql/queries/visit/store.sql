-- SPDX-License-Identifier: Apache-2.0
-- Stores a changed visit where its version is still the loaded one.
-- The record's fields · Change · no row: the key was used before, or the version was lost.
with held as (
    select id from visit
    where id = :id and site_id = :site_id and version = :version::bigint - 1
    for update
),
-- include receipt/take
changed as (
    update visit set (
        -- include visit/columns
    ) = row (
        -- include visit/values
    )
    from taken
    where visit.id = :id and visit.site_id = :site_id
    returning visit.number
),
-- include journal/count
-- include timer/set
-- include journal/append
