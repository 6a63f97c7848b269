/* SPDX-License-Identifier: Apache-2.0 */
/* Every look and every denial is in the audit, and tampering shows (promise 17). The controls: what a forger who knows
 * how the chains are made leaves behind is sound in the database, and is found only by the anchors outside it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/estate.h"
#include "tests/support/test.h"

enum { OUTPUT_BYTES = 65536, ANCHOR_MS = 300, COMPLAINTS = 12, FLOOD = 200 };

static struct estate estate;
static struct desk clerk, viewer;
static char other_site[37], output[OUTPUT_BYTES], sql[8192];

static int open_house(void **state) {
    (void)state;
    setenv("FRONTDESK_AUDIT_ANCHOR", "300ms", 1);
    daemon_create(&estate.daemon);
    estate_open(&estate);
    daemon_keep_port(&estate.daemon);
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &viewer, "viewer", FD__ROLE__ROLE_HQ_VIEWER, FD__TEAM__TEAM_OFFICE);
    estate_found(&estate, "other", other_site);
    for (int i = 0; i < COMPLAINTS; i++)
        estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "to be kept");
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&viewer);
    desk_close(&clerk);
    estate_close(&estate);
    return 0;
}

static void run(const char *command) {
    PGconn *database = daemon_database(&estate.daemon);
    PGresult *result = PQexec(database, command);
    ExecStatusType outcome = PQresultStatus(result);
    if (outcome != PGRES_COMMAND_OK && outcome != PGRES_TUPLES_OK)
        fail_msg("%s: %s", command, PQerrorMessage(database));
    PQclear(result);
    PQfinish(database);
}

static long number(const char *question) {
    PGconn *database = daemon_database(&estate.daemon);
    long found = database_number(database, question);
    PQfinish(database);
    return found;
}

static struct answer look(struct desk *desk, const char *which) {
    Fd__GetComplaintRequest request = FD__GET_COMPLAINT_REQUEST__INIT;
    request.number = (char *)(uintptr_t)which;
    return desk_call(desk, "complaint.get", estate.site_id, NULL, &request, &fd__get_complaint_response__descriptor);
}

/* Looks and denials */

static void every_look_is_written_down(void **state) {
    (void)state;
    for (int i = 0; i < 3; i++) assert_int_equal(look(&clerk, "C-1").status, STATUS_OK);
    assert_int_equal(look(&clerk, "C-2").status, STATUS_OK);
    assert_int_equal(look(&clerk, "C-999").status, STATUS_NOT_FOUND);
    assert_int_equal(number("select count(*) from access_log where kind = 'looked' and actor_name = 'clerk' and "
                            "operation = 'complaint.get' and number = 'C-1'"),
                     3);
    assert_int_equal(number("select count(*) from access_log where kind = 'looked'"), 4);
    assert_int_equal(number("select count(*) from journal where kind like '%look%'"), 0); /* no desk hears of it */
}

static void what_cannot_be_written_down_is_not_shown(void **state) {
    (void)state;
    static struct answer answer;
    Fd__GetComplaintRequest request = FD__GET_COMPLAINT_REQUEST__INIT;
    request.number = (char *)(uintptr_t) "C-3";
    run("revoke insert on access_log from frontdesk_app");
    desk_ask(&clerk, "complaint.get", estate.site_id, NULL, &request, &fd__get_complaint_response__descriptor, &answer);
    desk_idle(&estate.loop, 1500);
    assert_false(answer.done); /* UNAVAILABLE: the library asks again */
    run("grant insert on access_log to frontdesk_app");
    desk_until(&clerk, answer.done);
    assert_int_equal(answer.status, STATUS_OK);
    assert_int_equal(number("select count(*) from access_log where number = 'C-3'"), 1);
}

