/* SPDX-License-Identifier: Apache-2.0 */
/* Timers against a fake table and a fake clock: each due row is woken once, and one that stays due not in a flood. */
#include "server/timers/timers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "server/request/table.h"
#include "tests/support/test.h"

enum { ROWS = 400 };

struct row {
    int64_t due_at_ms; /* 0: no timer */
    const char *record_type;
    int woken;
};

struct wake {
    struct wake *next;
    int row;
    void (*on_finished)(struct request *, enum status, void *owner);
    void *owner;
};

static struct row rows[ROWS];
static char ids[ROWS][37];
static int64_t now_ms;
static struct transaction *asked;
static int asked_limit;
static size_t asked_in_hand;
static struct wake *wakes;
static int waking, most_waking;
static struct timers *timers;
static struct services services;
static bool closed;

/* ---- In place of the database ---- */

struct result {
    struct arena arena;
    Fd__TimerRow *items[ROWS];
    int count;
};

void transaction_init(struct transaction *transaction, struct arena *arena, const char *site_id,
                      void (*on_done)(struct transaction *, enum status)) {
    memset(transaction, 0, sizeof(*transaction));
    assert_null(site_id); /* the service's own view */
    transaction->arena = arena;
    transaction->on_done = on_done;
}

struct statement *transaction_add(struct transaction *transaction, const struct query *query) {
    assert_string_equal(query->name, "timer/due");
    return &transaction->statements[transaction->count++];
}

void transaction_clear(struct transaction *transaction) {
    struct result *result = (struct result *)(void *)transaction->statements[0].result;
    if (result != NULL) arena_free(&result->arena);
    free(result);
    transaction->statements[0].result = NULL;
}

void database_read(struct database *database, struct transaction *transaction) {
    (void)database;
    assert_null(asked);
    asked = transaction;
}

int PQntuples(const PGresult *result) {
    return ((const struct result *)(const void *)result)->count;
}

ProtobufCMessage *row_to_message(struct arena *arena, const PGresult *result, int row,
                                 const ProtobufCMessageDescriptor *descriptor) {
    assert_ptr_equal(descriptor, &fd__timer_row__descriptor);
    return message_copy(arena, &((const struct result *)(const void *)result)->items[row]->base);
}

static bool in_hand(const Fd__TimersInHand *known, int row) {
    for (size_t i = 0; i < known->n_record_ids; i++)
        if (strcmp(known->record_ids[i], ids[row]) == 0 && known->due_at_ms[i] == rows[row].due_at_ms) return true;
    return false;
}

static void answer(enum status status) {
    struct transaction *transaction = asked;
    asked = NULL;
    if (transaction == NULL) return;
    const Fd__TimersInHand *known = (const Fd__TimersInHand *)transaction->statements[0].sources[0];
    asked_limit = (int)known->limit;
    asked_in_hand = known->n_record_ids;
    if (status == STATUS_OK) {
        struct result *result = calloc(1, sizeof(*result));
        assert_non_null(result);
        arena_init(&result->arena, 1024 * 1024);
        for (int i = 0; i < ROWS && result->count < asked_limit; i++) {
            if (rows[i].due_at_ms == 0 || rows[i].due_at_ms > now_ms || in_hand(known, i)) continue;
            Fd__TimerRow *row = message_new(&result->arena, &fd__timer_row__descriptor);
            row->record_id = ids[i];
            row->record_type = arena_string(&result->arena, rows[i].record_type);
            row->due_at_ms = rows[i].due_at_ms;
            result->items[result->count++] = row;
        }
        transaction->statements[0].result = (PGresult *)(void *)result;
    }
    transaction->on_done(transaction, status);
}

/* ---- In place of the requests ---- */

static enum status never(const struct situation *situation, const void *command, const void *loaded,
                         struct decision *decision) {
    (void)situation;
    (void)command;
    (void)loaded;
    (void)decision;
    return STATUS_OK;
}

const struct topic *topic_find(const char *name) {
    static const struct topic complaint = {.name = "complaint", .wake = never};
    return strcmp(name, "complaint") == 0 ? &complaint : NULL;
}

void request_wake(struct services *of, const struct topic *topic, const char *site_id, const char *record_id,
                  void (*on_finished)(struct request *, enum status, void *owner), void *owner) {
    assert_ptr_equal(of, &services);
    assert_string_equal(topic->name, "complaint");
    assert_string_equal(site_id, "");
    struct wake *wake = calloc(1, sizeof(*wake));
    assert_non_null(wake);
    wake->row = (int)strtol(record_id + 24, NULL, 10);
    wake->on_finished = on_finished;
    wake->owner = owner;
    wake->next = wakes;
    wakes = wake;
    rows[wake->row].woken++;
    if (++waking > most_waking) most_waking = waking;
}

