-- SPDX-License-Identifier: Apache-2.0
-- A person's place changed, where its version is still the loaded one. The name is of the account: it changes only on
-- the site that keeps the account.
-- The record's fields · Change · no row: the key was used before, or the version was lost.
with held as (
    select assignment.person_id as id
    from assignment
    join person on person.id = assignment.person_id
    where assignment.site_id = :site_id and assignment.person_id = :id and assignment.version = :version::bigint - 1
        and (person.home_site_id = :site_id or person.name = :name::text)
    for update of assignment
),
-- include receipt/take
renamed as (
    update person set name = :name::text
    from taken
    where person.id = :id and person.home_site_id = :site_id and person.name <> :name::text
),
changed as (
    update assignment set version = :version::bigint, roles = :roles, team = :team, active = :active,
                          absent_from = :absent_from, absent_until = :absent_until, substitute_id = :substitute_id
    from taken
    where assignment.site_id = :site_id and assignment.person_id = :id
    returning ''::text as number
),
-- include journal/count
-- include journal/append