static void the_servers_role_cannot_change_it(void **state) {
    (void)state;
    PGconn *database = daemon_database(&estate.daemon);
    static const char *const commands[] = {"update access_log set times = 2", "delete from access_log",
                                           "truncate access_log", "delete from audit_mark"};
    PQclear(PQexec(database, "set role frontdesk_app"));
    PQclear(PQexec(database, "set frontdesk.site = '*'"));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        PGresult *result = PQexec(database, commands[i]);
        assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
        PQclear(result);
    }
    PGresult *rows = PQexec(database, "select from access_log");
    assert_int_equal(PQntuples(rows), 0); /* the fence holds */
    PQclear(rows);
    PQfinish(database);
}

static void a_flood_of_denials_is_a_line_a_minute(void **state) {
    (void)state;
    for (int i = 0; i < FLOOD; i++) assert_int_equal(look(&viewer, "C-1").status, STATUS_DENIED);
    desk_idle(&estate.loop, 300);
    assert_int_equal(number("select count(*) from access_log where kind = 'denied'"), 1);
    daemon_stop(&estate.daemon); /* what was counted is written */
    daemon_start(&estate.daemon);
    desk_until(&clerk, clerk.line == CLIENT_LINE_UP);
    assert_int_equal(number("select count(*) from access_log where kind = 'denied'"), 2);
    assert_int_equal(number("select sum(times) from access_log where kind = 'denied' and actor_name = 'viewer' and "
                            "operation = 'complaint.get'"),
                     FLOOD);
}

/* Verifying */

static int verify(const char *option, const char *value) {
    return daemon_ctl(
        &estate.daemon,
        (const char *const[]){"audit", "verify", "--database", estate.daemon.database, option, value, NULL}, output,
        sizeof output);
}

static bool says(const char *text) {
    return strstr(output, text) != NULL;
}

static void expect(const char *what, int code, int wanted, const char *text) {
    if (code != wanted || (text != NULL && !says(text)))
        fail_msg("%s: %d, wanted %d \"%s\": %s", what, code, wanted, text != NULL ? text : "", output);
}

static void save(void) {
    run("create schema saved; create table saved.journal as table journal; "
        "create table saved.journal_archive as table journal_archive; create table saved.step as table step; "
        "create table saved.access_log as table access_log; create table saved.site as table site");
}

static void restore(void) {
    run("begin; truncate journal, journal_archive, step, access_log; insert into journal table saved.journal; "
        "insert into journal_archive table saved.journal_archive; insert into step table saved.step; "
        "insert into access_log table saved.access_log; update site set seq = s.seq, head_hash = s.head_hash, "
        "accesses = s.accesses, access_hash = s.access_hash from saved.site s where s.id = site.id; commit");
}

/* As one who knows how it is done: digests from the entries' contents, hashes and the head from these. */
static const char forge[] =
    "do $$ declare e record; h bytea := decode(repeat('00', 32), 'hex'); n bigint := 0; z bytea := '\\x00'; d bytea; "
    "begin "
    "for e in select * from journal where site_id = '%1$s' order by seq loop "
    "  d := sha256(e.salt || convert_to(e.kind, 'UTF8') || z || convert_to(e.record_type, 'UTF8') || z || "
    "    convert_to(e.record_id::text, 'UTF8') || z || convert_to(coalesce(e.actor_id::text, ''), 'UTF8') || z || "
    "    convert_to(e.actor_name, 'UTF8') || z || convert_to(e.note, 'UTF8') || z || "
    "    int8send((extract(epoch from e.at) * 1000)::bigint) || e.record); "
    "  n := n + 1; h := sha256(h || int8send(n) || d); "
    "  update journal set seq = -n, digest = d, hash = h where site_id = e.site_id and seq = e.seq; "
    "  update step set seq = -n where site_id = e.site_id and seq = e.seq; "
    "end loop; "
    "update journal set seq = -seq where site_id = '%1$s' and seq < 0; "
    "update step set seq = -seq where site_id = '%1$s' and seq < 0; "
    "update site set seq = n, head_hash = h where id = '%1$s'; end $$";