/* Ends one wake; `changed` moves its timer to `due_at_ms`. */
static void end_wake(enum status status, bool changed, int64_t due_at_ms) {
    struct wake *wake = wakes;
    struct request request = {0};
    ProtobufCMessage record;
    wakes = wake->next;
    waking--;
    if (changed) {
        rows[wake->row].due_at_ms = due_at_ms;
        request.decision.record = &record;
    }
    wake->on_finished(&request, status, wake->owner);
    free(wake);
}

/* ---- In place of libuv's clock ---- */

static uv_timer_t *timer;
static uv_timer_cb timer_callback;
static uv_handle_t *closing;
static uv_close_cb close_callback;

int uv_timer_init(uv_loop_t *loop, uv_timer_t *handle) {
    (void)loop;
    timer = handle;
    return 0;
}

int uv_timer_start(uv_timer_t *handle, uv_timer_cb callback, uint64_t timeout, uint64_t repeat) {
    assert_ptr_equal(handle, timer);
    assert_int_equal(timeout, 0);
    assert_int_equal(repeat, 250);
    timer_callback = callback;
    return 0;
}

uint64_t uv_now(const uv_loop_t *loop) {
    (void)loop;
    return (uint64_t)now_ms;
}

void uv_close(uv_handle_t *handle, uv_close_cb callback) {
    closing = handle;
    close_callback = callback;
}

static void tick(void) {
    now_ms += 250;
    timer_callback(timer);
    answer(STATUS_OK);
}

static int set_up(void **state) {
    (void)state;
    memset(rows, 0, sizeof(rows));
    for (int i = 0; i < ROWS; i++) {
        snprintf(ids[i], sizeof(ids[i]), "00000000-0000-7000-8000-%012d", i);
        rows[i].record_type = "complaint";
    }
    now_ms = 100000;
    most_waking = 0;
    closed = false;
    return timers_open(&timers, &services) == STATUS_OK ? 0 : -1;
}

static void on_closed(void *owner) {
    assert_ptr_equal(owner, &services);
    closed = true;
}

static void close_timers(void) {
    timers_close(timers, on_closed, &services);
    close_callback(closing);
    answer(STATUS_UNAVAILABLE);
    while (wakes != NULL) {
        assert_false(closed); /* it waits for what is under way */
        end_wake(STATUS_OK, true, 0);
    }
    assert_true(closed);
}

static void one_fires_once_and_not_early(void **state) {
    (void)state;
    rows[3].due_at_ms = now_ms + 1000;
    for (int i = 0; i < 3; i++) tick();
    assert_int_equal(rows[3].woken, 0);
    for (int i = 0; i < 8; i++) tick();
    assert_int_equal(rows[3].woken, 1); /* in hand, however long it takes */
    end_wake(STATUS_OK, true, 0);
    for (int i = 0; i < 100; i++) tick();
    assert_int_equal(rows[3].woken, 1);
    close_timers();
}

static void one_that_is_set_anew_fires_anew_without_delay(void **state) {
    (void)state;
    rows[3].due_at_ms = now_ms;
    tick();
    end_wake(STATUS_OK, true, now_ms + 250);
    tick();
    assert_int_equal(rows[3].woken, 2);
    end_wake(STATUS_OK, true, 0);
    close_timers();
}

static void an_outage_of_many_is_worked_off_a_hundred_at_a_time(void **state) {
    (void)state;
    for (int i = 0; i < ROWS; i++) rows[i].due_at_ms = now_ms - 5000 + i;
    tick();
    assert_int_equal(waking, 100);
    int turns = 0;
    while (waking > 0) {
        end_wake(STATUS_OK, true, 0);
        answer(STATUS_OK); /* fetched as soon as there is room, not at the next tick */
        turns++;
    }
    tick();
    while (waking > 0) end_wake(STATUS_OK, true, 0);
    assert_int_equal(most_waking, 100);
    assert_true(turns >= 300);
    for (int i = 0; i < ROWS; i++) assert_int_equal(rows[i].woken, 1);
    close_timers();
}

static int woken_in(int64_t duration_ms, int row, enum status status, bool changed) {
    int before = rows[row].woken;
    for (int64_t passed = 0; passed < duration_ms; passed += 250) {
        tick();
        while (waking > 0) end_wake(status, changed, 0);
    }
    return rows[row].woken - before;
}

static void one_that_finds_nothing_to_do_is_asked_ever_more_seldom(void **state) {
    (void)state;
    rows[5].due_at_ms = now_ms;
    assert_in_range(woken_in(2000, 5, STATUS_OK, false), 2, 4);
    assert_in_range(woken_in(60000, 5, STATUS_OK, false), 3, 6);
    assert_in_range(woken_in(600000, 5, STATUS_OK, false), 9, 11);
    rows[5].due_at_ms = now_ms; /* set anew */
    assert_in_range(woken_in(250, 5, STATUS_OK, true), 1, 1);
    close_timers();
}

