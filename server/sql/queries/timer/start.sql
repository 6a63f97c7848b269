-- SPDX-License-Identifier: Apache-2.0
-- Fragment: when the rule of a new record wants to look at it.
waking as (
    insert into timer (record_id, site_id, record_type, due_at)
    select :id, :site_id, :record_type, :wake_at::timestamptz
    from changed
    where :wake_at::timestamptz is not null
),
