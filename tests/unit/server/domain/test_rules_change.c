/* SPDX-License-Identifier: Apache-2.0 */
/* covers rules_deadlines.c and rules_calendar.c: what a site may set, refusal by refusal. */
#include "server/domain/rules_change.h"

#include "server/domain/rules_record.h"
#include "tests/unit/server/domain/cast.h"

/* D6's own figures of the severity as a command; the chains are shared, so a test that changes one copies it. */
static Fd__SetDeadlinesRequest as_default(struct cast *cast, Fd__Severity severity) {
    const Fd__Deadlines *figures = rules_default_deadlines(&cast->arena, severity);
    Fd__SetDeadlinesRequest command = FD__SET_DEADLINES_REQUEST__INIT;
    assert_non_null(figures);
    command.severity = severity;
    command.accept_minutes = figures->accept_minutes;
    command.contact_minutes = figures->contact_minutes;
    command.feedback_minutes = figures->feedback_minutes;
    command.close_minutes = figures->close_minutes;
    command.close_working_days = figures->close_working_days;
    command.working_time = figures->working_time;
    command.plan_days = figures->plan_days;
    command.first_level = figures->first_level;
    command.n_climb_levels = figures->n_climb_levels;
    command.climb_levels = figures->climb_levels;
    command.n_climb_minutes = figures->n_climb_minutes;
    command.climb_minutes = figures->climb_minutes;
    command.repeat_minutes = figures->repeat_minutes;
    command.acknowledgement_minutes = figures->acknowledgement_minutes;
    return command;
}

static Fd__Deadlines nothing_set(void) {
    return (Fd__Deadlines)FD__DEADLINES__INIT;
}

static enum status set(struct cast *cast, const Fd__SetDeadlinesRequest *command, const Fd__Deadlines *present) {
    cast->decision = (struct decision){0};
    return rules_set_deadlines(&cast->situation, command, present, &cast->decision);
}

static void d6_itself_may_be_set(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "manager");
    for (int severity = SEVERITY(GENERAL); severity <= SEVERITY(OUTSIDE_REMIT); severity++) {
        Fd__SetDeadlinesRequest command = as_default(&cast, (Fd__Severity)severity);
        Fd__Deadlines present = nothing_set();
        assert_int_equal(set(&cast, &command, &present), STATUS_OK);
        assert_string_equal(cast.decision.kind, "deadlines.set");
        const Fd__Deadlines *record = (const Fd__Deadlines *)cast.decision.record;
        assert_string_equal(record->id, "new");
        assert_string_equal(record->site_id, "site-1");
        assert_int_equal(record->version, 1);
        assert_true(record->own);
        /* And it is what holds without it. */
        struct rules rules = {0};
        rules_take_deadlines(&rules, record);
        const struct severity_rules *set_rules = &rules.severity[severity],
                                    *default_rules = &rules_default.severity[severity];
        assert_int_equal(set_rules->accept_ms, default_rules->accept_ms);
        assert_int_equal(set_rules->feedback_ms, default_rules->feedback_ms);
        assert_int_equal(set_rules->working_time, default_rules->working_time);
        assert_int_equal(set_rules->close_working_days, default_rules->close_working_days);
        assert_int_equal(set_rules->plan_days, default_rules->plan_days);
        assert_int_equal(set_rules->first_level, default_rules->first_level);
        assert_memory_equal(set_rules->climb_ms, default_rules->climb_ms, sizeof set_rules->climb_ms);
        assert_int_equal(set_rules->repeat_ms, default_rules->repeat_ms);
        assert_int_equal(set_rules->acknowledgement_ms, default_rules->acknowledgement_ms);
    }
    cast_close(&cast);
}

#define FIELD(name) offsetof(Fd__SetDeadlinesRequest, name), #name

