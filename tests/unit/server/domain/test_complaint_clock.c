/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint_clock.h"

#include "tests/unit/server/domain/cast.h"

struct dues {
    int64_t accept, contact, feedback, close;
};

static void assert_dues(const Fd__Complaint *complaint, const struct dues *dues) {
    assert_int_equal(complaint->accept_due_at_ms, dues->accept);
    assert_int_equal(complaint->contact_due_at_ms, dues->contact);
    assert_int_equal(complaint->feedback_due_at_ms, dues->feedback);
    assert_int_equal(complaint->close_due_at_ms, dues->close);
}

static void deadlines_of_every_severity(void **state) {
    (void)state;
    /* Registered on Monday at 10:00; working time is 09–12 and 13–18. */
    const struct {
        Fd__Severity severity;
        struct dues dues;
    } rows[] = {
        {SEVERITY(MAJOR),         {monday(10, 5), monday(10, 15), monday(12, 0), day_of_week(1, 10, 0)}         },
        {SEVERITY(SERIOUS),       {monday(10, 10), monday(10, 15), monday(18, 0), day_of_week(2, 10, 0)}        },
        {SEVERITY(GENERAL),       {monday(10, 20), monday(10, 15), day_of_week(3, 10, 0), day_of_week(3, 18, 0)}},
        {SEVERITY(COMPLEX),       {monday(10, 20), monday(10, 15), day_of_week(3, 10, 0), day_of_week(9, 18, 0)}},
        {SEVERITY(OUTSIDE_REMIT), {monday(10, 20), monday(10, 15), day_of_week(2, 10, 0), day_of_week(2, 10, 0)}},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(10, 0));
        assert_dues(cast.complaint, &rows[i].dues);
        /* A pause of 30 minutes, five minutes after the start, in working time. */
        assert_int_equal(classify_it(&cast, "manager", rows[i].severity), STATUS_INVALID);
        cast.complaint->state = STATE(UNDER_WAY);
        cast_at(&cast, monday(10, 4));
        assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
        assert_dues(cast.complaint, &(struct dues){0, 0, 0, 0});
        cast_at(&cast, monday(10, 34));
        assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
        bool working = cast.rules.severity[rows[i].severity].working_time;
        int64_t half_hour = 30 * MINUTE_MS;
        struct dues shifted = rows[i].dues;
        shifted.accept += half_hour;
        shifted.contact += half_hour;
        shifted.feedback += half_hour;
        /* 18:00 and half an hour of working time is 09:30 of the next working day. */
        shifted.close = working ? shifted.close + 15 * (int64_t)HOUR_MS + half_hour : shifted.close + half_hour;
        assert_dues(cast.complaint, &shifted);
    }
    cast_close(&cast);
}

static void outside_working_hours(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), day_of_week(5, 22, 0)); /* Saturday night */
    assert_dues(cast.complaint, &(struct dues){day_of_week(7, 9, 20), day_of_week(7, 9, 15), day_of_week(9, 18, 0),
                                               day_of_week(9, 18, 0)});
    registered(&cast, SEVERITY(MAJOR), day_of_week(5, 22, 0));
    assert_int_equal(cast.complaint->accept_due_at_ms, day_of_week(5, 22, 5));
    cast_close(&cast);
}

static void a_pause_at_night_costs_nothing(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(10, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    int64_t close_due = cast.complaint->close_due_at_ms;
    cast_at(&cast, monday(19, 0));
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, day_of_week(1, 8, 0));
    assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->close_due_at_ms, close_due);
    cast_close(&cast);
}

