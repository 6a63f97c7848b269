/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/refusal.h"

#include <string.h>

#include "common/text.h"
#include "tests/support/test.h"

static bool has_chinese(const char *text) {
    for (uint32_t point = text_next(&text); point != 0; point = text_next(&text))
        if (point >= 0x4E00 && point <= 0x9FFF) return true;
    return false;
}

static void every_reason_speaks_both_languages(void **state) {
    (void)state;
    for (int refusal = 1; refusal < REFUSAL_COUNT; refusal++) {
        const char *zh = refusal_text((enum refusal)refusal, true), *en = refusal_text((enum refusal)refusal, false);
        assert_true(has_chinese(zh));
        assert_false(has_chinese(en));
        assert_true(strlen(en) > 8);
        assert_true(text_valid(zh, strlen(zh)));
        assert_true(text_valid(en, strlen(en)));
    }
}

static void no_two_reasons_say_the_same(void **state) {
    (void)state;
    for (int a = 1; a < REFUSAL_COUNT; a++)
        for (int b = a + 1; b < REFUSAL_COUNT; b++) {
            assert_string_not_equal(refusal_text((enum refusal)a, true), refusal_text((enum refusal)b, true));
            assert_string_not_equal(refusal_text((enum refusal)a, false), refusal_text((enum refusal)b, false));
        }
}

static void outside_the_list_is_our_fault(void **state) {
    (void)state;
    assert_string_equal(refusal_text(REFUSAL_NONE, false), "");
    assert_string_equal(refusal_text(REFUSAL_COUNT, false), refusal_text(REFUSAL_INTERNAL, false));
    assert_string_equal(refusal_text((enum refusal) - 1, true), refusal_text(REFUSAL_INTERNAL, true));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_speaks_both_languages),
        cmocka_unit_test(no_two_reasons_say_the_same),
        cmocka_unit_test(outside_the_list_is_our_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
