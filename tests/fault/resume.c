/* SPDX-License-Identifier: Apache-2.0 */
/* A desk that was away resumes without a hole, or gets a snapshot at S and then S + 1 (promise 4). A desk comes back
 * again and again with a cursor around the oldest entry that is kept, while one thread goes on writing and another goes
 * on moving entries into the archive, by the very function that the server's own retention calls each minute.
 *
 * The control is a server that gives out a page without looking whether it begins where the cursor ends. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/moment.h"
#include "common/uuid.h"
#include "tests/fault/room.h"
#include "tests/support/estate.h"
#include "tests/support/raw.h"
#include "tests/support/test.h"

/* A round is a resume. */
enum {
    SHORT_ROUNDS = 200,
    CONTROL_ROUNDS = 500,
    KEPT = 600,     /* entries, more than the server keeps in memory for a moment's absence */
    SURE = 250,     /* cursors of the newest ones must never be told to start afresh */
    PER_LINE = 100, /* resumes before the line itself is a new one */
    RECORDS = 8,    /* that are changed without a pause, one request each in flight */
    WRITE_PAUSE_US = 4000,
    FRAME_MS = 20 * 1000,
};

static struct estate estate;
static char numbers[RECORDS][32];
static atomic_bool stopping, filled;
static struct raw desk;
static int64_t epoch, head; /* as the desk has heard it */

/* ---- what goes on meanwhile, in threads of their own: a failure there ends the program ---- */

static void insist(bool holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "resume: %s\n", what);
    abort();
}

static void forget_frames(struct raw *raw) {
    arena_free(&raw->arena);
}

static void open_line(struct raw *raw) {
    bool closed;
    raw_connect(raw, estate.daemon.port);
    insist(raw_start_tls(raw, 0), "no TLS");
    raw_hello(raw);
    insist(raw_receive(raw, FRAME_MS, &closed) != NULL, "no greeting");
    raw_sign_in(raw, "admin", ESTATE_PASSWORD);
}

static void change_all(struct raw *raw, uint64_t first_id) {
    for (int i = 0; i < RECORDS; i++) {
        char key[UUID_TEXT_BYTES];
        Fd__RecordActionRequest action = FD__RECORD_ACTION_REQUEST__INIT;
        uuid_make(key, moment_now_ms());
        action.number = numbers[i];
        action.kind = FD__ACTION_KIND__ACTION_KIND_CONTACT;
        action.note = (char *)(uintptr_t) "called";
        raw_request(raw, first_id + (uint64_t)i, "complaint.record_action", estate.site_id, key, &action.base);
    }
    for (int answered = 0; answered < RECORDS; answered++) {
        bool closed;
        const Fd__ServerFrame *frame = raw_receive(raw, FRAME_MS, &closed);
        insist(frame != NULL && frame->body_case == FD__SERVER_FRAME__BODY_REPLY &&
                   frame->reply->status == FD__STATUS__STATUS_OK,
               "a change was not acknowledged");
    }
    forget_frames(raw);
}

static void *write_on(void *nothing) {
    struct raw raw;
    open_line(&raw);
    for (uint64_t id = 10; !stopping; id += RECORDS) {
        change_all(&raw, id);
        if (filled) usleep(WRITE_PAUSE_US);
    }
    raw_close(&raw);
    return nothing;
}

static void *prune_on(void *nothing) {
    char sql[400];
    PGconn *database = daemon_database(&estate.daemon);
    snprintf(
        sql, sizeof sql,
        "select archive_journal(coalesce((select at from journal where site_id = site.id and seq = site.seq - %d), "
        "'epoch'), 500) from site where id = '%s'",
        KEPT, estate.site_id);
    while (!stopping) {
        PGresult *result = PQexec(database, sql);
        insist(PQresultStatus(result) == PGRES_TUPLES_OK, "the archive cannot be filled");
        PQclear(result);
        usleep(500);
    }
    PQfinish(database);
    return nothing;
}

/* ---- the desk that comes back ---- */

static const Fd__ServerFrame *next_frame(void) {
    bool closed;
    const Fd__ServerFrame *frame = raw_receive(&desk, FRAME_MS, &closed);
    if (frame == NULL) fail_msg("%s", closed ? "the server closed the line" : "nothing came for 20 s");
    return frame;
}

/* Nothing of the subscription before can come after this. */
static void go_away(void) {
    static uint64_t nonce;
    Fd__Ping ping = FD__PING__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    const Fd__ServerFrame *answer;
    raw_subscribe(&desk, NULL, 0, 0);
    ping.nonce = ++nonce;
    frame.body_case = FD__CLIENT_FRAME__BODY_PING;
    frame.ping = &ping;
    raw_send_message(&desk, &frame.base);
    do {
        answer = next_frame();
    } while (answer->body_case != FD__SERVER_FRAME__BODY_PONG || answer->pong->nonce != nonce);
    forget_frames(&desk);
}

