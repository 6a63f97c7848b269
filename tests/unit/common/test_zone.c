/* SPDX-License-Identifier: Apache-2.0 */
/* covers common/zone.c, zone_rule.c and zone_file.c. The C library reads the same files: it is the judge. */
#include "common/zone.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/moment.h"
#include "common/zone_rule.h"
#include "tests/support/test.h"

static const char *const names[] = {
    "Asia/Shanghai",     "Europe/Berlin", "Europe/Dublin",     "America/New_York",    "America/St_Johns",
    "Asia/Kathmandu",    "Asia/Tehran",   "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia",
    "America/Sao_Paulo", "Asia/Gaza",     "Antarctica/Troll",  "Pacific/Auckland",    "Etc/UTC",
    "Etc/GMT+8",         "EST5EDT",       "America/Godthab",   "Asia/Pyongyang",      "Africa/Monrovia",
};
enum { NAMES = sizeof names / sizeof names[0] };

static int64_t any(int64_t limit) {
    return (int64_t)(((uint64_t)random() << 31 | (uint64_t)random()) % (uint64_t)limit);
}

static void use_zone(const char *name) {
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
}

static int64_t libc_offset_ms(int64_t at_ms) {
    time_t seconds = (time_t)(at_ms / SECOND_MS);
    struct tm parts;
    assert_non_null(localtime_r(&seconds, &parts));
    return parts.tm_gmtoff * (int64_t)SECOND_MS;
}

static struct zone loaded(const char *name) {
    struct zone zone;
    if (zone_load(name, &zone) != STATUS_OK) fail_msg("%s is not there", name);
    return zone;
}

/* From 1970 to 2199: the table's years and those of the footer. */
static void civil_time_is_what_the_c_library_says(void **state) {
    (void)state;
    srandom(20261124);
    for (size_t i = 0; i < NAMES; i++) {
        struct zone zone = loaded(names[i]);
        use_zone(names[i]);
        for (int n = 0; n < 4000; n++) {
            int64_t at_ms = any(MOMENT_LAST_MS / SECOND_MS) * SECOND_MS;
            if (zone_civil_ms(&zone, at_ms) - at_ms != libc_offset_ms(at_ms))
                fail_msg("%s at %lld", names[i], (long long)at_ms);
        }
        for (size_t n = 0; n < zone.count; n++) {
            int64_t at_ms = zone.changes[n].from_ms;
            assert_int_equal(zone_civil_ms(&zone, at_ms) - at_ms, libc_offset_ms(at_ms));
            assert_int_equal(zone_civil_ms(&zone, at_ms - SECOND_MS) - (at_ms - SECOND_MS),
                             libc_offset_ms(at_ms - SECOND_MS));
            if (n > 0) assert_true(at_ms > zone.changes[n - 1].from_ms);
        }
        zone_free(&zone);
    }
}

static void a_moment_is_the_first_to_show_its_civil_time(void **state) {
    (void)state;
    srandom(20261124);
    for (size_t i = 0; i < NAMES; i++) {
        struct zone zone = loaded(names[i]);
        for (int n = 0; n < 2000; n++) {
            int64_t near_ms =
                zone.count > 0 && n % 2 == 0 ? zone.changes[any((int64_t)zone.count)].from_ms : any(MOMENT_LAST_MS);
            int64_t civil_ms = zone_civil_ms(&zone, near_ms) + any(6 * (int64_t)HOUR_MS) - 3 * (int64_t)HOUR_MS;
            int64_t at_ms = zone_moment_ms(&zone, civil_ms);
            assert_true(zone_civil_ms(&zone, at_ms) >= civil_ms);
            /* None earlier: all that is shown within the day before is less. */
            for (int64_t back_ms = 1; back_ms <= (int64_t)DAY_MS; back_ms = back_ms * 3 + any(1000))
                assert_true(zone_civil_ms(&zone, at_ms - back_ms) < civil_ms);
        }
        zone_free(&zone);
    }
}

static void berlin_skips_an_hour_and_repeats_one(void **state) {
    (void)state;
    static const struct {
        const char *civil, *moment;
    } rows[] = {
        {"2026-03-29 01:59", "2026-03-29T00:59:00.000Z"},
        {"2026-03-29 02:00", "2026-03-29T01:00:00.000Z"},
        {"2026-03-29 02:30", "2026-03-29T01:00:00.000Z"}, /* is not: the moment of the change */
        {"2026-03-29 03:00", "2026-03-29T01:00:00.000Z"},
        {"2026-03-29 03:30", "2026-03-29T01:30:00.000Z"},
        {"2026-10-25 01:59", "2026-10-24T23:59:00.000Z"},
        {"2026-10-25 02:30", "2026-10-25T00:30:00.000Z"}, /* twice: the first */
        {"2026-10-25 03:00", "2026-10-25T02:00:00.000Z"},
        {"2150-07-01 12:00", "2150-07-01T10:00:00.000Z"}, /* by the footer */
        {"2150-12-01 12:00", "2150-12-01T11:00:00.000Z"},
    };
    struct zone zone = loaded("Europe/Berlin");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t civil_ms = 0;
        char text[MOMENT_TEXT_BYTES];
        assert_true(moment_parse_civil(rows[i].civil, 0, &civil_ms));
        moment_format(zone_moment_ms(&zone, civil_ms), text);
        assert_string_equal(text, rows[i].moment);
    }
    zone_free(&zone);
}

