/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor from another history is never accepted (promise 5): after an old copy of the database was put back, cold or
 * taken while it ran, and after a standby was promoted that lacks what was acknowledged and heard. And the failover
 * itself: who asks meanwhile is told UNAVAILABLE, and goes on under the same key within seconds.
 *
 * The controls take away what notices it: the anchor, and the look at PostgreSQL's timeline. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/moment.h"
#include "common/uuid.h"
#include "tests/fault/room.h"
#include "tests/support/cluster.h"
#include "tests/support/estate.h"
#include "tests/support/raw.h"
#include "tests/support/standby.h"
#include "tests/support/test.h"

/* A round is one copy put back and one standby promoted. */
enum { SHORT_ROUNDS = 1, ANCHOR_MS = 1500, FAILOVER_MS = 30 * 1000, ASKED = 5, KIND_COPIES = 2 };

static struct estate estate;

/* ---- both ways of losing history ---- */

static int64_t site_number(const char *column) {
    char sql[128];
    PGconn *database = daemon_database(&estate.daemon);
    snprintf(sql, sizeof sql, "select %s from site where id = '%s'", column, estate.site_id);
    int64_t number = database_number(database, sql);
    PQfinish(database);
    return number;
}

static enum status try_line(struct raw *raw, int port) {
    raw_greet(raw, port);
    return raw_try_sign_in(raw, "admin", ESTATE_PASSWORD);
}

static void open_line(struct raw *raw, int port) {
    assert_int_equal(try_line(raw, port), STATUS_OK);
}

static enum status register_one(struct raw *raw, const char *key) {
    static uint64_t id = 100;
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "history";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    raw_request(raw, ++id, "complaint.register", estate.site_id, key, &request.base);
    const Fd__Reply *reply = raw_reply(raw, id);
    return reply != NULL ? (enum status)reply->status : STATUS_UNAVAILABLE;
}

static void register_some(int port, unsigned count) {
    struct raw raw;
    open_line(&raw, port);
    for (unsigned i = 0; i < count; i++) {
        char key[UUID_TEXT_BYTES];
        uuid_make(key, moment_now_ms());
        assert_int_equal(register_one(&raw, key), STATUS_OK);
    }
    raw_close(&raw);
}

/* What comes first after subscribing with the cursor. */
static bool is_reset(int port, int64_t epoch, int64_t seq) {
    struct raw raw;
    bool closed;
    open_line(&raw, port);
    raw_subscribe(&raw, estate.site_id, epoch, seq);
    const Fd__ServerFrame *first = raw_receive(&raw, 2000, &closed);
    bool reset = first != NULL && first->body_case == FD__SERVER_FRAME__BODY_RESET;
    raw_close(&raw);
    return reset;
}

/* Cursors of the lost history, from the entry after the last common one to its end, also where the new history has
 * grown past them. Returns how many were accepted in silence. */
static int accepted_of_lost(int port, int64_t epoch, int64_t common, int64_t last) {
    int accepted = 0;
    for (int64_t seq = common + 1; seq <= last; seq++) {
        bool told = is_reset(port, epoch, seq);
        accepted += !told;
        room_count("cursors_tried", 1);
    }
    return accepted;
}

/* ---- an old copy is put back ---- */

enum copy { COPY_COLD, COPY_RUNNING };

static void take_copy(enum copy kind, char path[128]) {
    char from[128], administrator[600];
    snprintf(path, 128, "%s/copy", estate.daemon.directory);
    if (kind == COPY_COLD) {
        snprintf(from, sizeof from, "%s/postgres/data", estate.daemon.state);
        daemon_stop(&estate.daemon);
        tree_copy(from, path);
        daemon_start(&estate.daemon);
        return;
    }
    /* PostgreSQL's user may write only below its own directory. */
    snprintf(path, 128, "%s/postgres/copy", estate.daemon.state);
    snprintf(administrator, sizeof administrator, "%s user=postgres", estate.daemon.database);
    postgres_backup(estate.daemon.state, administrator, path, NULL);
}

static void put_back(const char *copy, bool keep_anchor) {
    char data[128], anchor[128];
    snprintf(data, sizeof data, "%s/postgres/data", estate.daemon.state);
    snprintf(anchor, sizeof anchor, "%s/anchor", estate.daemon.state);
    tree_remove(data);
    assert_int_equal(rename(copy, data), 0);
    if (!keep_anchor) assert_int_equal(unlink(anchor), 0);
    daemon_start(&estate.daemon);
}

