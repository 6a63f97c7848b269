-- SPDX-License-Identifier: Apache-2.0
-- After a renewal that gave nothing: a session that is still good was asked for with a token or device not its own, so
-- somebody holds a copy. Service view. Session's fields
select person_id
from session
where id = :id and revoked_at is null and expires_at > :at
    and (device_id <> :device_id or (token_hash <> :next_hash and token_hash <> :token_hash))