static void names_that_are_none(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "",
        "Asia/Nowhere",
        "Mars/Base",
        "asia/shanghai",
        "/etc/passwd",
        "../zoneinfo/UTC",
        "Asia/../UTC",
        "Asia//Tokyo",
        "Asia",
        "tzdata.zi",
        "zone1970.tab",
        "北京",
        "UTC ",
        "right/UTC",
        "Asia/",
        "Very/Long/Name/That/Is/Longer/Than/Any/Name/Of/The/Database/Ever/Was",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct zone zone;
        if (zone_load(wrong[i], &zone) == STATUS_OK) fail_msg("%s", wrong[i]);
        assert_int_equal(zone.count, 0);
        zone_free(&zone);
    }
}

static void zones_lie_where_tzdir_says(void **state) {
    (void)state;
    struct zone zone;
    assert_int_equal(setenv("TZDIR", "/nonexistent", 1), 0);
    assert_int_equal(zone_load("Europe/Berlin", &zone), STATUS_NOT_FOUND);
    assert_int_equal(unsetenv("TZDIR"), 0);
    zone = loaded("Europe/Berlin");
    zone_free(&zone);
}

/* A file under construction. */
struct made {
    uint8_t data[4096];
    size_t length;
};

static void put(struct made *made, const void *bytes, size_t length) {
    assert_true(made->length + length <= sizeof made->data);
    memcpy(made->data + made->length, bytes, length);
    made->length += length;
}

static void put_u32(struct made *made, uint32_t value) {
    uint32_t big = htobe32(value);
    put(made, &big, sizeof big);
}

static void put_header(struct made *made, char version, uint32_t times, uint32_t types, uint32_t leaps) {
    const uint8_t unused[15] = {0};
    put(made, "TZif", 4);
    put(made, &version, 1);
    put(made, unused, sizeof unused);
    put_u32(made, 0);
    put_u32(made, 0);
    put_u32(made, leaps);
    put_u32(made, times);
    put_u32(made, types);
    put_u32(made, 4);
}

static void put_type(struct made *made, int32_t offset_seconds) {
    put_u32(made, (uint32_t)offset_seconds);
    put(made, "\0\0", 2);
}

/* Version 2 with one type, as slim files have it. */
static struct made slim(int32_t offset_seconds, const char *footer) {
    struct made made = {0};
    for (int i = 0; i < 2; i++) {
        put_header(&made, '2', 0, 1, 0);
        put_type(&made, offset_seconds);
        put(&made, "CET", 4);
    }
    put(&made, "\n", 1);
    put(&made, footer, strlen(footer));
    put(&made, "\n", 1);
    return made;
}

static enum status read_made(const struct made *made, struct zone *zone) {
    return zone_read(made->data, made->length, zone);
}

static void footers(void **state) {
    (void)state;
    static const struct {
        const char *footer;
        bool good;
        int32_t january, july; /* of 2100, minutes east */
    } rows[] = {
        {"CET-1CEST,M3.5.0,M10.5.0/3",        true,  60,   120 },
        {"CST-8",                             true,  480,  480 },
        {"",                                  true,  60,   60  },
        {"<+0330>-3:30",                      true,  210,  210 },
        {"NZST-12NZDT,M9.5.0,M4.1.0/3",       true,  780,  720 },
        {"IST-1GMT0,M10.5.0,M3.5.0/1",        true,  0,    60  },
        {"EST5EDT4,J60,J300",                 true,  -300, -240},
        {"EST5EDT,59,299/-2:30:15",           true,  -300, -240},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",   true,  -120, -60 },
        {"XXX3EDT4,0/0,J365/23",              true,  -240, -240}, /* daylight saving all the year */
        {"CET-1CEST",                         false, 0,    0   },
        {"CET",                               false, 0,    0   },
        {"C-1",                               false, 0,    0   },
        {"CET-1CEST,M13.5.0,M10.5.0",         false, 0,    0   },
        {"CET-1CEST,M3.6.0,M10.5.0",          false, 0,    0   },
        {"CET-1CEST,M3.5.7,M10.5.0",          false, 0,    0   },
        {"CET-1CEST,M3.5.0,M10.5.0/168",      false, 0,    0   },
        {"CET-1CEST,M3.5.0,M10.5.0,",         false, 0,    0   },
        {"CET-25",                            false, 0,    0   },
        {"CET-1CEST,J0,J366",                 false, 0,    0   },
        {"CET-1CEST,366,1",                   false, 0,    0   },
        {"<CET-1",                            false, 0,    0   },
        {"CET-1CEST,M99999999999.5.0,M1.1.1", false, 0,    0   },
    };
    int64_t january_ms = moment_day(2100, 1, 15) * DAY_MS, july_ms = moment_day(2100, 7, 15) * DAY_MS;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made made = slim(rows[i].january != rows[i].july ? 0 : 3600, rows[i].footer);
        struct zone zone;
        enum status status = read_made(&made, &zone);
        if ((status == STATUS_OK) != rows[i].good) fail_msg("%s", rows[i].footer);
        if (status != STATUS_OK) continue;
        assert_int_equal((zone_civil_ms(&zone, january_ms) - january_ms) / MINUTE_MS, rows[i].january);
        assert_int_equal((zone_civil_ms(&zone, july_ms) - july_ms) / MINUTE_MS, rows[i].july);
        zone_free(&zone);
    }
}

