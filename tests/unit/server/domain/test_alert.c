/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/alert.h"

#include "tests/unit/server/domain/cast.h"

static const struct alert_rule rule = {5 * MINUTE_MS, 30 * MINUTE_MS, 60 * MINUTE_MS};

static void raised_to_the_level(void **state) {
    (void)state;
    static const struct {
        int32_t level;
        Fd__Team team;
        const char *people;
        int32_t reached;
    } rows[] = {
        {LEVEL_TEAM_LEADER, TEAM(ENGINEERING), "leader",      1},
        {LEVEL_TEAM_LEADER, TEAM(UNSPECIFIED), "leader",      1},
        {LEVEL_TEAM_LEADER, TEAM(SECURITY),    "supervisor",  2}, /* no leader there */
        {LEVEL_SUPERVISOR,  TEAM(SECURITY),    "supervisor",  2},
        {LEVEL_MANAGER,     TEAM(UNSPECIFIED), "manager",     3},
        {LEVEL_HEAD_OFFICE, TEAM(UNSPECIFIED), "hq hq_admin", 4},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const Fd__Alert *alert = alert_raise(&cast.situation, rows[i].level, rows[i].team, REASON(NOT_ACCEPTED), &rule);
        assert_string_equal(alerted(alert), rows[i].people);
        assert_int_equal(alert->level, rows[i].reached);
        assert_int_equal(alert->reason, REASON(NOT_ACCEPTED));
        assert_int_equal(alert->raised_at_ms, cast.situation.now_ms);
        assert_int_equal(alert->repeat_at_ms, cast.situation.now_ms + rule.repeat_ms);
        assert_int_equal(alert->climb_at_ms, rows[i].reached < 4 ? cast.situation.now_ms + rule.climb_ms : 0);
        assert_true(alert_pending(alert));
        assert_true(alert_live(alert));
    }
    cast_close(&cast);
}

static void an_absent_level_goes_on_up(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast_leaves(&cast, ROLE(TEAM_LEADER));
    cast_leaves(&cast, ROLE(SUPERVISOR));
    const Fd__Alert *alert =
        alert_raise(&cast.situation, LEVEL_TEAM_LEADER, TEAM(ENGINEERING), REASON(NOT_ACCEPTED), &rule);
    assert_string_equal(alerted(alert), "manager");
    assert_int_equal(alert->level, LEVEL_MANAGER);
    alert = alert_raise_both(&cast.situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(MAJOR), &rule);
    assert_string_equal(alerted(alert), "manager");
    cast_leaves(&cast, ROLE(MANAGER));
    alert = alert_raise_both(&cast.situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(MAJOR), &rule);
    assert_string_equal(alerted(alert), "hq hq_admin");
    assert_int_equal(alert->level, LEVEL_HEAD_OFFICE);
    cast_close(&cast);
}

static void nobody_at_all_is_an_alarm_that_repeats(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    for (int role = ROLE(TEAM_LEADER); role <= ROLE(HQ_ADMIN); role++) cast_leaves(&cast, (Fd__Role)role);
    const Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(UNSPECIFIED), REASON(MAJOR), &rule);
    assert_int_equal(alert->n_person_ids, 0);
    assert_int_equal(alert->level, LEVEL_HEAD_OFFICE);
    assert_true(alert_pending(alert));
    assert_int_equal(alert_wake_at_ms(alert), cast.situation.now_ms + rule.repeat_ms);
    cast.situation.now_ms = alert->repeat_at_ms;
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_int_equal(alert->repeats, 1);
    assert_int_equal(alert->n_person_ids, 0);
    /* Somebody is hired: the next repeat finds them. */
    cast_person(&cast, "supervisor")->active = true;
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_string_equal(alerted(alert), "supervisor");
    cast_close(&cast);
}

static void an_alarm_to_nobody_is_taken_by_whoever_leads(void **state) {
    (void)state;
    struct cast cast;
    Fd__Alert alert = FD__ALERT__INIT, *after;
    cast_open(&cast);
    alert.level = LEVEL_HEAD_OFFICE;
    alert.raised_at_ms = 1;
    cast_as(&cast, "engineer");
    assert_refused(DENIED, NOT_ADDRESSEE, alert_acknowledge(&cast.situation, &alert, &rule, &after, &cast.decision));
    cast_as(&cast, "leader");
    assert_int_equal(alert_acknowledge(&cast.situation, &alert, &rule, &after, &cast.decision), STATUS_OK);
    cast_close(&cast);
}

