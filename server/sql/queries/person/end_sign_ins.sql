-- SPDX-License-Identifier: Apache-2.0
-- Ends the sign-ins of a person: all, or the one of which somebody holds a copy.
-- The record's fields · Change (:session_id null: all) · no row: the version was lost.
with held as (
    select person_id as id
    from assignment
    where site_id = :site_id and person_id = :id and version = :version::bigint - 1
    for update
),
-- include receipt/take
ended as (
    update session set revoked_at = :at
    from taken
    where session.person_id = :id and session.revoked_at is null
        and (:session_id::uuid is null or session.id = :session_id::uuid)
),
changed as (
    update assignment set version = :version::bigint
    from taken
    where assignment.site_id = :site_id and assignment.person_id = :id
    returning ''::text as number
),
-- include journal/count
-- include journal/append
