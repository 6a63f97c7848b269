/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/calendar.h"

#include <stdlib.h>
#include <string.h>

#include "common/moment.h"
#include "server/domain/rules.h"
#include "tests/support/test.h"

static int64_t civil(const char *text) {
    int64_t at_ms = 0;
    assert_true(moment_parse_civil(text, 480, &at_ms));
    return at_ms;
}

static void assert_civil(int64_t at_ms, const char *wanted) {
    char text[MOMENT_TEXT_BYTES];
    moment_format_civil(at_ms, 480, text);
    text[16] = '\0';
    assert_string_equal(text, wanted);
}

/* Monday to Friday 09–12 and 13–18; New Year's Day, the leap day of 2028 and the first week of October off. */
static struct calendar office(void) {
    struct calendar calendar = rules_default.calendar;
    static const int32_t holidays[] = {20270101, 20271001, 20271004, 20271005, 20271006, 20271007, 20280229};
    for (size_t i = 0; i < sizeof holidays / sizeof holidays[0]; i++) calendar.days_off[i] = holidays[i];
    return calendar;
}

static void working_time_skips_what_is_closed(void **state) {
    (void)state;
    static const struct {
        const char *from;
        int64_t minutes;
        const char *due;
    } rows[] = {
        {"2026-11-23 09:00", 0,    "2026-11-23 09:00"},
        {"2026-11-23 09:00", 20,   "2026-11-23 09:20"},
        {"2026-11-23 11:50", 10,   "2026-11-23 12:00"},
        {"2026-11-23 11:50", 20,   "2026-11-23 13:10"},
        {"2026-11-23 12:30", 15,   "2026-11-23 13:15"},
        {"2026-11-23 17:50", 20,   "2026-11-24 09:10"},
        {"2026-11-23 18:00", 20,   "2026-11-24 09:20"},
        {"2026-11-23 23:59", 20,   "2026-11-24 09:20"},
        {"2026-11-23 03:00", 20,   "2026-11-23 09:20"},
        {"2026-11-27 17:50", 20,   "2026-11-30 09:10"},
        {"2026-11-28 10:00", 1,    "2026-11-30 09:01"},
        {"2026-11-23 09:00", 480,  "2026-11-23 18:00"},
        {"2026-11-23 09:00", 481,  "2026-11-24 09:01"},
        {"2026-11-23 10:00", 1440, "2026-11-26 10:00"},
        {"2026-11-30 17:59", 2,    "2026-12-01 09:01"},
        {"2026-12-31 17:00", 120,  "2027-01-04 10:00"},
        {"2027-09-30 17:30", 60,   "2027-10-08 09:30"},
        {"2028-02-28 17:00", 120,  "2028-03-01 10:00"},
        {"2027-02-26 17:59", 2,    "2027-03-01 09:01"},
    };
    struct calendar calendar = office();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_civil(calendar_add(&calendar, civil(rows[i].from), rows[i].minutes * MINUTE_MS), rows[i].due);
}

static void working_days_end_in_the_evening(void **state) {
    (void)state;
    static const struct {
        const char *from;
        int64_t days;
        const char *due;
    } rows[] = {
        {"2026-11-23 09:00", 0, "2026-11-23 18:00"},
        {"2026-11-23 19:00", 0, "2026-11-24 18:00"},
        {"2026-11-23 09:00", 1, "2026-11-24 18:00"},
        {"2026-11-23 23:00", 1, "2026-11-24 18:00"},
        {"2026-11-27 10:00", 1, "2026-11-30 18:00"},
        {"2026-11-28 10:00", 0, "2026-11-30 18:00"},
        {"2026-11-28 10:00", 1, "2026-11-30 18:00"},
        {"2026-11-28 10:00", 2, "2026-12-01 18:00"},
        {"2026-11-23 10:00", 7, "2026-12-02 18:00"},
        {"2026-12-31 10:00", 1, "2027-01-04 18:00"},
        {"2027-09-30 10:00", 1, "2027-10-08 18:00"},
        {"2028-02-28 10:00", 1, "2028-03-01 18:00"},
    };
    struct calendar calendar = office();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_civil(calendar_add_days(&calendar, civil(rows[i].from), rows[i].days), rows[i].due);
}

