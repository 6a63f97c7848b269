-- SPDX-License-Identifier: Apache-2.0
-- Complex complaints (D6): the plan and the extension; and to whom a step gave a record. Row-level security and grants
-- of these tables stand in 0001 and cover new columns.

alter table complaint
    add column plan                  text not null default '',
    add column planned_at            timestamptz,
    add column planned_by            uuid,
    add column plan_due_at           timestamptz,
    add column extension_state       text check (extension_state in ('unspecified', 'asked', 'approved', 'returned',
                                                                     'lapsed')),
    add column extension_until       timestamptz,
    add column extension_reason      text,
    add column extension_asked_by    uuid,
    add column extension_asked_at    timestamptz,
    add column extension_decided_by  uuid,
    add column extension_decided_at  timestamptz,
    add column extension_answer      text,
    add column extended_until        timestamptz,
    add column extended_at           timestamptz;
comment on column complaint.plan is 'What will be done, by whom and by when; the one that stands. Those before are in step.';
comment on column complaint.extension_state is 'The later closing time that was asked for last, if any, is in the columns extension_*.';
comment on column complaint.extended_until is 'The closing time granted last: close_due_at is derived from it and from the pauses since extended_at.';

alter table complaint
    drop constraint complaint_alert_reason_check,
    add constraint complaint_alert_reason_check
        check (alert_reason in ('unspecified', 'major', 'serious', 'not_accepted', 'no_contact', 'no_feedback',
                                'overdue', 'escalated', 'assigned', 'arrived', 'emergency', 'follow_up_missed',
                                'reopened', 'no_plan', 'extension_asked'));
alter table visit
    drop constraint visit_alert_reason_check,
    add constraint visit_alert_reason_check
        check (alert_reason in ('unspecified', 'major', 'serious', 'not_accepted', 'no_contact', 'no_feedback',
                                'overdue', 'escalated', 'assigned', 'arrived', 'emergency', 'follow_up_missed',
                                'reopened', 'no_plan', 'extension_asked'));

alter table step
    add column to_id    uuid,
    add column to_team  text not null default 'unspecified'
        check (to_team in ('unspecified', 'desk', 'engineering', 'security', 'cleaning', 'greening', 'finance',
                           'office')),
    add column until    timestamptz;
comment on column step.to_id is 'The person to whom the step gave the record; without one it went to the team in to_team.';
comment on column step.until is 'A closing time that the step asked for or decided on.';
