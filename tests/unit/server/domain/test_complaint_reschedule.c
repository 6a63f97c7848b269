/* SPDX-License-Identifier: Apache-2.0 */
/* The site changes its figures while complaints are open (D6): what the wake rule makes of them. */
#include "server/domain/complaint_dues.h"
#include "tests/unit/server/domain/simulator.h"

static struct severity_rules *rules_of(struct cast *cast, Fd__Severity severity) {
    return &cast->rules.severity[severity];
}

static void woken(struct cast *cast, const char *kind) {
    assert_int_equal(wake_it(cast), STATUS_OK);
    if (kind == NULL) {
        assert_null(cast->decision.record);
        return;
    }
    assert_non_null(cast->decision.record);
    assert_string_equal(cast->decision.kind, kind);
    /* Once is enough. */
    int64_t wake_at_ms = cast->decision.wake_at_ms;
    assert_int_equal(wake_it(cast), STATUS_OK);
    assert_null(cast->decision.record);
    assert_int_equal(cast->decision.wake_at_ms, wake_at_ms);
}

static void same_figures_give_no_entry(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    int64_t wake_at_ms = cast.decision.wake_at_ms;
    rules_of(&cast, SEVERITY(GENERAL))->accept_ms = MINUTE_MS; /* of others */
    cast_at(&cast, monday(9, 5));
    woken(&cast, NULL);
    assert_int_equal(cast.decision.wake_at_ms, wake_at_ms);
    assert_int_equal(cast.complaint->version, 1);
    cast_close(&cast);
}

static void a_shorter_deadline_still_ahead(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    rules_of(&cast, SEVERITY(SERIOUS))->accept_ms = 8 * MINUTE_MS;
    cast_at(&cast, monday(9, 5));
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->accept_due_at_ms, monday(9, 8));
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(9, 15));
    assert_int_equal(cast.decision.wake_at_ms, monday(9, 8));
    assert_false(cast.complaint->past_deadline);
    assert_int_equal(cast.complaint->alert->reason, REASON(SERIOUS));
    cast_close(&cast);
}

/* Also where an alert was raised after the moment that is now the deadline: nobody had judged it. */
static void a_deadline_missed_by_the_new_figures_is_judged(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 10));
    assert_int_equal(assign_it(&cast, "supervisor", TEAM(ENGINEERING), "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "engineer");
    rules_of(&cast, SEVERITY(GENERAL))->accept_ms = 5 * MINUTE_MS;
    cast_at(&cast, monday(9, 12));
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->accept_due_at_ms, monday(9, 5));
    assert_true(cast.complaint->past_deadline);
    assert_int_equal(cast.complaint->alert->reason, REASON(NOT_ACCEPTED));
    assert_int_equal(cast.complaint->alert->raised_at_ms, monday(9, 12));
    assert_int_equal(cast.complaint->level, 1);
    assert_string_equal(alerted(cast.complaint->alert), "leader engineer");
    cast_close(&cast);
}

/* A command that comes before the timer counts by the new figures too, and loses nothing of it. */
static void a_command_counts_anew_as_well(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 10));
    assert_int_equal(assign_it(&cast, "supervisor", TEAM(ENGINEERING), "engineer"), STATUS_OK);
    rules_of(&cast, SEVERITY(GENERAL))->accept_ms = 5 * MINUTE_MS;
    cast_at(&cast, monday(9, 12));
    assert_int_equal(act_on_it(&cast, "clerk", KIND(REMARK)), STATUS_OK);
    assert_string_equal(cast.decision.kind, "complaint.remarked");
    assert_int_equal(cast.complaint->accept_due_at_ms, monday(9, 5));
    assert_int_equal(cast.complaint->alert->reason, REASON(NOT_ACCEPTED));
    woken(&cast, NULL);
    cast_close(&cast);
}

static void what_was_judged_is_not_judged_again(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 20));
    woken(&cast, "complaint.overdue");
    int level = cast.complaint->level;
    rules_of(&cast, SEVERITY(GENERAL))->contact_ms = 10 * MINUTE_MS;
    cast_at(&cast, monday(9, 21));
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(9, 10));
    assert_int_equal(cast.complaint->level, level);
    assert_int_equal(cast.complaint->alert->raised_at_ms, monday(9, 20));
    cast_close(&cast);
}

static void an_alert_whose_cause_is_gone_ends(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, monday(9, 16));
    woken(&cast, "complaint.overdue");
    assert_int_equal(cast.complaint->alert->reason, REASON(NO_CONTACT));
    rules_of(&cast, SEVERITY(GENERAL))->contact_ms = 60 * MINUTE_MS;
    woken(&cast, "complaint.rescheduled");
    assert_false(alert_live(cast.complaint->alert));
    assert_false(cast.complaint->past_deadline);
    assert_int_equal(cast.decision.wake_at_ms, monday(10, 0));
    /* And it is judged when the new one comes. */
    cast_at(&cast, monday(10, 0));
    woken(&cast, "complaint.overdue");
    assert_int_equal(cast.complaint->alert->reason, REASON(NO_CONTACT));
    cast_close(&cast);
}