static void working_time_between(void **state) {
    (void)state;
    static const struct {
        const char *from, *until;
        int64_t minutes;
    } rows[] = {
        {"2026-11-23 09:00", "2026-11-23 09:00", 0   },
        {"2026-11-23 10:00", "2026-11-23 09:00", 0   },
        {"2026-11-23 09:00", "2026-11-23 18:00", 480 },
        {"2026-11-23 11:30", "2026-11-23 13:30", 60  },
        {"2026-11-23 12:00", "2026-11-23 13:00", 0   },
        {"2026-11-27 17:00", "2026-11-30 10:00", 120 },
        {"2026-11-28 00:00", "2026-11-29 23:59", 0   },
        {"2026-11-23 00:00", "2026-11-30 00:00", 2400},
        {"2026-12-31 00:00", "2027-01-02 00:00", 480 },
    };
    struct calendar calendar = office();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(calendar_between(&calendar, civil(rows[i].from), civil(rows[i].until)),
                         rows[i].minutes * MINUTE_MS);
}

static void no_interval_means_always_open(void **state) {
    (void)state;
    struct calendar calendar = {.zone = rules_default.calendar.zone};
    int64_t from = civil("2026-11-28 22:00");
    assert_int_equal(calendar_add(&calendar, from, 5 * (int64_t)HOUR_MS), from + 5 * (int64_t)HOUR_MS);
    assert_int_equal(calendar_between(&calendar, from, from + DAY_MS), DAY_MS);
    assert_civil(calendar_add_days(&calendar, from, 1), "2026-11-30 00:00");
}

static void a_day_on_is_worked(void **state) {
    (void)state;
    struct calendar calendar = office();
    calendar.days_on[0] = 20261128; /* a Saturday */
    calendar.days_on[1] = 20261130; /* a Monday: its own hours */
    assert_civil(calendar_add(&calendar, civil("2026-11-27 17:50"), 20 * MINUTE_MS), "2026-11-28 09:10");
    assert_civil(calendar_add_days(&calendar, civil("2026-11-27 10:00"), 2), "2026-11-30 18:00");
    assert_int_equal(calendar_between(&calendar, civil("2026-11-28 00:00"), civil("2026-11-30 00:00")),
                     8 * (int64_t)HOUR_MS);
    /* With the hours of the first weekday that has any. */
    for (int i = 0; i < CALENDAR_INTERVALS; i++) calendar.intervals[0][i].until_minute = 0;
    calendar.intervals[1][0].from_minute = 10 * 60;
    assert_civil(calendar_add(&calendar, civil("2026-11-28 00:00"), MINUTE_MS), "2026-11-28 10:01");
    /* Off counts where somebody says both. */
    calendar.days_off[0] = 20261128;
    calendar.days_off[1] = 0;
    assert_civil(calendar_add(&calendar, civil("2026-11-28 00:00"), MINUTE_MS), "2026-11-30 10:01");
}

/* Europe/Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00. */
static const struct zone_change berlin_changes[] = {
    {INT64_C(1774746000000), 7200},
    {INT64_C(1792890000000), 3600},
};
static const struct zone berlin = {.offset_seconds = 3600, .count = 2, .changes = berlin_changes};

