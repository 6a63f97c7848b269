-- SPDX-License-Identifier: Apache-2.0
-- Signs out here. Service view. :id · :at
update session set revoked_at = :at where id = :id and revoked_at is null