static void acknowledged_by_its_people_or_above(void **state) {
    (void)state;
    static const struct {
        int32_t level;
        const char *may; /* in the cast's order */
    } rows[] = {
        {LEVEL_TEAM_LEADER, "leader supervisor manager hq hq_admin "},
        {LEVEL_SUPERVISOR,  "supervisor manager hq hq_admin "       },
        {LEVEL_MANAGER,     "manager hq hq_admin "                  },
        {LEVEL_HEAD_OFFICE, "hq hq_admin "                          },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const Fd__Alert *alert = alert_raise(&cast.situation, rows[i].level, TEAM(ENGINEERING), REASON(OVERDUE), &rule);
        char may[256] = "";
        for (int p = 0; p < CAST_PEOPLE; p++) {
            Fd__Alert *after = NULL;
            cast_as(&cast, cast_list[p].id);
            enum status status = alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision);
            assert_true(status == STATUS_OK || status == STATUS_DENIED);
            if (status != STATUS_OK) continue;
            snprintf(may + strlen(may), sizeof may - strlen(may), "%s ", cast_list[p].id);
            assert_false(alert_pending(after));
            assert_true(alert_live(after));
            assert_string_equal(after->acknowledged_by, cast_list[p].id);
            assert_int_equal(after->repeat_at_ms, 0);
            assert_int_equal(after->climb_at_ms, 0);
            assert_int_equal(alert_wake_at_ms(after), cast.situation.now_ms + rule.acknowledgement_ms);
            assert_true(alert_pending(alert)); /* the loaded one is untouched */
        }
        assert_string_equal(may, rows[i].may);
    }
    cast_close(&cast);
}

static void the_same_level_is_not_above(void **state) {
    (void)state;
    struct cast cast;
    Fd__Alert *after;
    cast_open(&cast);
    const char *ids[] = {"engineer"};
    Fd__Alert *alert = alert_raise_to(&cast.situation, ids, 1, LEVEL_SUPERVISOR, TEAM(DESK), REASON(ARRIVED), &rule);
    cast_as(&cast, "supervisor");
    assert_refused(DENIED, NOT_ADDRESSEE, alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision));
    cast_as(&cast, "manager");
    assert_int_equal(alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision), STATUS_OK);
    cast_close(&cast);
}

static void acknowledging_twice_is_a_conflict(void **state) {
    (void)state;
    struct cast cast;
    Fd__Alert *once, *twice;
    cast_open(&cast);
    cast_as(&cast, "supervisor");
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(DESK), REASON(SERIOUS), &rule);
    assert_int_equal(alert_acknowledge(&cast.situation, alert, &rule, &once, &cast.decision), STATUS_OK);
    assert_refused(CONFLICT, NOTHING_TO_ACKNOWLEDGE,
                   alert_acknowledge(&cast.situation, once, &rule, &twice, &cast.decision));
    assert_refused(CONFLICT, NOTHING_TO_ACKNOWLEDGE,
                   alert_acknowledge(&cast.situation, NULL, &rule, &twice, &cast.decision));
    assert_refused(
        CONFLICT, NOTHING_TO_ACKNOWLEDGE,
        alert_acknowledge(&cast.situation, alert_end(&cast.situation, alert), &rule, &twice, &cast.decision));
    cast_close(&cast);
}

static void expiring_makes_it_wait_again(void **state) {
    (void)state;
    struct cast cast;
    Fd__Alert *after;
    cast_open(&cast);
    cast_as(&cast, "supervisor");
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(DESK), REASON(SERIOUS), &rule);
    assert_int_equal(alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision), STATUS_OK);
    int64_t expires = after->acknowledgement_expires_at_ms;
    assert_false(alert_expiry_due(after, expires - 1));
    assert_true(alert_expiry_due(after, expires));
    cast.situation.now_ms = expires;
    after = alert_expire(&cast.situation, after, &rule);
    assert_true(alert_pending(after));
    assert_string_equal(after->acknowledged_by, "");
    assert_int_equal(after->repeat_at_ms, expires + rule.repeat_ms);
    assert_int_equal(after->climb_at_ms, expires + rule.climb_ms);
    assert_string_equal(alerted(after), "supervisor");
    cast_close(&cast);
}

static void climbing_keeps_those_who_owe(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_TEAM_LEADER, TEAM(ENGINEERING), REASON(OVERDUE), &rule);
    assert_false(alert_climb_due(alert, alert->climb_at_ms - 1));
    assert_true(alert_climb_due(alert, alert->climb_at_ms));
    static const char *const people[] = {"leader supervisor", "leader supervisor manager",
                                         "leader supervisor manager hq hq_admin"};
    for (int i = 0; i < 3; i++) {
        alert = alert_climb(&cast.situation, alert, TEAM(ENGINEERING), &rule);
        assert_string_equal(alerted(alert), people[i]);
        assert_int_equal(alert->level, i + 2);
        assert_int_equal(alert->reason, REASON(OVERDUE));
    }
    assert_int_equal(alert->climb_at_ms, 0);
    assert_false(alert_climb_due(alert, INT64_MAX));
    cast_close(&cast);
}

static void a_repeat_drops_who_has_left(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__Alert *alert = alert_raise_both(&cast.situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(MAJOR), &rule);
    cast_leaves(&cast, ROLE(MANAGER));
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_int_equal(alert->n_person_ids, 1);
    assert_string_equal(alerted(alert), "supervisor");
    cast_leaves(&cast, ROLE(SUPERVISOR));
    alert = alert_repeat(&cast.situation, alert, &rule);
    assert_string_equal(alerted(alert), "hq hq_admin");
    assert_int_equal(alert->level, LEVEL_HEAD_OFFICE);
    cast_close(&cast);
}

