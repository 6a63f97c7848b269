/* SPDX-License-Identifier: Apache-2.0 */
/* Every way up, minute by minute (D6). Registered on Monday at 09:00 unless said otherwise. */
#include "tests/unit/server/domain/simulator.h"

static void a_general_one_that_nobody_touches(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    /* clang-format off */
    const struct moment_wanted day[] = {
        {monday(9, 15), "overdue", 1, "leader"},                            /* no contact */
        {monday(9, 20), "overdue", 1, "leader"},                            /* not accepted: the table's 20 minutes */
        {monday(9, 40), "alert_climbed", 2, "leader supervisor"},           /* its 40 */
        {day_of_week(2, 18, 0), "overdue", 3, "leader supervisor manager"}, /* no feedback in 24 working hours */
        {day_of_week(3, 9, 15), "alert_climbed", 4, "leader supervisor manager hq hq_admin"},
        {day_of_week(3, 18, 0), "overdue", 4, "leader supervisor manager hq hq_admin"},
    };
    /* clang-format on */
    assert_day(&cast, day_of_week(4, 9, 0), day);
    assert_int_equal(cast.complaint->alert->reason, REASON(OVERDUE));
    assert_true(cast.complaint->past_deadline);
    cast_close(&cast);
}

static void general_alerts_keep_office_hours(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(17, 30));
    const struct moment_wanted day[] = {
        {monday(17, 45),        "overdue", 1,                   "leader"},
        {             monday(17,      50),  "overdue",         1,            "leader"        },
        { day_of_week(1,      9, 10),         "alert_climbed", 2,         "leader supervisor"},
    };
    assert_day(&cast, day_of_week(1, 9, 14), day);
    cast_close(&cast);
}

static void a_serious_one_that_nobody_touches(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_string_equal(alerted(cast.complaint->alert), "supervisor");
    /* clang-format off */
    const struct moment_wanted day[] = {
        {monday(9, 10), "overdue", 2, "supervisor"}, /* not accepted: the table's column governs meanwhile */
        {monday(9, 15), "overdue", 3, "supervisor manager"},
        {monday(17, 0), "overdue", 4, "supervisor manager hq hq_admin"},
        {day_of_week(2, 9, 0), "overdue", 4, "supervisor manager hq hq_admin"},
    };
    /* clang-format on */
    assert_day(&cast, day_of_week(2, 10, 0), day);
    assert_int_equal(cast.complaint->alert->reason, REASON(SERIOUS)); /* nobody ever acknowledged that */
    cast_close(&cast);
}

static void a_major_one_that_nobody_touches(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(MAJOR), monday(2, 0));
    assert_string_equal(alerted(cast.complaint->alert), "supervisor manager");
    const struct moment_wanted night[] = {
        {monday(2, 5),  "overdue",       3, "supervisor manager"            },
        {monday(2, 15), "overdue",       3, "supervisor manager"            },
        {monday(2, 30), "alert_climbed", 4, "supervisor manager hq hq_admin"},
    };
    assert_day(&cast, monday(2, 59), night);
    /* Repeated every five minutes: 2:05, 2:10, 2:15, 2:20, 2:25; 2:30 climbs and counts anew. */
    assert_int_equal(cast.complaint->alert->repeats, 5);
    cast_close(&cast);
}

static void repeats_come_every_five_minutes(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast.rules.severity[SEVERITY(MAJOR)].accept_ms = 0;
    cast.rules.severity[SEVERITY(MAJOR)].contact_ms = 0;
    registered(&cast, SEVERITY(MAJOR), monday(2, 0));
    for (int minute = 5; minute < 30; minute += 5) {
        assert_int_equal(cast.decision.wake_at_ms, monday(2, minute));
        wake_at_due(&cast, monday(2, minute));
        assert_string_equal(cast.decision.kind, "complaint.alert_repeated");
        assert_int_equal(cast.complaint->alert->repeats, minute / 5);
        assert_int_equal(cast.complaint->alert->raised_at_ms, monday(2, 0));
    }
    wake_at_due(&cast, monday(2, 30));
    assert_string_equal(cast.decision.kind, "complaint.alert_climbed");
    cast_close(&cast);
}

