-- SPDX-License-Identifier: Apache-2.0
-- The audit's second chain: who looked at what in full and who was denied what, numbered and sealed as the journal is.

alter table site
    add column accesses     bigint not null default 0,
    add column access_hash  bytea not null default decode(repeat('00', 32), 'hex');
comment on column site.accesses is 'Number of the newest line of the access log. In this row as the journal''s counter is, so that nodes lock a site in one place only.';
comment on column site.access_hash is 'Hash of the newest line of the access log.';

create table access_log (
    site_id     uuid not null,
    seq         bigint not null,
    at          timestamptz not null,
    kind        text not null check (kind in ('looked', 'denied')),
    operation   text not null,
    number      text not null,
    actor_id    uuid,
    actor_name  text not null,
    times       bigint not null check (times > 0),
    salt        bytea not null,
    digest      bytea not null,
    hash        bytea not null,
    primary key (site_id, seq)
);
comment on table access_log is 'Every look at a record in full (its phone numbers), written in the transaction that reads it, and every attempt that the authority table denied. Never changed, never pushed to desks.';
comment on column access_log.at is 'Of the look; of the last attempt.';
comment on column access_log.number is 'Of the record that was looked at; empty for what was denied.';
comment on column access_log.times is 'Attempts of the same person at the same operation within a minute are one line.';
comment on column access_log.digest is 'SHA-256 over salt and content (server/audit/access.h).';
comment on column access_log.hash is 'sha256(hash of the line before || int8send(seq) || digest); 32 zero bytes stand before the first.';

create table audit_mark (
    key   text primary key,
    line  bigint not null,
    hash  text not null,
    at    timestamptz not null
);
comment on table audit_mark is 'Up to which line the database has seen each node''s file audit-anchors: a file that ends earlier was cut. Keyed by the public key that signs the lines.';

create policy own_site on access_log using (site_id = current_site()) with check (site_id = current_site());
create policy service_only on audit_mark using (service_view()) with check (service_view());
alter table access_log enable row level security;
alter table access_log force row level security;
alter table audit_mark enable row level security;
alter table audit_mark force row level security;

revoke all on access_log, audit_mark from public;
grant select, insert on access_log to frontdesk_app;
grant select, insert on audit_mark to frontdesk_app;
grant update (line, hash, at) on audit_mark to frontdesk_app;
grant update (accesses, access_hash) on site to frontdesk_app;
