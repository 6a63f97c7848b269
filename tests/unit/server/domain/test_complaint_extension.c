/* SPDX-License-Identifier: Apache-2.0 */
/* What complex cases have beside the others (D6): the plan within three working days, and an extension as an approval.
 * Registered on Monday at 10:00: the plan is due on Thursday at 18:00, closing on Wednesday week at 18:00. */
#include "server/domain/complaint_case.h"
#include "tests/unit/server/domain/simulator.h"

#define PLAN_DUE day_of_week(3, 18, 0)
#define CLOSE_DUE day_of_week(9, 18, 0)
#define LATER day_of_week(12, 12, 0) /* a Saturday: granted to the minute all the same */

static void expect(enum status status) {
    assert_int_equal(status, STATUS_OK);
}

/* Under way by the engineer, the customer told: only plan and closing are owed. */
static void under_way(struct cast *cast) {
    cast_open(cast);
    registered(cast, SEVERITY(COMPLEX), monday(10, 0));
    cast_at(cast, monday(10, 5));
    expect(accept_it(cast, "engineer"));
    expect(act_on_it(cast, "engineer", KIND(FEEDBACK)));
}

static void only_complex_cases_owe_a_plan(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    for (int severity = SEVERITY(GENERAL); severity <= SEVERITY(OUTSIDE_REMIT); severity++) {
        registered(&cast, (Fd__Severity)severity, monday(10, 0));
        assert_int_equal(cast.complaint->plan_due_at_ms, severity == SEVERITY(COMPLEX) ? PLAN_DUE : 0);
    }
    cast.rules.severity[SEVERITY(COMPLEX)].plan_days = 0;
    registered(&cast, SEVERITY(COMPLEX), monday(10, 0));
    assert_int_equal(cast.complaint->plan_due_at_ms, 0);
    /* Day and night where the severity's clock runs so. */
    cast.rules.severity[SEVERITY(SERIOUS)].plan_days = 2;
    registered(&cast, SEVERITY(SERIOUS), monday(10, 0));
    assert_int_equal(cast.complaint->plan_due_at_ms, day_of_week(2, 10, 0));
    cast_close(&cast);
}

static void the_plan_comes_and_goes_with_the_severity(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(10, 0));
    cast_at(&cast, monday(10, 4));
    expect(classify_it(&cast, "supervisor", SEVERITY(COMPLEX)));
    assert_int_equal(cast.complaint->plan_due_at_ms, PLAN_DUE); /* from the start, not from now */
    expect(classify_it(&cast, "supervisor", SEVERITY(GENERAL)));
    assert_int_equal(cast.complaint->plan_due_at_ms, 0);
    cast_close(&cast);
}

static void a_pause_moves_the_plan_too(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    cast_at(&cast, monday(14, 0));
    expect(pause_it(&cast, "engineer"));
    assert_int_equal(cast.complaint->plan_due_at_ms, 0);
    cast_at(&cast, monday(15, 0));
    expect(resume_it(&cast, "engineer"));
    assert_int_equal(cast.complaint->plan_due_at_ms, day_of_week(4, 10, 0));
    cast_close(&cast);
}

static void a_missed_plan_goes_up_until_it_is_there(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    const struct moment_wanted days[] = {
        {PLAN_DUE, "overdue",   1, "leader"                   },
        { day_of_week(4, 9, 15), "alert_climbed",         2, "leader supervisor"},
        { day_of_week(4, 9, 30), "alert_climbed", 3, "leader supervisor manager"},
    };
    assert_day(&cast, day_of_week(4, 9, 40), days);
    assert_int_equal(cast.complaint->alert->reason, REASON(NO_PLAN));
    assert_true(cast.complaint->past_deadline);
    expect(plan_it(&cast, "engineer", "周六换主管"));
    assert_false(alert_live(cast.complaint->alert));
    assert_false(cast.complaint->past_deadline);
    assert_int_equal(cast.complaint->plan_due_at_ms, PLAN_DUE); /* what it was late against stays */
    quiet_until(&cast, CLOSE_DUE - 1);
    cast_close(&cast);
}

