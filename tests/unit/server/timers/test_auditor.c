/* SPDX-License-Identifier: Apache-2.0 */
/* The auditor against a fake table and a fake clock (promise 9): silent while all is well, and not silent for longer
 * than 15 s when it is not. */
#include "server/timers/auditor.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/message.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "server/request/table.h"
#include "tests/support/test.h"

#define START_MS 1000000

static int64_t now_ms, due_at_ms, looked_at_ms;
static struct transaction *asked;
static bool away, closed;
static int entries, alarms, ends;
static struct neglect last;
static struct auditor *auditor;
static struct services services;
static void (*entered)(struct request *, enum status, void *owner);
static void *entered_owner;

/* ---- In place of the database, whose only rows are those of one site ---- */

void transaction_init(struct transaction *transaction, struct arena *arena, const char *site_id,
                      void (*on_done)(struct transaction *, enum status)) {
    memset(transaction, 0, sizeof(*transaction));
    assert_null(site_id);
    transaction->arena = arena;
    transaction->on_done = on_done;
}

struct statement *transaction_add(struct transaction *transaction, const struct query *query) {
    assert_string_equal(query->name, "timer/overdue");
    return &transaction->statements[transaction->count++];
}

void transaction_clear(struct transaction *transaction) {
    (void)transaction;
}

void database_read(struct database *database, struct transaction *transaction) {
    (void)database;
    assert_null(asked);
    asked = transaction;
}

int64_t database_now_ms(const struct database *database) {
    (void)database;
    return now_ms;
}

int PQntuples(const PGresult *result) {
    (void)result;
    return due_at_ms != 0 && now_ms - due_at_ms > 10000 ? 1 : 0;
}

ProtobufCMessage *row_to_message(struct arena *arena, const PGresult *result, int row,
                                 const ProtobufCMessageDescriptor *descriptor) {
    (void)result;
    assert_int_equal(row, 0);
    Fd__OverdueTimers *site = message_new(arena, descriptor);
    site->site_id = arena_string(arena, "site");
    site->count = 3;
    site->due_at_ms = due_at_ms;
    return &site->base;
}

/* ---- In place of the requests and the timers ---- */

const struct topic *topic_find(const char *name) {
    static const struct topic site = {.name = "site"};
    assert_string_equal(name, "site");
    return &site;
}

void request_act(struct services *of, const struct act *act,
                 void (*on_finished)(struct request *, enum status, void *owner), void *owner) {
    assert_ptr_equal(of, &services);
    assert_string_equal(act->topic->name, "site");
    assert_string_equal(act->site_id, act->record_id);
    assert_string_equal(act->store->name, "site/alarm");
    entries++;
    entered = on_finished;
    entered_owner = owner;
}

int64_t timers_looked_at_ms(const struct timers *timers) {
    (void)timers;
    return looked_at_ms;
}

/* ---- In place of libuv's clock ---- */

static uv_timer_t *timer;
static uv_timer_cb timer_callback;
static uv_close_cb close_callback;

int uv_timer_init(uv_loop_t *loop, uv_timer_t *handle) {
    (void)loop;
    timer = handle;
    return 0;
}

int uv_timer_start(uv_timer_t *handle, uv_timer_cb callback, uint64_t timeout, uint64_t repeat) {
    assert_ptr_equal(handle, timer);
    assert_int_equal(timeout, 0);
    assert_int_equal(repeat, 2000);
    timer_callback = callback;
    return 0;
}

uint64_t uv_now(const uv_loop_t *loop) {
    (void)loop;
    return (uint64_t)now_ms;
}

void uv_close(uv_handle_t *handle, uv_close_cb callback) {
    assert_ptr_equal(handle, timer);
    close_callback = callback;
}

static void enter(enum status status) {
    if (entered == NULL) return;
    void (*on_finished)(struct request *, enum status, void *) = entered;
    entered = NULL;
    on_finished(NULL, status, entered_owner);
}

static void answer(void) {
    struct transaction *transaction = asked;
    asked = NULL;
    if (transaction != NULL) transaction->on_done(transaction, away ? STATUS_UNAVAILABLE : STATUS_OK);
}

