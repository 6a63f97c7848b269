-- SPDX-License-Identifier: Apache-2.0
-- After a renewal that gave nothing: a session that is still good was asked for with a token or device not its own, so
-- somebody holds a copy. Ends it. Service view. Session's fields
update session
set revoked_at = :at
where id = :id and revoked_at is null and expires_at > :at
    and (device_id <> :device_id or (token_hash <> :next_hash and token_hash <> :token_hash))
returning id, person_id
