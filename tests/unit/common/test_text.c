/* SPDX-License-Identifier: Apache-2.0 */
#include "common/text.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

#include "tests/support/test.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static void valid_text(void **state) {
    (void)state;
    static const char *const rows[] = {
        "",
        "abc",
        "前台投诉 C-1024",
        "line\nnext\tcolumn",
        "\xc2\xa0",
        "\xdf\xbf",
        "\xe0\xa0\x80",
        "\xed\x9f\xbf",
        "\xee\x80\x80",
        "\xef\xbf\xbf",
        "\xf0\x90\x80\x80",
        "\xf4\x8f\xbf\xbf",
        "👩‍🔧",
        "\xe2\x80\x8e", /* left-to-right mark */
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (!text_valid(rows[i], strlen(rows[i]))) fail_msg("row %zu", i);
    }
}

static void invalid_text(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {
        {"a\0b",               3},
        {"\r\n",               2},
        {"\x1b[2J",            4},
        {"\x7f",               1},
        {"\xc2\x80",           2},
        {"\xc2\x9b",           2},
        {"\x80",               1},
        {"\xbf",               1},
        {"\xc0\x80",           2},
        {"\xc1\xbf",           2},
        {"\xe0\x9f\xbf",       3},
        {"\xf0\x8f\xbf\xbf",   4},
        {"\xed\xa0\x80",       3},
        {"\xed\xbf\xbf",       3},
        {"\xf4\x90\x80\x80",   4},
        {"\xf5\x80\x80\x80",   4},
        {"\xff",               1},
        {"\xfe",               1},
        {"\xc2",               1},
        {"\xe5\x89",           2},
        {"\xf0\x9f\x94",       3},
        {"\xe5\x89\x28",       3},
        {"\xe2\x80\xaa",       3},
        {"\xe2\x80\xae",       3},
        {"\xe2\x81\xa6",       3},
        {"\xe2\x81\xa9",       3},
        {"ok\xe5\x89\x8d\xc2", 6},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (text_valid(rows[i].text, rows[i].length)) fail_msg("row %zu", i);
    }
}

/* A sequence cut off by the length must not be completed by what lies behind it. */
static void the_length_is_the_end(void **state) {
    (void)state;
    assert_true(text_valid("前台", 6));
    assert_true(text_valid("前台", 3));
    assert_false(text_valid("前台", 4));
    assert_false(text_valid("前台", 5));
}

static void walks_code_points(void **state) {
    (void)state;
    const char *text = "aé前🔧";
    static const uint32_t expected[] = {'a', 0xe9, 0x524d, 0x1f527, 0, 0};
    for (size_t i = 0; i < LENGTH(expected); i++) assert_int_equal(text_next(&text), expected[i]);
    const char *broken = "\xe5\x89z\xff";
    static const uint32_t replaced[] = {0xfffd, 0xfffd, 'z', 0xfffd, 0};
    for (size_t i = 0; i < LENGTH(replaced); i++) assert_int_equal(text_next(&broken), replaced[i]);
}

static void counts(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t code_points, columns;
    } rows[] = {
        {NULL,           0, 0},
        {"",             0, 0},
        {"abc",          3, 3},
        {"前台",       2, 4},
        {"3栋-1单元", 6, 9},
        {"e\xcc\x81",    2, 1}, /* e and a combining acute */
        {"Ａ",          1, 2}, /* fullwidth */
        {"ｱ",          1, 1}, /* halfwidth */
        {"한글",       2, 4},
        {"🔧",         1, 2},
        {"…",          1, 1},
        {"\xe2\x80\x8b", 1, 0}, /* zero width space */
        {"a\tb\n",       4, 4},
        {"\x1b",         1, 0},
        {"，。",       2, 4},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(text_code_points(rows[i].text), rows[i].code_points);
        assert_int_equal(text_columns(rows[i].text), rows[i].columns);
    }
}

/* ncurses goes by wcwidth; where it knows a width, ours is the same. */
static void widths_agree_with_the_c_library(void **state) {
    (void)state;
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) skip();
    unsigned different = 0;
    for (uint32_t code_point = 0x20; code_point < 0x110000; code_point++) {
        int width = wcwidth((wchar_t)code_point);
        if (width >= 0 && text_width(code_point) != (size_t)width) different++;
    }
    /* Another version of Unicode in the library may move a few hundred rare signs. */
    assert_in_range(different, 0, 500);
}

static void fits(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
        const char *fitted;
    } rows[] = {
        {"abcdef",       6, "abcdef"      },
        {"abcdef",       5, "abcd…"     },
        {"abcdef",       1, "…"         },
        {"abcdef",       0, ""            },
        {"前台投诉", 8, "前台投诉"},
        {"前台投诉", 7, "前台投…"},
        {"前台投诉", 6, "前台…"   },
        {"前台投诉", 2, "…"         },
        {"e\xcc\x81"
         "bc",  2, "e\xcc\x81…"},
        {"",             0, ""            },
        {NULL,           5, ""            },
    };
    struct arena arena;
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const char *fitted = text_fit(&arena, rows[i].text, rows[i].columns);
        assert_string_equal(fitted, rows[i].fitted);
        assert_true(text_columns(fitted) <= rows[i].columns);
    }
    arena_free(&arena);
}

static void printable(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *printable;
    } rows[] = {
        {NULL,            ""                },
        {"前台 ok",     "前台 ok"       },
        {"a\nb\tc",       "a b c"           },
        {"\x1b[31mred",   "\\x1b[31mred"    },
        {"\r\x7f",        "\\x0d\\x7f"      },
        {"\xc2\x9b",      "\\u009b"         },
        {"\xe2\x80\xae",  "\\u202e"         },
        {"a\xff\xe5\x89", "a\\xff\\xe5\\x89"},
    };
    struct arena arena;
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_string_equal(text_printable(&arena, rows[i].text), rows[i].printable);
    }
    arena_free(&arena);
}

static void no_memory_is_null(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    assert_null(text_fit(&arena, "abcdef", 3));
    assert_null(text_fit(&arena, "abcdef", 9));
    assert_null(text_printable(&arena, "abc"));
    arena_free(&arena);
}

static void compares(void **state) {
    (void)state;
    assert_true(text_equal(NULL, ""));
    assert_true(text_equal(NULL, NULL));
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", "b"));
    assert_false(text_equal("a", NULL));
    assert_true(text_empty(NULL));
    assert_true(text_empty(""));
    assert_false(text_empty("a"));
}

/* The vectors of the hash's authors. */
static void hashes(void **state) {
    (void)state;
    assert_int_equal(text_hash(""), 0x811c9dc5);
    assert_int_equal(text_hash("a"), 0xe40c292c);
    assert_int_equal(text_hash("foobar"), 0xbf9cf968);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(valid_text),
        cmocka_unit_test(invalid_text),
        cmocka_unit_test(the_length_is_the_end),
        cmocka_unit_test(walks_code_points),
        cmocka_unit_test(counts),
        cmocka_unit_test(widths_agree_with_the_c_library),
        cmocka_unit_test(fits),
        cmocka_unit_test(printable),
        cmocka_unit_test(no_memory_is_null),
        cmocka_unit_test(compares),
        cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
