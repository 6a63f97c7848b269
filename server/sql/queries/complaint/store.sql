-- SPDX-License-Identifier: Apache-2.0
-- Stores a changed complaint where its version is still the loaded one.
-- The record's fields · Change · no row: the key was used before, or the version was lost.
with held as (
    select id from complaint
    where id = :id and site_id = :site_id and version = :version::bigint - 1
    for update
),
-- include receipt/take
changed as (
    update complaint set (
        -- include complaint/columns
    ) = row (
        -- include complaint/values
    )
    from taken
    where complaint.id = :id and complaint.site_id = :site_id
    returning complaint.number
),
-- include journal/count
-- include timer/set
-- include journal/append