/* The rest of a reset: returns the entry at which the snapshot stands. */
static int64_t take_reset(const Fd__Reset *reset) {
    int64_t at = reset->seq;
    epoch = reset->epoch;
    for (bool last = false; !last;) {
        const Fd__ServerFrame *frame = next_frame();
        assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_SNAPSHOT);
        assert_int_equal(frame->snapshot->seq, at);
        last = frame->snapshot->last;
        forget_frames(&desk);
    }
    return at;
}

/* Reads until something live has come. Returns whether a hole was found. */
static bool read_on(int64_t cursor) {
    int64_t seq = cursor, until = head + 1;
    while (seq < until) {
        const Fd__ServerFrame *frame = next_frame();
        if (frame->body_case == FD__SERVER_FRAME__BODY_RESET) {
            if (cursor > head - SURE) room_count("needless_snapshots", 1);
            room_count("snapshots", 1);
            seq = take_reset(frame->reset);
            continue;
        }
        if (frame->body_case != FD__SERVER_FRAME__BODY_EVENT) continue;
        if (frame->event->seq != seq + 1) return true;
        seq++;
        room_count("entries", 1);
        forget_frames(&desk);
    }
    head = seq;
    return false;
}

static void begin(void) {
    open_line(&desk);
    raw_subscribe(&desk, estate.site_id, 0, 0);
    const Fd__ServerFrame *frame = next_frame();
    assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_RESET);
    head = take_reset(frame->reset);
}

/* Mostly around the oldest entry that is kept. */
static int64_t some_cursor(void) {
    int64_t behind = chance(4) == 0 ? chance(2 * KEPT) : KEPT - 200 + chance(400);
    return behind < head ? head - behind : 0;
}

/* Returns the holes. */
static long come_back(long rounds, bool until_hole) {
    long holes = 0;
    for (long round = 0; round < rounds && !(until_hole && holes > 0); round++) {
        if (round % PER_LINE == PER_LINE - 1) {
            raw_close(&desk);
            open_line(&desk);
        } else {
            go_away();
        }
        int64_t cursor = some_cursor();
        raw_subscribe(&desk, estate.site_id, epoch, cursor);
        bool hole = read_on(cursor);
        holes += hole;
        if (hole) {
            raw_close(&desk);
            begin();
        }
        if (!until_hole) room_progress(round + 1, "resumes");
    }
    return holes;
}

/* ---- the whole ---- */

static void open_house(const char *program) {
    memset(&estate, 0, sizeof estate);
    daemon_create(&estate.daemon);
    estate.daemon.program = program;
    setenv("FRONTDESK_DATABASE_DURABILITY", "off", 1); /* no power fails in this room */
    estate_open(&estate);
    unsetenv("FRONTDESK_DATABASE_DURABILITY");
    for (int i = 0; i < RECORDS; i++)
        snprintf(
            numbers[i], sizeof numbers[i], "%s",
            estate_register(&estate.administrator, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "busy")->number);
}

static long play(const char *program, long rounds, bool until_hole) {
    pthread_t writer, pruner;
    open_house(program);
    stopping = filled = false;
    assert_int_equal(pthread_create(&writer, NULL, write_on, NULL), 0);
    assert_int_equal(pthread_create(&pruner, NULL, prune_on, NULL), 0);
    begin();
    for (int64_t enough = head + 2 * KEPT; head < enough;) (void)read_on(head);
    filled = true;
    long holes = come_back(rounds, until_hole);
    stopping = true;
    pthread_join(writer, NULL);
    pthread_join(pruner, NULL);
    raw_close(&desk);
    estate_close(&estate);
    return holes;
}

static void a_resume_has_no_hole_or_a_snapshot(void **state) {
    (void)state;
    room_figure("holes", 0);
    room_figure("snapshots", 0);
    room_figure("needless_snapshots", 0);
    long holes = play(NULL, room_rounds(), false);
    room_figure("holes", holes);
    assert_int_equal(holes, 0);
    assert_int_equal(room_value("needless_snapshots"), 0);
    assert_true(room_value("snapshots") > 0 && room_value("snapshots") < room_rounds());
}

static void a_page_that_is_not_compared_has_a_hole(void **state) {
    (void)state;
    int64_t snapshots = room_value("snapshots");
    setenv("FRONTDESK_BREAK", "comparing", 1);
    long holes = play(FRONTDESKD_BROKEN, CONTROL_ROUNDS, true);
    unsetenv("FRONTDESK_BREAK");
    room_figure("snapshots", snapshots);
    room_figure("holes_of_the_control", holes);
    assert_true(holes > 0);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resume_has_no_hole_or_a_snapshot),
        cmocka_unit_test(a_page_that_is_not_compared_has_a_hole),
    };
    room_open("resume", "a desk that was away resumes without a hole, or gets a snapshot and what follows it",
              SHORT_ROUNDS, argc, argv);
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}
