/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/spans.h"

#include "client/cli/language.h"
#include "tests/support/test.h"

static void lengths_of_time_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool good;
        int32_t minutes;
    } rows[] = {
        {"20",            true,  20       },
        {"20min",         true,  20       },
        {"20 min",        true,  20       },
        {"2h",            true,  120      },
        {"1h30min",       true,  90       },
        {"1 h 30 min",    true,  90       },
        {"3d",            true,  3 * 1440 },
        {"30分钟",      true,  30       },
        {"2小时30分",  true,  150      },
        {"1天",          true,  1440     },
        {"none",          true,  0        },
        {"无",           true,  0        },
        {"0",             true,  0        },
        {"2147483647",    true,  INT32_MAX},
        {"2147483648",    false, 0        },
        {"99999999999d",  false, 0        },
        {"9999999999999", false, 0        },
        {"",              false, 0        },
        {"-5",            false, 0        },
        {"5x",            false, 0        },
        {"h",             false, 0        },
        {"1.5h",          false, 0        },
        {"20minx",        false, 0        },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int32_t minutes = -1;
        if (spans_parse(rows[i].text, &minutes) != rows[i].good) fail_msg("%s", rows[i].text);
        if (rows[i].good) assert_int_equal(minutes, rows[i].minutes);
    }
}

/* What is shown can be typed again, in either language. */
static void lengths_of_time_are_written(void **state) {
    (void)state;
    static const struct {
        int32_t minutes;
        const char *en, *zh;
    } rows[] = {
        {0,    "—",           "—"                    },
        {1,    "1 min",         "1 分钟"               },
        {60,   "1 h",           "1 小时"               },
        {90,   "1 h 30 min",    "1 小时 30 分钟"     },
        {1440, "1 d",           "1 天"                  },
        {2945, "2 d 1 h 5 min", "2 天 1 小时 5 分钟"},
    };
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int chinese = 0; chinese <= 1; chinese++) {
            int32_t minutes = 0;
            language_set(chinese ? "zh" : "en");
            const char *text = spans_text(&arena, rows[i].minutes);
            assert_string_equal(text, chinese ? rows[i].zh : rows[i].en);
            if (rows[i].minutes == 0) continue;
            assert_true(spans_parse(text, &minutes));
            assert_int_equal(minutes, rows[i].minutes);
        }
    }
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_of_time_are_read),
        cmocka_unit_test(lengths_of_time_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