static void daylight_saving(void **state) {
    (void)state;
    static const struct {
        const char *from;
        int64_t minutes;
        const char *due;
    } rows[] = {
        {"2026-03-27T08:00:00.000Z", 60,      "2026-03-27T09:00:00.000Z"}, /* 09:00 to 10:00, winter */
        {"2026-03-27T16:30:00.000Z", 60,      "2026-03-30T07:30:00.000Z"}, /* Friday 17:30 to Monday 09:30, summer */
        {"2026-10-23T15:30:00.000Z", 60,      "2026-10-26T08:30:00.000Z"}, /* and back */
        {"2026-03-27T08:00:00.000Z", 8 * 120, "2026-03-30T16:00:00.000Z"},
    };
    struct calendar calendar = rules_default.calendar;
    calendar.zone = &berlin;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t from_ms = 0;
        char text[MOMENT_TEXT_BYTES];
        assert_true(moment_parse(rows[i].from, &from_ms));
        int64_t due_ms = calendar_add(&calendar, from_ms, rows[i].minutes * MINUTE_MS);
        moment_format(due_ms, text);
        assert_string_equal(text, rows[i].due);
        assert_int_equal(calendar_between(&calendar, from_ms, due_ms), rows[i].minutes * MINUTE_MS);
    }
    int64_t friday_ms = 0, day_ms = 0;
    char text[MOMENT_TEXT_BYTES];
    assert_true(moment_parse("2026-03-27T09:00:00Z", &friday_ms));
    moment_format(calendar_add_days(&calendar, friday_ms, 1), text);
    assert_string_equal(text, "2026-03-30T16:00:00.000Z");
    /* A desk that never closes has a day of 23 hours in spring and one of 25 in autumn. */
    for (int i = 0; i < 7; i++) {
        memset(calendar.intervals[i], 0, sizeof calendar.intervals[i]);
        calendar.intervals[i][0].until_minute = 1440;
    }
    assert_true(moment_parse("2026-03-28T23:00:00Z", &day_ms));
    assert_int_equal(calendar_between(&calendar, day_ms, day_ms + DAY_MS), DAY_MS);
    moment_format(calendar_add_days(&calendar, day_ms, 0), text);
    assert_string_equal(text, "2026-03-29T22:00:00.000Z");
    assert_true(moment_parse("2026-10-24T22:00:00Z", &day_ms));
    moment_format(calendar_add_days(&calendar, day_ms, 0), text);
    assert_string_equal(text, "2026-10-25T23:00:00.000Z");
    /* Nights: 01:00 to 04:00 has two hours in spring, four in autumn. */
    for (int i = 0; i < 7; i++) {
        calendar.intervals[i][0].from_minute = 60;
        calendar.intervals[i][0].until_minute = 240;
    }
    assert_true(moment_parse("2026-03-28T23:00:00Z", &day_ms));
    assert_int_equal(calendar_between(&calendar, day_ms, day_ms + 12 * (int64_t)HOUR_MS), 2 * (int64_t)HOUR_MS);
    assert_true(moment_parse("2026-10-24T22:00:00Z", &day_ms));
    assert_int_equal(calendar_between(&calendar, day_ms, day_ms + 12 * (int64_t)HOUR_MS), 4 * (int64_t)HOUR_MS);
}

static void odd_intervals_do_no_harm(void **state) {
    (void)state;
    static const struct zone newfoundland = {.offset_seconds = -210 * 60};
    struct calendar calendar = {.zone = &newfoundland};
    for (int day = 0; day < 7; day++) {
        calendar.intervals[day][0].from_minute = 540;
        calendar.intervals[day][0].until_minute = 720;
        calendar.intervals[day][1].from_minute = 660; /* overlaps: counted once */
        calendar.intervals[day][1].until_minute = 780;
        calendar.intervals[day][3].from_minute = 1380;
        calendar.intervals[day][3].until_minute = 1440; /* to midnight */
    }
    int64_t midnight = 210 * (int64_t)MINUTE_MS;
    assert_int_equal(calendar_between(&calendar, midnight, midnight + DAY_MS), 300 * MINUTE_MS);
    assert_int_equal(calendar_add(&calendar, midnight, 300 * (int64_t)MINUTE_MS), midnight + DAY_MS);
}

