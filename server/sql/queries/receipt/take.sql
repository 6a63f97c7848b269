-- SPDX-License-Identifier: Apache-2.0
-- Fragment of an updating store: takes the request key once the row is held, so that a lost version takes no key.
-- A timer acts without one.
claim as (
    insert into receipt (site_id, key, request_digest, actor_id, record_id, version, at)
    select :site_id, nullif(:key::text, '')::uuid, :request_digest, :actor_id, :id, :version, :at
    from held
    where :key::text <> ''
    on conflict do nothing
    returning record_id
),
taken as (
    select record_id from claim
    union all
    select held.id from held where :key::text = ''
),
