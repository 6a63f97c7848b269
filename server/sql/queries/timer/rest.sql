-- SPDX-License-Identifier: Apache-2.0
-- A record was woken for nothing: when to look again; never, when :wake_at is null.
-- :id · :version (whoever stored a newer one set the timer) · :site_id · :wake_at
with current as (
    select from complaint where id = :id and site_id = :site_id and version <> :version::bigint
    union all
    select from visit where id = :id and site_id = :site_id and version <> :version::bigint
), sleeping as (
    delete from timer where record_id = :id and :wake_at::timestamptz is null and not exists (select from current)
)
update timer set due_at = :wake_at::timestamptz
where record_id = :id and :wake_at::timestamptz is not null and not exists (select from current)
