-- SPDX-License-Identifier: Apache-2.0
-- Fragment: when the rule of a new record wants to look at it; at once, when the site has newer figures than those that
-- decided (:rules_version).
waking as (
    insert into timer (record_id, site_id, record_type, due_at)
    select :id, :site_id, :record_type,
           case when counter.rules <= :rules_version::bigint then :wake_at::timestamptz else :at::timestamptz end
    from counter, changed
    where :wake_at::timestamptz is not null or counter.rules > :rules_version::bigint
),
