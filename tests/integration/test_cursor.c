/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor from another history is never accepted in silence (promise 5); a good one is followed without a hole, also
 * when a restored old copy comes back (promises 3 to 5, short form). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/estate.h"
#include "tests/support/raw.h"
#include "tests/support/test.h"

static struct estate estate;
static struct desk clerk;
static int64_t epoch, head;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    for (int i = 0; i < 10; i++) estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "history");
    PGconn *database = daemon_database(&estate.daemon);
    epoch = database_number(database, "select epoch from site");
    head = database_number(database, "select seq from site");
    PQfinish(database);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&clerk);
    estate_close(&estate);
    return 0;
}

static void subscribe(struct raw *raw, const char *site_id, int64_t cursor_epoch, int64_t cursor_seq) {
    Fd__Cursor cursor = FD__CURSOR__INIT;
    Fd__Cursor *cursors[] = {&cursor};
    Fd__Subscribe message = FD__SUBSCRIBE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    bool closed;
    raw_connect(raw, estate.daemon.port);
    assert_true(raw_start_tls(raw, 0));
    raw_hello(raw);
    assert_non_null(raw_receive(raw, 3000, &closed));
    raw_sign_in(raw, "clerk", ESTATE_PASSWORD);
    cursor.site_id = (char *)(uintptr_t)site_id;
    cursor.epoch = cursor_epoch;
    cursor.seq = cursor_seq;
    message.cursors = cursors;
    message.n_cursors = 1;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &message;
    raw_send_message(raw, &frame.base);
}

struct cursor_case {
    const char *name;
    int64_t epoch_offset, seq; /* seq -1: past the head */
    Fd__ResetReason reason;    /* UNSPECIFIED: accepted */
};

static const struct cursor_case cases[] = {
    {"at the head",    0,  0,    FD__RESET_REASON__RESET_REASON_UNSPECIFIED},
    {"three behind",   0,  -3,   FD__RESET_REASON__RESET_REASON_UNSPECIFIED},
    {"past the head",  0,  1000, FD__RESET_REASON__RESET_REASON_AHEAD      },
    {"another epoch",  1,  0,    FD__RESET_REASON__RESET_REASON_EPOCH      },
    {"an older epoch", -1, -2,   FD__RESET_REASON__RESET_REASON_EPOCH      },
};

static void expect_reset(struct raw *raw, const struct cursor_case *c) {
    bool closed;
    const Fd__ServerFrame *frame = raw_receive(raw, 3000, &closed);
    if (frame == NULL || frame->body_case != FD__SERVER_FRAME__BODY_RESET) fail_msg("%s: no reset", c->name);
    assert_int_equal(frame->reset->reason, c->reason);
    assert_int_equal(frame->reset->epoch, epoch);
    int64_t at = frame->reset->seq;
    size_t records = 0;
    do {
        frame = raw_receive(raw, 3000, &closed);
        assert_non_null(frame);
        assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_SNAPSHOT);
        assert_int_equal(frame->snapshot->seq, at);
        records += frame->snapshot->n_records;
    } while (!frame->snapshot->last);
    assert_true(records >= 10);
    head = at;
}

static void every_cursor_is_followed_or_told_reset(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cursor_case *c = &cases[i];
        struct raw raw;
        bool closed;
        subscribe(&raw, estate.site_id, epoch + c->epoch_offset, head + c->seq);
        int64_t expected = head + c->seq + 1;
        if (c->reason != FD__RESET_REASON__RESET_REASON_UNSPECIFIED) {
            expect_reset(&raw, c);
            expected = head + 1;
        }
        estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "next");
        head++;
        for (; expected <= head; expected++) {
            const Fd__ServerFrame *frame = raw_receive(&raw, 3000, &closed);
            if (frame == NULL || frame->body_case != FD__SERVER_FRAME__BODY_EVENT) fail_msg("%s: no event", c->name);
            assert_int_equal(frame->event->seq, expected);
        }
        raw_close(&raw);
    }
}

static void a_foreign_sites_cursor_is_denied(void **state) {
    (void)state;
    struct raw raw;
    int goodbye;
    char other[37];
    estate_found(&estate, "other", other);
    subscribe(&raw, other, 0, 0);
    assert_true(raw_closed(&raw, 3000, &goodbye));
    assert_int_equal(goodbye, STATUS_NOT_FOUND);
    raw_close(&raw);
}

static int64_t site_number(const char *column) {
    char sql[160];
    PGconn *database = daemon_database(&estate.daemon);
    snprintf(sql, sizeof sql, "select %s from site where id = '%s'", column, estate.site_id);
    int64_t number = database_number(database, sql);
    PQfinish(database);
    return number;
}

/* What an old backup looks like: the newest entries are gone, everything before them is as it was. */
static void forget_newest_entries(int count) {
    char sql[512];
    PGconn *database = daemon_database(&estate.daemon);
    /* Row security is for the owner too: nobody changes a site from outside of it. */
    snprintf(sql, sizeof sql, "select set_config('frontdesk.site', '%s', false)", estate.site_id);
    assert_string_equal(database_value(database, sql), estate.site_id);
    snprintf(
        sql, sizeof sql,
        "with cut as (update site set seq = entry.seq, head_hash = entry.hash from journal entry "
        "where site.id = '%s' and entry.site_id = site.id and entry.seq = site.seq - %d returning site.id, site.seq) "
        "delete from journal using cut where site_id = cut.id and journal.seq > cut.seq",
        estate.site_id, count);
    PGresult *result = PQexec(database, sql);
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    assert_int_equal(strtol(PQcmdTuples(result), NULL, 10), count);
    PQclear(result);
    PQfinish(database);
}

/* The server's anchor outside the database remembers more than an old copy knows. The control restarts without a loss.
 */
static void an_old_copy_of_the_database_resets_everybody(void **state) {
    (void)state;
    static const struct cursor_case stale = {"of the lost history", 0, 0, FD__RESET_REASON__RESET_REASON_EPOCH};
    struct raw raw;
    daemon_stop(&estate.daemon);
    daemon_start(&estate.daemon);
    assert_int_equal(site_number("epoch"), epoch);
    int64_t lost_epoch = epoch;
    forget_newest_entries(3);
    daemon_kill(&estate.daemon);
    daemon_start(&estate.daemon);
    epoch = site_number("epoch");
    assert_true(epoch > lost_epoch);
    subscribe(&raw, estate.site_id, lost_epoch, site_number("seq"));
    expect_reset(&raw, &stale);
    raw_close(&raw);
}

/* The control: without the anchor nobody knows that the history was another one, and the old cursor is followed. */
static void without_the_anchor_an_old_copy_goes_unnoticed(void **state) {
    (void)state;
    struct raw raw;
    bool closed;
    char anchor[128];
    forget_newest_entries(1);
    daemon_kill(&estate.daemon);
    snprintf(anchor, sizeof anchor, "%s/anchor", estate.daemon.state);
    assert_int_equal(unlink(anchor), 0);
    daemon_start(&estate.daemon);
    assert_int_equal(site_number("epoch"), epoch);
    subscribe(&raw, estate.site_id, epoch, site_number("seq"));
    const Fd__ServerFrame *frame = raw_receive(&raw, 500, &closed);
    assert_true(frame == NULL || frame->body_case != FD__SERVER_FRAME__BODY_RESET);
    raw_close(&raw);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cursor_is_followed_or_told_reset),
        cmocka_unit_test(a_foreign_sites_cursor_is_denied),
        cmocka_unit_test(an_old_copy_of_the_database_resets_everybody),
        cmocka_unit_test(without_the_anchor_an_old_copy_goes_unnoticed),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