static void deadlines_that_are_refused(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        size_t offset;
        const char *field;
        int32_t value;
        enum refusal refusal;
    } rows[] = {
        {SEVERITY(GENERAL), FIELD(accept_minutes),          -1,     REFUSAL_DEADLINE_RANGE        },
        {SEVERITY(GENERAL), FIELD(contact_minutes),         527041, REFUSAL_DEADLINE_RANGE        },
        {SEVERITY(GENERAL), FIELD(feedback_minutes),        527040, REFUSAL_NONE                  },
        {SEVERITY(GENERAL), FIELD(accept_minutes),          0,      REFUSAL_NONE                  },
        {SEVERITY(SERIOUS), FIELD(feedback_minutes),        2881,   REFUSAL_DEADLINE_ORDER        },
        {SEVERITY(SERIOUS), FIELD(feedback_minutes),        2880,   REFUSAL_NONE                  },
        {SEVERITY(SERIOUS), FIELD(close_working_days),      2,      REFUSAL_CLOSE_TWICE           },
        {SEVERITY(GENERAL), FIELD(close_working_days),      367,    REFUSAL_WORKING_DAYS_RANGE    },
        {SEVERITY(GENERAL), FIELD(close_working_days),      -1,     REFUSAL_WORKING_DAYS_RANGE    },
        {SEVERITY(GENERAL), FIELD(working_time),            0,      REFUSAL_WORKING_DAYS_NEED_TIME},
        {SEVERITY(GENERAL), FIELD(first_level),             5,      REFUSAL_LEVEL_RANGE           },
        {SEVERITY(GENERAL), FIELD(first_level),             -1,     REFUSAL_LEVEL_RANGE           },
        {SEVERITY(GENERAL), FIELD(first_level),             1,      REFUSAL_NONE                  },
        {SEVERITY(GENERAL), FIELD(repeat_minutes),          0,      REFUSAL_DELAY_RANGE           },
        {SEVERITY(GENERAL), FIELD(repeat_minutes),          10081,  REFUSAL_DELAY_RANGE           },
        {SEVERITY(GENERAL), FIELD(acknowledgement_minutes), -1,     REFUSAL_EXPIRY_RANGE          },
        {SEVERITY(GENERAL), FIELD(acknowledgement_minutes), 0,      REFUSAL_NONE                  },
        {SEVERITY(COMPLEX), FIELD(plan_days),               0,      REFUSAL_NONE                  },
        {SEVERITY(COMPLEX), FIELD(plan_days),               367,    REFUSAL_PLAN_DAYS_RANGE       },
        {SEVERITY(MAJOR),   FIELD(first_level),             0,      REFUSAL_MAJOR_ALERTS          },
        {SEVERITY(MAJOR),   FIELD(first_level),             2,      REFUSAL_MAJOR_ALERTS          },
        {SEVERITY(MAJOR),   FIELD(first_level),             4,      REFUSAL_MAJOR_ALERTS          },
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "manager");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__SetDeadlinesRequest command = as_default(&cast, rows[i].severity);
        Fd__Deadlines present = nothing_set();
        *(int32_t *)(void *)((char *)&command + rows[i].offset) = rows[i].value;
        enum status status = set(&cast, &command, &present);
        if (cast.decision.refusal != rows[i].refusal) fail_msg("row %zu: %d", i, (int)cast.decision.refusal);
        assert_int_equal(status, rows[i].refusal == REFUSAL_NONE ? STATUS_OK : STATUS_INVALID);
        if (status != STATUS_OK && rows[i].refusal != REFUSAL_WORKING_DAYS_NEED_TIME)
            assert_string_equal(cast.decision.field, rows[i].field);
    }
    cast_close(&cast);
}

