-- SPDX-License-Identifier: Apache-2.0
-- A site's own figures (D6): deadlines and escalation by severity, and its calendar. A site without a row has D6's.
--
-- Like the other records these hang on every store and have no foreign keys. Durations are whole minutes.

create table deadlines (
    id                       uuid primary key,
    site_id                  uuid not null,
    version                  bigint not null check (version > 0),
    severity                 text not null check (severity in ('general', 'serious', 'major', 'complex',
                                                               'outside_remit')),
    own                      boolean not null,
    accept_minutes           integer not null check (accept_minutes >= 0),
    contact_minutes          integer not null check (contact_minutes >= 0),
    feedback_minutes         integer not null check (feedback_minutes >= 0),
    close_minutes            integer not null check (close_minutes >= 0),
    close_working_days       integer not null check (close_working_days >= 0),
    plan_days                integer not null check (plan_days >= 0),
    working_time             boolean not null,
    first_level              smallint not null check (first_level between 0 and 4),
    climb_levels             integer[] not null,
    climb_minutes            integer[] not null check (cardinality(climb_minutes) = cardinality(climb_levels)),
    repeat_minutes           integer not null check (repeat_minutes > 0),
    acknowledgement_minutes  integer not null check (acknowledgement_minutes >= 0),
    unique (site_id, severity)
);
comment on table deadlines is 'Deadlines and escalation of a severity on a site (D6). 0 minutes: no deadline.';
comment on column deadlines.own is 'False: the site has gone back to the defaults of D6, which the program knows; the figures beside it are those of that day.';
comment on column deadlines.close_working_days is 'Instead of close_minutes: until the end of that working day.';
comment on column deadlines.climb_levels is 'The chain upwards: 1 team leader, 2 supervisor, 3 manager, 4 head office.';
comment on column deadlines.climb_minutes is 'In step with climb_levels: how long nobody below has acknowledged; to level 1, how long nobody has accepted.';

create table calendar (
    id                       uuid primary key,
    site_id                  uuid not null unique,
    version                  bigint not null check (version > 0),
    own                      boolean not null,
    monday                   text[] not null,
    tuesday                  text[] not null,
    wednesday                text[] not null,
    thursday                 text[] not null,
    friday                   text[] not null,
    saturday                 text[] not null,
    sunday                   text[] not null,
    days_off                 text[] not null,
    days_on                  text[] not null,
    follow_up_minutes        integer not null check (follow_up_minutes >= 0),
    next_level_minutes       integer not null check (next_level_minutes > 0),
    entered_in_time_minutes  integer not null check (entered_in_time_minutes > 0),
    visit_repeat_minutes     integer not null check (visit_repeat_minutes > 0)
);
comment on table calendar is 'Working time of a site in its time zone, and the figures that all severities share (D6).';
comment on column calendar.own is 'False: the site has gone back to the defaults of D6, which the program knows.';
comment on column calendar.monday is 'Working hours: {09:00-12:00,13:00-18:00}.';
comment on column calendar.days_on is 'Worked although the weekday is free (调休), with the hours of the first working weekday.';

alter table site add column rules bigint not null default 0;
comment on column site.rules is 'How often the site has changed its figures: the sum of the versions of its deadlines and calendar. A record that was decided by older ones is woken at once.';

do $$
declare
    name text;
begin
    foreach name in array array['deadlines', 'calendar'] loop
        execute format('create policy own_site on %I using (site_id = current_site()) '
                       'with check (site_id = current_site())', name);
        execute format('create policy service_reads on %I for select using (service_view())', name);
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
    end loop;
end
$$;

revoke all on deadlines, calendar from public;
grant select, insert, update on deadlines, calendar to frontdesk_app;
grant update (rules) on site to frontdesk_app;