static void a_plan_in_time_is_silence(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(plan_it(&cast, "engineer", "周六换主管"));
    quiet_until(&cast, CLOSE_DUE - 1);
    cast_close(&cast);
}

static void plans(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(COMPLEX), monday(10, 0));
    assert_refused(DENIED, NOT_YOUR_CASE, plan_it(&cast, "guard", "换主管"));
    assert_refused(INVALID, FIELD_REQUIRED, plan_it(&cast, "engineer", " "));
    assert_string_equal(cast.decision.field, "plan");
    cast_at(&cast, monday(10, 3));
    expect(plan_it(&cast, "engineer", "换主管"));
    assert_string_equal(cast.complaint->handler_id, "engineer"); /* work accepts */
    assert_string_equal(cast.decision.note, "换主管");
    cast_at(&cast, monday(11, 0));
    expect(plan_it(&cast, "supervisor", "先换阀门"));
    assert_string_equal(cast.complaint->plan, "先换阀门");
    assert_string_equal(cast.complaint->planned_by, "supervisor");
    assert_int_equal(cast.complaint->planned_at_ms, monday(11, 0));
    assert_string_equal(cast.complaint->handler_id, "engineer");
    expect(close_it(&cast, "engineer"));
    assert_string_equal(cast.complaint->plan, "先换阀门");
    cast_at(&cast, day_of_week(1, 10, 0));
    expect(reopen_it(&cast, "clerk"));
    assert_string_equal(cast.complaint->plan, "");
    assert_int_equal(cast.complaint->plan_due_at_ms, day_of_week(4, 18, 0)); /* owed again, on the new clock */
    cast_close(&cast);
}

static void who_may_ask_for_what(void **state) {
    (void)state;
    /* clang-format off */
    const struct {
        const char *who;
        int64_t until_ms;
        enum status status;
        enum refusal refusal;
    } rows[] = {
        {"guard", LATER, STATUS_DENIED, REFUSAL_NOT_YOUR_CASE},
        {"manager", LATER, STATUS_DENIED, REFUSAL_EXTENSION_SOLE_MANAGER},
        {"engineer", 0, STATUS_INVALID, REFUSAL_FIELD_REQUIRED},
        {"engineer", CLOSE_DUE, STATUS_INVALID, REFUSAL_EXTENSION_NOT_LATER},
        {"engineer", MONDAY_MS, STATUS_INVALID, REFUSAL_EXTENSION_NOT_LATER},
        {"engineer", day_of_week(90, 10, 6), STATUS_INVALID, REFUSAL_EXTENSION_TOO_FAR},
        {"engineer", day_of_week(90, 10, 5), STATUS_OK, REFUSAL_NONE},
        {"engineer", CLOSE_DUE + 1, STATUS_OK, REFUSAL_NONE},
        {"clerk", LATER, STATUS_OK, REFUSAL_NONE},
        {"supervisor", LATER, STATUS_OK, REFUSAL_NONE},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cast cast;
        under_way(&cast);
        assert_int_equal(ask_extension(&cast, rows[i].who, rows[i].until_ms), rows[i].status);
        assert_int_equal(cast.decision.refusal, rows[i].refusal);
        if (rows[i].status == STATUS_INVALID) assert_string_equal(cast.decision.field, "until_ms");
        cast_close(&cast);
    }
}

static void only_where_there_is_something_to_extend(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(classify_it(&cast, "supervisor", SEVERITY(SERIOUS)));
    assert_refused(CONFLICT, ONLY_COMPLEX, ask_extension(&cast, "engineer", LATER));
    cast_close(&cast);
    under_way(&cast);
    cast.rules.severity[SEVERITY(COMPLEX)].close_ms = cast.rules.severity[SEVERITY(COMPLEX)].close_working_days = 0;
    expect(act_on_it(&cast, "engineer", KIND(ACTION)));
    assert_refused(CONFLICT, EXTENSION_NO_DEADLINE, ask_extension(&cast, "engineer", LATER));
    cast_close(&cast);
    under_way(&cast);
    expect(ask_extension(&cast, "engineer", LATER));
    assert_refused(CONFLICT, EXTENSION_ASKED_ALREADY, ask_extension(&cast, "supervisor", LATER + 1));
    cast_close(&cast);
}