static void chains_that_are_refused(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        size_t levels, delays;
        int32_t level[5], minutes[5];
        enum refusal refusal;
    } rows[] = {
        {SEVERITY(GENERAL), 2, 2, {1, 2},          {20, 20},         REFUSAL_NONE        },
        {SEVERITY(GENERAL), 0, 0, {0},             {0},              REFUSAL_NONE        },
        {SEVERITY(GENERAL), 4, 4, {1, 2, 3, 4},    {1, 1, 1, 10080}, REFUSAL_NONE        },
        {SEVERITY(GENERAL), 2, 2, {3, 4},          {5, 5},           REFUSAL_NONE        },
        {SEVERITY(GENERAL), 2, 1, {1, 2},          {20, 20},         REFUSAL_CHAIN_LENGTH},
        {SEVERITY(GENERAL), 2, 2, {2, 1},          {20, 20},         REFUSAL_CHAIN_ORDER },
        {SEVERITY(GENERAL), 2, 2, {1, 1},          {20, 20},         REFUSAL_CHAIN_ORDER },
        {SEVERITY(GENERAL), 2, 2, {1, 3},          {20, 20},         REFUSAL_CHAIN_ORDER },
        {SEVERITY(GENERAL), 1, 1, {0},             {20},             REFUSAL_CHAIN_ORDER },
        {SEVERITY(GENERAL), 5, 5, {1, 2, 3, 4, 5}, {1, 1, 1, 1, 1},  REFUSAL_CHAIN_ORDER },
        {SEVERITY(GENERAL), 1, 1, {1},             {0},              REFUSAL_DELAY_RANGE },
        {SEVERITY(GENERAL), 1, 1, {1},             {10081},          REFUSAL_DELAY_RANGE },
        {SEVERITY(MAJOR),   3, 3, {2, 3, 4},       {15, 15, 30},     REFUSAL_NONE        },
        {SEVERITY(MAJOR),   1, 1, {4},             {30},             REFUSAL_NONE        },
        {SEVERITY(MAJOR),   2, 2, {2, 3},          {15, 15},         REFUSAL_MAJOR_CLIMBS},
        {SEVERITY(MAJOR),   0, 0, {0},             {0},              REFUSAL_MAJOR_CLIMBS},
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "manager");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__SetDeadlinesRequest command = as_default(&cast, rows[i].severity);
        Fd__Deadlines present = nothing_set();
        command.n_climb_levels = rows[i].levels;
        command.n_climb_minutes = rows[i].delays;
        command.climb_levels = (int32_t *)(uintptr_t)rows[i].level;
        command.climb_minutes = (int32_t *)(uintptr_t)rows[i].minutes;
        (void)set(&cast, &command, &present);
        if (cast.decision.refusal != rows[i].refusal) fail_msg("row %zu: %d", i, (int)cast.decision.refusal);
    }
    cast_close(&cast);
}

static void silence_is_refused(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "manager");
    Fd__Deadlines present = nothing_set();
    Fd__SetDeadlinesRequest command = FD__SET_DEADLINES_REQUEST__INIT;
    int32_t leader[] = {1}, supervisor[] = {2}, delay[] = {20};
    command.severity = SEVERITY(GENERAL);
    command.repeat_minutes = 15;
    assert_refused(INVALID, NEVER_TOLD, set(&cast, &command, &present));
    /* A delay that only counts once somebody was told tells nobody. */
    command.n_climb_levels = command.n_climb_minutes = 1;
    command.climb_levels = supervisor;
    command.climb_minutes = delay;
    assert_refused(INVALID, NEVER_TOLD, set(&cast, &command, &present));
    command.climb_levels = leader;
    assert_int_equal(set(&cast, &command, &present), STATUS_OK);
    command.n_climb_levels = command.n_climb_minutes = 0;
    command.first_level = 2;
    assert_int_equal(set(&cast, &command, &present), STATUS_OK);
    cast_close(&cast);
}

