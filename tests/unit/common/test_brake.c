/* SPDX-License-Identifier: Apache-2.0 */
#include "common/brake.h"

#include <stdio.h>

#include "tests/support/test.h"

enum { BEGUN_MS = 1000 };

static struct brake brake;
static int64_t unsaid;

static int fresh(void **state) {
    (void)state;
    brake = (struct brake){0};
    return 0;
}

static bool says(const char *kind, const char *subject, int64_t at_ms) {
    return brake_allows(&brake, kind, subject, BEGUN_MS + at_ms, &unsaid);
}

static void the_same_is_said_once_a_second_with_a_count(void **state) {
    (void)state;
    assert_true(says("53100", "complaint/register", 0));
    assert_int_equal(unsaid, 0);
    for (int i = 1; i <= 20; i++) assert_false(says("53100", "complaint/register", i * 40));
    assert_true(says("53100", "complaint/register", 1000));
    assert_int_equal(unsaid, 20);
    assert_true(says("53100", "complaint/register", 2500));
    assert_int_equal(unsaid, 0);
}

static void what_differs_is_said_at_once(void **state) {
    (void)state;
    assert_true(says("53100", "complaint/register", 0));
    assert_true(says("55P03", "complaint/register", 1));
    assert_true(says("53100", "visit/register", 2));
    assert_false(says("55P03", "complaint/register", 3));
}

static void a_flood_of_different_ones_is_bounded_too(void **state) {
    char subject[16];
    int said = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(subject, sizeof subject, "%d", i);
        said += says("53100", subject, i / 2);
    }
    assert_int_equal(said, BRAKE_SLOTS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_same_is_said_once_a_second_with_a_count, fresh),
        cmocka_unit_test_setup(what_differs_is_said_at_once, fresh),
        cmocka_unit_test_setup(a_flood_of_different_ones_is_bounded_too, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