static void acknowledging_stops_and_expires(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        int64_t expires_ms;
        int level;
    } rows[] = {
        {SEVERITY(MAJOR),   30 * MINUTE_MS,       3},
        {SEVERITY(SERIOUS), 4 * (int64_t)HOUR_MS, 2}
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(9, 0));
        assert_int_equal(act_on_it(&cast, "clerk", KIND(FEEDBACK)), STATUS_OK);
        assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
        cast_at(&cast, monday(9, 1));
        assert_int_equal(acknowledge_it(&cast, "supervisor"), STATUS_OK);
        assert_string_equal(alerted(cast.complaint->alert), "");
        assert_int_equal(cast.decision.wake_at_ms, monday(9, 1) + rows[i].expires_ms);
        wake_at_due(&cast, monday(9, 1) + rows[i].expires_ms);
        assert_string_equal(cast.decision.kind, "complaint.acknowledgement_expired");
        assert_true(alerts(cast.complaint->alert, "supervisor"));
        assert_int_equal(cast.complaint->level, rows[i].level);
    }
    cast_close(&cast);
}

static void work_keeps_an_acknowledgement(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    assert_int_equal(acknowledge_it(&cast, "manager"), STATUS_OK);
    cast_at(&cast, monday(9, 2));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(act_on_it(&cast, "engineer", KIND(FEEDBACK)), STATUS_OK);
    assert_int_equal(cast.decision.wake_at_ms, day_of_week(1, 9, 0)); /* only closing is owed */
    cast_close(&cast);
}

static void after_an_acknowledgement_a_missed_deadline_goes_up(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_int_equal(acknowledge_it(&cast, "supervisor"), STATUS_OK);
    const struct moment_wanted day[] = {
        {monday(9,  10), "overdue", 3, "manager"            },
        {monday(9,  15), "overdue", 3, "manager"            }, /* early deadlines end at the manager */
        {monday(17, 0),  "overdue", 4, "manager hq hq_admin"},
    };
    assert_day(&cast, monday(18, 0), day);
    cast_close(&cast);
}

static void early_deadlines_of_a_major_one_end_at_the_manager(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    cast_at(&cast, monday(9, 1));
    assert_int_equal(acknowledge_it(&cast, "supervisor"), STATUS_OK);
    const struct moment_wanted day[] = {
        {monday(9, 5),  "overdue",       3, "manager"            },
        {monday(9, 15), "overdue",       3, "manager"            },
        {monday(9, 35), "alert_climbed", 4, "manager hq hq_admin"}, /* the manager's 30 minutes */
    };
    assert_day(&cast, monday(10, 0), day);
    cast_close(&cast);
}

static void the_team_leader_takes_notice_of_a_general_one(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    const struct moment_wanted first[] = {
        {monday(9, 15), "overdue", 1, "leader"}
    };
    assert_day(&cast, monday(9, 16), first);
    assert_int_equal(acknowledge_it(&cast, "leader"), STATUS_OK);
    cast_at(&cast, monday(9, 18));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(act_on_it(&cast, "engineer", KIND(FEEDBACK)), STATUS_OK);
    assert_false(alert_live(cast.complaint->alert)); /* its cause is gone */
    quiet_until(&cast, day_of_week(3, 17, 59));
    const struct moment_wanted late[] = {
        {day_of_week(3, 18, 0),  "overdue",       3, "manager"            }, /* the manager when the deadline is missed */
        {day_of_week(4, 9,  15), "alert_climbed", 4, "manager hq hq_admin"},
    };
    assert_day(&cast, day_of_week(4, 10, 0), late);
    cast_close(&cast);
}

static void what_is_still_missing_is_named(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    const struct moment_wanted morning[] = {
        {monday(9, 15), "overdue", 1, "leader"},
        {monday(9, 20), "overdue", 1, "leader"}
    };
    assert_day(&cast, monday(9, 25), morning);
    assert_int_equal(cast.complaint->alert->reason, REASON(NOT_ACCEPTED));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->alert->reason, REASON(NO_CONTACT));
    assert_string_equal(alerted(cast.complaint->alert), "leader");
    assert_int_equal(act_on_it(&cast, "engineer", KIND(CONTACT)), STATUS_OK);
    assert_false(alert_live(cast.complaint->alert));
    assert_false(cast.complaint->past_deadline);
    cast_close(&cast);
}

