/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/domain/cast.h"

/* One sign a person of the cast: "+" may, "-" is refused with DENIED. */
static void who_may_work(void **state) {
    (void)state;
    static const struct {
        enum status (*play)(struct cast *, const char *);
        const char *may; /* clerk clerk2 leader engineer engineer2 guard supervisor manager hq hq_admin admin */
    } rows[] = {
        {accept_it,    "+-+++-++---"},
        {pause_it,     "+-+++-++---"},
        {escalate_it,  "+-+++-++---"},
        {close_it,     "+-+++-++---"},
        {take_over_it, "------++---"},
        {reopen_it,    "+++++-++---"},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t p = 0; rows[i].may[p] != '\0'; p++) {
            registered(&cast, SEVERITY(GENERAL), monday(9, 0));
            if (rows[i].play == pause_it) cast.complaint->state = STATE(UNDER_WAY);
            if (rows[i].play == reopen_it) cast.complaint->state = STATE(CLOSED);
            enum status status = rows[i].play(&cast, cast_list[p].id);
            assert_int_equal(status, rows[i].may[p] == '+' ? STATUS_OK : STATUS_DENIED);
        }
    }
    cast_close(&cast);
}

static void accepting_answers_for_it(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 7));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_string_equal(cast.complaint->handler_id, "engineer");
    assert_int_equal(cast.complaint->accepted_at_ms, monday(9, 7));
    assert_int_equal(cast.complaint->state, STATE(ACCEPTED));
    assert_refused(CONFLICT, ALREADY_ACCEPTED, accept_it(&cast, "engineer2"));
    cast_close(&cast);
}

static void who_accepts_for_somebody_else(void **state) {
    (void)state;
    static const struct {
        const char *who;
        enum status status;
    } rows[] = {
        {"engineer",   STATUS_OK    },
        {"engineer2",  STATUS_DENIED},
        {"clerk",      STATUS_DENIED},
        {"leader",     STATUS_OK    },
        {"supervisor", STATUS_OK    },
        {"manager",    STATUS_OK    },
        {"guard",      STATUS_DENIED}
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, SEVERITY(GENERAL), monday(9, 0));
        assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer"), STATUS_OK);
        assert_int_equal(accept_it(&cast, rows[i].who), rows[i].status);
        if (rows[i].status == STATUS_OK) assert_string_equal(cast.complaint->handler_id, "engineer");
    }
    cast_close(&cast);
}

static void what_an_action_leaves_behind(void **state) {
    (void)state;
    static const struct {
        Fd__ActionKind kind;
        const char *word;
        bool contact, feedback;
        Fd__ComplaintState after;
    } rows[] = {
        {KIND(ACTION),   "complaint.acted",          false, false, STATE(UNDER_WAY)},
        {KIND(CONTACT),  "complaint.contacted",      true,  false, STATE(UNDER_WAY)},
        {KIND(FEEDBACK), "complaint.feedback_given", true,  true,  STATE(UNDER_WAY)},
        {KIND(REMARK),   "complaint.remarked",       false, false, STATE(ACCEPTED) },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, SEVERITY(GENERAL), monday(9, 0));
        assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
        cast_at(&cast, monday(9, 9));
        assert_int_equal(act_on_it(&cast, "engineer", rows[i].kind), STATUS_OK);
        assert_string_equal(cast.decision.kind, rows[i].word);
        assert_string_equal(cast.decision.note, "已到场");
        assert_int_equal(cast.complaint->first_contact_at_ms, rows[i].contact ? monday(9, 9) : 0);
        assert_int_equal(cast.complaint->feedback_at_ms, rows[i].feedback ? monday(9, 9) : 0);
        assert_int_equal(cast.complaint->state, rows[i].after);
        /* Only the first counts. */
        cast_at(&cast, monday(9, 30));
        assert_int_equal(act_on_it(&cast, "engineer", rows[i].kind), STATUS_OK);
        if (rows[i].contact) assert_int_equal(cast.complaint->first_contact_at_ms, monday(9, 9));
    }
    cast_close(&cast);
}

static void working_is_accepting(void **state) {
    (void)state;
    static const struct {
        const char *who, *handler;
        Fd__ActionKind kind;
        Fd__ComplaintState after;
    } rows[] = {
        {"engineer",   "engineer", KIND(ACTION),  STATE(UNDER_WAY) }, /* of the team, nobody else has it */
        {"engineer",   "",         KIND(REMARK),  STATE(REGISTERED)},
        {"clerk",      "",         KIND(CONTACT), STATE(REGISTERED)}, /* who registered it only speaks to the customer */
        {"supervisor", "",         KIND(ACTION),  STATE(REGISTERED)},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, SEVERITY(GENERAL), monday(9, 0));
        assert_int_equal(act_on_it(&cast, rows[i].who, rows[i].kind), STATUS_OK);
        assert_string_equal(cast.complaint->handler_id, rows[i].handler);
        assert_int_equal(cast.complaint->state, rows[i].after);
        assert_int_equal(cast.complaint->accepted_at_ms, rows[i].handler[0] != '\0' ? monday(9, 0) : 0);
    }
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer"), STATUS_OK);
    assert_int_equal(act_on_it(&cast, "engineer2", KIND(ACTION)), STATUS_OK);
    assert_int_equal(cast.complaint->state, STATE(REGISTERED)); /* not hers to accept */
    assert_int_equal(act_on_it(&cast, "engineer", KIND(ACTION)), STATUS_OK);
    assert_int_equal(cast.complaint->state, STATE(UNDER_WAY));
    cast_close(&cast);
}

