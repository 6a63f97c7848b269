/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/cli/table.c and times.c */
#include "tests/support/test.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/cli/language.h"
#include "client/cli/table.h"
#include "client/cli/times.h"
#include "common/moment.h"
#include "common/text.h"

static const struct table_column columns[] = {
    {"id",   false, false},
    {"left", true,  false},
    {"what", false, true }
};

static void assert_table(const char *const *cells, size_t count, size_t width, bool colour, const char *expected) {
    struct arena arena;
    struct table table;
    struct bytes out = {0};
    arena_init(&arena, 64 * 1024);
    table_init(&table, &arena, columns, 3);
    for (size_t i = 0; i < count; i++) table_add(&table, cells[i], i == 0 ? PAINT_RED : PAINT_NONE);
    assert_int_equal(table_append(&table, &out, width, colour), STATUS_OK);
    assert_int_equal(bytes_append(&out, "", 1), STATUS_OK);
    assert_string_equal((char *)out.data, expected);
    bytes_free(&out);
    arena_free(&arena);
}

static void columns_align_whatever_the_script(void **state) {
    (void)state;
    static const char *const cells[] = {"C-1", "04:55", "厨房水管漏水", "编号", "-2", "x"};
    assert_table(cells, 6, 0, false,
                 "id     left  what\n"
                 "C-1   04:55  厨房水管漏水\n"
                 "编号     -2  x\n");
}

static void flexible_column_gives_way(void **state) {
    (void)state;
    static const char *const cells[] = {"C-1", "04:55", "厨房水管漏水"};
    assert_table(cells, 3, 20, false,
                 "id    left  what\n"
                 "C-1  04:55  厨房水…\n");
    /* Narrower than what cannot give way: lines are too long rather than empty. */
    assert_table(cells, 3, 5, false,
                 "id    left  what\n"
                 "C-1  04:55  厨房…\n");
}

static void stored_text_cannot_command_the_terminal(void **state) {
    (void)state;
    struct arena arena;
    struct table table;
    struct bytes out = {0};
    arena_init(&arena, 64 * 1024);
    table_init(&table, &arena, columns, 3);
    table_add(&table, "\033]0;owned\007", PAINT_NONE);
    table_add(&table, NULL, PAINT_NONE);
    table_add(&table, "a\nb\tc\rd", PAINT_NONE);
    assert_int_equal(table_append(&table, &out, 0, true), STATUS_OK);
    size_t newlines = 0;
    for (size_t i = 0; i < out.length; i++) {
        assert_true(out.data[i] != '\007' && out.data[i] != '\r' && out.data[i] != '\t');
        newlines += out.data[i] == '\n';
        if (out.data[i] == '\033') assert_int_equal(out.data[i + 1], '['); /* our own colour of the titles */
    }
    assert_int_equal(newlines, 2);
    bytes_free(&out);
    arena_free(&arena);
}

static void colour_stands_around_the_text_only(void **state) {
    (void)state;
    static const char *const cells[] = {"!", "1", "x"};
    assert_table(cells, 3, 0, true,
                 "\033[1mid\033[0m  \033[1mleft\033[0m  \033[1mwhat\033[0m\n"
                 "\033[1;31m!\033[0m      1  x\n");
}

static void many_rows_fit(void **state) {
    (void)state;
    enum { ROWS = 2000 };
    struct arena arena;
    struct table table;
    struct bytes out = {0};
    arena_init(&arena, 4 * 1024 * 1024);
    table_init(&table, &arena, columns, 3);
    for (int i = 0; i < 3 * ROWS; i++) table_add(&table, "x", PAINT_NONE);
    assert_int_equal(table_append(&table, &out, 80, false), STATUS_OK);
    assert_int_equal(out.length, strlen("id  left  what\n") + ROWS * strlen("x      x  x\n"));
    bytes_free(&out);
    arena_free(&arena);
}

static void times_are_the_sites(void **state) {
    (void)state;
    char text[TIMES_TEXT_BYTES];
    (void)unsetenv("TZ");
    times_set_zone("Asia/Shanghai");
    int64_t at = INT64_C(1795434127000); /* 2026-11-23T11:42:07Z */
    times_full(at, text);
    assert_string_equal(text, "2026-11-23 19:42:07");
    times_short(at, at + HOUR_MS, text);
    assert_string_equal(text, "19:42");
    times_short(at, at + DAY_MS, text);
    assert_string_equal(text, "11-23 19:42");
    times_short(at, at + 400 * (int64_t)DAY_MS, text);
    assert_string_equal(text, "2026-11-23");
    times_full(0, text);
    assert_string_equal(text, "");
    times_set_zone("Europe/Berlin"); /* another site */
    times_full(at, text);
    assert_string_equal(text, "2026-11-23 12:42:07");
}

static void what_is_left_has_its_sign(void **state) {
    (void)state;
    static const struct {
        int64_t due, now;
        const char *text;
    } cases[] = {
        {0,                       5,                   ""         },
        {HOUR_MS + 5 * MINUTE_MS, MINUTE_MS,           "01:04"    },
        {MINUTE_MS,               HOUR_MS,             "-00:59"   },
        {3 * (int64_t)DAY_MS,     2 * HOUR_MS,         "2d 22:00" },
        {1,                       3 * (int64_t)DAY_MS, "-2d 23:59"},
    };
    language_set("en");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TIMES_TEXT_BYTES];
        times_left(cases[i].due, cases[i].now, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void times_are_read_as_people_write_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t at; /* 0: refused */
    } cases[] = {
        {"2026-11-23 19:42:07",  INT64_C(1795434127000)                 },
        {"2026-11-23 19:42",     INT64_C(1795434120000)                 },
        {"2026-11-23T19:42",     INT64_C(1795434120000)                 },
        {"2026-11-23T11:42:07Z", INT64_C(1795434127000)                 },
        {"13:00",                INT64_C(1795410000000)                 },
        {"+30min",               INT64_C(1795434127000) + 30 * MINUTE_MS},
        {"+2h",                  INT64_C(1795434127000) + 2 * HOUR_MS   },
        {"+1d",                  INT64_C(1795434127000) + DAY_MS        },
        {"+",                    0                                      },
        {"+5",                   0                                      },
        {"+5y",                  0                                      },
        {"25:00",                0                                      },
        {"tomorrow",             0                                      },
        {"",                     0                                      },
        {"2026-11-23",           0                                      },
        {"13:00 ",               0                                      },
    };
    times_set_zone("Asia/Shanghai");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t at = 0;
        bool read = times_parse(cases[i].text, INT64_C(1795434127000), &at);
        if (read != (cases[i].at != 0) || (read && at != cases[i].at))
            fail_msg("\"%s\": %d %lld", cases[i].text, read, (long long)at);
    }
}

int main(void) {
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_align_whatever_the_script),
        cmocka_unit_test(flexible_column_gives_way),
        cmocka_unit_test(stored_text_cannot_command_the_terminal),
        cmocka_unit_test(colour_stands_around_the_text_only),
        cmocka_unit_test(many_rows_fit),
        cmocka_unit_test(times_are_the_sites),
        cmocka_unit_test(what_is_left_has_its_sign),
        cmocka_unit_test(times_are_read_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
