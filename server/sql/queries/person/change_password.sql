-- SPDX-License-Identifier: Apache-2.0
-- A new password of one's own, on the site that keeps the account; proven on the device that changes it. Sign-ins that
-- were proven with the old one end at their next use.
-- The record's fields · Change · no row: the version was lost, or the old password was changed meanwhile.
with held as (
    select assignment.person_id as id
    from assignment
    join person on person.id = assignment.person_id
    where assignment.site_id = :site_id and assignment.person_id = :id and assignment.version = :version::bigint - 1
        and person.home_site_id = :site_id and person.password_hash = :old_hash
    for update of assignment
),
-- include receipt/take
secret as (
    update person set password_hash = convert_from(:password_hash::bytea, 'UTF8'), password_must_change = false,
                      password_changed_at = :at
    from taken
    where person.id = :id
),
proven as (
    update session set proven_at = :at from taken where session.id = :session_id::uuid and session.person_id = :id
),
changed as (
    update assignment set version = :version::bigint
    from taken
    where assignment.site_id = :site_id and assignment.person_id = :id
    returning ''::text as number
),
-- include journal/count
-- include journal/append
