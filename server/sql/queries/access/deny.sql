-- SPDX-License-Identifier: Apache-2.0
-- What somebody was denied. Access · :site_id
with seen as (select),
-- include access/append
