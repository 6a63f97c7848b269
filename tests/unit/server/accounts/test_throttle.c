/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/throttle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const int64_t now_ms = 1000000;

static int set_up(void **state) {
    *state = throttle_new();
    return *state == NULL;
}

static int tear_down(void **state) {
    throttle_free(*state);
    return 0;
}

static void grows_to_five_minutes(void **state) {
    static const int64_t waits_s[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300};
    struct throttle *throttle = *state;
    assert_int_equal(throttle_wait_ms(throttle, "clerk", now_ms), 0);
    for (size_t i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
        throttle_failed(throttle, "clerk", now_ms);
        assert_int_equal(throttle_wait_ms(throttle, "clerk", now_ms), waits_s[i] * 1000);
    }
}

static void a_shared_name_has_free_tries_and_short_waits(void **state) {
    static const int64_t waits_s[] = {1, 2, 4, 8, 16, 30, 30};
    struct throttle *throttle = *state;
    for (int i = 0; i < THROTTLE_SHARED_FREE; i++) {
        throttle_failed(throttle, "office", now_ms);
        assert_int_equal(throttle_shared_wait_ms(throttle, "office", now_ms), 0);
    }
    for (size_t i = 0; i < sizeof(waits_s) / sizeof(waits_s[0]); i++) {
        throttle_failed(throttle, "office", now_ms);
        assert_int_equal(throttle_shared_wait_ms(throttle, "office", now_ms), waits_s[i] * 1000);
    }
}

static void ends_to_the_millisecond(void **state) {
    struct throttle *throttle = *state;
    throttle_failed(throttle, "clerk", now_ms);
    assert_int_equal(throttle_wait_ms(throttle, "clerk", now_ms + 999), 1);
    assert_int_equal(throttle_wait_ms(throttle, "clerk", now_ms + 1000), 0);
}

static void knows_names_apart(void **state) {
    struct throttle *throttle = *state;
    throttle_failed(throttle, "clerk", now_ms);
    assert_int_equal(throttle_wait_ms(throttle, "clerk2", now_ms), 0);
    assert_int_equal(throttle_wait_ms(throttle, "", now_ms), 0);
}

static void success_forgets(void **state) {
    struct throttle *throttle = *state;
    for (int i = 0; i < 5; i++) throttle_failed(throttle, "clerk", now_ms);
    throttle_succeeded(throttle, "clerk");
    assert_int_equal(throttle_wait_ms(throttle, "clerk", now_ms), 0);
    throttle_failed(throttle, "clerk", now_ms);
    assert_int_equal(throttle_wait_ms(throttle, "clerk", now_ms), 1000);
    throttle_succeeded(throttle, "nobody");
}

static void a_quarter_of_an_hour_forgets(void **state) {
    struct throttle *throttle = *state;
    for (int i = 0; i < 5; i++) throttle_failed(throttle, "clerk", now_ms);
    throttle_failed(throttle, "clerk", now_ms + 15 * 60 * 1000);
    assert_int_equal(throttle_wait_ms(throttle, "clerk", now_ms + 15 * 60 * 1000), 1000);
}

static void a_flood_pushes_out_the_oldest_only(void **state) {
    struct throttle *throttle = *state;
    char name[32];
    throttle_failed(throttle, "oldest", now_ms);
    throttle_failed(throttle, "second", now_ms + 1);
    for (int i = 0; i < THROTTLE_SLOTS - 1; i++) {
        assert_true(snprintf(name, sizeof(name), "stranger %d", i) > 0);
        throttle_failed(throttle, name, now_ms + 2);
    }
    assert_int_equal(throttle_wait_ms(throttle, "oldest", now_ms + 2), 0);
    assert_true(throttle_wait_ms(throttle, "second", now_ms + 2) > 0);
    assert_true(throttle_wait_ms(throttle, name, now_ms + 2) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(grows_to_five_minutes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_shared_name_has_free_tries_and_short_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_to_the_millisecond, set_up, tear_down),
        cmocka_unit_test_setup_teardown(knows_names_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(success_forgets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_quarter_of_an_hour_forgets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_flood_pushes_out_the_oldest_only, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