static void escalated_by_hand_climbs_every_quarter_of_an_hour(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 1));
    assert_int_equal(act_on_it(&cast, "clerk", KIND(FEEDBACK)), STATUS_OK);
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(escalate_it(&cast, "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "leader");
    const struct moment_wanted day[] = {
        {monday(9, 16), "alert_climbed", 2, "leader supervisor"                    },
        {monday(9, 31), "alert_climbed", 3, "leader supervisor manager"            },
        {monday(9, 46), "alert_climbed", 4, "leader supervisor manager hq hq_admin"},
    };
    assert_day(&cast, monday(12, 0), day);
    assert_int_equal(acknowledge_it(&cast, "hq"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "");
    cast_close(&cast);
}

static void no_team_leader_no_supervisor(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast_leaves(&cast, ROLE(TEAM_LEADER));
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    const struct moment_wanted day[] = {
        {monday(9, 15), "overdue", 2, "supervisor"},
        {monday(9, 20), "overdue", 2, "supervisor"},
    };
    assert_day(&cast, monday(17, 0), day);
    cast_close(&cast);
}

static void nobody_at_all_still_rings(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    for (int role = ROLE(TEAM_LEADER); role <= ROLE(HQ_ADMIN); role++) cast_leaves(&cast, (Fd__Role)role);
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    assert_true(alert_pending(cast.complaint->alert));
    assert_int_equal(cast.complaint->alert->n_person_ids, 0);
    assert_int_equal(cast.complaint->level, 4);
    assert_int_equal(cast.decision.wake_at_ms, monday(9, 5));
    wake_at_due(&cast, monday(9, 5));
    assert_true(alert_pending(cast.complaint->alert));
    assert_int_equal(cast.complaint->alert->repeats, 1);
    cast_close(&cast);
}

static void a_missed_follow_up(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        const char *people, *after_15_minutes;
    } rows[] = {
        {SEVERITY(SERIOUS), "supervisor", "supervisor manager" },
        {SEVERITY(MAJOR),   "manager",    "manager hq hq_admin"},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(9, 0));
        cast_at(&cast, monday(9, 4));
        assert_int_equal(close_it(&cast, "engineer"), STATUS_OK);
        assert_string_equal(alerted(cast.complaint->alert), "");
        assert_int_equal(cast.complaint->follow_up_due_at_ms, day_of_week(2, 9, 4));
        assert_int_equal(cast.decision.wake_at_ms, day_of_week(2, 9, 4));
        wake_at_due(&cast, day_of_week(2, 9, 4));
        assert_string_equal(cast.decision.kind, "complaint.follow_up_missed");
        assert_string_equal(alerted(cast.complaint->alert), rows[i].people);
        const struct moment_wanted later[] = {
            {day_of_week(2, 9, 19), "alert_climbed", cast.complaint->level + 1, rows[i].after_15_minutes}
        };
        assert_day(&cast, day_of_week(2, 9, 20), later);
        assert_int_equal(follow_it_up(&cast, "manager", 4), STATUS_OK);
        assert_int_equal(cast.decision.wake_at_ms, 0);
        assert_false(alert_live(cast.complaint->alert));
    }
    cast_close(&cast);
}

static void after_an_outage_everything_due_fires_once(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        int64_t now_ms;
        int level;
    } rows[] = {
        {SEVERITY(GENERAL), MONDAY_MS + 11 * (int64_t)HOUR_MS, 2}, /* 15, 20 and 40 minutes have all passed */
        {SEVERITY(SERIOUS), MONDAY_MS + 11 * (int64_t)HOUR_MS, 3},
        {SEVERITY(MAJOR),   MONDAY_MS + 10 * (int64_t)HOUR_MS, 4},
        {SEVERITY(GENERAL), MONDAY_MS + 8 * (int64_t)DAY_MS,   3},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(9, 0));
        cast_at(&cast, rows[i].now_ms);
        assert_int_equal(wake_it(&cast), STATUS_OK);
        assert_string_equal(cast.decision.kind, "complaint.overdue");
        assert_int_equal(cast.complaint->version, 2);
        assert_int_equal(cast.complaint->level, rows[i].level);
        assert_true(cast.decision.wake_at_ms > rows[i].now_ms);
        assert_int_equal(wake_it(&cast), STATUS_OK);
        assert_null(cast.decision.record);
    }
    cast_close(&cast);
}

