-- SPDX-License-Identifier: Apache-2.0
-- Stores the site's calendar where its version is still the loaded one; the first one makes the row.
-- The record's fields · Change · no row: as deadlines/store.
with present as (
    select id, version from calendar where site_id = :site_id for update
),
held as (
    select id from present where version = :version::bigint - 1
    union all
    select :id::uuid where :version::bigint = 1 and not exists (select from present)
),
-- include receipt/take
changed as (
    insert into calendar (
        id, site_id,
        -- include calendar/columns
    )
    select
        :id, :site_id,
        -- include calendar/values
    from taken
    on conflict (site_id) do update set (
        -- include calendar/columns
    ) = row (
        -- include calendar/values
    )
    where calendar.version = :version::bigint - 1
    returning ''::text as number
),
-- include journal/count_rules
-- include journal/append