static void absurd_durations_end(void **state) {
    (void)state;
    struct calendar calendar = office();
    int64_t from = civil("2026-11-23 09:00");
    assert_true(calendar_add(&calendar, from, INT64_MAX) > from);
    assert_true(calendar_add_days(&calendar, from, INT64_MAX) > from);
}

/* A site that works a minute a week, and whose longest deadline is a year of work: every client still reads it. */
static void absurd_hours_end(void **state) {
    (void)state;
    struct calendar calendar = {.zone = rules_default.calendar.zone};
    calendar.intervals[0][0].from_minute = 9 * 60;
    calendar.intervals[0][0].until_minute = 9 * 60 + 1;
    int64_t from = civil("2026-11-23 09:00"), year = (int64_t)366 * DAY_MS;
    int64_t due = calendar_add(&calendar, from, year);
    assert_true(due > from + 19 * year && due < MOMENT_LAST_MS);
    assert_true(calendar_add(&calendar, due, year) < MOMENT_LAST_MS);
    assert_true(calendar_add_days(&calendar, from, 366 * 7) < MOMENT_LAST_MS);
}

static int64_t any(int64_t limit) {
    return (int64_t)(((uint64_t)random() << 31 | (uint64_t)random()) % (uint64_t)limit);
}

static struct calendar any_calendar(void) {
    static struct zone zone;
    static struct zone_change changes[20];
    zone = (struct zone){(int32_t)(any(24 * 60) - 12 * 60) * 60, (size_t)any(20), changes};
    int64_t at_ms = civil("2026-01-01 00:00");
    for (size_t i = 0; i < zone.count; i++) {
        at_ms += 2 * (int64_t)DAY_MS + any(60 * (int64_t)DAY_MS);
        changes[i] = (struct zone_change){at_ms, zone.offset_seconds + (int32_t)(any(3) - 1) * 1800};
    }
    struct calendar calendar = {.zone = &zone};
    for (int day = 0; day < 7; day++) {
        int64_t minute = any(300);
        for (int i = 0; i < CALENDAR_INTERVALS && any(3) > 0; i++) {
            int64_t until = minute + 1 + any(240);
            calendar.intervals[day][i].from_minute = (int16_t)minute;
            calendar.intervals[day][i].until_minute = (int16_t)until;
            minute = until + any(100);
        }
    }
    return calendar;
}

static void add_and_between_are_inverse(void **state) {
    (void)state;
    srandom(20261123);
    for (int i = 0; i < 2000; i++) {
        struct calendar calendar = any_calendar();
        int64_t from = civil("2026-01-01 00:00") + any(700 * (int64_t)DAY_MS);
        int64_t working = any(60 * (int64_t)HOUR_MS), more = any(10 * (int64_t)HOUR_MS);
        int64_t due = calendar_add(&calendar, from, working);
        assert_int_equal(calendar_between(&calendar, from, due), working);
        assert_true(due >= from + working);
        /* In two steps as in one. */
        assert_int_equal(calendar_add(&calendar, due, more == 0 ? 1 : more),
                         calendar_add(&calendar, from, working + (more == 0 ? 1 : more)));
        int64_t middle = from + (due - from) / 3;
        assert_int_equal(calendar_between(&calendar, from, middle) + calendar_between(&calendar, middle, due), working);
        /* Never a moment too late: one millisecond earlier is not enough. */
        if (working > 0) assert_int_equal(calendar_between(&calendar, from, due - 1), working - 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(working_time_skips_what_is_closed),
        cmocka_unit_test(working_days_end_in_the_evening),
        cmocka_unit_test(working_time_between),
        cmocka_unit_test(no_interval_means_always_open),
        cmocka_unit_test(a_day_on_is_worked),
        cmocka_unit_test(daylight_saving),
        cmocka_unit_test(odd_intervals_do_no_harm),
        cmocka_unit_test(absurd_durations_end),
        cmocka_unit_test(absurd_hours_end),
        cmocka_unit_test(add_and_between_are_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
