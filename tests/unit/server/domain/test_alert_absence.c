/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts reach people who are there (promise 8). */
#include "server/domain/alert.h"

#include "tests/unit/server/domain/cast.h"

static const struct alert_rule rule = {5 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS};

static void goes_away(struct cast *cast, const char *who, const char *substitute) {
    Fd__Person *person = cast_person(cast, who);
    person->absent_from_ms = monday(0, 0);
    person->absent_until_ms = monday(12, 0);
    person->substitute_id = TEXT(substitute);
}

/* "clerk for supervisor": who hears it in whose place. */
static const char *stand_ins(const Fd__Alert *alert) {
    static char text[256];
    text[0] = '\0';
    assert_int_equal(alert->n_addressee_ids, alert->n_stand_in_ids);
    for (size_t i = 0; i < alert->n_addressee_ids; i++) {
        if (strcmp(alert->addressee_ids[i], alert->stand_in_ids[i]) == 0) continue;
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s for %s", length > 0 ? ", " : "", alert->stand_in_ids[i],
                 alert->addressee_ids[i]);
    }
    return text;
}

static void the_absent_are_stood_in_for(void **state) {
    (void)state;
    static const struct {
        const char *away[3][2]; /* who, for whom nobody or somebody stands in */
        int32_t level;
        const char *told, *stand_ins;
        int32_t reached;
    } rows[] = {
        {{{NULL}},                                             2, "supervisor", "",                       2},
        {{{"supervisor", "clerk"}},                            2, "clerk",      "clerk for supervisor",   2},
        {{{"supervisor", ""}},                                 2, "manager",    "",                       3},
        {{{"supervisor", "manager"}},                          2, "manager",    "manager for supervisor", 2},
        {{{"supervisor", "leader"}, {"leader", "clerk2"}},     2, "clerk2",     "clerk2 for supervisor",  2},
        {{{"supervisor", "leader"}, {"leader", "supervisor"}}, 2, "manager",    "",                       3},
        {{{"supervisor", "leader"}, {"leader", ""}},           2, "manager",    "",                       3},
        {{{"supervisor", "retired"}},                          2, "manager",    "",                       3},
        {{{"hq", "hq_admin"}},                                 4, "hq_admin",   "hq_admin for hq",        4},
        {{{"leader", "engineer"}},                             1, "engineer",   "engineer for leader",    1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cast cast;
        cast_open(&cast);
        for (int a = 0; a < 3 && rows[i].away[a][0] != NULL; a++)
            goes_away(&cast, rows[i].away[a][0], rows[i].away[a][1]);
        const Fd__Alert *alert = alert_raise(&cast.situation, rows[i].level, TEAM(ENGINEERING), REASON(OVERDUE), &rule);
        assert_string_equal(alerted(alert), rows[i].told);
        assert_string_equal(stand_ins(alert), rows[i].stand_ins);
        assert_int_equal(alert->level, rows[i].reached);
        cast_close(&cast);
    }
}

static void whoever_stands_in_may_acknowledge_and_nothing_else(void **state) {
    (void)state;
    struct cast cast;
    Fd__Alert *after;
    cast_open(&cast);
    goes_away(&cast, "supervisor", "clerk2");
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(DESK), REASON(SERIOUS), &rule);
    cast_as(&cast, "clerk");
    assert_refused(DENIED, NOT_ADDRESSEE, alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision));
    cast_as(&cast, "clerk2");
    assert_int_equal(alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision), STATUS_OK);
    cast_as(&cast, "supervisor"); /* away, but within hearing */
    assert_int_equal(alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision), STATUS_OK);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_string_equal(alerted(cast.complaint->alert), "clerk2");
    assert_int_equal(take_over_it(&cast, "clerk2"), STATUS_DENIED);
    assert_int_equal(assign_it(&cast, "clerk2", TEAM(SECURITY), "guard"), STATUS_DENIED);
    assert_int_equal(acknowledge_it(&cast, "clerk2"), STATUS_OK);
    cast_close(&cast);
}

static void a_repeat_finds_the_substitute_and_back(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(DESK), REASON(SERIOUS), &rule);
    assert_int_equal(alert->n_addressee_ids, 0);
    goes_away(&cast, "supervisor", "clerk");
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_string_equal(alerted(alert), "clerk");
    assert_string_equal(stand_ins(alert), "clerk for supervisor");
    goes_away(&cast, "clerk", "clerk2");
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_string_equal(stand_ins(alert), "clerk2 for supervisor");
    alert = alert_climb(&cast.situation, alert, TEAM(DESK), &rule);
    assert_string_equal(alerted(alert), "clerk2 manager");
    cast_at(&cast, monday(12, 0)); /* everybody is back */
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_string_equal(alerted(alert), "supervisor manager");
    assert_int_equal(alert->n_addressee_ids, 0);
    cast_close(&cast);
}

