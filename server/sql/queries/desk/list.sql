-- SPDX-License-Identifier: Apache-2.0
-- The desks of a site. :site_id
select id, site_id, version, name, active from desk where site_id = :site_id order by name
