-- SPDX-License-Identifier: Apache-2.0
-- Signs out everywhere. Service view. :person_id · :at
update session set revoked_at = :at where person_id = :person_id and revoked_at is null
