-- SPDX-License-Identifier: Apache-2.0
-- A token is used: it is replaced by :next_hash. The one before it still serves as long as the newest was never used.
-- No row: not a token of this device, or over. Service view. Session's fields
update session
set token_hash = :next_hash,
    previous_hash = :token_hash,
    desk = :desk, last_used_at = :at, expires_at = :expires_at
from person
where session.id = :id and session.device_id = :device_id and session.revoked_at is null
    and session.expires_at > :at and :token_hash in (session.token_hash, session.previous_hash)
    and person.id = session.person_id and person.active and session.proven_at >= person.password_changed_at
returning person.id as person_id, person.login, person.name, person.password_must_change