static void versions_and_people(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__Deadlines present = nothing_set();
    Fd__SetDeadlinesRequest command = as_default(&cast, SEVERITY(GENERAL));
    Fd__ResetDeadlinesRequest reset = FD__RESET_DEADLINES_REQUEST__INIT;
    assert_refused(DENIED, NOT_ALLOWED, set(&cast, &command, &present));
    cast_as(&cast, "manager");
    assert_refused(NOT_FOUND, NOT_FOUND, set(&cast, &command, NULL));
    command.severity = SEVERITY(UNSPECIFIED);
    assert_refused(INVALID, SEVERITY_REQUIRED, set(&cast, &command, &present));
    command.severity = SEVERITY(GENERAL);
    command.version = 3;
    assert_refused(CONFLICT, VERSION_MOVED, set(&cast, &command, &present));
    command.version = 0;
    assert_int_equal(set(&cast, &command, &present), STATUS_OK);

    Fd__Deadlines stored = *(const Fd__Deadlines *)cast.decision.record;
    stored.id = TEXT("first");
    assert_refused(INVALID, NOTHING_CHANGED, set(&cast, &command, &stored));
    command.accept_minutes = 19;
    command.version = 1;
    assert_int_equal(set(&cast, &command, &stored), STATUS_OK);
    assert_string_equal(((const Fd__Deadlines *)cast.decision.record)->id, "first");
    assert_int_equal(((const Fd__Deadlines *)cast.decision.record)->version, 2);

    reset.severity = SEVERITY(GENERAL);
    assert_refused(CONFLICT, NOTHING_CHANGED, rules_reset_deadlines(&cast.situation, &reset, &present, &cast.decision));
    assert_int_equal(rules_reset_deadlines(&cast.situation, &reset, &stored, &cast.decision), STATUS_OK);
    const Fd__Deadlines *back = (const Fd__Deadlines *)cast.decision.record;
    assert_string_equal(cast.decision.kind, "deadlines.reset");
    assert_string_equal(back->id, "first");
    assert_int_equal(back->version, 2);
    assert_false(back->own);
    assert_int_equal(back->accept_minutes, 20);
    cast_close(&cast);
}

static Fd__SetCalendarRequest office(void) {
    static char *day[] = {(char *)"09:00-12:00", (char *)"13:00-18:00"};
    Fd__SetCalendarRequest command = FD__SET_CALENDAR_REQUEST__INIT;
    command.n_monday = command.n_friday = 2;
    command.monday = command.friday = day;
    command.follow_up_minutes = 2880;
    command.next_level_minutes = 15;
    command.entered_in_time_minutes = 30;
    command.visit_repeat_minutes = 5;
    return command;
}

static enum status set_calendar(struct cast *cast, const Fd__SetCalendarRequest *command, const Fd__Calendar *present) {
    cast->decision = (struct decision){0};
    return rules_set_calendar(&cast->situation, command, present, &cast->decision);
}

static void hours_of_a_day(void **state) {
    (void)state;
    static const struct {
        const char *intervals[6];
        enum refusal refusal;
    } rows[] = {
        {{"09:00-12:00", "13:00-18:00"},                                              REFUSAL_NONE          },
        {{"00:00-24:00"},                                                             REFUSAL_NONE          },
        {{"09:00-12:00", "12:00-18:00"},                                              REFUSAL_NONE          },
        {{"00:00-00:01", "01:00-02:00", "03:00-04:00", "23:59-24:00"},                REFUSAL_NONE          },
        {{"00:00-00:01", "01:00-02:00", "03:00-04:00", "05:00-06:00", "07:00-08:00"}, REFUSAL_INTERVALS_MANY},
        {{"13:00-18:00", "09:00-12:00"},                                              REFUSAL_INTERVAL_ORDER},
        {{"09:00-12:00", "11:59-18:00"},                                              REFUSAL_INTERVAL_ORDER},
        {{"12:00-09:00"},                                                             REFUSAL_BAD_INTERVAL  },
        {{"09:00-09:00"},                                                             REFUSAL_BAD_INTERVAL  },
        {{"9:00-12:00"},                                                              REFUSAL_BAD_INTERVAL  },
        {{"09:00-24:01"},                                                             REFUSAL_BAD_INTERVAL  },
        {{"09:00-25:00"},                                                             REFUSAL_BAD_INTERVAL  },
        {{"09:60-12:00"},                                                             REFUSAL_BAD_INTERVAL  },
        {{"09.00-12.00"},                                                             REFUSAL_BAD_INTERVAL  },
        {{"09:00-12:00 "},                                                            REFUSAL_BAD_INTERVAL  },
        {{"上午"},                                                                  REFUSAL_BAD_INTERVAL  },
        {{""},                                                                        REFUSAL_BAD_INTERVAL  },
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "manager");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__SetCalendarRequest command = office();
        Fd__Calendar present = FD__CALENDAR__INIT;
        command.wednesday = (char **)(uintptr_t)rows[i].intervals;
        while (command.n_wednesday < 6 && rows[i].intervals[command.n_wednesday] != NULL) command.n_wednesday++;
        (void)set_calendar(&cast, &command, &present);
        if (cast.decision.refusal != rows[i].refusal) fail_msg("row %zu: %d", i, (int)cast.decision.refusal);
        if (rows[i].refusal != REFUSAL_NONE) assert_string_equal(cast.decision.field, "wednesday");
    }
    cast_close(&cast);
}

