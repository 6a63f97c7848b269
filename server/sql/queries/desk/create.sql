-- SPDX-License-Identifier: Apache-2.0
-- A new desk. The record's fields · Change · no row: the key was used before, or the name is taken.
with
-- include receipt/claim
changed as (
    insert into desk (id, site_id, version, name, active)
    select :id, :site_id, :version, :name, :active
    from claim
    on conflict do nothing
    returning ''::text as number
),
-- include journal/count
-- include journal/append
