/* SPDX-License-Identifier: Apache-2.0 */
#include "common/status.h"

#include <string.h>

#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/test.h"

static void every_status_has_its_word(void **state) {
    (void)state;
#define X(name, number, text) assert_string_equal(status_name(STATUS_##name), text);
    STATUS_LIST(X)
#undef X
    assert_string_equal(status_name((enum status)11), "unknown");
    assert_string_equal(status_name((enum status) - 1), "unknown");
}

static void numbers_are_those_of_the_wire(void **state) {
    (void)state;
    unsigned count = 0;
#define X(name, number, text)                                                                                          \
    assert_int_equal(FD__STATUS__STATUS_##name, number);                                                               \
    assert_int_equal(STATUS_##name, number);                                                                           \
    count++;
    STATUS_LIST(X)
#undef X
    assert_int_equal(fd__status__descriptor.n_values, count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_word),
        cmocka_unit_test(numbers_are_those_of_the_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
