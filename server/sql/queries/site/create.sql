-- SPDX-License-Identifier: Apache-2.0
-- Founds a site: its row with the first entry of its journal, and the founder's place on it. The epoch comes from the
-- clock, so that a site made anew never has the one of an older copy.
-- The record's fields · Change · no row: the key was used before, or the code is taken.
with
-- include receipt/claim
counter as (
    insert into site (id, version, code, name, time_zone, epoch, seq, head_hash, created_at)
    select :id, :version, :code, :name, :time_zone, (extract(epoch from :at::timestamptz) * 1000)::bigint, 1,
           sha256(decode(repeat('00', 32), 'hex') || int8send(1) || :digest::bytea), :at
    from claim
    on conflict do nothing
    returning seq, epoch, head_hash
),
founder as (
    insert into assignment (person_id, site_id, version, roles, team, active)
    select :actor_id, :id, 1, '{administrator,hq_admin}', 'office', true
    from counter
    where :actor_id::uuid is not null
),
changed as (
    select ''::text as number from counter
),
-- include journal/append