static void one_in_two_places_is_told_once(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    goes_away(&cast, "supervisor", "manager");
    Fd__Alert *alert = alert_raise_both(&cast.situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(MAJOR), &rule);
    assert_int_equal(alert->n_person_ids, 1);
    assert_string_equal(alerted(alert), "manager");
    assert_int_equal(alert->n_addressee_ids, 2);
    cast_at(&cast, monday(12, 0));
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_string_equal(alerted(alert), "supervisor manager");
    cast_close(&cast);
}

/* What goes to supervisor and manager at once goes on to head office when no manager is there, and not half an hour
 * later; the supervisor's being there is not enough. */
static void a_higher_level_that_is_away_is_passed_on(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    goes_away(&cast, "manager", "");
    Fd__Alert *alert = alert_raise_both(&cast.situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(MAJOR), &rule);
    assert_string_equal(alerted(alert), "supervisor hq hq_admin");
    assert_int_equal(alert->level, LEVEL_HEAD_OFFICE);
    goes_away(&cast, "manager", "supervisor");
    alert = alert_raise_both(&cast.situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(MAJOR), &rule);
    assert_string_equal(alerted(alert), "supervisor");
    assert_int_equal(alert->level, LEVEL_MANAGER);
    goes_away(&cast, "manager", "");
    goes_away(&cast, "hq", "");
    goes_away(&cast, "hq_admin", "");
    alert = alert_raise_both(&cast.situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(MAJOR), &rule);
    assert_string_equal(alerted(alert), "supervisor");
    assert_int_equal(alert->level, LEVEL_MANAGER);
    cast_close(&cast);
}

static void an_expired_acknowledgement_finds_who_is_there(void **state) {
    (void)state;
    struct cast cast;
    Fd__Alert *after;
    cast_open(&cast);
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(DESK), REASON(SERIOUS), &rule);
    cast_as(&cast, "supervisor");
    assert_int_equal(alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision), STATUS_OK);
    goes_away(&cast, "supervisor", "clerk");
    cast_at(&cast, monday(10, 30));
    assert_string_equal(alerted(alert_expire(&cast.situation, after, &rule)), "clerk");
    cast_close(&cast);
}

static void nobody_there_is_an_alarm_until_somebody_is(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    static const char *const leading[] = {"leader", "supervisor", "manager", "hq", "hq_admin"};
    for (size_t i = 0; i < sizeof leading / sizeof leading[0]; i++) goes_away(&cast, leading[i], "");
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_TEAM_LEADER, TEAM(ENGINEERING), REASON(OVERDUE), &rule);
    assert_int_equal(alert->n_person_ids, 0);
    assert_int_equal(alert->level, LEVEL_HEAD_OFFICE);
    assert_int_not_equal(alert_wake_at_ms(alert), 0);
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_int_equal(alert->n_person_ids, 0);
    cast_at(&cast, monday(12, 0));
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_string_equal(alerted(alert), "leader supervisor manager hq hq_admin");
    cast_close(&cast);
}

static void an_assigned_case_reaches_substitute_or_leader(void **state) {
    (void)state;
    static const struct {
        const char *substitute, *told;
    } rows[] = {
        {"engineer2", "engineer2"},
        {"",          "leader"   },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cast cast;
        cast_open(&cast);
        registered(&cast, SEVERITY(GENERAL), monday(9, 0));
        goes_away(&cast, "engineer", rows[i].substitute);
        assert_int_equal(assign_it(&cast, "supervisor", TEAM(UNSPECIFIED), "engineer"), STATUS_OK);
        assert_string_equal(cast.complaint->handler_id, "engineer");
        assert_string_equal(alerted(cast.complaint->alert), rows[i].told);
        assert_int_equal(cast.complaint->alert->reason, REASON(ASSIGNED));
        cast_close(&cast);
    }
}

static void an_absent_host_is_stood_in_for(void **state) {
    (void)state;
    struct cast cast;
    Fd__WalkInVisitRequest command = FD__WALK_IN_VISIT_REQUEST__INIT;
    cast_open(&cast);
    goes_away(&cast, "engineer", "guard");
    command.visitor_name = TEXT("陈先生");
    command.host_id = TEXT("engineer");
    cast_as(&cast, "clerk");
    assert_int_equal(play_visit(&cast, visit_walk_in, &command), STATUS_OK);
    assert_string_equal(alerted(cast.visit->alert), "guard supervisor");
    assert_string_equal(stand_ins(cast.visit->alert), "guard for engineer");
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_absent_are_stood_in_for),
        cmocka_unit_test(whoever_stands_in_may_acknowledge_and_nothing_else),
        cmocka_unit_test(a_repeat_finds_the_substitute_and_back),
        cmocka_unit_test(one_in_two_places_is_told_once),
        cmocka_unit_test(a_higher_level_that_is_away_is_passed_on),
        cmocka_unit_test(an_expired_acknowledgement_finds_who_is_there),
        cmocka_unit_test(nobody_there_is_an_alarm_until_somebody_is),
        cmocka_unit_test(an_assigned_case_reaches_substitute_or_leader),
        cmocka_unit_test(an_absent_host_is_stood_in_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
