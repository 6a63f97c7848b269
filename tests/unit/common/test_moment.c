/* SPDX-License-Identifier: Apache-2.0 */
#include "common/moment.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "tests/support/test.h"

static void formats_as_rfc_3339(void **state) {
    (void)state;
    static const struct {
        int64_t at_ms;
        const char *text;
    } rows[] = {
        {0,                      ""                              },
        {1,                      "1970-01-01T00:00:00.001Z"      },
        {-1,                     "1969-12-31T23:59:59.999Z"      },
        {INT64_C(951782400000),  "2000-02-29T00:00:00.000Z"      },
        {INT64_C(1795434127125), "2026-11-23T11:42:07.125Z"      },
        {INT64_C(4107542400000), "2100-03-01T00:00:00.000Z"      },
        {MOMENT_LAST_MS,         "2199-12-31T23:59:59.999Z"      },
        {INT64_MAX,              "292278994-08-17T07:12:55.807Z" },
        {INT64_MIN,              "-292275055-05-16T16:47:04.192Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[MOMENT_TEXT_BYTES];
        moment_format(rows[i].at_ms, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void parses_rfc_3339(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t at_ms; /* -1: refused */
    } rows[] = {
        {"1970-01-01T00:00:00Z",           0                     },
        {"2026-11-23T11:42:07.125Z",       INT64_C(1795434127125)},
        {"2026-11-23t19:42:07.125+08:00",  INT64_C(1795434127125)},
        {"2026-11-23 11:42:07.125999999z", INT64_C(1795434127125)},
        {"2026-11-23T06:12:07.125-05:30",  INT64_C(1795434127125)},
        {"2026-11-23T11:42:07.1Z",         INT64_C(1795434127100)},
        {"2199-12-31T23:59:59.999Z",       MOMENT_LAST_MS        },
        {"2024-02-29T00:00:00Z",           INT64_C(1709164800000)},
        {"2016-12-31T23:59:60Z",           INT64_C(1483228800000)}, /* a leap second that was */
        {"2017-01-01T07:59:60+08:00",      INT64_C(1483228800000)},
        {"2016-12-31T12:59:60Z",           -1                    },
        {"2023-02-29T00:00:00Z",           -1                    },
        {"2100-02-29T00:00:00Z",           -1                    },
        {"2026-13-01T00:00:00Z",           -1                    },
        {"2026-00-01T00:00:00Z",           -1                    },
        {"2026-01-00T00:00:00Z",           -1                    },
        {"2026-04-31T00:00:00Z",           -1                    },
        {"2026-01-01T24:00:00Z",           -1                    },
        {"2026-01-01T00:60:00Z",           -1                    },
        {"2026-01-01T00:00:61Z",           -1                    },
        {"2026-01-01T00:00:00",            -1                    },
        {"2026-01-01T00:00Z",              -1                    },
        {"2026-01-01T00:00:00.Z",          -1                    },
        {"2026-01-01T00:00:00+24:00",      -1                    },
        {"2026-01-01T00:00:00+08",         -1                    },
        {"2026-01-01T00:00:00+0800",       -1                    },
        {"2026-01-01T00:00:00Z ",          -1                    },
        {" 2026-01-01T00:00:00Z",          -1                    },
        {"2026-1-01T00:00:00Z",            -1                    },
        {"+026-01-01T00:00:00Z",           -1                    },
        {"1969-12-31T23:59:59Z",           -1                    },
        {"1970-01-01T00:00:00+00:01",      -1                    },
        {"2200-01-01T00:00:00Z",           -1                    },
        {"9999-12-31T23:59:59Z",           -1                    },
        {"",                               -1                    },
        {NULL,                             -1                    },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = -7;
        bool parsed = moment_parse(rows[i].text, &at_ms);
        if (parsed != (rows[i].at_ms >= 0)) fail_msg("%s", rows[i].text);
        assert_int_equal(at_ms, parsed ? rows[i].at_ms : -7);
    }
}

static void civil_time_both_ways(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int32_t offset_minutes;
        int64_t at_ms;
        const char *written;
    } rows[] = {
        {"2026-11-23 19:42",    480,  INT64_C(1795434120000), "2026-11-23 19:42:00"},
        {"2026-11-23 19:42:07", 480,  INT64_C(1795434127000), "2026-11-23 19:42:07"},
        {"2026-11-23 05:42:07", -360, INT64_C(1795434127000), "2026-11-23 05:42:07"},
        {"2024-02-29 23:59:59", 345,  INT64_C(1709230499000), "2024-02-29 23:59:59"},
        {"1970-01-01 08:01",    480,  60000,                  "1970-01-01 08:01:00"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = 0;
        char text[MOMENT_TEXT_BYTES];
        assert_true(moment_parse_civil(rows[i].text, rows[i].offset_minutes, &at_ms));
        assert_int_equal(at_ms, rows[i].at_ms);
        moment_format_civil(at_ms, rows[i].offset_minutes, text);
        assert_string_equal(text, rows[i].written);
    }
}

static void other_civil_forms_are_refused(void **state) {
    (void)state;
    static const char *const rows[] = {
        "2026-11-23",
        "2026-11-23 ",
        "2026-11-23 9:42",
        "2026-11-23T09:42",
        "2026-11-23 09:42:",
        "2026-11-23 09:42:7",
        "2026-11-23 09:42:071",
        "2026-11-23 09:42 ",
        "2026-02-30 09:42",
        "2026/11/23 09:42",
        "23.11.2026 09:42",
        "2026-11-23 24:00",
        "2026-11-23 09:42:30Z",
        "1969-12-31 23:59",
        "2200-01-01 08:00",
        "1970-01-01 07:59:59",
        "",
        "2026-11-23 09:42:60",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t at_ms = -7;
        if (moment_parse_civil(rows[i], 480, &at_ms)) fail_msg("%s", rows[i]);
        assert_int_equal(at_ms, -7);
    }
    int64_t at_ms = 0;
    assert_false(moment_parse_civil(NULL, 0, &at_ms));
}

static void none_and_overflow_are_empty(void **state) {
    (void)state;
    char text[MOMENT_TEXT_BYTES] = "x";
    moment_format_civil(0, 480, text);
    assert_string_equal(text, "");
    moment_format_civil(INT64_MAX, 480, text);
    assert_string_equal(text, "");
    moment_format_civil(INT64_MIN, -480, text);
    assert_string_equal(text, "");
}

/* Against the C library, over every day to 2199 and a few odd times in it. */
static void every_day_agrees_with_the_c_library(void **state) {
    (void)state;
    for (int64_t at_ms = 45296789; at_ms <= MOMENT_LAST_MS; at_ms += DAY_MS) {
        char text[MOMENT_TEXT_BYTES];
        char expected[MOMENT_TEXT_BYTES];
        int64_t back = 0;
        time_t seconds = (time_t)(at_ms / 1000);
        struct tm tm;
        assert_non_null(gmtime_r(&seconds, &tm));
        assert_int_not_equal(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S.789Z", &tm), 0);
        moment_format(at_ms, text);
        assert_string_equal(text, expected);
        assert_true(moment_parse(text, &back));
        assert_int_equal(back, at_ms);
    }
}

static void now_is_now(void **state) {
    (void)state;
    int64_t difference = moment_now_ms() - (int64_t)time(NULL) * 1000;
    assert_in_range(difference + 5000, 0, 10000);
}

static void the_steady_clock_never_goes_back(void **state) {
    (void)state;
    int64_t before_ms = moment_steady_ms();
    struct timespec pause = {.tv_nsec = 3 * 1000000};
    assert_int_equal(nanosleep(&pause, NULL), 0);
    assert_in_range(moment_steady_ms() - before_ms, 2, 10 * SECOND_MS);
}

static void none_is_later_than_any(void **state) {
    (void)state;
    assert_int_equal(moment_earlier(0, 0), 0);
    assert_int_equal(moment_earlier(0, 7), 7);
    assert_int_equal(moment_earlier(7, 0), 7);
    assert_int_equal(moment_earlier(7, 9), 7);
    assert_int_equal(moment_earlier(9, 7), 7);
}

static void dates(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int32_t date; /* 0: none */
    } rows[] = {
        {"2027-01-01",  20270101},
        {"2028-02-29",  20280229},
        {"1970-01-01",  19700101},
        {"2199-12-31",  21991231},
        {"2027-02-29",  0       },
        {"2100-02-29",  0       },
        {"2027-00-01",  0       },
        {"2027-04-31",  0       },
        {"1969-12-31",  0       },
        {"2200-01-01",  0       },
        {"2027-1-1",    0       },
        {"2027-01-01 ", 0       },
        {"",            0       },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t date = 0;
        assert_int_equal(moment_parse_date(rows[i].text, &date), rows[i].date != 0);
        if (rows[i].date != 0) assert_int_equal(date, rows[i].date);
    }
    assert_int_equal(moment_day(1970, 1, 1), 0);
    assert_int_equal(moment_day(2000, 3, 1), 11017);
    int32_t date = 0;
    assert_false(moment_parse_date(NULL, &date));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_as_rfc_3339),
        cmocka_unit_test(parses_rfc_3339),
        cmocka_unit_test(civil_time_both_ways),
        cmocka_unit_test(other_civil_forms_are_refused),
        cmocka_unit_test(none_and_overflow_are_empty),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(now_is_now),
        cmocka_unit_test(the_steady_clock_never_goes_back),
        cmocka_unit_test(none_is_later_than_any),
        cmocka_unit_test(dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
