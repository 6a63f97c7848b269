-- SPDX-License-Identifier: Apache-2.0
-- Writes down that somebody looks at a visit in full; nothing where there is none. Access · :site_id
with seen as (
    select from visit where site_id = :site_id and ordinal = ordinal_of('V', :number)
),
-- include access/append
