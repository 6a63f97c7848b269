-- SPDX-License-Identifier: Apache-2.0
-- Fragment: when the rule of a changed record wants to look at it again; never, when :wake_at is null; at once, when the
-- site has newer figures than those that decided (:rules_version). Behind the counter: its row is read under the lock
-- that a change of the figures takes too, so one of the two sees the other.
sleeping as (
    delete from timer using counter
    where timer.record_id = :id and :wake_at::timestamptz is null and counter.rules <= :rules_version::bigint
),
waking as (
    insert into timer (record_id, site_id, record_type, due_at)
    select :id, :site_id, :record_type,
           case when counter.rules <= :rules_version::bigint then :wake_at::timestamptz else :at::timestamptz end
    from counter
    where :wake_at::timestamptz is not null or counter.rules > :rules_version::bigint
    on conflict (record_id) do update set due_at = excluded.due_at
),