static void pass(int64_t duration_ms) {
    for (int64_t until_ms = now_ms + duration_ms; now_ms < until_ms;) {
        now_ms += 2000;
        timer_callback(timer);
        answer();
        enter(STATUS_OK);
    }
}

static void on_alarm(void *owner, const struct neglect *neglect) {
    assert_ptr_equal(owner, &services);
    last = *neglect;
    if (neglect->overdue > 0 || neglect->unlooked_ms > 0)
        alarms++;
    else
        ends++;
}

static void open_with(const struct timers *timers) {
    assert_int_equal(auditor_open(&auditor, &services, timers, on_alarm, &services), STATUS_OK);
}

static int set_up(void **state) {
    (void)state;
    now_ms = START_MS;
    due_at_ms = looked_at_ms = 0;
    entries = alarms = ends = 0;
    away = closed = false;
    return 0;
}

static void on_closed(void *owner) {
    assert_ptr_equal(owner, &services);
    closed = true;
}

static void close_auditor(void) {
    auditor_close(auditor, on_closed, &services);
    close_callback((uv_handle_t *)timer);
    answer();
    enter(STATUS_OK);
    assert_true(closed);
}

static void all_well_is_silent(void **state) {
    (void)state;
    open_with(NULL);
    for (int i = 0; i < 100; i++) {
        due_at_ms = now_ms - 8000; /* late, but looked after */
        pass(2000);
    }
    assert_int_equal(alarms + ends + entries, 0);
    close_auditor();
}

static void what_nobody_fires_is_told_within_15_s(void **state) {
    (void)state;
    open_with(NULL);
    pass(60000);
    due_at_ms = now_ms;
    pass(10000);
    assert_int_equal(alarms, 0);
    pass(4000);
    assert_true(alarms > 0);
    assert_true(entries > 0);
    assert_int_equal(last.overdue, 3);
    assert_int_equal(last.sites, 1);
    assert_in_range(last.oldest_ms, 10000, 15000);
    due_at_ms = 0; /* somebody looks after them again */
    pass(2000);
    assert_int_equal(ends, 1);
    pass(60000);
    assert_int_equal(ends, 1);
    close_auditor();
}

/* The own timers do not look any more, though nothing is due. */
static void timers_that_hang_are_told_within_15_s(void **state) {
    (void)state;
    static char stands_for_timers;
    looked_at_ms = now_ms;
    open_with((const struct timers *)(const void *)&stands_for_timers);
    for (int i = 0; i < 20; i++) {
        looked_at_ms = now_ms;
        pass(2000);
    }
    assert_int_equal(alarms, 0);
    pass(14000);
    assert_true(alarms > 0);
    assert_int_equal(entries, 0); /* no site has anything overdue yet */
    assert_true(last.unlooked_ms > 10000);
    close_auditor();
}

static void an_outage_is_given_time_to_be_worked_off(void **state) {
    (void)state;
    open_with(NULL);
    pass(20000);
    away = true;
    due_at_ms = now_ms;
    pass(60000);
    away = false;
    pass(6000);
    assert_int_equal(alarms, 0);
    pass(8000);
    assert_true(alarms > 0);
    close_auditor();
}

static void closing_waits_for_what_is_under_way(void **state) {
    (void)state;
    open_with(NULL);
    pass(20000);
    due_at_ms = now_ms - 20000;
    timer_callback(timer);
    answer();
    assert_int_equal(entries, 1);
    timer_callback(timer);
    assert_null(asked); /* the entry is not stored yet */
    auditor_close(auditor, on_closed, &services);
    close_callback((uv_handle_t *)timer);
    assert_false(closed);
    enter(STATUS_UNAVAILABLE);
    assert_true(closed);
}

int main(void) {
    log_setup(LOG_ERROR, false);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_well_is_silent, set_up),
        cmocka_unit_test_setup(what_nobody_fires_is_told_within_15_s, set_up),
        cmocka_unit_test_setup(timers_that_hang_are_told_within_15_s, set_up),
        cmocka_unit_test_setup(an_outage_is_given_time_to_be_worked_off, set_up),
        cmocka_unit_test_setup(closing_waits_for_what_is_under_way, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