/* Returns how many cursors of the lost history were accepted. */
static int lose_by_copy(enum copy kind, bool keep_anchor) {
    char copy[128];
    unsigned lost = 1 + chance(6);
    register_some(estate.daemon.port, 1 + chance(4));
    take_copy(kind, copy);
    int64_t epoch = site_number("epoch"), common = site_number("seq");
    register_some(estate.daemon.port, lost);
    int64_t last = site_number("seq");
    if (chance(2) == 0) {
        daemon_stop(&estate.daemon);
    } else {
        usleep(ANCHOR_MS * 1000);
        daemon_crash(&estate.daemon);
    }
    put_back(copy, keep_anchor);
    register_some(estate.daemon.port, chance(2 * lost + 2));
    return accepted_of_lost(estate.daemon.port, epoch, common, last);
}

static void open_copies_house(void) {
    memset(&estate, 0, sizeof estate);
    estate_open(&estate);
    daemon_keep_port(&estate.daemon);
}

static void an_old_copy_resets_everybody(void **state) {
    int accepted = 0;
    (void)state;
    open_copies_house();
    for (long round = 0; round < room_rounds(); round++) {
        for (int kind = 0; kind < KIND_COPIES; kind++) accepted += lose_by_copy((enum copy)kind, true);
        room_count("copies_put_back", KIND_COPIES);
        room_progress((round + 1) / 2, "rounds");
    }
    estate_close(&estate);
    room_figure("accepted_in_silence", accepted);
    assert_int_equal(accepted, 0);
}

static void without_the_anchor_an_old_copy_goes_unnoticed(void **state) {
    int accepted = 0;
    (void)state;
    int64_t tried = room_value("cursors_tried");
    open_copies_house();
    for (int i = 0; i < 5 && accepted == 0; i++) accepted = lose_by_copy(COPY_COLD, false);
    estate_close(&estate);
    room_figure("cursors_tried", tried);
    room_figure("accepted_without_the_anchor", accepted);
    assert_true(accepted > 0);
}

/* ---- a standby that lags is promoted ---- */

struct pair {
    struct cluster *primary;
    struct standby standby;
    struct daemon_process second;
};

static void open_pair(struct pair *pair, const char *program) {
    memset(pair, 0, sizeof *pair);
    memset(&estate, 0, sizeof estate);
    pair->primary = cluster_start(false);
    standby_start(&pair->standby, pair->primary);
    daemon_create(&estate.daemon);
    estate.daemon.external = true;
    estate.daemon.program = program;
    snprintf(estate.daemon.database, sizeof estate.daemon.database, "%s", pair->standby.both);
    estate_open(&estate);
    daemon_create_twin(&pair->second, &estate.daemon);
    daemon_call(&pair->second, "second");
    daemon_start(&pair->second);
    register_some(pair->second.port, 2 + chance(5));
    standby_catch_up(&pair->standby, pair->primary);
}

static void close_pair(struct pair *pair) {
    daemon_remove(&pair->second);
    estate_close(&estate);
    standby_end(&pair->standby);
    cluster_end(pair->primary);
}

/* Asks under one key until it is done; everything but OK must be UNAVAILABLE. */
static void ask_until_done(int port, const char *key) {
    for (int64_t until = steady_ms() + FAILOVER_MS;;) {
        struct raw raw;
        enum status status = try_line(&raw, port);
        if (status == STATUS_OK) status = register_one(&raw, key);
        raw_close(&raw);
        if (status == STATUS_OK) return;
        assert_int_equal(status, STATUS_UNAVAILABLE);
        room_count("told_unavailable", 1);
        if (steady_ms() > until) fail_msg("not back 30 s after the promotion");
        usleep(100 * 1000);
    }
}

/* The second node hears nothing of what the first one acknowledges and its desks hear; then the machine with the
 * primary dies, perhaps the first node with it, and the standby takes over without it. */
