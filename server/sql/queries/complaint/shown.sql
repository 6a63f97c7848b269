-- SPDX-License-Identifier: Apache-2.0
-- Fragment: complaint/columns without the customer's own words, which lists leave out anyway (privacy).
version, state, received_at, registered_at, registered_by, desk, channel, anonymous, customer_name, customer_phone,
unit, subject, place, type, severity, team, handler_id, accepted_at, first_contact_at, feedback_at, accept_due_at,
contact_due_at, feedback_due_at, close_due_at, active_from, active_until, waiting_for, closed_at, closed_by, cause,
verdict, remedy, follow_up_due_at, followed_up_at, followed_up_by, satisfaction, reopened, duplicate_of, level,
past_deadline, alert_level, alert_reason, alert_person_ids, alert_raised_at, alert_repeat_at, alert_repeats,
alert_climb_at, alert_acknowledged_at, alert_acknowledged_by, alert_acknowledgement_expires_at, alert_ended_at, plan,
planned_at, planned_by, plan_due_at, extension_state, extension_until, extension_reason, extension_asked_by,
extension_asked_at, extension_decided_by, extension_decided_at, extension_answer, extended_until, extended_at,
alert_addressee_ids, alert_stand_in_ids
