/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/field.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

/* `points` times 字 */
static char *long_text(size_t points) {
    char *text = calloc(points + 1, 3);
    assert_non_null(text);
    for (size_t i = 0; i < points; i++) memcpy(text + i * 3, "字", 3);
    return text;
}

static void blank_is_nothing_to_read(void **state) {
    (void)state;
    static const char *const blank[] = {"", " ", "\t\n ", "　　", "\xC2\xA0"};
    for (size_t i = 0; i < sizeof blank / sizeof blank[0]; i++) assert_true(field_blank(blank[i]));
    assert_true(field_blank(NULL));
    assert_false(field_blank("　漏 "));
}

static void limits_count_characters_and_are_told(void **state) {
    (void)state;
    static const struct {
        int limit;
        enum refusal refusal;
    } rows[] = {
        {FIELD_SHORT,     REFUSAL_OVER_20       },
        {FIELD_CODE,      REFUSAL_OVER_40       },
        {FIELD_NAME,      REFUSAL_OVER_100      },
        {FIELD_LINE,      REFUSAL_OVER_200      },
        {FIELD_PARAGRAPH, REFUSAL_OVER_2000     },
        {FIELD_LETTER,    REFUSAL_OVER_10000    },
        {7,               REFUSAL_FIELD_TOO_LONG},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decision decision = {0};
        char *text = long_text((size_t)rows[i].limit + 1);
        struct text_field field = {"subject", text, rows[i].limit, true};
        assert_int_equal(field_texts(&decision, &field, 1), STATUS_TOO_LARGE);
        assert_int_equal(decision.refusal, rows[i].refusal);
        assert_string_equal(decision.field, "subject");
        text[rows[i].limit * 3] = '\0';
        assert_int_equal(field_texts(&decision, &field, 1), STATUS_OK);
        free(text);
    }
}

static void the_first_at_fault_is_named(void **state) {
    (void)state;
    struct decision decision = {0};
    const struct text_field fields[] = {
        {"a", "x",    FIELD_LINE, true },
        {"b", "",     FIELD_LINE, false},
        {"c", " 　", FIELD_LINE, true }
    };
    assert_int_equal(field_texts(&decision, fields, 3), STATUS_INVALID);
    assert_string_equal(decision.field, "c");
    assert_int_equal(decision.refusal, REFUSAL_FIELD_REQUIRED);
    assert_int_equal(field_reason(&decision, "　", "reason"), STATUS_INVALID);
    assert_int_equal(decision.refusal, REFUSAL_REASON_REQUIRED);
    assert_int_equal(field_reason(&decision, "because", "reason"), STATUS_OK);
}

static void phones(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum status status;
    } rows[] = {
        {"",                                          STATUS_OK       },
        {"13800138000",                               STATUS_OK       },
        {"+86 138-0013-8000",                         STATUS_OK       },
        {"110",                                       STATUS_OK       },
        {"11",                                        STATUS_INVALID  },
        {"- + -",                                     STATUS_INVALID  },
        {"138001380OO",                               STATUS_INVALID  },
        {"１３８００１３８０００",         STATUS_INVALID  },
        {"138/139",                                   STATUS_INVALID  },
        {"1234567890123456789012345678901234567890",  STATUS_OK       },
        {"12345678901234567890123456789012345678901", STATUS_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decision decision = {0};
        assert_int_equal(field_phone(&decision, rows[i].text, "phone"), rows[i].status);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_is_nothing_to_read),
        cmocka_unit_test(limits_count_characters_and_are_told),
        cmocka_unit_test(the_first_at_fault_is_named),
        cmocka_unit_test(phones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
