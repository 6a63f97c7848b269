/* SPDX-License-Identifier: Apache-2.0 */
/* An acknowledged record is on disk (promise 1). Clerks register without a pause while the server, PostgreSQL, one of
 * its processes, or everything at once is killed at a random moment. A ledger outside of the system, forced to disk,
 * holds every OK; after each restart every one of them is there, the journal has no gap, and its chain is sound.
 * The control does not wait for the disk, and loses some. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/uuid.h"
#include "tests/fault/room.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

enum { SHORT_ROUNDS = 6, CONTROL_ROUNDS = 4, CLERKS = 4, IN_FLIGHT = 12, SETTLE_MS = 300, RECOVERY_MS = 60 * 1000 };

enum blow { BLOW_SERVER, BLOW_POSTMASTER, BLOW_BACKEND, BLOW_ALL, BLOWS };
static const char *const blow_names[BLOWS] = {"server_kills", "postmaster_kills", "backend_kills", "power_cuts"};

struct ledger {
    int file;
    long lines, checked; /* in the file */
    bool dirty;
};

static struct estate estate;
static struct desk clerks[CLERKS];
static struct ledger ledger;
static bool working;

/* ---- the ledger: one id a line ---- */

static void ledger_open(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/ledger", estate.daemon.directory);
    ledger = (struct ledger){.file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    assert_true(ledger.file >= 0);
}

static void ledger_add(const char *id) {
    char line[UUID_TEXT_BYTES + 1];
    snprintf(line, sizeof line, "%s\n", id);
    assert_int_equal(write(ledger.file, line, UUID_TEXT_BYTES), UUID_TEXT_BYTES);
    ledger.lines++;
    ledger.dirty = true;
}

static void ledger_sync(void) {
    if (ledger.dirty) assert_int_equal(fdatasync(ledger.file), 0);
    ledger.dirty = false;
}

/* Of the lines from `first` on, those that the database does not have. */
static long ledger_missing(PGconn *database, long first) {
    size_t length = (size_t)(ledger.lines - first) * UUID_TEXT_BYTES;
    if (length == 0) return 0;
    char *ids = malloc(length + 2), count[32];
    assert_non_null(ids);
    ids[0] = '{';
    assert_int_equal(pread(ledger.file, ids + 1, length, (off_t)first * UUID_TEXT_BYTES), length);
    for (size_t i = 1; i <= length; i++)
        if (ids[i] == '\n') ids[i] = ',';
    memcpy(ids + length, "}", 2);
    const char *const values[] = {ids};
    PGresult *result = PQexecParams(database,
                                    "select count(*) from unnest($1::uuid[]) as told (id) "
                                    "where not exists (select from complaint where complaint.id = told.id)",
                                    1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) fail_msg("%s", PQresultErrorMessage(result));
    snprintf(count, sizeof count, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    free(ids);
    return strtol(count, NULL, 10);
}

/* ---- the work ---- */

static void ask(struct desk *desk);

static void on_registered(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct desk *desk = owner;
    if (reply->status == FD__STATUS__STATUS_OK)
        ledger_add(((const Fd__RegisterComplaintResponse *)(const void *)response)->complaint->id);
    else if (working)
        fail_msg("a clerk was told %d: %s", (int)reply->status, reply->message);
    if (working) ask(desk);
}

static void ask(struct desk *desk) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "on disk";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    assert_int_equal(client_call(desk->client, "complaint.register", estate.site_id, NULL, &request.base,
                                 &fd__register_complaint_response__descriptor, on_registered, desk),
                     STATUS_OK);
}

static void turn(void) {
    desk_turn(&estate.loop);
    ledger_sync();
}

static void work_for(int64_t duration_ms) {
    for (int64_t until = steady_ms() + duration_ms; steady_ms() < until;) turn();
}

static void work_until_acknowledged(void) {
    long lines = ledger.lines;
    for (int64_t until = steady_ms() + RECOVERY_MS; ledger.lines < lines + CLERKS * IN_FLIGHT; turn())
        if (steady_ms() > until) fail_msg("nothing was acknowledged for a minute after a kill");
}

static void open_house(const char *durability) {
    char name[16];
    memset(&estate, 0, sizeof estate);
    setenv("FRONTDESK_DATABASE_DURABILITY", durability, 1);
    estate_open(&estate);
    daemon_keep_port(&estate.daemon);
    ledger_open();
    for (int i = 0; i < CLERKS; i++) {
        snprintf(name, sizeof name, "clerk-%d", i);
        desk_open(&clerks[i], &estate.loop, &estate.daemon, name);
        desk_hurry(&clerks[i]);
        desk_sign_in(&clerks[i], "admin", ESTATE_PASSWORD);
    }
    working = true;
    for (int i = 0; i < CLERKS * IN_FLIGHT; i++) ask(&clerks[i % CLERKS]);
}

static int waiting(void) {
    int count = 0;
    for (int i = 0; i < CLERKS; i++) count += client_waiting(clerks[i].client);
    return count;
}

static void close_house(void) {
    for (int i = 0; i < CLERKS; i++) desk_close(&clerks[i]);
    close(ledger.file);
    estate_close(&estate);
    unsetenv("FRONTDESK_DATABASE_DURABILITY");
}

/* ---- the blows ---- */

static void strike(enum blow blow) {
    switch (blow) {
    case BLOW_SERVER: daemon_kill(&estate.daemon); break;
    case BLOW_POSTMASTER: (void)daemon_kill_postmaster(&estate.daemon); break;
    case BLOW_BACKEND: (void)daemon_kill_backend(&estate.daemon, chance(1000)); break;
    default: daemon_crash(&estate.daemon);
    }
    if (estate.daemon.pid == 0) daemon_start(&estate.daemon);
}

static PGconn *database_when_up(void) {
    for (int64_t until = steady_ms() + RECOVERY_MS;; turn()) {
        PGconn *connection = PQconnectdb(estate.daemon.database);
        bool up = PQstatus(connection) == CONNECTION_OK;
        PQfinish(connection);
        if (up) return daemon_database(&estate.daemon);
        if (steady_ms() > until) fail_msg("PostgreSQL is away for a minute");
    }
}

/* Gaps, links of the chain that do not hold, and entries whose content is another one than was sealed. */
static const char unsound[] =
    "select count(*) from (select *, lag(seq) over by_seq as seq_before, lag(hash) over by_seq as hash_before "
    "from journal where site_id = '%s' and seq >= %ld window by_seq as (order by seq)) as entry "
    "where seq_before <> seq - 1 or hash <> sha256(hash_before || int8send(seq) || digest) "
    "or digest <> sha256(salt || convert_to(kind, 'UTF8') || '\\x00' || convert_to(record_type, 'UTF8') || '\\x00' || "
    "convert_to(record_id::text, 'UTF8') || '\\x00' || convert_to(coalesce(actor_id::text, ''), 'UTF8') || '\\x00' || "
    "convert_to(actor_name, 'UTF8') || '\\x00' || convert_to(note, 'UTF8') || '\\x00' || "
    "int8send((extract(epoch from at) * 1000)::bigint) || record)";
static const char torn[] =
    "select count(*) from site where id = '%s' and (exists (select from journal where site_id = site.id and seq > "
    "site.seq) or not exists (select from journal where site_id = site.id and seq = site.seq and hash = head_hash))";

static void check_journal(PGconn *database) {
    static long sound_until;
    char sql[1200];
    if (ledger.checked == 0) sound_until = 0;
    snprintf(sql, sizeof sql, "select seq from site where id = '%s'", estate.site_id);
    long head = database_number(database, sql);
    snprintf(sql, sizeof sql, unsound, estate.site_id, sound_until);
    assert_int_equal(database_number(database, sql), 0);
    snprintf(sql, sizeof sql, torn, estate.site_id);
    assert_int_equal(database_number(database, sql), 0);
    sound_until = head;
}

/* How many acknowledged ones are missing after the blow. */
static long missing_after(enum blow blow) {
    work_for(20 + chance(400));
    strike(blow);
    work_for(SETTLE_MS);
    work_until_acknowledged();
    PGconn *database = database_when_up();
    long missing = ledger_missing(database, ledger.checked);
    check_journal(database);
    ledger.checked = ledger.lines;
    PQfinish(database);
    return missing;
}

static void nothing_acknowledged_is_lost(void **state) {
    char sql[128];
    (void)state;
    open_house("on");
    room_figure("missing", 0);
    for (long round = 0; round < room_rounds(); round++) {
        enum blow blow = round < BLOWS ? (enum blow)round : (enum blow)chance(BLOWS);
        room_count("missing", missing_after(blow));
        room_count(blow_names[blow], 1);
        room_progress(round + 1, "kills");
    }
    working = false;
    for (int64_t until = steady_ms() + RECOVERY_MS; waiting() > 0 && steady_ms() < until;) turn();
    assert_int_equal(waiting(), 0);
    PGconn *database = daemon_database(&estate.daemon);
    long missing = ledger_missing(database, 0);
    room_figure("acknowledged", ledger.lines);
    room_figure("missing", missing);
    snprintf(sql, sizeof sql, "select count(*) from complaint where site_id = '%s'", estate.site_id);
    long rows = database_number(database, sql);
    PQfinish(database);
    close_house();
    assert_int_equal(missing, 0);
    assert_int_equal(rows, ledger.lines); /* what was repeated after a kill has one effect */
}

static void without_waiting_for_the_disk_some_are_lost(void **state) {
    long missing = 0;
    (void)state;
    open_house("off");
    for (int round = 0; round < CONTROL_ROUNDS; round++) missing += missing_after(BLOW_ALL);
    working = false; /* a clerk whose sign-in was lost with the rest would wait for ever */
    close_house();
    room_figure("lost_by_the_control", missing);
    assert_true(missing > 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost),
        cmocka_unit_test(without_waiting_for_the_disk_some_are_lost),
    };
    room_open("durable", "an acknowledged record is on disk", SHORT_ROUNDS, argc, argv);
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}