static void an_action_says_what_was_done(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    Fd__RecordActionRequest command = FD__RECORD_ACTION_REQUEST__INIT;
    cast_as(&cast, "engineer");
    command.note = TEXT("到场");
    assert_refused(INVALID, FIELD_REQUIRED, play(&cast, complaint_record_action, &command));
    assert_string_equal(cast.decision.field, "kind");
    command.kind = KIND(ACTION);
    command.note = TEXT("");
    assert_refused(INVALID, FIELD_REQUIRED, play(&cast, complaint_record_action, &command));
    assert_string_equal(cast.decision.field, "note");
    cast_close(&cast);
}

static void who_changes_the_severity(void **state) {
    (void)state;
    static const struct {
        Fd__Severity from, to;
        bool staff; /* the supervisor always */
        const char *alerted;
    } rows[] = {
        {SEVERITY(GENERAL),       SEVERITY(SERIOUS),       true,  "supervisor"        },
        {SEVERITY(GENERAL),       SEVERITY(MAJOR),         true,  "supervisor manager"},
        {SEVERITY(SERIOUS),       SEVERITY(MAJOR),         true,  "supervisor manager"},
        {SEVERITY(COMPLEX),       SEVERITY(GENERAL),       true,  ""                  },
        {SEVERITY(OUTSIDE_REMIT), SEVERITY(SERIOUS),       true,  "supervisor"        },
        {SEVERITY(GENERAL),       SEVERITY(COMPLEX),       false, ""                  }, /* an extension */
        {SEVERITY(MAJOR),         SEVERITY(GENERAL),       false, ""                  },
        {SEVERITY(SERIOUS),       SEVERITY(GENERAL),       false, ""                  },
        {SEVERITY(GENERAL),       SEVERITY(OUTSIDE_REMIT), false, ""                  },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].from, monday(9, 0));
        assert_int_equal(classify_it(&cast, "engineer", rows[i].to), rows[i].staff ? STATUS_OK : STATUS_DENIED);
        if (!rows[i].staff) assert_int_equal(cast.decision.refusal, REFUSAL_SUPERVISOR_NEEDED);
        registered(&cast, rows[i].from, monday(9, 0));
        assert_int_equal(classify_it(&cast, "supervisor", rows[i].to), STATUS_OK);
        assert_int_equal(cast.complaint->severity, rows[i].to);
        assert_string_equal(alerted(cast.complaint->alert), rows[i].alerted);
    }
    cast_close(&cast);
}

static void classifying_needs_a_change_and_a_reason(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    Fd__ClassifyComplaintRequest command = FD__CLASSIFY_COMPLAINT_REQUEST__INIT;
    cast_as(&cast, "supervisor");
    assert_refused(INVALID, NOTHING_CHANGED, play(&cast, complaint_classify, &command));
    command.severity = SEVERITY(GENERAL);
    command.type = TYPE(ENGINEERING);
    assert_refused(INVALID, NOTHING_CHANGED, play(&cast, complaint_classify, &command));
    command.severity = SEVERITY(MAJOR);
    assert_refused(INVALID, REASON_REQUIRED, play(&cast, complaint_classify, &command));
    command.severity = SEVERITY(UNSPECIFIED);
    command.type = TYPE(NOISE);
    assert_int_equal(play(&cast, complaint_classify, &command), STATUS_OK);
    assert_int_equal(cast.complaint->type, TYPE(NOISE));
    assert_int_equal(cast.complaint->severity, SEVERITY(GENERAL));
    assert_int_equal(cast.complaint->team, TEAM(ENGINEERING));
    cast_close(&cast);
}

static void raised_too_late_it_is_past_at_once(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(act_on_it(&cast, "engineer", KIND(FEEDBACK)), STATUS_OK);
    cast_at(&cast, day_of_week(1, 10, 0));
    assert_false(cast.complaint->past_deadline);
    assert_int_equal(classify_it(&cast, "engineer", SEVERITY(MAJOR)), STATUS_OK);
    assert_true(cast.complaint->past_deadline);
    assert_string_equal(alerted(cast.complaint->alert), "supervisor manager");
    assert_true(cast.decision.wake_at_ms > day_of_week(1, 10, 0));
    cast_close(&cast);
}

static void pausing_names_what_it_waits_for(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    Fd__PauseComplaintRequest command = FD__PAUSE_COMPLAINT_REQUEST__INIT;
    assert_refused(INVALID, FIELD_REQUIRED, play(&cast, complaint_pause, &command));
    assert_string_equal(cast.decision.field, "waiting_for");
    command.waiting_for = WAITING(CUSTOMER);
    assert_refused(INVALID, REASON_REQUIRED, play(&cast, complaint_pause, &command));
    command.reason = TEXT("客户出差");
    assert_int_equal(play(&cast, complaint_pause, &command), STATUS_OK);
    assert_int_equal(cast.complaint->waiting_for, WAITING(CUSTOMER));
    assert_string_equal(cast.decision.note, "客户出差");
    assert_int_equal(cast.decision.wake_at_ms, 0);
    assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->waiting_for, WAITING(UNSPECIFIED));
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_work),
        cmocka_unit_test(accepting_answers_for_it),
        cmocka_unit_test(who_accepts_for_somebody_else),
        cmocka_unit_test(what_an_action_leaves_behind),
        cmocka_unit_test(working_is_accepting),
        cmocka_unit_test(an_action_says_what_was_done),
        cmocka_unit_test(who_changes_the_severity),
        cmocka_unit_test(classifying_needs_a_change_and_a_reason),
        cmocka_unit_test(raised_too_late_it_is_past_at_once),
        cmocka_unit_test(pausing_names_what_it_waits_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
