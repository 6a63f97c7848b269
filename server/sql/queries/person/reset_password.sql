-- SPDX-License-Identifier: Apache-2.0
-- A new first password. Sessions proven with an older one end at their next use.
-- The record's fields · Change · no row: the key was used before, or the version was lost.
with held as (
    select person_id as id
    from assignment
    where site_id = :site_id and person_id = :id and version = :version::bigint - 1
    for update
),
-- include receipt/take
secret as (
    update person set password_hash = convert_from(:password_hash::bytea, 'UTF8'), password_must_change = true,
                      password_changed_at = :at
    from taken
    where person.id = :id and person.home_site_id = :site_id
),
changed as (
    update assignment set version = :version::bigint
    from taken
    where assignment.site_id = :site_id and assignment.person_id = :id
    returning ''::text as number
),
-- include journal/count
-- include journal/append