static void while_the_database_is_away_each_is_tried_once_a_second(void **state) {
    (void)state;
    rows[5].due_at_ms = now_ms;
    assert_in_range(woken_in(60000, 5, STATUS_UNAVAILABLE, false), 45, 61);
    assert_in_range(woken_in(1250, 5, STATUS_OK, true), 1, 1);
    close_timers();
}

static void those_that_rest_keep_nobody_from_firing(void **state) {
    (void)state;
    for (int i = 0; i < 150; i++) rows[i].due_at_ms = 1;
    for (int i = 0; i < 40; i++) {
        tick();
        while (waking > 0) end_wake(STATUS_INTERNAL, false, 0);
    }
    rows[300].due_at_ms = now_ms;
    assert_int_equal(woken_in(500, 300, STATUS_OK, true), 1);
    close_timers();
}

static void one_that_somebody_else_ended_is_forgotten(void **state) {
    (void)state;
    rows[5].due_at_ms = now_ms;
    assert_true(woken_in(1000, 5, STATUS_CONFLICT, false) > 0);
    rows[5].due_at_ms = 0;
    for (int i = 0; i < 500; i++) tick();
    assert_int_equal(asked_in_hand, 0);
    close_timers();
}

static void a_type_of_a_newer_program_is_left_alone(void **state) {
    (void)state;
    rows[5].due_at_ms = now_ms;
    rows[5].record_type = "inspection";
    for (int i = 0; i < 100; i++) tick();
    assert_int_equal(rows[5].woken, 0);
    close_timers();
}

/* The sanitizers see to it: what is in hand is named by a question that waits while it is let go. */
static void a_look_outlives_what_was_in_hand(void **state) {
    (void)state;
    for (int i = 0; i < 60; i++) rows[i].due_at_ms = now_ms;
    tick();
    assert_int_equal(waking, 60);
    timer_callback(timer);
    while (waking > 0) end_wake(STATUS_OK, true, 0);
    rows[100].due_at_ms = now_ms;
    answer(STATUS_OK);
    assert_int_equal(asked_in_hand, 60);
    assert_int_equal(rows[100].woken, 1);
    for (int i = 0; i < 60; i++) assert_int_equal(rows[i].woken, 1);
    close_timers();
}

static void a_failed_look_is_repeated(void **state) {
    (void)state;
    rows[5].due_at_ms = now_ms;
    timer_callback(timer);
    timer_callback(timer); /* one look at a time */
    answer(STATUS_UNAVAILABLE);
    assert_int_equal(rows[5].woken, 0);
    tick();
    assert_int_equal(rows[5].woken, 1);
    timer_callback(timer); /* closes with a look and a wake under way */
    close_timers();
}

/* A look that waits for a line is sent after a wake that was under way has ended: it still names what it named. */
static void a_look_that_waits_outlives_what_was_in_hand(void **state) {
    (void)state;
    rows[3].due_at_ms = now_ms;
    tick();
    now_ms += 250;
    timer_callback(timer);
    end_wake(STATUS_OK, true, now_ms - 100);
    const Fd__TimersInHand *known = (const Fd__TimersInHand *)asked->statements[0].sources[0];
    assert_int_equal(known->n_record_ids, 1);
    assert_string_equal(known->record_ids[0], ids[3]);
    answer(STATUS_OK);
    assert_int_equal(rows[3].woken, 2);
    end_wake(STATUS_OK, true, 0);
    close_timers();
}

int main(void) {
    log_setup(LOG_ERROR, false);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_fires_once_and_not_early, set_up),
        cmocka_unit_test_setup(one_that_is_set_anew_fires_anew_without_delay, set_up),
        cmocka_unit_test_setup(an_outage_of_many_is_worked_off_a_hundred_at_a_time, set_up),
        cmocka_unit_test_setup(one_that_finds_nothing_to_do_is_asked_ever_more_seldom, set_up),
        cmocka_unit_test_setup(while_the_database_is_away_each_is_tried_once_a_second, set_up),
        cmocka_unit_test_setup(those_that_rest_keep_nobody_from_firing, set_up),
        cmocka_unit_test_setup(one_that_somebody_else_ended_is_forgotten, set_up),
        cmocka_unit_test_setup(a_type_of_a_newer_program_is_left_alone, set_up),
        cmocka_unit_test_setup(a_look_outlives_what_was_in_hand, set_up),
        cmocka_unit_test_setup(a_failed_look_is_repeated, set_up),
        cmocka_unit_test_setup(a_look_that_waits_outlives_what_was_in_hand, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
