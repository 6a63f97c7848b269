-- SPDX-License-Identifier: Apache-2.0
-- All sites. Service view.
select id, id as site_id, version, code, name, time_zone, alarm_at from site order by code
