-- SPDX-License-Identifier: Apache-2.0
-- Fragment: the values of visit/columns.
:version, :state, :visitor_name, :visitor_phone, :party, :vehicle, :purpose, :host_id, :host_unit, :pass,
:registered_by, :desk, :registered_at, :expected_at, :arrived_at, :with_host_at, :left_at, :emergency, :level,
:alert_level, :alert_reason, :alert_person_ids, :alert_raised_at, :alert_repeat_at, :alert_repeats, :alert_climb_at,
:alert_acknowledged_at, :alert_acknowledged_by, :alert_acknowledgement_expires_at, :alert_ended_at,
:alert_addressee_ids, :alert_stand_in_ids
