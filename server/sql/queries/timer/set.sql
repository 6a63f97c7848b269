-- SPDX-License-Identifier: Apache-2.0
-- Fragment: when the rule of a changed record wants to look at it again; never, when :wake_at is null.
sleeping as (
    delete from timer using changed where timer.record_id = :id and :wake_at::timestamptz is null
),
waking as (
    insert into timer (record_id, site_id, record_type, due_at)
    select :id, :site_id, :record_type, :wake_at::timestamptz
    from changed
    where :wake_at::timestamptz is not null
    on conflict (record_id) do update set due_at = excluded.due_at
),
