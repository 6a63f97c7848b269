-- SPDX-License-Identifier: Apache-2.0
-- Stores the figures of a severity where their version is still the loaded one; the first ones make the row.
-- The record's fields · Change · no row: the key was used before, the version was lost, or, with the key spent, two
-- made the row at the same moment.
with present as (
    select id, version from deadlines where site_id = :site_id and severity = :severity for update
),
held as (
    select id from present where version = :version::bigint - 1
    union all
    select :id::uuid where :version::bigint = 1 and not exists (select from present)
),
-- include receipt/take
changed as (
    insert into deadlines (
        id, site_id, severity,
        -- include deadlines/columns
    )
    select
        :id, :site_id, :severity,
        -- include deadlines/values
    from taken
    on conflict (site_id, severity) do update set (
        -- include deadlines/columns
    ) = row (
        -- include deadlines/values
    )
    where deadlines.version = :version::bigint - 1
    returning ''::text as number
),
-- include journal/count_rules
-- include journal/append