static void work_by_its_people_is_notice_taken(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(DESK), REASON(SERIOUS), &rule);
    cast_as(&cast, "engineer");
    assert_ptr_equal(alert_work(&cast.situation, alert), alert);
    cast_as(&cast, "manager");
    Fd__Alert *after = alert_work(&cast.situation, alert);
    assert_false(alert_pending(after));
    assert_int_equal(alert_wake_at_ms(after), 0);
    assert_null(alert_work(&cast.situation, NULL));
    /* Acknowledged first: anybody's work keeps it from expiring. */
    cast_as(&cast, "supervisor");
    assert_int_equal(alert_acknowledge(&cast.situation, alert, &rule, &after, &cast.decision), STATUS_OK);
    cast_as(&cast, "engineer");
    after = alert_work(&cast.situation, after);
    assert_int_equal(alert_wake_at_ms(after), 0);
    assert_string_equal(after->acknowledged_by, "supervisor");
    cast_close(&cast);
}

static void ended_is_over(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__Alert *alert = alert_raise(&cast.situation, LEVEL_SUPERVISOR, TEAM(DESK), REASON(SERIOUS), &rule);
    Fd__Alert *ended = alert_end(&cast.situation, alert);
    assert_false(alert_live(ended));
    assert_false(alert_pending(ended));
    assert_int_equal(alert_wake_at_ms(ended), 0);
    assert_int_equal(ended->ended_at_ms, cast.situation.now_ms);
    assert_ptr_equal(alert_end(&cast.situation, ended), ended);
    assert_null(alert_end(&cast.situation, NULL));
    assert_false(alert_pending(NULL));
    assert_int_equal(alert_wake_at_ms(NULL), 0);
    cast_close(&cast);
}

static void the_wake_is_the_earlier_of_two(void **state) {
    (void)state;
    static const struct {
        int64_t repeat, climb;
        int32_t level;
        int64_t wake;
    } rows[] = {
        {5, 9, 2, 5},
        {9, 5, 2, 5},
        {0, 5, 2, 5},
        {5, 0, 2, 5},
        {0, 0, 2, 0},
        {9, 5, 4, 9}
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__Alert alert = FD__ALERT__INIT;
        alert.raised_at_ms = 1;
        alert.level = rows[i].level;
        alert.repeat_at_ms = rows[i].repeat;
        alert.climb_at_ms = rows[i].climb;
        assert_int_equal(alert_wake_at_ms(&alert), rows[i].wake);
    }
}

static void named_people(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    const char *ids[] = {"engineer", "supervisor", "engineer"};
    Fd__Alert *alert = alert_raise_to(&cast.situation, ids, 3, LEVEL_TEAM_LEADER, TEAM(DESK), REASON(ASSIGNED), &rule);
    assert_int_equal(alert->n_person_ids, 2);
    assert_string_equal(alerted(alert), "engineer supervisor");
    assert_ptr_not_equal(alert->person_ids[0], ids[0]); /* the roster is only lent */
    alert = alert_raise_to(&cast.situation, NULL, 0, LEVEL_SUPERVISOR, TEAM(DESK), REASON(ARRIVED), &rule);
    assert_string_equal(alerted(alert), "supervisor");
    cast_close(&cast);
}

static void a_full_arena_is_noticed(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    for (size_t cap = 0; cap < 2048; cap += 16) {
        struct arena arena;
        arena_init(&arena, cap);
        cast.situation.arena = &arena;
        Fd__Alert *alert = alert_raise_both(&cast.situation, 2, 3, REASON(MAJOR), &rule);
        if (alert != NULL) alert = alert_climb(&cast.situation, alert, TEAM(DESK), &rule);
        if (alert != NULL) alert = alert_repeat(&cast.situation, alert, &rule);
        if (alert != NULL) alert = alert_expire(&cast.situation, alert, &rule);
        if (alert != NULL) alert = alert_end(&cast.situation, alert);
        if (!arena_exhausted(&arena)) assert_int_equal(alert->n_person_ids, 4);
        arena_free(&arena);
    }
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raised_to_the_level),
        cmocka_unit_test(an_absent_level_goes_on_up),
        cmocka_unit_test(nobody_at_all_is_an_alarm_that_repeats),
        cmocka_unit_test(an_alarm_to_nobody_is_taken_by_whoever_leads),
        cmocka_unit_test(acknowledged_by_its_people_or_above),
        cmocka_unit_test(the_same_level_is_not_above),
        cmocka_unit_test(acknowledging_twice_is_a_conflict),
        cmocka_unit_test(expiring_makes_it_wait_again),
        cmocka_unit_test(climbing_keeps_those_who_owe),
        cmocka_unit_test(a_repeat_drops_who_has_left),
        cmocka_unit_test(work_by_its_people_is_notice_taken),
        cmocka_unit_test(ended_is_over),
        cmocka_unit_test(the_wake_is_the_earlier_of_two),
        cmocka_unit_test(named_people),
        cmocka_unit_test(a_full_arena_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
