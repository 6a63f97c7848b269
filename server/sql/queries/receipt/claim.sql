-- SPDX-License-Identifier: Apache-2.0
-- Fragment of a creating store: takes the request key, before everything else. No row: it was used before.
claim as (
    insert into receipt (site_id, key, request_digest, actor_id, record_id, version, at)
    values (:site_id, nullif(:key, '')::uuid, :request_digest, :actor_id, :id, :version, :at)
    on conflict do nothing
    returning record_id
),
