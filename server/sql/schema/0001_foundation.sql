-- SPDX-License-Identifier: Apache-2.0
-- The foundation: sites, people, desks, sessions, complaints, visits, and the journal that carries every change.
--
-- Columns are named as the fields of the records (frontdesk/v1/*.proto) without `_ms`; enums are their words.
-- What hangs on every store (complaint, visit, journal, step, receipt, timer) has no foreign keys: the storing
-- statement writes them together, and a key to `site` would lock the row that carries the site's counter.

do $$
begin
    if not exists (select from pg_roles where rolname = 'frontdesk_app') then
        create role frontdesk_app nologin;
    end if;
    if not pg_has_role(current_user, 'frontdesk_app', 'member') then
        execute format('grant frontdesk_app to %I', current_user);
    end if;
exception when insufficient_privilege then
    raise exception 'the role frontdesk_app is missing or not granted to %', current_user
        using hint = format('run as a superuser: create role frontdesk_app nologin; grant frontdesk_app to %I;',
                            current_user);
end
$$;

-- Which site the transaction works for; NULL when it works for none or has the service's own view.
create function current_site() returns uuid
language sql stable parallel safe
return nullif(nullif(current_setting('frontdesk.site', true), '*'), '')::uuid;

-- The service's own view of all sites: sessions, directory, timers, journal.
create function service_view() returns boolean
language sql stable parallel safe
return coalesce(current_setting('frontdesk.site', true) = '*', false);

-- The ordinal in a number such as C-1024; NULL when it is not one of that letter.
create function ordinal_of(letter text, number text) returns integer
language sql immutable parallel safe
return case when number ~ ('^' || letter || '-[1-9][0-9]{0,8}$') then substr(number, 3)::integer end;

-- Sites ---------------------------------------------------------------------------------------------------------------

create table site (
    id          uuid primary key,
    version     bigint not null check (version > 0),
    code        text not null unique,
    name        text not null,
    time_zone   text not null,
    epoch       bigint not null check (epoch > 0),
    seq         bigint not null default 0,
    head_hash   bytea not null,
    complaints  integer not null default 0,
    visits      integer not null default 0,
    created_at  timestamptz not null
) with (fillfactor = 20);
comment on table site is 'One managed estate with its management office. The row carries the counters of the site: every store moves seq, so pages stay mostly empty for updates in place.';
comment on column site.epoch is 'Changes when history could have been rewritten (restore, failover that lost commits): cursors of another epoch are reset.';
comment on column site.seq is 'Number of the newest journal entry.';
comment on column site.head_hash is 'Hash of the newest journal entry.';
comment on column site.complaints is 'Number of the newest complaint: C-<complaints>.';
comment on column site.visits is 'Number of the newest visit: V-<visits>.';

-- People --------------------------------------------------------------------------------------------------------------

create table person (
    id                    uuid primary key,
    home_site_id          uuid not null,
    login                 text not null unique,
    name                  text not null,
    password_hash         text not null,
    password_must_change  boolean not null default true,
    password_changed_at   timestamptz not null,
    active                boolean not null default true,
    created_at            timestamptz not null
);
comment on table person is 'A member of staff, on whatever number of sites (assignment).';
comment on column person.home_site_id is 'The site whose administrators may reset the password: nobody gains an account of another site by taking its holder on.';
comment on column person.password_hash is 'argon2id, as libsodium writes it.';

create table assignment (
    person_id  uuid not null references person (id),
    site_id    uuid not null,
    version    bigint not null check (version > 0),
    roles      text[] not null check (roles <@ array['desk_clerk', 'team_leader', 'team_member', 'supervisor', 'manager',
                                                     'administrator', 'finance_clerk', 'hq_viewer', 'hq_admin']),
    team       text not null check (team in ('unspecified', 'desk', 'engineering', 'security', 'cleaning', 'greening',
                                             'finance', 'office')),
    active     boolean not null,
    primary key (site_id, person_id)
);
create index assignment_person on assignment (person_id);
comment on table assignment is 'What a person is on a site. The record Person is this row joined with its person; version counts its changes.';

create table desk (
    id       uuid primary key,
    site_id  uuid not null,
    version  bigint not null check (version > 0),
    name     text not null,
    active   boolean not null,
    unique (site_id, name)
);
comment on table desk is 'A counter of a site with a client on it.';

create table session (
    id             uuid primary key,
    person_id      uuid not null references person (id),
    device_id      uuid not null,
    desk           text not null default '',
    token_hash     bytea not null,
    previous_hash  bytea,
    proven_at      timestamptz not null,
    last_used_at   timestamptz not null,
    expires_at     timestamptz not null,
    revoked_at     timestamptz
);
create index session_person on session (person_id) where revoked_at is null;
comment on table session is 'A device on which a person is signed in. Each use gives a new token.';
comment on column session.proven_at is 'When the password was last proven on the device: not good any more once the password is newer.';
comment on column session.token_hash is 'SHA-256 of the token given last.';
comment on column session.previous_hash is 'Of the token before: still good until the one given last was used, for a reply may have been lost on the way.';

-- Complaints 客户抱怨 ---------------------------------------------------------------------------------------------------

create table complaint (
    id                                uuid primary key,
    site_id                           uuid not null,
    ordinal                           integer not null check (ordinal > 0),
    number                            text not null generated always as ('C-' || ordinal::text) stored,
    version                           bigint not null check (version > 0),
    state                             text not null check (state in ('registered', 'accepted', 'under_way', 'waiting',
                                                                     'closed', 'followed_up', 'linked')),
    received_at                       timestamptz,
    registered_at                     timestamptz not null,
    registered_by                     uuid,
    desk                              text not null,
    channel                           text not null check (channel in ('unspecified', 'counter', 'phone', 'app', 'letter',
                                                                       'hotline', 'visit', 'other')),
    anonymous                         boolean not null,
    customer_name                     text not null,
    customer_phone                    text not null,
    unit                              text not null,
    subject                           text not null,
    description                       text not null,
    place                             text not null,
    type                              text not null check (type in ('unspecified', 'engineering', 'security', 'cleaning',
                                                                    'greening', 'parking', 'noise', 'fees',
                                                                    'staff_attitude', 'renovation', 'other')),
    severity                          text not null check (severity in ('unspecified', 'general', 'serious', 'major',
                                                                        'complex', 'outside_remit')),
    wanted_outcome                    text not null,
    team                              text not null check (team in ('unspecified', 'desk', 'engineering', 'security',
                                                                    'cleaning', 'greening', 'finance', 'office')),
    handler_id                        uuid,
    accepted_at                       timestamptz,
    first_contact_at                  timestamptz,
    feedback_at                       timestamptz,
    accept_due_at                     timestamptz,
    contact_due_at                    timestamptz,
    feedback_due_at                   timestamptz,
    close_due_at                      timestamptz,
    active_from                       timestamptz[] not null,
    active_until                      timestamptz[] not null,
    waiting_for                       text not null check (waiting_for in ('unspecified', 'customer', 'supplier')),
    closed_at                         timestamptz,
    closed_by                         uuid,
    cause                             text not null,
    verdict                           text not null check (verdict in ('unspecified', 'justified', 'unjustified')),
    remedy                            text not null,
    follow_up_due_at                  timestamptz,
    followed_up_at                    timestamptz,
    followed_up_by                    uuid,
    satisfaction                      smallint not null check (satisfaction between 0 and 5),
    customer_opinion                  text not null,
    reopened                          integer not null,
    duplicate_of                      text not null,
    level                             smallint not null check (level between 0 and 4),
    past_deadline                     boolean not null,
    alert_level                       smallint,
    alert_reason                      text check (alert_reason in ('unspecified', 'major', 'serious', 'not_accepted',
                                                                   'no_contact', 'no_feedback', 'overdue', 'escalated',
                                                                   'assigned', 'arrived', 'emergency',
                                                                   'follow_up_missed', 'reopened')),
    alert_person_ids                  uuid[],
    alert_raised_at                   timestamptz,
    alert_repeat_at                   timestamptz,
    alert_repeats                     integer,
    alert_climb_at                    timestamptz,
    alert_acknowledged_at             timestamptz,
    alert_acknowledged_by             uuid,
    alert_acknowledgement_expires_at  timestamptz,
    alert_ended_at                    timestamptz,
    unique (site_id, ordinal)
) with (fillfactor = 85);
create index complaint_open on complaint (site_id, ordinal) where state not in ('followed_up', 'linked');
comment on table complaint is 'Complaints (D6), as they stand now. How each came there is in step.';
comment on column complaint.ordinal is 'The number without its letter: what lists are ordered and paged by.';
comment on column complaint.active_from is 'Starts of the intervals in which the clock ran.';
comment on column complaint.active_until is 'Their ends; one fewer while it runs.';
comment on column complaint.alert_raised_at is 'The live alert of the record, if any, is in the columns alert_*.';

-- Visits 来访 ---------------------------------------------------------------------------------------------------------

create table visit (
    id                                uuid primary key,
    site_id                           uuid not null,
    ordinal                           integer not null check (ordinal > 0),
    number                            text not null generated always as ('V-' || ordinal::text) stored,
    version                           bigint not null check (version > 0),
    state                             text not null check (state in ('announced', 'arrived', 'with_host', 'left',
                                                                     'cancelled')),
    visitor_name                      text not null,
    visitor_phone                     text not null,
    party                             integer not null,
    vehicle                           text not null,
    purpose                           text not null,
    host_id                           uuid,
    host_unit                         text not null,
    pass                              text not null,
    registered_by                     uuid,
    desk                              text not null,
    registered_at                     timestamptz not null,
    expected_at                       timestamptz,
    arrived_at                        timestamptz,
    with_host_at                      timestamptz,
    left_at                           timestamptz,
    emergency                         boolean not null,
    level                             smallint not null check (level between 0 and 4),
    alert_level                       smallint,
    alert_reason                      text check (alert_reason in ('unspecified', 'major', 'serious', 'not_accepted',
                                                                   'no_contact', 'no_feedback', 'overdue', 'escalated',
                                                                   'assigned', 'arrived', 'emergency',
                                                                   'follow_up_missed', 'reopened')),
    alert_person_ids                  uuid[],
    alert_raised_at                   timestamptz,
    alert_repeat_at                   timestamptz,
    alert_repeats                     integer,
    alert_climb_at                    timestamptz,
    alert_acknowledged_at             timestamptz,
    alert_acknowledged_by             uuid,
    alert_acknowledgement_expires_at  timestamptz,
    alert_ended_at                    timestamptz,
    unique (site_id, ordinal)
) with (fillfactor = 85);
create index visit_open on visit (site_id, ordinal)
    where (state not in ('left', 'cancelled')
         or alert_raised_at is not null and alert_acknowledged_at is null and alert_ended_at is null);
comment on table visit is 'Ordinary visitors (D14), as they stand now.';
comment on column visit.ordinal is 'The number without its letter: what lists are ordered and paged by.';

-- The journal and what is written with every entry ----------------------------------------------------------------------

create table journal (
    site_id      uuid not null,
    seq          bigint not null,
    epoch        bigint not null,
    at           timestamptz not null,
    kind         text not null,
    record_type  text not null,
    record_id    uuid not null,
    number       text not null,
    actor_id     uuid,
    actor_name   text not null,
    note         text not null,
    record       bytea not null,
    salt         bytea,
    digest       bytea not null,
    hash         bytea not null,
    primary key (site_id, seq)
);
create index journal_age on journal using brin (at) with (pages_per_range = 16);
comment on table journal is 'Every change of a site, numbered without gaps, personal data masked: what live desks, resuming clients and audit read. Never updated.';
comment on column journal.record is 'The record after the change, packed, masked; a new one without its number, which stands in column number.';
comment on column journal.digest is 'SHA-256 over salt and content (server/accounts/seal.h). Without the salt nobody can guess the content from it.';
comment on column journal.hash is 'sha256(hash of the entry before || int8send(seq) || digest); 32 zero bytes stand before the first.';

create table journal_archive (like journal including comments, primary key (site_id, seq));
comment on table journal_archive is 'Entries older than clients can resume from.';

create table step (
    record_id   uuid not null,
    version     bigint not null,
    site_id     uuid not null,
    seq         bigint not null,
    at          timestamptz not null,
    kind        text not null,
    actor_id    uuid,
    actor_name  text not null,
    note        text not null,
    primary key (record_id, version, site_id)
);
comment on table step is 'The history of each record for ever, with notes in full. A person has a record on each of their sites, hence the site in the key.';

create table receipt (
    site_id         uuid not null,
    key             uuid not null,
    request_digest  bytea not null,
    actor_id        uuid,
    record_id       uuid not null,
    version         bigint not null,
    at              timestamptz not null,
    primary key (site_id, key)
);
create index receipt_age on receipt using brin (at) with (pages_per_range = 16);
comment on table receipt is 'Request keys that took effect: one key, one effect. Kept a day.';
comment on column receipt.version is 'Of the record after the change: record_id and version lead to its step and so to the entry that was the reply.';

create table timer (
    record_id    uuid primary key,
    site_id      uuid not null,
    record_type  text not null,
    due_at       timestamptz not null
) with (fillfactor = 70);
create index timer_due on timer (due_at);
comment on table timer is 'When the rule of a record wants to look at it again.';

-- Who sees what: the second fence behind the server's own filter --------------------------------------------------------

do $$
declare
    name text;
begin
    foreach name in array array['assignment', 'desk', 'complaint', 'visit', 'journal', 'journal_archive', 'step',
                                'receipt', 'timer'] loop
        execute format('create policy own_site on %I using (site_id = current_site()) '
                       'with check (site_id = current_site())', name);
    end loop;
    foreach name in array array['site', 'person', 'assignment', 'desk', 'journal', 'timer'] loop
        execute format('create policy service_reads on %I for select using (service_view())', name);
    end loop;
    foreach name in array array['journal', 'receipt', 'session'] loop
        execute format('create policy retention on %I for delete using (service_view())', name);
    end loop;
    foreach name in array array['site', 'person', 'assignment', 'desk', 'session', 'complaint', 'visit', 'journal',
                                'journal_archive', 'step', 'receipt', 'timer'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
    end loop;
end
$$;
create policy own_site on site using (id = current_site()) with check (id = current_site());
create policy retention_reads on receipt for select using (service_view());
create policy retention_writes on journal_archive for insert with check (service_view());
-- People are seen from their home and from every site they are assigned to; changed from their home.
create policy own_site on person for select using (
    home_site_id = current_site() or exists (select from assignment where assignment.person_id = person.id));
create policy home_adds on person for insert with check (home_site_id = current_site());
create policy home_changes on person for update using (home_site_id = current_site());
create policy service_changes on person for update using (service_view());
-- Sessions belong to no site.
create policy service_only on session using (service_view()) with check (service_view());

-- The server's role: no DDL, nothing of the past changed or deleted -----------------------------------------------------

revoke all on site, person, assignment, desk, session, complaint, visit, journal, journal_archive, step, receipt, timer
    from public;
grant select, insert on site, person, assignment, desk, session, complaint, visit, journal, step, receipt
    to frontdesk_app;
grant select on journal_archive to frontdesk_app;
grant select, insert, update, delete on timer to frontdesk_app;
grant update (version, name, time_zone, epoch, seq, head_hash, complaints, visits) on site to frontdesk_app;
grant update (name, password_hash, password_must_change, password_changed_at, active) on person to frontdesk_app;
grant update (version, roles, team, active) on assignment to frontdesk_app;
grant update (version, name, active) on desk to frontdesk_app;
grant update (token_hash, previous_hash, desk, proven_at, last_used_at, expires_at, revoked_at) on session to frontdesk_app;
grant update on complaint, visit to frontdesk_app;

-- Retention. At most `most` rows a call, so that no call holds locks for long; returns how many went.

-- Moves old journal entries to the archive; the newest of a site always stays.
create function archive_journal(before timestamptz, most integer) returns bigint
language sql security definer set search_path from current
begin atomic
    with old as (
        select j.site_id, j.seq from journal j join site on site.id = j.site_id
        where j.at < before and j.seq < site.seq
        order by j.site_id, j.seq
        limit most
    ), gone as (
        delete from journal using old where journal.site_id = old.site_id and journal.seq = old.seq returning journal.*
    ), kept as (
        insert into journal_archive select * from gone returning 1
    )
    select count(*) from kept;
end;

create function forget_receipts(before timestamptz, most integer) returns bigint
language sql security definer set search_path from current
begin atomic
    with gone as (
        delete from receipt
        where (site_id, key) in (select r.site_id, r.key from receipt r where r.at < before limit most)
        returning 1
    )
    select count(*) from gone;
end;

create function forget_sessions(before timestamptz, most integer) returns bigint
language sql security definer set search_path from current
begin atomic
    with gone as (
        delete from session
        where id in (select s.id from session s where coalesce(s.revoked_at, s.expires_at) < before limit most)
        returning 1
    )
    select count(*) from gone;
end;

revoke all on function archive_journal, forget_receipts, forget_sessions from public;
grant execute on function archive_journal, forget_receipts, forget_sessions to frontdesk_app;