static void forge_journal(void) {
    snprintf(sql, sizeof sql, forge, estate.site_id);
    run(sql);
}

static void forge_accesses(void) {
    snprintf(sql, sizeof sql,
             "do $$ declare e record; h bytea := decode(repeat('00', 32), 'hex'); n bigint := 0; begin "
             "for e in select * from access_log where site_id = '%1$s' order by seq loop "
             "  n := n + 1; h := sha256(h || int8send(n) || e.digest); "
             "  update access_log set seq = n, hash = h where site_id = e.site_id and seq = e.seq; "
             "end loop; update site set accesses = n, access_hash = h where id = '%1$s'; end $$",
             estate.site_id);
    run(sql);
}

/* Of the first site only. */
static void tamper(const char *command) {
    snprintf(sql, sizeof sql, command, estate.site_id, other_site);
    run(sql);
}

static void expect_found(const char *command, const char *text) {
    tamper(command);
    expect(command, verify(NULL, NULL), 1, text);
    restore();
    expect("restored", verify(NULL, NULL), 0, "OK: nothing was changed");
}

/* The server is stopped, so that it does not find out by itself; PostgreSQL runs on. */
static int freeze(void **state) {
    (void)state;
    desk_idle(&estate.loop, 4 * ANCHOR_MS);
    assert_int_equal(kill(estate.daemon.pid, SIGSTOP), 0);
    save();
    return 0;
}

static int thaw(void **state) {
    (void)state;
    restore(); /* whatever failed: the next test begins sound */
    run("drop schema saved cascade");
    assert_int_equal(kill(estate.daemon.pid, SIGCONT), 0);
    return 0;
}

static void untouched_is_sound(void **state) {
    (void)state;
    expect("untouched", verify(NULL, NULL), 0, "OK: nothing was changed");
    expect("one site", verify("--site", "other"), 0, "other: OK");
    assert_false(says("main: OK"));
    expect("json", verify("--json", NULL), 0, "{\"sound\":true,\"differences\":[]");
    expect("no such site", verify("--site", "nowhere"), 2, "there is no site nowhere");
    expect("since", verify("--since", "2026-01-01"), 0, "OK");
    run("select archive_journal(now() + interval '1 h', 6)");
    assert_int_equal(number("select count(*) from journal_archive"), 6);
    expect("archived", verify(NULL, NULL), 0, "OK: nothing was changed");
    restore();
}

static void what_is_clumsy_is_found_in_the_database(void **state) {
    (void)state;
    expect_found("update journal set note = 'another' where site_id = '%1$s' and seq = 5", "main: journal entry 5 (20");
    expect_found("update journal set note = 'another' where site_id = '%1$s' and seq = 5", "content was changed");
    expect_found("update journal set at = at + interval '1 ms' where site_id = '%1$s' and seq = 6",
                 "content was changed");
    expect_found("delete from journal where site_id = '%1$s' and seq = 7", "entry 7: this entry is missing");
    expect_found("delete from journal where site_id = '%1$s' and seq > 9", "the tail was cut");
    expect_found("update journal set number = 'C-9' where site_id = '%1$s' and number = 'C-4'",
                 "number is not its record's");
    expect_found("update step set note = 'another' where site_id = '%1$s' and seq = 8",
                 "the step of this entry was changed");
    expect_found("delete from step where site_id = '%1$s' and seq = 8", "the step of this entry is missing");
    expect_found(
        "insert into step select record_id, version + 1000, site_id, 1000, at, kind, actor_id, actor_name, note "
        "from step where site_id = '%1$s' and seq = 8",
        "more steps than entries");
    expect_found("update journal set site_id = case when site_id = '%1$s' then '%2$s' else '%1$s' end::uuid, "
                 "seq = seq + 100000 where seq = 1; update journal set seq = seq - 100000 where seq > 100000",
                 "main: journal entry 1 (20");
    /* With their steps: one first entry fits as well as another, but not the one behind it. */
    expect_found("update journal set site_id = case when site_id = '%1$s' then '%2$s' else '%1$s' end::uuid, "
                 "seq = seq + 100000 where seq = 1; update journal set seq = seq - 100000 where seq > 100000; "
                 "update step set site_id = case when site_id = '%1$s' then '%2$s' else '%1$s' end::uuid where seq = 1",
                 "does not follow from the one before");
    expect_found("insert into journal_archive select * from journal where site_id = '%1$s' and seq = 3", "there twice");
    expect_found("update site set head_hash = sha256('x') where id = '%1$s'", "the end is not where");
    expect_found("update access_log set actor_name = 'nobody' where site_id = '%1$s' and seq = 1",
                 "main: access log entry 1");
    expect_found("delete from access_log where site_id = '%1$s' and seq = 2",
                 "access log entry 2: this entry is missing");
    expect_found("delete from access_log where site_id = '%1$s' and seq > 3", "the tail was cut");
}

