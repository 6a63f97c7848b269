-- SPDX-License-Identifier: Apache-2.0
-- What is due by PostgreSQL's clock and not in hand yet, of the longest due. One that has been set anew since it was
-- taken in hand is another one. When many are due, each server takes them in an order of its own, so that two of them
-- seldom do the same work.
-- :record_ids :due_at   in hand, in step
-- :limit                at most
-- :own_order            any number that other servers do not have
select record_id, site_id, record_type, due_at
from (
    select record_id, site_id, record_type, due_at
    from timer
    where due_at <= now()
      and not exists (select
                      from unnest(:record_ids::uuid[], :due_at::timestamptz[]) as in_hand (record_id, due_at)
                      where in_hand.record_id = timer.record_id and in_hand.due_at = timer.due_at)
    order by due_at
    limit 10 * :limit::bigint
) as oldest
order by hashtextextended(record_id::text, :own_order::bigint)
limit :limit::bigint;
