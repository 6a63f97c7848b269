/* SPDX-License-Identifier: Apache-2.0 */
#include "server/operations/reason.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"

static void every_reason_speaks_both_languages(void **state) {
    (void)state;
    for (int i = REFUSAL_NONE + 1; i < (int)REFUSAL_COUNT + (int)REASON_OFFSET_COUNT; i++) {
        const char *zh = reason_text((enum refusal)i, true), *en = reason_text((enum refusal)i, false);
        assert_true(zh[0] != '\0' && en[0] != '\0');
        assert_string_not_equal(zh, en);
        assert_true(text_valid(zh, strlen(zh)) && text_valid(en, strlen(en)));
        assert_true((unsigned char)zh[0] >= 0x80);
        assert_true((unsigned char)en[0] < 0x80);
    }
}

static void both_lists_are_one_row_of_numbers(void **state) {
    (void)state;
    assert_string_equal(reason_text(REFUSAL_NOT_FOUND, false), refusal_text(REFUSAL_NOT_FOUND, false));
    assert_string_equal(reason_text(REASON(SIGN_IN_FAILED), false), "login or password is wrong");
    assert_string_equal(reason_text((enum refusal)((int)REFUSAL_COUNT + (int)REASON_OFFSET_COUNT), false),
                        refusal_text(REFUSAL_INTERNAL, false));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_speaks_both_languages),
        cmocka_unit_test(both_lists_are_one_row_of_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