/* Sound without the anchors: that is the control. */
static void expect_only_anchors(const char *what, const char *text) {
    expect(what, verify("--without-anchors", NULL), 0, "OK: nothing was changed");
    expect(what, verify(NULL, NULL), 1, text);
    restore();
    expect("restored", verify(NULL, NULL), 0, "OK: nothing was changed");
}

static void what_is_well_forged_is_found_by_the_anchors(void **state) {
    (void)state;
    tamper("update journal set note = 'another' where site_id = '%1$s' and seq = 5; "
           "update step set note = 'another' where site_id = '%1$s' and seq = 5");
    forge_journal();
    expect_only_anchors("edited", "saw another entry here");
    tamper(
        "delete from journal where site_id = '%1$s' and seq = 7; delete from step where site_id = '%1$s' and seq = 7");
    forge_journal();
    expect_only_anchors("deleted", "the anchor outside");
    tamper(
        "delete from journal where site_id = '%1$s' and seq > 9; delete from step where site_id = '%1$s' and seq > 9");
    forge_journal();
    expect_only_anchors("cut", "it is gone: the tail was cut");
    tamper("delete from access_log where site_id = '%1$s' and seq = 2");
    forge_accesses();
    expect_only_anchors("access deleted", "the anchor outside");
    tamper("delete from access_log where site_id = '%1$s' and seq > 2");
    forge_accesses();
    expect_only_anchors("access cut", "it is gone: the tail was cut");
}

/* The anchors themselves */

static void shell(const char *format) {
    char command[512];
    snprintf(command, sizeof command, format, estate.daemon.state);
    pid_t pid = fork();
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int result = 0;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_true(WIFEXITED(result) && WEXITSTATUS(result) == 0);
}

static void expect_file(const char *command, const char *text) {
    shell("cp %1$s/audit-anchors %1$s/copy");
    shell(command);
    expect(command, verify(NULL, NULL), 1, text);
    shell("mv %1$s/copy %1$s/audit-anchors");
    expect("restored", verify(NULL, NULL), 0, "OK: nothing was changed");
}

static void anchors_that_were_touched_are_found(void **state) {
    (void)state;
    expect_file("sed -i '2s/ 1 2\\(...\\)/ 1 3\\1/; 2s/Z /Z  /' %s/audit-anchors", "line 2 of the anchors");
    expect_file("sed -i '2s/^1 2 202/1 2 203/' %s/audit-anchors",
                "line 2 of the anchors: this line of the anchors is not signed");
    expect_file("sed -i 2d %s/audit-anchors", "does not follow from the one before");
    expect_file("sed -i '$d' %s/audit-anchors", "the tail of the anchors was cut");
    expect_file("head -c -10 %1$s/audit-anchors > %1$s/x; mv %1$s/x %1$s/audit-anchors",
                "the tail of the anchors was cut");
    expect_file("rm %s/audit-anchors", "the file of anchors is missing");
    expect_file(": > %s/audit-anchors", "the tail of the anchors was cut");
    expect("another key", verify("--key", "889fb92092d4bfa24d1b6fe81d12351dac91886cce2170ddb11866c4ecffd1d7"), 1,
           "is not signed by the key");
}