/* Version 1 has the first block only, with short times. */
static void version_one(void **state) {
    (void)state;
    struct made made = {0};
    struct zone zone;
    put_header(&made, '\0', 2, 2, 0);
    put_u32(&made, (uint32_t)-1000);
    put_u32(&made, 1000);
    put(&made, "\0\1", 2);
    put_type(&made, 3600);
    put_type(&made, 7200);
    put(&made, "CET", 4);
    assert_int_equal(read_made(&made, &zone), STATUS_OK);
    assert_int_equal(zone.offset_seconds, 3600);
    assert_int_equal(zone.count, 1);
    assert_int_equal(zone.changes[0].from_ms, 1000 * SECOND_MS);
    assert_int_equal(zone.changes[0].offset_seconds, 7200);
    zone_free(&zone);
}

static void broken_files_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *what;
        uint32_t times, types, leaps;
        const char *indexes;
        int32_t second_time, offset_seconds;
    } rows[] = {
        {"no type",              0,          0,          0, "",     0,    3600     },
        {"index without type",   2,          1,          0, "\0\1", 2000, 3600     },
        {"times not ascending",  2,          1,          0, "\0\0", 1000, 3600     },
        {"offset past a day",    2,          1,          0, "\0\0", 2000, 26 * 3600},
        {"offset far past",      2,          1,          0, "\0\0", 2000, INT32_MIN},
        {"leap seconds",         2,          1,          1, "\0\0", 2000, 3600     },
        {"more than there is",   2000,       1,          0, "\0\0", 2000, 3600     },
        {"counts that overflow", UINT32_MAX, UINT32_MAX, 0, "\0\0", 2000, 3600     },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct made made = {0};
        struct zone zone;
        put_header(&made, '\0', rows[i].times, rows[i].types, rows[i].leaps);
        if (rows[i].times > 0) {
            put_u32(&made, 1000);
            put_u32(&made, (uint32_t)rows[i].second_time);
            put(&made, rows[i].indexes, 2);
        }
        if (rows[i].types > 0) put_type(&made, rows[i].offset_seconds);
        put(&made, "CET\0\0\0\0\0\0\0\0\0", 12);
        if (read_made(&made, &zone) != STATUS_INVALID) fail_msg("%s", rows[i].what);
        assert_int_equal(zone.count, 0);
    }
}

/* Each length of a real file but the whole one, and 20,000 files with some bytes changed: an answer, never a crash (the
 * sanitizers watch), and whatever is accepted is in order. */
static void hostile_files_do_no_harm(void **state) {
    (void)state;
    uint8_t data[8192], spoilt[8192];
    FILE *file = fopen("/usr/share/zoneinfo/Europe/Berlin", "rb");
    assert_non_null(file);
    size_t length = fread(data, 1, sizeof data, file);
    assert_int_equal(fclose(file), 0);
    struct zone zone;
    for (size_t i = 0; i < length; i++) {
        /* In memory of its own, so that a byte too far is seen. */
        uint8_t *part = malloc(i + 1);
        assert_non_null(part);
        memcpy(part, data, i);
        assert_int_equal(zone_read(part, i, &zone), STATUS_INVALID);
        free(part);
    }
    srandom(20261124);
    for (int n = 0; n < 20000; n++) {
        memcpy(spoilt, data, length);
        for (int i = 0; i < 1 + n % 8; i++) spoilt[any((int64_t)length)] = (uint8_t)any(256);
        if (zone_read(spoilt, length, &zone) != STATUS_OK) continue;
        for (size_t i = 1; i < zone.count; i++) assert_true(zone.changes[i].from_ms > zone.changes[i - 1].from_ms);
        int64_t at_ms = any(MOMENT_LAST_MS);
        assert_true(zone_civil_ms(&zone, zone_moment_ms(&zone, at_ms)) >= at_ms);
        zone_free(&zone);
    }
    assert_int_equal(zone_read(NULL, 0, &zone), STATUS_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(civil_time_is_what_the_c_library_says),
        cmocka_unit_test(a_moment_is_the_first_to_show_its_civil_time),
        cmocka_unit_test(berlin_skips_an_hour_and_repeats_one),
        cmocka_unit_test(names_that_are_none),
        cmocka_unit_test(zones_lie_where_tzdir_says),
        cmocka_unit_test(footers),
        cmocka_unit_test(version_one),
        cmocka_unit_test(broken_files_are_refused),
        cmocka_unit_test(hostile_files_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
