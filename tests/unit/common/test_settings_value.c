/* SPDX-License-Identifier: Apache-2.0 */
#include "common/settings_value.h"

#include <stdbool.h>
#include <string.h>

#include "tests/support/test.h"

enum { REFUSED = -1000 };

static void numbers_durations_and_sizes(void **state) {
    (void)state;
    static const struct {
        enum setting_kind kind;
        int64_t minimum, maximum;
        const char *text;
        int64_t value;
    } rows[] = {
        {SETTING_NUMBER,   0,    0,    "0",                   0         },
        {SETTING_NUMBER,   0,    0,    "9223372036854775807", INT64_MAX },
        {SETTING_NUMBER,   0,    0,    "9223372036854775808", REFUSED   },
        {SETTING_NUMBER,   0,    0,    "-1",                  REFUSED   },
        {SETTING_NUMBER,   -5,   5,    "-5",                  -5        },
        {SETTING_NUMBER,   -5,   5,    "-6",                  REFUSED   },
        {SETTING_NUMBER,   -5,   5,    "6",                   REFUSED   },
        {SETTING_NUMBER,   0,    0,    "+1",                  REFUSED   },
        {SETTING_NUMBER,   0,    0,    "1x",                  REFUSED   },
        {SETTING_NUMBER,   0,    0,    "0x10",                REFUSED   },
        {SETTING_NUMBER,   0,    0,    "1.5",                 REFUSED   },
        {SETTING_NUMBER,   0,    0,    "",                    REFUSED   },
        {SETTING_NUMBER,   0,    0,    "-",                   REFUSED   },
        {SETTING_NUMBER,   0,    0,    " 1",                  REFUSED   },
        {SETTING_NUMBER,   1,    0,    "1",                   REFUSED   }, /* an empty range */
        {SETTING_DURATION, 0,    0,    "250ms",               250       },
        {SETTING_DURATION, 0,    0,    "5s",                  5000      },
        {SETTING_DURATION, 0,    0,    "5 s",                 5000      },
        {SETTING_DURATION, 0,    0,    "10min",               600000    },
        {SETTING_DURATION, 0,    0,    "4h",                  14400000  },
        {SETTING_DURATION, 0,    0,    "7d",                  604800000 },
        {SETTING_DURATION, 0,    0,    "0",                   0         },
        {SETTING_DURATION, 1,    10,   "0",                   REFUSED   },
        {SETTING_DURATION, 0,    0,    "5",                   REFUSED   },
        {SETTING_DURATION, 0,    0,    "5m",                  REFUSED   },
        {SETTING_DURATION, 0,    0,    "5S",                  REFUSED   },
        {SETTING_DURATION, 0,    0,    "-5s",                 REFUSED   },
        {SETTING_DURATION, 0,    0,    "s",                   REFUSED   },
        {SETTING_DURATION, 0,    0,    "5s5ms",               REFUSED   },
        {SETTING_DURATION, 0,    0,    "106751991168d",       REFUSED   }, /* more than there are milliseconds */
        {SETTING_DURATION, 1000, 2000, "2s",                  2000      },
        {SETTING_DURATION, 1000, 2000, "3s",                  REFUSED   },
        {SETTING_SIZE,     0,    0,    "64KiB",               65536     },
        {SETTING_SIZE,     0,    0,    "2MiB",                2097152   },
        {SETTING_SIZE,     0,    0,    "1GiB",                1073741824},
        {SETTING_SIZE,     0,    0,    "12B",                 12        },
        {SETTING_SIZE,     0,    0,    "64KB",                REFUSED   },
        {SETTING_SIZE,     0,    0,    "64",                  REFUSED   },
        {SETTING_SIZE,     0,    0,    "9007199254740992MiB", REFUSED   },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = REFUSED;
        struct setting setting = {.kind = rows[i].kind, .minimum = rows[i].minimum, .maximum = rows[i].maximum};
        enum status status = setting_store(&setting, rows[i].text, &value);
        if (value != rows[i].value) fail_msg("%s gives %lld", rows[i].text, (long long)value);
        assert_int_equal(status, rows[i].value == REFUSED ? STATUS_INVALID : STATUS_OK);
    }
}

static void booleans(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int value; /* 2: refused */
    } rows[] = {
        {"true",   1},
        {"yes",    1},
        {"on",     1},
        {"1",      1},
        {"TRUE",   1},
        {"false",  0},
        {"no",     0},
        {"off",    0},
        {"0",      0},
        {"Off",    0},
        {"",       2},
        {"2",      2},
        {"truely", 2}
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int before = 0; before < 2; before++) {
            bool value = before == 1;
            struct setting setting = {.kind = SETTING_BOOLEAN};
            enum status status = setting_store(&setting, rows[i].text, &value);
            assert_int_equal(status, rows[i].value == 2 ? STATUS_INVALID : STATUS_OK);
            assert_int_equal(value, rows[i].value == 2 ? before : rows[i].value);
        }
    }
}

static void a_text_replaces_the_one_before(void **state) {
    (void)state;
    struct setting setting = {.kind = SETTING_TEXT};
    char *text = NULL;
    assert_int_equal(setting_store(&setting, "one", &text), STATUS_OK);
    assert_int_equal(setting_store(&setting, "前台", &text), STATUS_OK);
    assert_string_equal(text, "前台");
    assert_int_equal(setting_store(&setting, "bad\xff", &text), STATUS_INVALID);
    assert_string_equal(text, "前台");
    assert_int_equal(setting_store(&setting, NULL, &text), STATUS_OK);
    assert_string_equal(text, "");
    settings_free(&setting, 1, &text);
    assert_null(text);
}

static void forms(void **state) {
    (void)state;
    static const struct {
        enum setting_kind kind;
        int64_t minimum, maximum;
        const char *form;
    } rows[] = {
        {SETTING_TEXT,     0,         0,         "plain text in UTF-8"                                             },
        {SETTING_BOOLEAN,  0,         0,         "true or false"                                                   },
        {SETTING_NUMBER,   0,         0,         "a whole number"                                                  },
        {SETTING_NUMBER,   -720,      840,       "a whole number, from -720 to 840"                                },
        {SETTING_NUMBER,   INT64_MIN, INT64_MAX, "a whole number, from -9223372036854775808 to 9223372036854775807"},
        {SETTING_DURATION, 0,         90000,     "a time such as 250ms, 5s, 10min, 4h or 7d, from 0ms to 90s"      },
        {SETTING_DURATION, 1,         86400000,  "a time such as 250ms, 5s, 10min, 4h or 7d, from 1ms to 1d"       },
        {SETTING_SIZE,     4096,      3 << 20,   "a size such as 64KiB, 2MiB or 1GiB, from 4KiB to 3MiB"           },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char form[SETTING_FORM_BYTES];
        struct setting setting = {.kind = rows[i].kind, .minimum = rows[i].minimum, .maximum = rows[i].maximum};
        setting_form(&setting, form);
        assert_string_equal(form, rows[i].form);
    }
}

static void names_in_the_environment(void **state) {
    (void)state;
    char name[SETTING_VARIABLE_BYTES];
    setting_variable(&(struct setting){.section = "log-file", .key = "max_size"}, name);
    assert_string_equal(name, "FRONTDESK_LOG_FILE_MAX_SIZE");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_durations_and_sizes),    cmocka_unit_test(booleans),
        cmocka_unit_test(a_text_replaces_the_one_before), cmocka_unit_test(forms),
        cmocka_unit_test(names_in_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
