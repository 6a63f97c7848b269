/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/domain/cast.h"

static void closing_ends_everything_but_the_follow_up(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    cast_at(&cast, monday(9, 30));
    assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
    const Fd__Complaint *complaint = cast.complaint;
    assert_int_equal(complaint->closed_at_ms, monday(9, 30));
    assert_string_equal(complaint->closed_by, "engineer");
    assert_string_equal(complaint->handler_id, "engineer");
    assert_int_equal(complaint->accepted_at_ms, monday(9, 30));
    assert_string_equal(complaint->cause, "水管老化");
    assert_string_equal(complaint->remedy, "已更换");
    assert_int_equal(complaint->verdict, VERDICT(JUSTIFIED));
    assert_int_equal(complaint->n_active_until_ms, 1);
    assert_int_equal(complaint->follow_up_due_at_ms, day_of_week(2, 9, 30));
    assert_false(alert_live(complaint->alert));
    assert_false(complaint->past_deadline); /* within its 24 hours */
    assert_int_equal(cast.decision.wake_at_ms, day_of_week(2, 9, 30));
    cast_close(&cast);
}

static void closing_says_why_and_how(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_as(&cast, "engineer");
    Fd__CloseComplaintRequest command = FD__CLOSE_COMPLAINT_REQUEST__INIT;
    static const char *const fields[] = {"cause", "remedy", "verdict"};
    for (int i = 0; i < 3; i++) {
        if (i > 0) command.cause = TEXT("老化");
        if (i > 1) command.remedy = TEXT("更换");
        assert_refused(INVALID, FIELD_REQUIRED, play(&cast, complaint_close, &command));
        assert_string_equal(cast.decision.field, fields[i]);
    }
    command.verdict = VERDICT(UNJUSTIFIED);
    assert_int_equal(play(&cast, complaint_close, &command), STATUS_OK);
    cast_close(&cast);
}

static void outside_our_remit_the_supervisor_confirms(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(OUTSIDE_REMIT), monday(9, 0));
    assert_refused(DENIED, SUPERVISOR_NEEDED, close_it(&cast, "engineer"));
    assert_int_equal(close_it(&cast, "supervisor"), STATUS_OK);
    cast_close(&cast);
}

static void closed_too_late_shows(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    cast_at(&cast, day_of_week(2, 9, 1));
    assert_int_equal(close_it(&cast, "supervisor"), STATUS_OK);
    assert_true(cast.complaint->past_deadline);
    cast_close(&cast);
}

static void closed_while_waiting_is_measured_against_going_on(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, monday(10, 0));
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, day_of_week(6, 10, 0));
    assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(8, 9, 0));
    assert_false(cast.complaint->past_deadline);
    assert_int_equal(cast.complaint->waiting_for, WAITING(UNSPECIFIED));
    assert_int_equal(cast.complaint->n_active_from_ms, cast.complaint->n_active_until_ms);
    cast_close(&cast);
}

static void who_follows_up(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        const char *who;
        enum status status;
    } rows[] = {
        {SEVERITY(MAJOR),   "manager",    STATUS_OK    },
        {SEVERITY(MAJOR),   "supervisor", STATUS_DENIED},
        {SEVERITY(MAJOR),   "clerk",      STATUS_DENIED},
        {SEVERITY(GENERAL), "manager",    STATUS_OK    },
        {SEVERITY(GENERAL), "supervisor", STATUS_OK    },
        {SEVERITY(GENERAL), "clerk2",     STATUS_OK    },
        {SEVERITY(GENERAL), "engineer",   STATUS_DENIED},
        {SEVERITY(GENERAL), "hq",         STATUS_DENIED},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(9, 0));
        assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
        assert_int_equal(follow_it_up(&cast, rows[i].who, 4), rows[i].status);
        if (rows[i].status != STATUS_OK) continue;
        assert_int_equal(cast.complaint->state, STATE(FOLLOWED_UP));
        assert_int_equal(cast.complaint->satisfaction, 4);
        assert_string_equal(cast.complaint->followed_up_by, rows[i].who);
        assert_string_equal(cast.complaint->customer_opinion, "还会漏");
        assert_int_equal(cast.decision.wake_at_ms, 0);
    }
    cast_close(&cast);
}

