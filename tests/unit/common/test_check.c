/* SPDX-License-Identifier: Apache-2.0 */
#include "common/check.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/test.h"

static void a_true_condition_goes_on(void **state) {
    (void)state;
    int count = 0;
    CHECK(++count == 1);
    assert_int_equal(count, 1);
}

static void a_false_one_says_where_and_aborts(void **state) {
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(ends[1], STDERR_FILENO);
        bool sky_is_green = false;
        CHECK(sky_is_green);
        _exit(0);
    }
    (void)close(ends[1]);
    char line[512] = "";
    assert_true(read(ends[0], line, sizeof line - 1) > 0);
    (void)close(ends[0]);
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFSIGNALED(result));
    assert_int_equal(WTERMSIG(result), SIGABRT);
    assert_non_null(strstr(line, "condition=sky_is_green"));
    assert_non_null(strstr(line, "test_check.c"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_true_condition_goes_on),
        cmocka_unit_test(a_false_one_says_where_and_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
