/* SPDX-License-Identifier: Apache-2.0 */
/* One request key, one effect, and every repetition gets the same reply byte for byte (promise 2), on two nodes.
 *
 * First the line is cut after every single byte, either way, of a whole exchange: TLS, greeting, resuming the session,
 * the request, its reply. The desk comes back, to the other node, and repeats. Then every key is asked 64 times at
 * once, on both nodes. The control takes the receipts away: the same key has two effects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/moment.h"
#include "common/uuid.h"
#include "tests/fault/room.h"
#include "tests/support/estate.h"
#include "tests/support/proxy.h"
#include "tests/support/test.h"

/* A round is a key asked in parallel. The full form cuts at every byte, the short one at each of a few strides. */
enum {
    SHORT_ROUNDS = 20,
    FULL_ROUNDS = 1000,
    COPIES = 64,
    KEYS_AT_ONCE = 8,
    SHORT_STRIDE = 61,
    PATIENCE_MS = 30 * 1000
};

struct reply {
    bool done;
    enum status status;
    int64_t seq;
    size_t length;
    uint8_t body[2048];
};

static struct estate estate;
static struct daemon_process second;
static struct proxy *proxy;
static struct desk walker, desks[2]; /* the walker's line is cut; the others stay, one on each node */

static int open_house(void **state) {
    char server[32];
    (void)state;
    estate_open(&estate);
    daemon_create_twin(&second, &estate.daemon);
    daemon_call(&second, "second");
    daemon_start(&second);
    proxy = proxy_open(&estate.loop);
    proxy_aim(proxy, (int[]){estate.daemon.port, second.port}, 2);
    snprintf(server, sizeof server, "127.0.0.1:%d", proxy_port(proxy));
    desk_open_at(&walker, &estate.loop, estate.daemon.directory, server, "walker");
    desk_hurry(&walker);
    desk_sign_in(&walker, "admin", ESTATE_PASSWORD);
    for (int i = 0; i < 2; i++) {
        desk_open(&desks[i], &estate.loop, i == 0 ? &estate.daemon : &second, i == 0 ? "here" : "there");
        desk_sign_in(&desks[i], "admin", ESTATE_PASSWORD);
    }
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&walker);
    for (int i = 0; i < 2; i++) desk_close(&desks[i]);
    proxy_close(proxy);
    daemon_remove(&second);
    estate_close(&estate);
    return 0;
}

/* ---- asking ---- */

static void on_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct reply *kept = owner;
    (void)response;
    kept->done = true;
    kept->status = (enum status)reply->status;
    kept->seq = reply->seq;
    kept->length = reply->body.len;
    assert_true(kept->length <= sizeof kept->body);
    if (kept->length > 0) memcpy(kept->body, reply->body.data, kept->length);
}

static void ask(struct desk *desk, const char *key, const char *subject, struct reply *reply) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    memset(reply, 0, sizeof *reply);
    request.anonymous = true;
    request.subject = (char *)(uintptr_t)subject;
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    assert_int_equal(client_call(desk->client, "complaint.register", estate.site_id, key, &request.base,
                                 &fd__register_complaint_response__descriptor, on_reply, reply),
                     STATUS_OK);
}

static void wait_for(const struct reply *reply) {
    for (int64_t until = steady_ms() + PATIENCE_MS; !reply->done; desk_turn(&estate.loop))
        if (steady_ms() > until) fail_msg("no reply within 30 s");
    assert_int_equal(reply->status, STATUS_OK);
}

static bool same(const struct reply *one, const struct reply *other) {
    return one->status == other->status && one->seq == other->seq && one->length == other->length &&
           memcmp(one->body, other->body, one->length) == 0;
}

static long rows_about(const char *subject) {
    char sql[128];
    PGconn *database = daemon_database(&estate.daemon);
    snprintf(sql, sizeof sql, "select count(*) from complaint where subject = '%s'", subject);
    long rows = database_number(database, sql);
    PQfinish(database);
    return rows;
}

/* ---- the line is cut at every byte ---- */

/* A new line, cut after so many bytes one way, carries a request; the ones after it are whole. */
static void cut_at(enum proxy_way way, int64_t bytes) {
    char key[UUID_TEXT_BYTES];
    struct reply first, again;
    uuid_make(key, moment_now_ms());
    proxy_cut_next(proxy, way, bytes);
    proxy_cut(proxy);
    ask(&walker, key, "cut", &first);
    wait_for(&first);
    for (int i = 0; i < 2; i++) {
        ask(&desks[i], key, "cut", &again);
        wait_for(&again);
        if (!same(&first, &again)) room_count("replies_that_differ", 1);
    }
}

