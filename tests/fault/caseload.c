/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/caseload.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frontdesk/v1/rules.pb-c.h"
#include "tests/support/test.h"

/* A push is an entry in the journal; what the statement's end still takes is the commit. */
static const char record_pushes[] =
    "create table due (record_id uuid primary key, subject text not null, due_at timestamptz not null); "
    "create table pushed (record_id uuid not null, seq bigint not null, at timestamptz not null); "
    "grant insert on pushed to frontdesk_app; "
    "create function push() returns trigger language plpgsql as $$ begin "
    "insert into pushed values (new.record_id, new.seq, clock_timestamp()); return null; end $$; "
    "create trigger push after insert on journal for each row when (new.kind = 'complaint.alert_repeated') "
    "execute function push()";

/* Copies of one: all columns that are stored, some of them with another value. */
static const char fill[] =
    "do $$ declare names text; vals text; first int; begin "
    "select complaints into first from site where id = '%1$s'; "
    "select string_agg(quote_ident(column_name), ', '), string_agg(case column_name "
    "when 'id' then 'gen_random_uuid()' when 'ordinal' then first || ' + n' when 'subject' then quote_literal('%2$s') "
    "when 'alert_repeat_at' then 'now() + make_interval(secs => %4$d / 1000.0 + n * %5$d / 1000.0 / %3$d)' "
    "else quote_ident(column_name) end, ', ') "
    "into names, vals from information_schema.columns "
    "where table_name = 'complaint' and table_schema = current_schema() and is_generated = 'NEVER'; "
    "execute format('insert into complaint (%%s) select %%s from complaint, generate_series(1, %3$d) as n "
    "where complaint.subject = ''the first of many''', names, vals); "
    "update site set complaints = complaints + %3$d where id = '%1$s'; "
    "insert into due select id, subject, date_trunc('milliseconds', alert_repeat_at) from complaint "
    "where subject = '%2$s'; "
    "update complaint set alert_repeat_at = due.due_at from due where due.record_id = complaint.id; "
    "insert into timer select id, site_id, 'complaint', alert_repeat_at from complaint where subject = '%2$s'; end $$";

void caseload_sql(struct caseload *caseload, const char *format, ...) {
    char sql[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    PGresult *result = PQexec(caseload->database, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
}

long caseload_number(struct caseload *caseload, const char *format, ...) {
    char sql[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    return database_number(caseload->database, sql);
}

/* A case of this severity owes nothing and goes nowhere: only its alert is pushed again. */
static void owe_nothing(struct caseload *caseload) {
    enum { REPEAT_MINUTES = 60 };
    Fd__SetDeadlinesRequest command = FD__SET_DEADLINES_REQUEST__INIT;
    command.severity = FD__SEVERITY__SEVERITY_SERIOUS;
    command.first_level = 2;
    command.repeat_minutes = REPEAT_MINUTES;
    struct answer answer = desk_call(&caseload->estate.administrator, "rules.set_deadlines", caseload->estate.site_id,
                                     NULL, &command, &fd__set_deadlines_response__descriptor);
    if (answer.status != STATUS_OK) fail_msg("no figures: %s (%s)", answer.message, answer.field);
}

void caseload_open(struct caseload *caseload) {
    memset(caseload, 0, sizeof *caseload);
    setenv("FRONTDESK_TIMERS_ENABLED", "false", 1);
    setenv("FRONTDESK_LOG_LEVEL", "error", 1);
    estate_open(&caseload->estate);
    unsetenv("FRONTDESK_TIMERS_ENABLED");
    estate_person(&caseload->estate, &caseload->supervisor, "supervisor", FD__ROLE__ROLE_SUPERVISOR,
                  FD__TEAM__TEAM_DESK);
    caseload->database = daemon_database(&caseload->estate.daemon);
    owe_nothing(caseload);
    estate_register(&caseload->supervisor, caseload->estate.site_id, FD__SEVERITY__SEVERITY_SERIOUS,
                    "the first of many");
    caseload_sql(caseload, "delete from timer");
    caseload_sql(caseload, "%s", record_pushes);
}

void caseload_close(struct caseload *caseload) {
    PQfinish(caseload->database);
    desk_close(&caseload->supervisor);
    estate_close(&caseload->estate);
}

void caseload_node(struct caseload *caseload, struct daemon_process *node, const char *name) {
    daemon_create_beside(node, &caseload->estate.daemon);
    daemon_call(node, name);
}

void caseload_start(struct daemon_process *node, const char *program) {
    node->program = program;
    daemon_start(node);
}

void caseload_fill(struct caseload *caseload, const char *subject, int count, int in_ms, int spread_ms) {
    caseload_sql(caseload, fill, caseload->estate.site_id, subject, count, in_ms, spread_ms);
}

struct firing caseload_fired(struct caseload *caseload, const char *subject, int count, int wait_ms) {
    enum { LOOK_MS = 50 };
    struct firing firing = {.missing = count};
    const char *unfired = "select count(*) from due left join pushed using (record_id) "
                          "where due.subject = '%s' and pushed.record_id is null";
    for (int waited = 0; firing.missing > 0 && waited < wait_ms; waited += LOOK_MS) {
        desk_idle(&caseload->estate.loop, LOOK_MS);
        firing.missing = caseload_number(caseload, unfired, subject);
    }
    const char *times = "select coalesce(%s, 0)::bigint from (select extract(epoch from pushed.at - due.due_at) * 1000 "
                        "as late from due join pushed using (record_id) where due.subject = '%s') as times";
    firing.doubles =
        caseload_number(caseload,
                        "select count(*) from (select record_id from due join pushed using (record_id) where "
                        "subject = '%s' group by record_id having count(*) > 1) as doubles",
                        subject);
    firing.early = caseload_number(caseload, times, "sum((late < 0)::int)", subject);
    firing.p50_ms = caseload_number(caseload, times, "percentile_disc(0.5) within group (order by late)", subject);
    firing.p99_ms = caseload_number(caseload, times, "percentile_disc(0.99) within group (order by late)", subject);
    firing.most_ms = caseload_number(caseload, times, "max(late)", subject);
    return firing;
}

void firing_print(const char *what, int count, const struct firing *firing) {
    print_message("%s: %d timers, %ld missing, %ld twice, %ld early; late p50 %ld ms, p99 %ld ms, most %ld ms\n", what,
                  count, firing->missing, firing->doubles, firing->early, firing->p50_ms, firing->p99_ms,
                  firing->most_ms);
}