static void days_off_and_on(void **state) {
    (void)state;
    static const struct {
        const char *off[3], *on[3];
        enum refusal refusal;
        const char *field;
    } rows[] = {
        {{"2027-01-01"},               {"2027-02-06"},               REFUSAL_NONE,       NULL      },
        {{"2028-02-29"},               {0},                          REFUSAL_NONE,       NULL      },
        {{"2027-02-29"},               {0},                          REFUSAL_BAD_DATE,   "days_off"},
        {{"2027-13-01"},               {0},                          REFUSAL_BAD_DATE,   "days_off"},
        {{"2027-1-1"},                 {0},                          REFUSAL_BAD_DATE,   "days_off"},
        {{"20270101"},                 {0},                          REFUSAL_BAD_DATE,   "days_off"},
        {{0},                          {"2200-01-01"},               REFUSAL_BAD_DATE,   "days_on" },
        {{0},                          {"1969-12-31"},               REFUSAL_BAD_DATE,   "days_on" },
        {{"2027-01-01", "2027-01-01"}, {0},                          REFUSAL_DATE_TWICE, "days_off"},
        {{0},                          {"2027-02-06", "2027-02-06"}, REFUSAL_DATE_TWICE, "days_on" },
        {{"2027-01-01"},               {"2027-01-01"},               REFUSAL_DATE_TWICE, "days_on" },
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "hq_admin");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__SetCalendarRequest command = office();
        Fd__Calendar present = FD__CALENDAR__INIT;
        command.days_off = (char **)(uintptr_t)rows[i].off;
        command.days_on = (char **)(uintptr_t)rows[i].on;
        while (command.n_days_off < 3 && rows[i].off[command.n_days_off] != NULL) command.n_days_off++;
        while (command.n_days_on < 3 && rows[i].on[command.n_days_on] != NULL) command.n_days_on++;
        (void)set_calendar(&cast, &command, &present);
        if (cast.decision.refusal != rows[i].refusal) fail_msg("row %zu: %d", i, (int)cast.decision.refusal);
        if (rows[i].field != NULL) assert_string_equal(cast.decision.field, rows[i].field);
    }
    static char *many[CALENDAR_DAYS + 1];
    static char dates[CALENDAR_DAYS + 1][11];
    for (int i = 0; i <= CALENDAR_DAYS; i++) {
        snprintf(dates[i], sizeof dates[i], "20%02d-%02d-11", 27 + i / 12, 1 + i % 12);
        many[i] = dates[i];
    }
    Fd__SetCalendarRequest command = office();
    Fd__Calendar present = FD__CALENDAR__INIT;
    command.days_off = many;
    command.n_days_off = CALENDAR_DAYS;
    assert_int_equal(set_calendar(&cast, &command, &present), STATUS_OK);
    command.n_days_off++;
    assert_refused(INVALID, DATES_MANY, set_calendar(&cast, &command, &present));
    cast_close(&cast);
}

