/* SPDX-License-Identifier: Apache-2.0 */
/* Random people do random things at random times; what must always hold is looked at after every step. */
#include <stdlib.h>

#include "tests/unit/server/domain/invariants.h"

enum { GAMES = 400, STEPS = 60 };

static int any(int limit) {
    return (int)(random() % limit);
}

static const char *anybody(void) {
    return cast_list[any(CAST_PEOPLE - 1)].id;
}

static Fd__Complaint other;

static enum status anything(struct cast *cast) {
    const char *who = anybody();
    switch (any(18)) {
    case 0: return accept_it(cast, who);
    case 1: return assign_it(cast, who, (Fd__Team)any(8), any(2) == 0 ? "" : anybody());
    case 2: return act_on_it(cast, who, (Fd__ActionKind)any(5));
    case 3: return classify_it(cast, who, (Fd__Severity)any(6));
    case 4: return pause_it(cast, who);
    case 5: return resume_it(cast, who);
    case 6: return escalate_it(cast, who);
    case 7: return acknowledge_it(cast, who);
    case 8: return take_over_it(cast, who);
    case 9: return send_it_back(cast, who, any(2) == 0 ? "" : anybody());
    case 10: return any(3) == 0 ? close_it(cast, who) : STATUS_INVALID;
    case 11: return follow_it_up(cast, who, any(6));
    case 12: return reopen_it(cast, who);
    case 13: return any(10) == 0 ? link_it(cast, who, &other) : STATUS_INVALID;
    case 14: return plan_it(cast, who, "换主管");
    case 15: return ask_extension(cast, who, cast->situation.now_ms + any(100) * (int64_t)DAY_MS);
    case 16: return decide_extension(cast, who, (Fd__ExtensionDecision)any(3), any(2) == 0 ? "" : "等厂家");
    default: return wake_it(cast);
    }
}

/* The manager sets other figures; the timers that this makes due come at once or a while later. */
static void change_figures(struct cast *cast) {
    struct severity_rules *rules = &cast->rules.severity[1 + any(5)];
    static const int minutes[] = {0, 1, 5, 15, 30, 120, 24 * 60};
    rules->accept_ms = minutes[any(7)] * (int64_t)MINUTE_MS;
    rules->contact_ms = minutes[any(7)] * (int64_t)MINUTE_MS;
    rules->feedback_ms = minutes[any(7)] * (int64_t)MINUTE_MS;
    rules->close_ms = minutes[any(7)] * (int64_t)MINUTE_MS;
    rules->close_working_days = any(3);
    rules->plan_days = any(4);
    rules->working_time = any(2) == 0;
    cast->rules.follow_up_ms = minutes[any(7)] * (int64_t)MINUTE_MS;
}

static void play_a_game(struct cast *cast) {
    registered(cast, (Fd__Severity)(1 + any(5)), monday(any(24), any(60)));
    int64_t due_ms = cast->decision.wake_at_ms;
    for (int step = 0; step < STEPS; step++) {
        static const int64_t leaps[] = {0, 1, 30 * SECOND_MS, 5 * MINUTE_MS, 20 * MINUTE_MS, 3 * (int64_t)HOUR_MS};
        int64_t then_ms = cast->situation.now_ms + leaps[any(6)];
        if (due_ms != 0 && any(3) == 0) then_ms = due_ms + any(2); /* a race with the timer */
        cast_at(cast, then_ms);
        const Fd__Complaint *before = cast->complaint;
        int64_t version = before->version;
        if (any(8) == 0) change_figures(cast);
        enum status status = anything(cast);
        if (cast->complaint == before) {
            if (status != STATUS_OK && cast->decision.refusal == REFUSAL_NONE) assert_int_equal(status, STATUS_INVALID);
            continue;
        }
        assert_int_equal(cast->complaint->version, version + 1);
        assert_int_equal(before->version, version);
        assert_non_null(cast->decision.kind);
        due_ms = cast->decision.wake_at_ms;
        check_complaint(cast);
    }
}

static void what_must_always_hold(void **state) {
    (void)state;
    other = (Fd__Complaint)FD__COMPLAINT__INIT;
    other.id = TEXT("other");
    other.number = TEXT("C-2");
    other.state = STATE(REGISTERED);
    srandom(20261123);
    for (int game = 0; game < GAMES; game++) {
        struct cast cast;
        cast_open(&cast);
        play_a_game(&cast);
        cast_close(&cast);
    }
}

/* Woken whenever it asks, a case nobody touches comes to rest in a bounded number of entries a day. */
static void nobody_is_buried_in_entries(void **state) {
    (void)state;
    for (int severity = SEVERITY(GENERAL); severity <= SEVERITY(OUTSIDE_REMIT); severity++) {
        struct cast cast;
        int wakes = 0;
        cast_open(&cast);
        registered(&cast, (Fd__Severity)severity, monday(9, 0));
        while (cast.decision.wake_at_ms < day_of_week(1, 9, 0)) {
            cast_at(&cast, cast.decision.wake_at_ms);
            assert_int_equal(wake_it(&cast), STATUS_OK);
            assert_non_null(cast.decision.record);
            wakes++;
        }
        assert_in_range(wakes, 3, 24 * 60 / 5 + 5);
        cast_close(&cast);
    }
}

static void a_full_arena_changes_nothing(void **state) {
    (void)state;
    struct cast cast;
    srandom(7);
    cast_open(&cast);
    for (int game = 0; game < 2000; game++) {
        struct arena arena;
        cast.situation.arena = &cast.arena;
        registered(&cast, (Fd__Severity)(1 + any(5)), monday(9, 0));
        if (any(2) == 0) assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
        cast_at(&cast, monday(9, any(60)));
        arena_init(&arena, (size_t)any(4000));
        cast.situation.arena = &arena;
        const Fd__Complaint *before = cast.complaint;
        enum status status = anything(&cast);
        if (arena_exhausted(&arena)) {
            assert_int_not_equal(status, STATUS_OK);
            assert_ptr_equal(cast.complaint, before);
        }
        arena_free(&arena);
    }
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_always_hold),
        cmocka_unit_test(nobody_is_buried_in_entries),
        cmocka_unit_test(a_full_arena_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
