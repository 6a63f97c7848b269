-- SPDX-License-Identifier: Apache-2.0
-- Absence and substitutes (D15): alerts reach people who are there. And when it was last found that nobody looks after
-- a site's deadlines.

alter table assignment
    add column absent_from   timestamptz,
    add column absent_until  timestamptz,
    add column substitute_id uuid references person (id);
comment on column assignment.absent_from is 'Away from the site, off duty, until absent_until: alerts go to the substitute meanwhile.';
comment on column assignment.substitute_id is 'Gets the alerts of an absent person; without one they go to the next level.';
grant update (absent_from, absent_until, substitute_id) on assignment to frontdesk_app;

alter table complaint
    add column alert_addressee_ids uuid[],
    add column alert_stand_in_ids  uuid[];
alter table visit
    add column alert_addressee_ids uuid[],
    add column alert_stand_in_ids  uuid[];
comment on column complaint.alert_addressee_ids is 'Whom the alert is meant for; alert_stand_in_ids says in step who hears it in their place. Empty while everybody is there.';
comment on column visit.alert_addressee_ids is 'As in complaint.';

alter table site add column alarm_at timestamptz;
comment on column site.alarm_at is 'When it was last found that nobody looks after the site''s deadlines.';
grant update (alarm_at) on site to frontdesk_app;