static void what_else_stands_is_named(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 20));
    woken(&cast, "complaint.overdue");
    assert_int_equal(cast.complaint->alert->reason, REASON(NOT_ACCEPTED));
    struct severity_rules *rules = rules_of(&cast, SEVERITY(GENERAL));
    rules->accept_ms = 2 * (int64_t)HOUR_MS;
    rules->climb_ms[0] = 2 * (int64_t)HOUR_MS;
    woken(&cast, "complaint.rescheduled");
    assert_true(alert_pending(cast.complaint->alert));
    assert_int_equal(cast.complaint->alert->reason, REASON(NO_CONTACT));
    cast_close(&cast);
}

static void no_deadline_means_none(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    *rules_of(&cast, SEVERITY(GENERAL)) = (struct severity_rules){.repeat_ms = MINUTE_MS, .working_time = true};
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->accept_due_at_ms, 0);
    assert_int_equal(cast.complaint->contact_due_at_ms, 0);
    assert_int_equal(cast.complaint->feedback_due_at_ms, 0);
    assert_int_equal(cast.complaint->close_due_at_ms, 0);
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_close(&cast);
}

static void a_met_deadline_stays_what_it_was(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 5));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    rules_of(&cast, SEVERITY(GENERAL))->accept_ms = MINUTE_MS;
    woken(&cast, NULL);
    assert_int_equal(cast.complaint->accept_due_at_ms, monday(9, 20));
    cast_close(&cast);
}

static void the_intervals_of_the_clock_stay(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, monday(9, 10));
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->contact_due_at_ms, 0);
    /* While it stands nothing is due, whatever the figures, unless its time had run out before. */
    rules_of(&cast, SEVERITY(SERIOUS))->contact_ms = 12 * MINUTE_MS;
    cast_at(&cast, monday(11, 0));
    woken(&cast, "complaint.alert_climbed");
    assert_int_equal(cast.complaint->contact_due_at_ms, 0);
    rules_of(&cast, SEVERITY(SERIOUS))->contact_ms = 8 * MINUTE_MS;
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(9, 8));
    rules_of(&cast, SEVERITY(SERIOUS))->contact_ms = 12 * MINUTE_MS;
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(11, 2));
    assert_int_equal(cast.complaint->active_from_ms[0], monday(9, 0));
    assert_int_equal(cast.complaint->active_until_ms[0], monday(9, 10));
    cast_close(&cast);
}

static void day_and_night_instead_of_working_time(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(17, 50));
    assert_int_equal(cast.complaint->accept_due_at_ms, day_of_week(1, 9, 10));
    rules_of(&cast, SEVERITY(GENERAL))->working_time = false;
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->accept_due_at_ms, monday(18, 10));
    assert_int_equal(cast.complaint->close_due_at_ms, monday(17, 50) + 3 * (int64_t)DAY_MS);
    cast_close(&cast);
}

static void a_day_off_moves_working_days(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(3, 18, 0));
    cast.rules.calendar.days_off[0] = 20261125; /* Wednesday */
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(4, 18, 0));
    cast_close(&cast);
}

static void the_follow_up_of_a_closed_one(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 5));
    assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->follow_up_due_at_ms, day_of_week(2, 9, 5));
    rules_of(&cast, SEVERITY(GENERAL))->accept_ms = MINUTE_MS; /* of no interest any more */
    woken(&cast, NULL);
    cast.rules.follow_up_ms = HOUR_MS;
    cast_at(&cast, monday(11, 0));
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->follow_up_due_at_ms, monday(10, 5));
    assert_int_equal(cast.complaint->alert->reason, REASON(FOLLOW_UP_MISSED));
    cast.rules.follow_up_ms = 0;
    woken(&cast, "complaint.rescheduled");
    assert_int_equal(cast.complaint->follow_up_due_at_ms, 0);
    assert_false(alert_live(cast.complaint->alert));
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_close(&cast);
}

static void what_has_ended_is_left_alone(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    Fd__Complaint stays = *cast.complaint;
    stays.id = TEXT("stays");
    stays.number = TEXT("C-2");
    assert_int_equal(link_it(&cast, "clerk", &stays), STATUS_OK);
    rules_of(&cast, SEVERITY(GENERAL))->accept_ms = MINUTE_MS;
    cast_at(&cast, monday(12, 0));
    woken(&cast, NULL);
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_figures_give_no_entry),
        cmocka_unit_test(a_shorter_deadline_still_ahead),
        cmocka_unit_test(a_deadline_missed_by_the_new_figures_is_judged),
        cmocka_unit_test(a_command_counts_anew_as_well),
        cmocka_unit_test(what_was_judged_is_not_judged_again),
        cmocka_unit_test(an_alert_whose_cause_is_gone_ends),
        cmocka_unit_test(what_else_stands_is_named),
        cmocka_unit_test(no_deadline_means_none),
        cmocka_unit_test(a_met_deadline_stays_what_it_was),
        cmocka_unit_test(the_intervals_of_the_clock_stay),
        cmocka_unit_test(day_and_night_instead_of_working_time),
        cmocka_unit_test(a_day_off_moves_working_days),
        cmocka_unit_test(the_follow_up_of_a_closed_one),
        cmocka_unit_test(what_has_ended_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