static void satisfaction_decides(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    for (int satisfaction = -1; satisfaction <= 6; satisfaction++) {
        registered(&cast, SEVERITY(GENERAL), monday(9, 0));
        assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
        cast_at(&cast, day_of_week(1, 9, 0));
        enum status status = follow_it_up(&cast, "clerk", satisfaction);
        if (satisfaction < 1 || satisfaction > 5) {
            assert_int_equal(status, STATUS_INVALID);
            assert_int_equal(cast.decision.refusal, REFUSAL_SATISFACTION_RANGE);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        assert_int_equal(cast.complaint->state, satisfaction <= 2 ? STATE(UNDER_WAY) : STATE(FOLLOWED_UP));
        assert_int_equal(cast.complaint->reopened, satisfaction <= 2);
        assert_int_equal(cast.complaint->satisfaction, satisfaction);
    }
    cast_close(&cast);
}

static void reopened_with_new_deadlines(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(act_on_it(&cast, "engineer", KIND(FEEDBACK)), STATUS_OK);
    assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
    cast_at(&cast, day_of_week(1, 9, 0));
    assert_int_equal(reopen_it(&cast, "clerk2"), STATUS_OK);
    const Fd__Complaint *complaint = cast.complaint;
    assert_int_equal(complaint->state, STATE(UNDER_WAY));
    assert_string_equal(complaint->handler_id, "engineer");
    assert_int_equal(complaint->closed_at_ms, 0);
    assert_string_equal(complaint->closed_by, "");
    assert_int_equal(complaint->follow_up_due_at_ms, 0);
    assert_int_equal(complaint->n_active_from_ms, 1);
    assert_int_equal(complaint->n_active_until_ms, 0);
    assert_int_equal(complaint->active_from_ms[0], day_of_week(1, 9, 0));
    assert_int_equal(complaint->contact_due_at_ms, day_of_week(1, 9, 15));
    assert_int_equal(complaint->close_due_at_ms, day_of_week(3, 9, 0));
    assert_int_equal(complaint->accept_due_at_ms, monday(9, 10)); /* accepted then, and still */
    assert_false(complaint->past_deadline);
    assert_string_equal(alerted(complaint->alert), "supervisor");
    assert_int_equal(complaint->alert->reason, REASON(REOPENED));
    assert_string_equal(cast.decision.note, "又漏了");
    cast_close(&cast);
}

static void who_hears_that_it_was_reopened(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        const char *who, *alerted;
    } rows[] = {
        {SEVERITY(GENERAL), "clerk",      "supervisor"},
        {SEVERITY(GENERAL), "supervisor", "engineer"  }, /* they know: the handler does not */
        {SEVERITY(MAJOR),   "supervisor", "manager"   },
        {SEVERITY(MAJOR),   "manager",    "engineer"  },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(9, 0));
        assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
        assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
        assert_int_equal(reopen_it(&cast, rows[i].who), STATUS_OK);
        assert_string_equal(alerted(cast.complaint->alert), rows[i].alerted);
    }
    cast_close(&cast);
}

static void closing_again_asks_again(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(follow_it_up(&cast, "clerk", 1), STATUS_OK);
    cast_at(&cast, monday(11, 0));
    assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->satisfaction, 0);
    assert_int_equal(cast.complaint->followed_up_at_ms, 0);
    assert_string_equal(cast.complaint->customer_opinion, "");
    assert_int_equal(cast.decision.wake_at_ms, day_of_week(2, 11, 0));
    assert_int_equal(follow_it_up(&cast, "clerk", 5), STATUS_OK);
    assert_int_equal(cast.complaint->reopened, 1);
    cast_close(&cast);
}

static void linking(void **state) {
    (void)state;
    struct cast cast;
    Fd__Complaint stays = FD__COMPLAINT__INIT;
    cast_open(&cast);
    stays.id = TEXT("other");
    stays.number = TEXT("C-2");
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    assert_refused(NOT_FOUND, NOT_FOUND, link_it(&cast, "clerk", NULL));
    stays.state = STATE(LINKED);
    assert_refused(CONFLICT, LINK_TARGET_LINKED, link_it(&cast, "clerk", &stays));
    stays.state = STATE(CLOSED);
    assert_refused(CONFLICT, LINK_TARGET_CLOSED, link_it(&cast, "clerk", &stays));
    stays.state = STATE(UNDER_WAY);
    assert_refused(DENIED, NOT_YOUR_CASE, link_it(&cast, "guard", &stays));
    stays.id = cast.complaint->id;
    assert_refused(INVALID, LINK_SELF, link_it(&cast, "clerk", &stays));
    stays.id = TEXT("other");
    Fd__LinkComplaintRequest command = FD__LINK_COMPLAINT_REQUEST__INIT;
    assert_refused(INVALID, FIELD_REQUIRED, play(&cast, complaint_link, &command));
    command.duplicate_of = TEXT("C-1");
    assert_refused(INVALID, LINK_SELF, play(&cast, complaint_link, &command));
    assert_int_equal(link_it(&cast, "clerk", &stays), STATUS_OK);
    assert_string_equal(cast.complaint->duplicate_of, "C-2");
    assert_int_equal(cast.decision.wake_at_ms, 0);
    assert_false(alert_live(cast.complaint->alert));
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_ends_everything_but_the_follow_up),
        cmocka_unit_test(closing_says_why_and_how),
        cmocka_unit_test(outside_our_remit_the_supervisor_confirms),
        cmocka_unit_test(closed_too_late_shows),
        cmocka_unit_test(closed_while_waiting_is_measured_against_going_on),
        cmocka_unit_test(who_follows_up),
        cmocka_unit_test(satisfaction_decides),
        cmocka_unit_test(reopened_with_new_deadlines),
        cmocka_unit_test(who_hears_that_it_was_reopened),
        cmocka_unit_test(closing_again_asks_again),
        cmocka_unit_test(linking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