static void a_week_without_hours_and_figures_out_of_range(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "manager");
    Fd__Calendar present = FD__CALENDAR__INIT;
    Fd__SetCalendarRequest command = office();
    command.n_monday = command.n_friday = 0;
    assert_refused(INVALID, NO_WORKING_HOURS, set_calendar(&cast, &command, &present));
    static const struct {
        size_t offset;
        const char *field;
        int32_t value;
        enum refusal refusal;
    } rows[] = {
        {offsetof(Fd__SetCalendarRequest, follow_up_minutes),       "follow_up_minutes",       -1,    REFUSAL_FOLLOW_UP_RANGE},
        {offsetof(Fd__SetCalendarRequest, follow_up_minutes),       "follow_up_minutes",       86401, REFUSAL_FOLLOW_UP_RANGE},
        {offsetof(Fd__SetCalendarRequest, follow_up_minutes),       "follow_up_minutes",       0,     REFUSAL_NONE           },
        {offsetof(Fd__SetCalendarRequest, next_level_minutes),      "next_level_minutes",      0,     REFUSAL_DELAY_RANGE    },
        {offsetof(Fd__SetCalendarRequest, entered_in_time_minutes), "entered_in_time_minutes", 10081,
         REFUSAL_DELAY_RANGE                                                                                                 },
        {offsetof(Fd__SetCalendarRequest, visit_repeat_minutes),    "visit_repeat_minutes",    0,     REFUSAL_DELAY_RANGE    },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        command = office();
        *(int32_t *)(void *)((char *)&command + rows[i].offset) = rows[i].value;
        (void)set_calendar(&cast, &command, &present);
        if (cast.decision.refusal != rows[i].refusal) fail_msg("row %zu: %d", i, (int)cast.decision.refusal);
        if (rows[i].refusal != REFUSAL_NONE) assert_string_equal(cast.decision.field, rows[i].field);
    }
    cast_close(&cast);
}

static void a_calendar_set_and_reset(void **state) {
    (void)state;
    static char *off[] = {(char *)"2027-10-01", (char *)"2027-01-01"};
    struct cast cast;
    cast_open(&cast);
    Fd__Calendar present = FD__CALENDAR__INIT;
    Fd__SetCalendarRequest command = office();
    Fd__ResetCalendarRequest reset = FD__RESET_CALENDAR_REQUEST__INIT;
    command.days_off = off;
    command.n_days_off = 2;
    assert_refused(DENIED, NOT_ALLOWED, set_calendar(&cast, &command, &present));
    cast_as(&cast, "manager");
    assert_refused(NOT_FOUND, NOT_FOUND, set_calendar(&cast, &command, NULL));
    command.version = 1;
    assert_refused(CONFLICT, VERSION_MOVED, set_calendar(&cast, &command, &present));
    command.version = 0;
    assert_int_equal(set_calendar(&cast, &command, &present), STATUS_OK);
    assert_string_equal(cast.decision.kind, "calendar.set");
    Fd__Calendar stored = *(const Fd__Calendar *)cast.decision.record;
    assert_string_equal(stored.id, "new");
    assert_int_equal(stored.version, 1);

    struct rules rules = rules_default;
    rules_take_calendar(&rules, &stored);
    assert_ptr_equal(rules.calendar.zone, rules_default.calendar.zone);
    assert_int_equal(rules.calendar.intervals[4][1].until_minute, 18 * 60);
    assert_int_equal(rules.calendar.intervals[1][0].until_minute, 0);
    assert_int_equal(rules.calendar.days_off[0], 20270101); /* in order, as the calendar wants them */
    assert_int_equal(rules.calendar.days_off[1], 20271001);

    assert_refused(INVALID, NOTHING_CHANGED, set_calendar(&cast, &command, &stored));
    assert_refused(CONFLICT, NOTHING_CHANGED, rules_reset_calendar(&cast.situation, &reset, &present, &cast.decision));
    assert_int_equal(rules_reset_calendar(&cast.situation, &reset, &stored, &cast.decision), STATUS_OK);
    const Fd__Calendar *back = (const Fd__Calendar *)cast.decision.record;
    assert_string_equal(cast.decision.kind, "calendar.reset");
    assert_false(back->own);
    assert_int_equal(back->n_monday, 2);
    assert_string_equal(back->monday[1], "13:00-18:00");
    assert_int_equal(back->n_sunday, 0);
    rules_take_calendar(&rules, back);
    assert_memory_equal(&rules.calendar, &rules_default.calendar, sizeof rules.calendar);
    assert_int_equal(rules.follow_up_ms, rules_default.follow_up_ms);
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(d6_itself_may_be_set),     cmocka_unit_test(deadlines_that_are_refused),
        cmocka_unit_test(chains_that_are_refused),  cmocka_unit_test(silence_is_refused),
        cmocka_unit_test(versions_and_people),      cmocka_unit_test(hours_of_a_day),
        cmocka_unit_test(days_off_and_on),          cmocka_unit_test(a_week_without_hours_and_figures_out_of_range),
        cmocka_unit_test(a_calendar_set_and_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
