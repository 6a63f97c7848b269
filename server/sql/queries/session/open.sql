-- SPDX-License-Identifier: Apache-2.0
-- A device on which the password was just proven. Service view. Session's fields
insert into session (id, person_id, device_id, desk, token_hash, proven_at, last_used_at, expires_at)
values (:id, :person_id, :device_id, :desk, :token_hash, :at, :at, :expires_at)
