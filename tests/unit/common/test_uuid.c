/* SPDX-License-Identifier: Apache-2.0 */
#include "common/uuid.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

static void made_ones_are_version_7(void **state) {
    (void)state;
    char text[UUID_TEXT_BYTES];
    uuid_make(text, INT64_C(0x017f22e279b0)); /* the example of RFC 9562, A.6 */
    assert_int_equal(strlen(text), 36);
    assert_true(uuid_valid(text));
    assert_memory_equal(text, "017f22e2-79b0-7", 15);
    assert_non_null(strchr("89ab", text[19]));
}

static void made_ones_differ_and_sort_by_time(void **state) {
    (void)state;
    char previous[UUID_TEXT_BYTES] = "";
    char same[UUID_TEXT_BYTES];
    for (int64_t ms = 1790000000000; ms < 1790000001000; ms++) {
        char text[UUID_TEXT_BYTES];
        uuid_make(text, ms);
        uuid_make(same, ms);
        assert_string_not_equal(text, same);
        assert_true(strcmp(previous, text) < 0);
        memcpy(previous, text, sizeof text);
    }
}

static void only_the_canonical_form_is_valid(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {
        {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f",  true },
        {"00000000-0000-0000-0000-000000000000",  true },
        {"c232ab00-9414-11ec-b3c8-9f6bdeced846",  true }, /* version 1 */
        {"017F22E2-79B0-7CC3-98C4-DC0C0C07398F",  false},
        {"017f22e2-79b0-7cc3-98c4-dc0c0c07398",   false},
        {"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", false},
        {"017f22e279b0-7cc3-98c4-dc0c0c07398f-0", false},
        {"017f22e2079b0-7cc3-98c4dc0c0c07398f00", false},
        {"017f22e2-79b0-7cc3-98c4-dc0c0c07398g",  false},
        {"{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",  false},
        {"------------------------------------",  false},
        {"",                                      false},
        {NULL,                                    false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) assert_int_equal(uuid_valid(rows[i].text), rows[i].valid);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_ones_are_version_7),
        cmocka_unit_test(made_ones_differ_and_sort_by_time),
        cmocka_unit_test(only_the_canonical_form_is_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
