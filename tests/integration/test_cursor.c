/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor is followed from its entry on, or told RESET with the reason (promises 3 to 5). Under faults, and with
 * histories that are lost: tests/fault. */
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
    raw_greet(raw, estate.daemon.port);
    raw_sign_in(raw, "clerk", ESTATE_PASSWORD);
    raw_subscribe(raw, site_id, cursor_epoch, cursor_seq);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cursor_is_followed_or_told_reset),
        cmocka_unit_test(a_foreign_sites_cursor_is_denied),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