/* A server that finds its anchors cut goes on, and does not paint over it. */
static void a_cut_is_not_forgotten_by_going_on(void **state) {
    (void)state;
    desk_until(&clerk, clerk.line == CLIENT_LINE_UP);
    daemon_stop(&estate.daemon);
    shell("cp %1$s/audit-anchors %1$s/copy; sed -i '$d' %1$s/audit-anchors");
    daemon_start(&estate.daemon);
    desk_until(&clerk, clerk.line == CLIENT_LINE_UP);
    for (int i = 0; i < 3; i++) {
        estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "after the cut");
        desk_idle(&estate.loop, 2 * ANCHOR_MS);
    }
    expect("grown again", verify(NULL, NULL), 1, "of the anchors");
    daemon_stop(&estate.daemon);
    shell("mv %1$s/copy %1$s/audit-anchors");
    daemon_start(&estate.daemon);
    desk_until(&clerk, clerk.line == CLIENT_LINE_UP);
    estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "the right one again");
    desk_idle(&estate.loop, 3 * ANCHOR_MS);
    expect("put back", verify(NULL, NULL), 0, "OK: nothing was changed");
}

/* By itself: the running server is asked for the database. */
static void the_server_knows_the_database(void **state) {
    (void)state;
    expect("asked", daemon_ctl(&estate.daemon, (const char *const[]){"audit", "verify", NULL}, output, sizeof output),
           0, "OK: nothing was changed");
}

/* A full file goes aside, and the chain goes on in the new one. */
static void full_files_follow_each_other(void **state) {
    (void)state;
    char old[128];
    daemon_stop(&estate.daemon);
    setenv("FRONTDESK_AUDIT_ANCHOR", "100ms", 1);
    setenv("FRONTDESK_AUDIT_ANCHOR_FILE", "4KiB", 1);
    daemon_start(&estate.daemon);
    desk_until(&clerk, clerk.line == CLIENT_LINE_UP);
    snprintf(old, sizeof old, "%s/audit-anchors.old", estate.daemon.state);
    for (int i = 0; i < 60 && access(old, F_OK) != 0; i++) {
        estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "fills the file");
        desk_idle(&estate.loop, 150);
    }
    assert_int_equal(access(old, F_OK), 0);
    desk_idle(&estate.loop, 500);
    expect("two files", verify(NULL, NULL), 0, "OK: nothing was changed");
    shell("mv %1$s/audit-anchors.old %1$s/copy; sed '3s/^1 /2 /' %1$s/copy > %1$s/audit-anchors.old");
    expect("the old one touched", verify(NULL, NULL), 1, "line 3 of the anchors");
    shell("mv %1$s/copy %1$s/audit-anchors.old");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_look_is_written_down),
        cmocka_unit_test(what_cannot_be_written_down_is_not_shown),
        cmocka_unit_test(the_servers_role_cannot_change_it),
        cmocka_unit_test(a_flood_of_denials_is_a_line_a_minute),
        cmocka_unit_test_setup_teardown(untouched_is_sound, freeze, thaw),
        cmocka_unit_test_setup_teardown(what_is_clumsy_is_found_in_the_database, freeze, thaw),
        cmocka_unit_test_setup_teardown(what_is_well_forged_is_found_by_the_anchors, freeze, thaw),
        cmocka_unit_test_setup_teardown(anchors_that_were_touched_are_found, freeze, thaw),
        cmocka_unit_test(a_cut_is_not_forgotten_by_going_on),
        cmocka_unit_test(the_server_knows_the_database),
        cmocka_unit_test(full_files_follow_each_other),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
