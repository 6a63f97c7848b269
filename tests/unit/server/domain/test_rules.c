/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/rules.h"

#include "common/moment.h"
#include "server/domain/words.h"
#include "tests/support/test.h"

/* D6, the table of levels, typed in again. Minutes; -1: not asked. */
static const struct {
    Fd__Severity severity;
    int64_t accept, contact, feedback, close, working_days, plan_days;
    bool working_time;
    int first_level;
    int64_t climb[5];
    int64_t repeat, acknowledgement;
} table[] = {
    {SEVERITY(MAJOR),         5,  15, 120,         24 * 60,     0, 0, false, 3, {0, -1, -1, 30, 0}, 5,  30 },
    {SEVERITY(SERIOUS),       10, 15, 8 * 60,      2 * 24 * 60, 0, 0, false, 2, {0, -1, 15, 0, 0},  -1, 240},
    {SEVERITY(GENERAL),       20, 15, 24 * 60,     3 * 24 * 60, 3, 0, true,  0, {20, 20, 0, 0, 0},  -1, 240},
    {SEVERITY(COMPLEX),       20, 15, 24 * 60,     7 * 24 * 60, 7, 3, true,  0, {20, 20, 0, 0, 0},  -1, 240},
    {SEVERITY(OUTSIDE_REMIT), 20, 15, 2 * 24 * 60, 2 * 24 * 60, 0, 0, false, 2, {0, -1, 0, 0, 0},   -1, 240},
};

static void defaults_are_the_table(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct severity_rules *rules = &rules_default.severity[table[i].severity];
        assert_int_equal(rules->accept_ms, table[i].accept * MINUTE_MS);
        assert_int_equal(rules->contact_ms, table[i].contact * MINUTE_MS);
        assert_int_equal(rules->feedback_ms, table[i].feedback * MINUTE_MS);
        assert_int_equal(rules->close_ms, table[i].close * MINUTE_MS);
        assert_int_equal(rules->close_working_days, table[i].working_days);
        assert_int_equal(rules->plan_days, table[i].plan_days);
        assert_int_equal(rules->working_time, table[i].working_time);
        assert_int_equal(rules->first_level, table[i].first_level);
        assert_int_equal(rules->acknowledgement_ms, table[i].acknowledgement * MINUTE_MS);
        assert_true(rules->repeat_ms > 0);
        if (table[i].repeat > 0) assert_int_equal(rules->repeat_ms, table[i].repeat * MINUTE_MS);
        for (int level = 0; level < 5; level++)
            if (table[i].climb[level] >= 0) assert_int_equal(rules->climb_ms[level], table[i].climb[level] * MINUTE_MS);
    }
}

static void the_rest_of_the_paragraph(void **state) {
    (void)state;
    assert_int_equal(rules_default.follow_up_ms, 48 * (int64_t)HOUR_MS);
    assert_int_equal(rules_default.next_level_ms, 15 * MINUTE_MS);
    assert_int_equal(rules_default.entered_in_time_ms, 30 * MINUTE_MS);
    assert_true(rules_default.visit_repeat_ms > 0);
    assert_int_equal(rules_default.calendar.zone->offset_seconds, 8 * 3600);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_table),
        cmocka_unit_test(the_rest_of_the_paragraph),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
