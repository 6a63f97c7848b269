/* SPDX-License-Identifier: Apache-2.0 */
/* A wait is as long as was asked for, however long a person typed before it while the loop stood. */
#include <unistd.h>

#include "client/cli/cli.h"
#include "tests/support/test.h"

enum { TYPING_MS = 300, TIMEOUT_MS = 100, MS_US = 1000, MS_NS = 1000 * 1000 };

static bool never(void *owner) {
    (void)owner;
    return false;
}

static void time_spent_typing_is_not_waited_for(void **state) {
    (void)state;
    struct cli cli;
    cli_init(&cli);
    assert_int_equal(uv_loop_init(&cli.loop), 0);
    cli.loop_open = true;
    uv_timer_init(&cli.loop, &cli.timer);
    uv_signal_init(&cli.loop, &cli.interrupt);
    uv_signal_init(&cli.loop, &cli.terminate);
    cli.timer.data = &cli;
    (void)usleep(TYPING_MS * MS_US);
    uint64_t before_ns = uv_hrtime();
    assert_false(cli_wait(&cli, never, NULL, TIMEOUT_MS));
    uint64_t waited_ms = (uv_hrtime() - before_ns) / MS_NS;
    if (waited_ms + 1 < TIMEOUT_MS) fail_msg("waited %d ms of %d", (int)waited_ms, TIMEOUT_MS);
    cli_close(&cli);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(time_spent_typing_is_not_waited_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