/* How many bytes a whole exchange takes each way. */
static void measure(int64_t bytes[PROXY_WAYS]) {
    char key[UUID_TEXT_BYTES];
    struct reply reply;
    uuid_make(key, moment_now_ms());
    proxy_cut(proxy);
    ask(&walker, key, "measured", &reply);
    wait_for(&reply);
    for (int way = 0; way < PROXY_WAYS; way++) bytes[way] = proxy_passed(proxy, (enum proxy_way)way);
}

static void a_line_cut_at_any_byte_has_one_effect(void **state) {
    int64_t bytes[PROXY_WAYS];
    long asked = 0;
    int stride = room_rounds() >= FULL_ROUNDS ? 1 : SHORT_STRIDE;
    (void)state;
    room_figure("replies_that_differ", 0);
    measure(bytes);
    room_figure("bytes_up", bytes[PROXY_UP]);
    room_figure("bytes_down", bytes[PROXY_DOWN]);
    int cuts = proxy_cuts(proxy);
    for (int way = 0; way < PROXY_WAYS; way++) {
        for (int64_t k = 0; k <= bytes[way]; k += stride, asked++) {
            cut_at((enum proxy_way)way, k);
            room_progress(asked * room_rounds() / (2 * (bytes[PROXY_UP] + bytes[PROXY_DOWN]) / stride + 1), "keys");
        }
    }
    long rows = rows_about("cut");
    room_figure("cut_at_bytes", asked);
    room_figure("effects_too_many", rows - asked);
    assert_true(proxy_cuts(proxy) - cuts >= 2 * asked - 8); /* the last bytes of a run may not be reached */
    assert_int_equal(rows, asked);
}

/* ---- the same key many times at once ---- */

static long ask_at_once(int keys) {
    static struct reply replies[KEYS_AT_ONCE][COPIES];
    char key[UUID_TEXT_BYTES];
    long different = 0;
    for (int k = 0; k < keys; k++) {
        uuid_make(key, moment_now_ms());
        for (int c = 0; c < COPIES; c++) ask(&desks[c % 2], key, "at once", &replies[k][c]);
    }
    for (int k = 0; k < keys; k++) {
        for (int c = 0; c < COPIES; c++) {
            wait_for(&replies[k][c]);
            different += !same(&replies[k][0], &replies[k][c]);
        }
    }
    return different;
}

static void parallel_repetitions_have_one_effect(void **state) {
    (void)state;
    for (long done = 0; done < room_rounds(); done += KEYS_AT_ONCE) {
        long left = room_rounds() - done;
        room_count("replies_that_differ", ask_at_once(left < KEYS_AT_ONCE ? (int)left : KEYS_AT_ONCE));
        room_progress((done + room_rounds()) / 2, "keys");
    }
    long rows = rows_about("at once");
    room_figure("keys", room_rounds());
    room_figure("repetitions", room_rounds() * COPIES);
    room_count("effects_too_many", rows - room_rounds());
    assert_int_equal(rows, room_rounds());
}

static void all_replies_were_the_same(void **state) {
    (void)state;
    assert_int_equal(room_value("replies_that_differ"), 0);
}

static void without_receipts_a_key_has_two_effects(void **state) {
    char key[UUID_TEXT_BYTES];
    struct reply first, again;
    (void)state;
    uuid_make(key, moment_now_ms());
    ask(&desks[0], key, "twice", &first);
    wait_for(&first);
    PGconn *database = daemon_database(&estate.daemon);
    PQclear(PQexec(database, "truncate receipt"));
    PQfinish(database);
    ask(&desks[1], key, "twice", &again);
    wait_for(&again);
    long rows = rows_about("twice");
    room_figure("effects_of_the_control", rows);
    assert_int_equal(rows, 2);
    assert_false(same(&first, &again));
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_cut_at_any_byte_has_one_effect),
        cmocka_unit_test(parallel_repetitions_have_one_effect),
        cmocka_unit_test(all_replies_were_the_same),
        cmocka_unit_test(without_receipts_a_key_has_two_effects),
    };
    room_open("once", "one request key, one effect", SHORT_ROUNDS, argc, argv);
    return room_close(cmocka_run_group_tests(tests, open_house, close_house));
}
