/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/account.h"

#include "tests/unit/server/domain/cast.h"

static void an_alarm_is_said_again_after_five_minutes(void **state) {
    (void)state;
    static const struct {
        int64_t before_ms; /* now; 0: never */
        bool said;
    } rows[] = {
        {0,                 true },
        {1,                 false},
        {5 * MINUTE_MS - 1, false},
        {5 * MINUTE_MS,     true },
        {70 * MINUTE_MS,    true },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cast cast;
        cast_open(&cast);
        cast.site.version = 4;
        if (rows[i].before_ms > 0) cast.site.alarm_at_ms = cast.situation.now_ms - rows[i].before_ms;
        assert_int_equal(site_alarm(&cast.situation, NULL, &cast.site, &cast.decision), STATUS_OK);
        const Fd__Site *after = (const Fd__Site *)cast.decision.record;
        assert_int_equal(after != NULL, rows[i].said);
        if (after != NULL) {
            assert_int_equal(after->alarm_at_ms, cast.situation.now_ms);
            assert_int_equal(after->version, 5);
            assert_string_equal(cast.decision.kind, "site.alarm");
        }
        assert_int_equal(cast.decision.wake_at_ms, 0);
        cast_close(&cast);
    }
}

static void no_site_no_alarm(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    assert_refused(NOT_FOUND, NOT_FOUND, site_alarm(&cast.situation, NULL, NULL, &cast.decision));
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alarm_is_said_again_after_five_minutes),
        cmocka_unit_test(no_site_no_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
