-- SPDX-License-Identifier: Apache-2.0
-- A new password, proven on the device that changes it; sessions proven with the old one end at their next use.
-- No row: the old one was changed meanwhile. Service view. Session's fields · :password_hash :old_hash of Account
with secret as (
    update person
    set password_hash = :password_hash, password_must_change = false, password_changed_at = :at
    where id = :person_id and password_hash = :old_hash
    returning id
), proven as (
    update session set proven_at = :at from secret where session.id = :id
)
select id as person_id from secret
