/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/domain/cast.h"

static void who_assigns_to_whom(void **state) {
    (void)state;
    static const struct {
        const char *who;
        Fd__Team team;
        const char *handler;
        enum status status;
        enum refusal refusal;
        Fd__Team after;
    } rows[] = {
        {"supervisor", 0,                 "engineer",  STATUS_OK,      0,                         TEAM(ENGINEERING)},
        {"supervisor", 0,                 "guard",     STATUS_OK,      0,                         TEAM(SECURITY)   }, /* the team follows the person */
        {"supervisor", TEAM(CLEANING),    "guard",     STATUS_OK,      0,                         TEAM(CLEANING)   },
        {"manager",    TEAM(SECURITY),    "",          STATUS_OK,      0,                         TEAM(SECURITY)   },
        {"leader",     0,                 "engineer",  STATUS_OK,      0,                         TEAM(ENGINEERING)},
        {"leader",     TEAM(ENGINEERING), "engineer2", STATUS_OK,      0,                         TEAM(ENGINEERING)},
        {"leader",     0,                 "guard",     STATUS_DENIED,  REFUSAL_OTHER_TEAM,        0                },
        {"leader",     TEAM(SECURITY),    "",          STATUS_DENIED,  REFUSAL_OTHER_TEAM,        0                },
        {"engineer",   0,                 "engineer2", STATUS_DENIED,  REFUSAL_SUPERVISOR_NEEDED, 0                },
        {"clerk",      0,                 "engineer",  STATUS_DENIED,  REFUSAL_SUPERVISOR_NEEDED, 0                },
        {"hq",         0,                 "engineer",  STATUS_DENIED,  REFUSAL_SUPERVISOR_NEEDED, 0                },
        {"supervisor", 0,                 "",          STATUS_INVALID, REFUSAL_ASSIGN_NOBODY,     0                },
        {"supervisor", 0,                 "retired",   STATUS_INVALID, REFUSAL_BAD_HANDLER,       0                },
        {"supervisor", 0,                 "nobody",    STATUS_INVALID, REFUSAL_BAD_HANDLER,       0                },
        {"supervisor", 0,                 "hq",        STATUS_INVALID, REFUSAL_BAD_HANDLER,       0                }, /* head office only sees */
        {"supervisor", TEAM(ENGINEERING), "",          STATUS_INVALID, REFUSAL_NOTHING_CHANGED,   0                },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, SEVERITY(GENERAL), monday(9, 0));
        assert_int_equal(assign_it(&cast, rows[i].who, rows[i].team, rows[i].handler), rows[i].status);
        if (rows[i].status != STATUS_OK) {
            assert_int_equal(cast.decision.refusal, rows[i].refusal);
            continue;
        }
        assert_string_equal(cast.complaint->handler_id, rows[i].handler);
        assert_int_equal(cast.complaint->team, rows[i].after);
        assert_int_equal(cast.complaint->state, STATE(REGISTERED));
        assert_int_equal(cast.complaint->level, 0);
    }
    cast_close(&cast);
}

static void the_step_says_to_whom(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_null(cast.decision.to_id);
    assert_int_equal(assign_it(&cast, "supervisor", 0, "guard"), STATUS_OK);
    assert_string_equal(cast.decision.to_id, "guard");
    assert_int_equal(cast.decision.to_team, TEAM(SECURITY));
    assert_int_equal(assign_it(&cast, "supervisor", TEAM(CLEANING), ""), STATUS_OK);
    assert_string_equal(cast.decision.to_id, "");
    assert_int_equal(cast.decision.to_team, TEAM(CLEANING));
    assert_int_equal(take_over_it(&cast, "manager"), STATUS_OK);
    assert_string_equal(cast.decision.to_id, "manager");
    assert_int_equal(send_it_back(&cast, "manager", "engineer2"), STATUS_OK);
    assert_string_equal(cast.decision.to_id, "engineer2");
    assert_int_equal(act_on_it(&cast, "engineer2", KIND(ACTION)), STATUS_OK);
    assert_null(cast.decision.to_id);
    cast_close(&cast);
}

static void a_leader_assigns_only_what_is_the_teams(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(assign_it(&cast, "supervisor", TEAM(SECURITY), ""), STATUS_OK);
    assert_refused(DENIED, OTHER_TEAM, assign_it(&cast, "leader", TEAM(ENGINEERING), "engineer"));
    cast_close(&cast);
}