static void several_pauses_add_up(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(10, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    int64_t close_due = cast.complaint->close_due_at_ms;
    for (int i = 0; i < 5; i++) {
        cast_at(&cast, monday(11 + i, 0));
        assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
        cast_at(&cast, monday(11 + i, 10 + i));
        assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    }
    assert_int_equal(cast.complaint->close_due_at_ms, close_due + 60 * (int64_t)MINUTE_MS);
    assert_int_equal(cast.complaint->n_active_from_ms, 6);
    assert_int_equal(cast.complaint->n_active_until_ms, 5);
    assert_true(clock_running(cast.complaint));
    cast_close(&cast);
}

static void a_deadline_already_past_does_not_move(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(10, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, monday(10, 40)); /* contact was due at 10:15 */
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(10, 15));
    assert_int_equal(cast.complaint->feedback_due_at_ms, 0);
    cast_at(&cast, monday(11, 40));
    assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(10, 15));
    assert_int_equal(cast.complaint->feedback_due_at_ms, monday(19, 0));
    assert_true(cast.complaint->past_deadline);
    cast_close(&cast);
}

static void stopped_at_the_very_moment(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(10, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, monday(10, 15));
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(10, 15));
    assert_true(cast.complaint->past_deadline);
    cast_close(&cast);
}

static void reassigning_does_not_restart(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(10, 0));
    struct dues before = {cast.complaint->accept_due_at_ms, cast.complaint->contact_due_at_ms,
                          cast.complaint->feedback_due_at_ms, cast.complaint->close_due_at_ms};
    cast_at(&cast, monday(10, 10));
    assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer2"), STATUS_OK);
    assert_dues(cast.complaint, &before);
    assert_int_equal(assign_it(&cast, "supervisor", TEAM(SECURITY), ""), STATUS_OK);
    assert_dues(cast.complaint, &before);
    assert_int_equal(take_over_it(&cast, "manager"), STATUS_OK);
    assert_dues(cast.complaint, &before);
    cast_close(&cast);
}

static void a_new_severity_counts_from_the_start(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(10, 0));
    cast_at(&cast, monday(10, 3));
    assert_int_equal(classify_it(&cast, "engineer", SEVERITY(SERIOUS)), STATUS_OK);
    assert_dues(cast.complaint, &(struct dues){monday(10, 10), monday(10, 15), monday(18, 0), day_of_week(2, 10, 0)});
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, monday(10, 12));
    assert_int_equal(classify_it(&cast, "engineer", SEVERITY(MAJOR)), STATUS_OK);
    /* Accepted in time against what was then in force: that stays. */
    assert_dues(cast.complaint, &(struct dues){monday(10, 10), monday(10, 15), monday(12, 0), day_of_week(1, 10, 0)});
    assert_int_equal(classify_it(&cast, "manager", SEVERITY(GENERAL)), STATUS_OK);
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(3, 18, 0));
    cast_close(&cast);
}

static void zero_is_no_deadline(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast.rules.severity[SEVERITY(SERIOUS)] = (struct severity_rules){0};
    registered(&cast, SEVERITY(SERIOUS), monday(10, 0));
    assert_dues(cast.complaint, &(struct dues){0, 0, 0, 0});
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_close(&cast);
}

static void a_clock_set_back_keeps_intervals_whole(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(10, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, monday(9, 30));
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->active_until_ms[0], monday(10, 0));
    cast_at(&cast, monday(9, 0));
    assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->active_from_ms[1], monday(10, 0));
    cast_close(&cast);
}

static void pauses_have_an_end(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(10, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    for (int i = 1; i < CLOCK_INTERVALS_LIMIT; i++) {
        assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
        assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    }
    assert_refused(CONFLICT, TOO_MANY_PAUSES, pause_it(&cast, "engineer"));
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines_of_every_severity),
        cmocka_unit_test(outside_working_hours),
        cmocka_unit_test(a_pause_at_night_costs_nothing),
        cmocka_unit_test(several_pauses_add_up),
        cmocka_unit_test(a_deadline_already_past_does_not_move),
        cmocka_unit_test(stopped_at_the_very_moment),
        cmocka_unit_test(reassigning_does_not_restart),
        cmocka_unit_test(a_new_severity_counts_from_the_start),
        cmocka_unit_test(zero_is_no_deadline),
        cmocka_unit_test(a_clock_set_back_keeps_intervals_whole),
        cmocka_unit_test(pauses_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