static void a_command_does_not_swallow_a_deadline(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    /* The assignment arrives a moment after the deadline, before the timer's turn. */
    cast_at(&cast, monday(9, 15) + 40);
    assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "leader");
    assert_int_equal(cast.complaint->alert->reason, REASON(NO_CONTACT));
    assert_true(cast.complaint->past_deadline);
    /* Escalating goes above where the missed deadline has put it. */
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_at(&cast, monday(9, 15) + 40);
    assert_int_equal(escalate_it(&cast, "clerk"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "leader supervisor");
    /* Sending down does not hide it. */
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    assert_int_equal(take_over_it(&cast, "supervisor"), STATUS_OK);
    cast_at(&cast, monday(9, 15) + 40);
    assert_int_equal(send_it_back(&cast, "supervisor", "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    assert_string_equal(cast.complaint->handler_id, "engineer");
    /* And an acknowledgement does not cover what fell due at the same moment. */
    registered(&cast, SEVERITY(SERIOUS), monday(9, 0));
    cast_at(&cast, monday(9, 10) + 40);
    assert_int_equal(acknowledge_it(&cast, "supervisor"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "manager");
    assert_string_equal(cast.decision.kind, "complaint.acknowledged");
    cast_close(&cast);
}

static void an_empty_alert_is_none(void **state) {
    (void)state;
    struct cast cast;
    Fd__Alert empty = FD__ALERT__INIT;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast.complaint->alert = &empty; /* as a row without an alert is read */
    assert_refused(CONFLICT, NOTHING_TO_ACKNOWLEDGE, acknowledge_it(&cast, "manager"));
    cast_at(&cast, monday(9, 15));
    assert_int_equal(wake_it(&cast), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "leader");
    cast_close(&cast);
}

static void waiting_stops_deadlines_but_not_alerts(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    cast_at(&cast, monday(9, 2));
    assert_int_equal(accept_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(pause_it(&cast, "engineer"), STATUS_OK);
    assert_string_equal(alerted(cast.complaint->alert), "supervisor manager");
    const struct moment_wanted day[] = {
        {monday(9, 30), "alert_climbed", 4, "supervisor manager hq hq_admin"}
    };
    assert_day(&cast, monday(20, 0), day);
    assert_false(cast.complaint->past_deadline);
    assert_int_equal(acknowledge_it(&cast, "manager"), STATUS_OK);
    assert_int_equal(resume_it(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->contact_due_at_ms, monday(20, 13));
    cast_close(&cast);
}

static void assigned_and_deaf(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_int_equal(act_on_it(&cast, "clerk", KIND(FEEDBACK)), STATUS_OK);
    cast_at(&cast, monday(9, 5));
    assert_int_equal(assign_it(&cast, "supervisor", 0, "engineer"), STATUS_OK);
    assert_int_equal(cast.complaint->level, 0); /* no escalation */
    const struct moment_wanted day[] = {
        {monday(9, 20), "overdue",       1, "leader engineer"           },
        {monday(9, 40), "alert_climbed", 2, "leader engineer supervisor"},
    };
    assert_day(&cast, monday(12, 0), day);
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_general_one_that_nobody_touches),
        cmocka_unit_test(general_alerts_keep_office_hours),
        cmocka_unit_test(a_serious_one_that_nobody_touches),
        cmocka_unit_test(a_major_one_that_nobody_touches),
        cmocka_unit_test(repeats_come_every_five_minutes),
        cmocka_unit_test(acknowledging_stops_and_expires),
        cmocka_unit_test(work_keeps_an_acknowledgement),
        cmocka_unit_test(after_an_acknowledgement_a_missed_deadline_goes_up),
        cmocka_unit_test(early_deadlines_of_a_major_one_end_at_the_manager),
        cmocka_unit_test(the_team_leader_takes_notice_of_a_general_one),
        cmocka_unit_test(what_is_still_missing_is_named),
        cmocka_unit_test(escalated_by_hand_climbs_every_quarter_of_an_hour),
        cmocka_unit_test(no_team_leader_no_supervisor),
        cmocka_unit_test(nobody_at_all_still_rings),
        cmocka_unit_test(a_missed_follow_up),
        cmocka_unit_test(after_an_outage_everything_due_fires_once),
        cmocka_unit_test(a_command_does_not_swallow_a_deadline),
        cmocka_unit_test(an_empty_alert_is_none),
        cmocka_unit_test(waiting_stops_deadlines_but_not_alerts),
        cmocka_unit_test(assigned_and_deaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
