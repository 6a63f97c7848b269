-- SPDX-License-Identifier: Apache-2.0
-- A person's place on a site, and the account. Without a :password_hash there is an account already, on another site:
-- :id is its id, and it stays as it is.
-- No row: the key was used before, the login belongs to somebody else, or the place is there already.
-- The record's fields · Change
with
-- include receipt/claim
account as (
    insert into person (id, home_site_id, login, name, password_hash, password_must_change, password_changed_at,
                        created_at)
    select :id, :site_id, :login, :name, convert_from(:password_hash::bytea, 'UTF8'), true, :at, :at
    from claim
    where octet_length(:password_hash::bytea) > 0
    on conflict do nothing
    returning id
),
changed as (
    insert into assignment (person_id, site_id, version, roles, team, active)
    select owner.id, :site_id, :version, :roles, :team, :active
    from (
        select account.id from account
        union all
        select :id::uuid from claim where octet_length(:password_hash::bytea) = 0
    ) as owner
    on conflict do nothing
    returning ''::text as number
),
-- include journal/count
-- include journal/append