static int lose_by_promotion(struct pair *pair, bool first_dies) {
    unsigned lost = 1 + chance(5);
    int64_t epoch = site_number("epoch"), common = site_number("seq");
    assert_int_equal(kill(pair->second.pid, SIGSTOP), 0);
    standby_lag(&pair->standby, pair->primary);
    register_some(estate.daemon.port, lost);
    int64_t last = site_number("seq");
    assert_int_equal(last, common + lost);
    cluster_crash(pair->primary);
    if (first_dies) daemon_kill(&estate.daemon);
    standby_promote(&pair->standby);
    assert_int_equal(kill(pair->second.pid, SIGCONT), 0);
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    ask_until_done(pair->second.port, key);
    assert_int_equal(site_number("seq"), common + 1); /* what the standby lacked is lost: the administrator's choice */
    register_some(pair->second.port, chance(2 * lost + 2));
    int accepted = accepted_of_lost(pair->second.port, epoch, common, last);
    if (first_dies) daemon_start(&estate.daemon);
    return accepted + accepted_of_lost(estate.daemon.port, epoch, common, last);
}

static void a_promoted_standby_resets_everybody(void **state) {
    static struct pair pair;
    int accepted = 0;
    (void)state;
    for (long round = 0; round < room_rounds(); round++) {
        open_pair(&pair, NULL);
        accepted += lose_by_promotion(&pair, round % 2 == 0);
        close_pair(&pair);
        room_count("standbys_promoted", 1);
        room_progress((room_rounds() + round + 1) / 2, "rounds");
    }
    room_count("accepted_in_silence", accepted);
    assert_int_equal(accepted, 0);
}

static void without_the_timeline_a_promotion_goes_unnoticed(void **state) {
    static struct pair pair;
    int accepted = 0;
    (void)state;
    int64_t tried = room_value("cursors_tried");
    setenv("FRONTDESK_BREAK", "timeline", 1);
    for (int i = 0; i < 5 && accepted == 0; i++) {
        open_pair(&pair, FRONTDESKD_BROKEN);
        accepted = lose_by_promotion(&pair, true);
        close_pair(&pair);
    }
    unsetenv("FRONTDESK_BREAK");
    room_figure("cursors_tried", tried);
    room_figure("accepted_without_the_timeline", accepted);
    assert_true(accepted > 0);
}

/* ---- the failover, seen by those who work on ---- */

static void on_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    (void)response;
    *(enum status *)owner = (enum status)reply->status;
}

static bool all_ok(const enum status *statuses) {
    for (int i = 0; i < ASKED; i++)
        if (statuses[i] != STATUS_OK) return false;
    return true;
}

/* Nothing lags here: what is asked while there is no primary is done once there is one, each key once. */
static void work_goes_on_after_a_failover(void **state) {
    static struct pair pair;
    enum status statuses[ASKED];
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    char key[UUID_TEXT_BYTES];
    struct raw raw;
    (void)state;
    open_pair(&pair, NULL);
    desk_hurry(&estate.administrator);
    open_line(&raw, pair.second.port);
    cluster_crash(pair.primary);
    uuid_make(key, moment_now_ms());
    assert_int_equal(register_one(&raw, key), STATUS_UNAVAILABLE);
    raw_close(&raw);
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "meanwhile";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    for (int i = 0; i < ASKED; i++) {
        statuses[i] = STATUS_UNAVAILABLE;
        assert_int_equal(client_call(estate.administrator.client, "complaint.register", estate.site_id, NULL,
                                     &request.base, &fd__register_complaint_response__descriptor, on_reply,
                                     &statuses[i]),
                         STATUS_OK);
    }
    desk_idle(&estate.loop, 500);
    assert_false(all_ok(statuses));
    standby_promote(&pair.standby);
    int64_t promoted_ms = steady_ms();
    while (!all_ok(statuses) && steady_ms() - promoted_ms < FAILOVER_MS) desk_turn(&estate.loop);
    room_figure("ms_until_work_went_on", steady_ms() - promoted_ms);
    assert_true(all_ok(statuses));
    ask_until_done(pair.second.port, key);
    assert_int_equal(standby_number(&pair.standby, "select count(*) from complaint where subject = 'meanwhile'"),
                     ASKED);
    close_pair(&pair);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_copy_resets_everybody),
        cmocka_unit_test(without_the_anchor_an_old_copy_goes_unnoticed),
        cmocka_unit_test(a_promoted_standby_resets_everybody),
        cmocka_unit_test(without_the_timeline_a_promotion_goes_unnoticed),
        cmocka_unit_test(work_goes_on_after_a_failover),
    };
    room_open("history", "a cursor from another history is never accepted", SHORT_ROUNDS, argc, argv);
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}
