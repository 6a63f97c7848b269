-- SPDX-License-Identifier: Apache-2.0
-- A site. :id
select id, id as site_id, version, code, name, time_zone, alarm_at from site where id = :id
