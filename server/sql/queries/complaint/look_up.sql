-- SPDX-License-Identifier: Apache-2.0
-- Writes down that somebody looks at a complaint in full; nothing where there is none. Access · :site_id
with seen as (
    select from complaint where site_id = :site_id and ordinal = ordinal_of('C', :number)
),
-- include access/append