static void asking_tells_the_manager_until_it_is_decided(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(plan_it(&cast, "engineer", "换主管"));
    cast_at(&cast, monday(10, 30));
    expect(ask_extension(&cast, "engineer", LATER));
    assert_int_equal(cast.decision.until_ms, LATER);
    assert_string_equal(cast.decision.note, "须厂家到场");
    const Fd__Extension *extension = cast.complaint->extension;
    assert_int_equal(extension->state, EXTENSION(ASKED));
    assert_string_equal(extension->asked_by, "engineer");
    assert_int_equal(extension->asked_at_ms, monday(10, 30));
    assert_int_equal(cast.complaint->close_due_at_ms, CLOSE_DUE); /* nothing moves before it is decided */
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    assert_int_equal(cast.complaint->alert->reason, REASON(EXTENSION_ASKED));
    assert_int_equal(cast.complaint->level, 0); /* no escalation */
    quiet_until(&cast, monday(11, 31));         /* repeats, and climbs no higher */
    assert_int_equal(cast.complaint->alert->repeats, 4);
    /* Other work, the manager's too, decides nothing. */
    expect(act_on_it(&cast, "manager", KIND(REMARK)));
    expect(act_on_it(&cast, "manager", KIND(ACTION)));
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    assert_refused(DENIED, NOT_ADDRESSEE, acknowledge_it(&cast, "supervisor"));
    expect(acknowledge_it(&cast, "manager"));
    assert_false(alert_pending(cast.complaint->alert));
    cast_at(&cast, cast.decision.wake_at_ms); /* acknowledged, and not decided for four working hours */
    assert_int_equal(cast.situation.now_ms, monday(16, 31));
    expect(wake_it(&cast));
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    expect(decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    assert_false(alert_live(cast.complaint->alert));
    cast_close(&cast);
}

static void what_an_approval_changes(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(plan_it(&cast, "engineer", "换主管"));
    cast_at(&cast, CLOSE_DUE);
    expect(wake_it(&cast));
    assert_int_equal(cast.complaint->alert->reason, REASON(OVERDUE));
    cast_at(&cast, day_of_week(10, 9, 5));
    expect(ask_extension(&cast, "engineer", LATER));
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    expect(decide_extension(&cast, "manager", DECISION(APPROVE), "可以"));
    assert_string_equal(cast.decision.kind, "complaint.extension_approved");
    assert_string_equal(cast.decision.note, "可以");
    assert_int_equal(cast.decision.until_ms, LATER);
    assert_int_equal(cast.complaint->extension->state, EXTENSION(APPROVED));
    assert_string_equal(cast.complaint->extension->decided_by, "manager");
    assert_int_equal(cast.complaint->extension->decided_at_ms, day_of_week(10, 9, 5));
    assert_string_equal(cast.complaint->extension->answer, "可以");
    assert_int_equal(cast.complaint->close_due_at_ms, LATER);
    assert_false(cast.complaint->past_deadline);
    assert_false(alert_live(cast.complaint->alert));
    assert_int_equal(cast.decision.wake_at_ms, LATER);
    cast_at(&cast, LATER);
    expect(wake_it(&cast));
    assert_string_equal(cast.decision.kind, "complaint.overdue");
    assert_int_equal(cast.complaint->alert->reason, REASON(OVERDUE));
    cast_close(&cast);
}

/* The missed closing's own alert, when another one has taken the question's place. */
static void an_overdue_alert_ends_with_its_cause(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(plan_it(&cast, "engineer", "换主管"));
    cast_at(&cast, CLOSE_DUE - MINUTE_MS);
    expect(ask_extension(&cast, "engineer", LATER));
    expect(acknowledge_it(&cast, "manager"));
    cast_at(&cast, CLOSE_DUE);
    expect(wake_it(&cast));
    assert_int_equal(cast.complaint->alert->reason, REASON(OVERDUE));
    expect(decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    assert_false(alert_live(cast.complaint->alert));
    cast_close(&cast);
}

static void a_return_leaves_things_as_they_are(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    cast_at(&cast, PLAN_DUE);
    expect(wake_it(&cast)); /* the leader hears of the missing plan */
    expect(ask_extension(&cast, "engineer", LATER));
    assert_string_equal(alerted(cast.complaint->alert), "leader manager");
    assert_int_equal(cast.complaint->alert->reason, REASON(EXTENSION_ASKED));
    assert_refused(INVALID, REASON_REQUIRED, decide_extension(&cast, "manager", DECISION(RETURN), " "));
    assert_refused(INVALID, FIELD_REQUIRED, decide_extension(&cast, "manager", DECISION(UNSPECIFIED), "好"));
    expect(decide_extension(&cast, "manager", DECISION(RETURN), "先出方案"));
    assert_string_equal(cast.decision.kind, "complaint.extension_returned");
    assert_int_equal(cast.complaint->extension->state, EXTENSION(RETURNED));
    assert_int_equal(cast.complaint->close_due_at_ms, CLOSE_DUE);
    assert_int_equal(cast.complaint->extended_until_ms, 0);
    /* The question is answered; the plan is still missing, and that is said again. */
    assert_int_equal(cast.complaint->alert->reason, REASON(NO_PLAN));
    assert_string_equal(alerted(cast.complaint->alert), "leader manager");
    assert_true(cast.complaint->alert->climb_at_ms > cast.situation.now_ms);
    assert_refused(CONFLICT, EXTENSION_NOT_ASKED, decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    expect(ask_extension(&cast, "engineer", LATER)); /* with a plan, perhaps */
    assert_int_equal(cast.complaint->extension->state, EXTENSION(ASKED));
    assert_string_equal(cast.complaint->extension->answer, "");
    cast_close(&cast);
}

static void what_is_graver_keeps_its_name(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(escalate_it(&cast, "leader"));
    assert_string_equal(alerted(cast.complaint->alert), "supervisor");
    expect(ask_extension(&cast, "engineer", LATER));
    assert_string_equal(alerted(cast.complaint->alert), "supervisor manager");
    assert_int_equal(cast.complaint->alert->reason, REASON(ESCALATED));
    expect(decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    assert_int_equal(cast.complaint->alert->reason, REASON(ESCALATED));
    cast_close(&cast);
}

static void a_deadline_missed_meanwhile_joins_the_question(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    cast_at(&cast, day_of_week(3, 17, 55));
    expect(ask_extension(&cast, "engineer", LATER));
    cast_at(&cast, PLAN_DUE);
    expect(wake_it(&cast));
    assert_int_equal(cast.complaint->alert->reason, REASON(EXTENSION_ASKED));
    assert_int_equal(cast.complaint->alert->level, LEVEL_MANAGER); /* the leader cannot take it from the manager */
    assert_string_equal(alerted(cast.complaint->alert), "leader manager");
    cast_close(&cast);
}

static void the_question_comes_back_when_another_alert_took_its_place(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(plan_it(&cast, "engineer", "换主管"));
    expect(ask_extension(&cast, "engineer", LATER));
    expect(acknowledge_it(&cast, "manager"));
    expect(assign_it(&cast, "supervisor", 0, "engineer2"));
    assert_string_equal(alerted(cast.complaint->alert), "engineer2");
    expect(acknowledge_it(&cast, "engineer2"));
    expect(assign_it(&cast, "supervisor", TEAM(ENGINEERING), ""));
    expect(accept_it(&cast, "engineer")); /* ends the alert of the assignment */
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    assert_int_equal(cast.complaint->alert->reason, REASON(EXTENSION_ASKED));
    cast_close(&cast);
}

static void nobody_decides_who_may_not(void **state) {
    (void)state;
    struct cast cast;
    static const char *const others[] = {"clerk", "engineer", "leader", "supervisor", "hq", "admin"};
    under_way(&cast);
    assert_refused(CONFLICT, EXTENSION_NOT_ASKED, decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    expect(ask_extension(&cast, "engineer", LATER));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_refused(DENIED, NOT_ALLOWED, decide_extension(&cast, others[i], DECISION(APPROVE), ""));
    cast_close(&cast);
    /* Two managers: one asks, only the other hears of it and decides. */
    under_way(&cast);
    cast_person(&cast, "supervisor")->roles[0] = ROLE(MANAGER);
    expect(ask_extension(&cast, "manager", LATER));
    assert_string_equal(alerted(cast.complaint->alert), "supervisor");
    assert_refused(DENIED, EXTENSION_OWN, decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    assert_refused(DENIED, EXTENSION_OWN, decide_extension(&cast, "manager", DECISION(RETURN), "不行"));
    expect(decide_extension(&cast, "supervisor", DECISION(APPROVE), ""));
    cast_close(&cast);
    /* No manager at all: an alarm further up, not silence. */
    under_way(&cast);
    cast_leaves(&cast, ROLE(MANAGER));
    expect(ask_extension(&cast, "engineer", LATER));
    assert_string_equal(alerted(cast.complaint->alert), "hq hq_admin");
    cast_close(&cast);
}

static void an_approval_never_shortens(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(ask_extension(&cast, "engineer", CLOSE_DUE + MINUTE_MS));
    cast_at(&cast, monday(14, 0));
    expect(pause_it(&cast, "engineer"));
    cast_at(&cast, monday(16, 0)); /* going on now would give two hours more than was asked for */
    assert_refused(CONFLICT, EXTENSION_STALE, decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    expect(resume_it(&cast, "engineer"));
    assert_refused(CONFLICT, EXTENSION_STALE, decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    expect(decide_extension(&cast, "manager", DECISION(RETURN), "已顺延"));
    expect(ask_extension(&cast, "engineer", LATER));
    cast_at(&cast, LATER);
    assert_refused(CONFLICT, EXTENSION_STALE, decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    cast_close(&cast);
}

static void pauses_move_a_granted_time(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(pause_it(&cast, "engineer")); /* a pause before it was granted is in the bargain */
    cast_at(&cast, monday(11, 0));
    expect(resume_it(&cast, "engineer"));
    expect(ask_extension(&cast, "engineer", day_of_week(14, 17, 0)));
    expect(decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(14, 17, 0));
    cast_at(&cast, day_of_week(1, 10, 0));
    expect(pause_it(&cast, "engineer"));
    assert_int_equal(cast.complaint->close_due_at_ms, 0);
    cast_at(&cast, day_of_week(1, 12, 0));
    expect(resume_it(&cast, "engineer"));
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(15, 10, 0)); /* an hour of it the next morning */
    cast_at(&cast, day_of_week(1, 19, 0));
    expect(pause_it(&cast, "engineer"));
    cast_at(&cast, day_of_week(2, 8, 0));
    expect(resume_it(&cast, "engineer")); /* a pause at night costs nothing */
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(15, 10, 0));
    /* Granted while the clock stands: what is left of that pause counts. */
    cast_at(&cast, day_of_week(2, 9, 0));
    expect(pause_it(&cast, "engineer"));
    expect(ask_extension(&cast, "engineer", day_of_week(16, 9, 0)));
    cast_at(&cast, day_of_week(2, 11, 0));
    expect(decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    assert_int_equal(cast.complaint->close_due_at_ms, 0);
    cast_at(&cast, day_of_week(2, 12, 0));
    expect(resume_it(&cast, "engineer"));
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(16, 10, 0));
    /* One that has passed does not move. */
    cast_at(&cast, day_of_week(16, 11, 0));
    expect(pause_it(&cast, "engineer"));
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(16, 10, 0));
    assert_true(cast.complaint->past_deadline);
    cast_close(&cast);
}

static void a_grant_is_the_complex_cases_own(void **state) {
    (void)state;
    struct cast cast;
    under_way(&cast);
    expect(ask_extension(&cast, "engineer", LATER));
    expect(decide_extension(&cast, "manager", DECISION(APPROVE), ""));
    expect(classify_it(&cast, "engineer", SEVERITY(GENERAL)));
    assert_int_equal(cast.complaint->close_due_at_ms, day_of_week(3, 18, 0));
    expect(classify_it(&cast, "supervisor", SEVERITY(COMPLEX)));
    assert_int_equal(cast.complaint->close_due_at_ms, LATER);
    expect(ask_extension(&cast, "engineer", LATER + DAY_MS)); /* the first one stands meanwhile */
    expect(act_on_it(&cast, "engineer", KIND(ACTION)));
    assert_int_equal(cast.complaint->close_due_at_ms, LATER);
    expect(close_it(&cast, "engineer"));
    expect(reopen_it(&cast, "clerk"));
    assert_int_equal(cast.complaint->close_due_at_ms, CLOSE_DUE);
    assert_null(cast.complaint->extension);
    cast_close(&cast);
}

static Fd__Complaint other;

static enum status do_close(struct cast *cast) {
    return close_it(cast, "engineer");
}
static enum status do_link(struct cast *cast) {
    return link_it(cast, "engineer", &other);
}
static enum status do_classify(struct cast *cast) {
    return classify_it(cast, "engineer", SEVERITY(GENERAL));
}

static void an_undecided_one_lapses(void **state) {
    (void)state;
    static enum status (*const ways[])(struct cast *) = {do_close, do_link, do_classify};
    other = (Fd__Complaint)FD__COMPLAINT__INIT;
    other.id = TEXT("other");
    other.number = TEXT("C-2");
    other.state = STATE(REGISTERED);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct cast cast;
        under_way(&cast);
        expect(ask_extension(&cast, "engineer", LATER));
        const Fd__Complaint *loaded = cast.complaint;
        expect(ways[i](&cast));
        assert_int_equal(cast.complaint->extension->state, EXTENSION(LAPSED));
        assert_int_equal(loaded->extension->state, EXTENSION(ASKED)); /* the loaded one is not written to */
        assert_false(alert_live(cast.complaint->alert));
        assert_int_not_equal(decide_extension(&cast, "manager", DECISION(APPROVE), ""), STATUS_OK);
        cast_close(&cast);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_complex_cases_owe_a_plan),
        cmocka_unit_test(the_plan_comes_and_goes_with_the_severity),
        cmocka_unit_test(a_pause_moves_the_plan_too),
        cmocka_unit_test(a_missed_plan_goes_up_until_it_is_there),
        cmocka_unit_test(a_plan_in_time_is_silence),
        cmocka_unit_test(plans),
        cmocka_unit_test(who_may_ask_for_what),
        cmocka_unit_test(only_where_there_is_something_to_extend),
        cmocka_unit_test(asking_tells_the_manager_until_it_is_decided),
        cmocka_unit_test(what_an_approval_changes),
        cmocka_unit_test(an_overdue_alert_ends_with_its_cause),
        cmocka_unit_test(a_return_leaves_things_as_they_are),
        cmocka_unit_test(what_is_graver_keeps_its_name),
        cmocka_unit_test(a_deadline_missed_meanwhile_joins_the_question),
        cmocka_unit_test(the_question_comes_back_when_another_alert_took_its_place),
        cmocka_unit_test(nobody_decides_who_may_not),
        cmocka_unit_test(an_approval_never_shortens),
        cmocka_unit_test(pauses_move_a_granted_time),
        cmocka_unit_test(a_grant_is_the_complex_cases_own),
        cmocka_unit_test(an_undecided_one_lapses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