static void the_new_handler_is_alerted(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "engineer");
    assert_int_equal(cast.complaint->alert->reason, REASON(ASSIGNED));
    assert_int_equal(cast.complaint->alert->level, 1);
    /* Reassigned: the one before is off the hook. */
    assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer2"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "engineer2");
    assert_int_equal(accept_it(&cast, "engineer2"), STATUS_OK);
    assert_false(alert_live(cast.complaint->alert));
    /* To oneself, nobody needs to be told. */
    assert_int_equal(assign_it(&cast, "supervisor", 0, "supervisor"), STATUS_OK);
    assert_false(alert_live(cast.complaint->alert));
    assert_int_equal(cast.complaint->state, STATE(ACCEPTED));
    /* To a team: its leader. */
    assert_int_equal(assign_it(&cast, "supervisor", TEAM(ENGINEERING), ""), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "leader");
    assert_int_equal(cast.complaint->state, STATE(REGISTERED));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_string_equal(cast.complaint->handler_id, "engineer");
    assert_int_equal(cast.complaint->accepted_at_ms, monday(9, 0));
    cast_close(&cast);
}

static void what_others_must_acknowledge_stays(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    assert_int_equal(assign_it(&cast, "leader", 0, "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "supervisor manager");
    assert_int_equal(cast.complaint->alert->reason, REASON(MAJOR));
    /* The supervisor's assigning is notice taken: now it is the handler's turn. */
    assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer2"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "engineer2");
    assert_int_equal(cast.complaint->level, 3);
    cast_close(&cast);
}

static void taking_over(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    cast_at(&cast, monday(9, 3));
    assert_int_equal(take_over_it(&cast, "supervisor"), STATUS_OK);
    assert_string_equal(cast.complaint->handler_id, "supervisor");
    assert_int_equal(cast.complaint->accepted_at_ms, monday(9, 3));
    assert_int_equal(cast.complaint->state, STATE(ACCEPTED));
    assert_string_equal(alerted(cast.complaint->alert), "");
    assert_refused(CONFLICT, NOTHING_CHANGED, take_over_it(&cast, "supervisor"));
    cast_at(&cast, monday(9, 4));
    assert_int_equal(take_over_it(&cast, "manager"), STATUS_OK);
    assert_int_equal(cast.complaint->accepted_at_ms, monday(9, 3));
    cast_close(&cast);
}

static void sending_back_down(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_int_equal(take_over_it(&cast, "supervisor"), STATUS_OK);
    assert_int_equal(cast.complaint->level, 2);
    assert_int_equal(send_it_back(&cast, "supervisor", "engineer"), STATUS_OK);
    assert_string_equal(cast.complaint->handler_id, "engineer");
    assert_string_equal(alerted(cast.complaint->alert), "engineer");
    assert_int_equal(cast.complaint->level, 0);
    assert_string_equal(cast.decision.note, "班组可处理");
    assert_int_equal(send_it_back(&cast, "manager", ""), STATUS_OK);
    assert_string_equal(cast.complaint->handler_id, "leader");
    assert_string_equal(alerted(cast.complaint->alert), "leader");
    assert_int_equal(cast.complaint->level, 1);
    /* A major one of which the manager does not know yet stays up there. */
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    cast.complaint->alert->person_ids++;
    cast.complaint->alert->n_person_ids--;
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    assert_int_equal(send_it_back(&cast, "supervisor", "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    assert_int_equal(cast.complaint->level, 3);
    cast_close(&cast);
}

static void sending_back_needs_somebody_and_a_reason(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_refused(DENIED, SUPERVISOR_NEEDED, send_it_back(&cast, "leader", "engineer"));
    assert_refused(INVALID, BAD_HANDLER, send_it_back(&cast, "supervisor", "retired"));
    Fd__SendBackComplaintRequest command = FD__SEND_BACK_COMPLAINT_REQUEST__INIT;
    assert_refused(INVALID, REASON_REQUIRED, play(&cast, complaint_send_back, &command));
    cast_leaves(&cast, ROLE(TEAM_LEADER));
    assert_refused(CONFLICT, NO_TEAM_LEADER, send_it_back(&cast, "supervisor", ""));
    cast_close(&cast);
}

static void a_waiting_case_changes_hands_asleep(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(assign_it(&cast, "supervisor", TEAM(SECURITY), ""), STATUS_OK);
    assert_int_equal(cast.complaint->state, STATE(WAITING));
    assert_int_equal(resume_it(&cast, "guard"), STATUS_OK);
    assert_int_equal(cast.complaint->state, STATE(REGISTERED)); /* nobody answers for it yet */
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_assigns_to_whom),
        cmocka_unit_test(the_step_says_to_whom),
        cmocka_unit_test(a_leader_assigns_only_what_is_the_teams),
        cmocka_unit_test(the_new_handler_is_alerted),
        cmocka_unit_test(what_others_must_acknowledge_stays),
        cmocka_unit_test(taking_over),
        cmocka_unit_test(sending_back_down),
        cmocka_unit_test(sending_back_needs_somebody_and_a_reason),
        cmocka_unit_test(a_waiting_case_changes_hands_asleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
