/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/decision.h"

#include "tests/unit/server/domain/cast.h"

static void a_refusal_has_no_record(void **state) {
    (void)state;
    Fd__Visit visit = FD__VISIT__INIT;
    struct decision decision = {.record = &visit.base};
    assert_int_equal(refuse(&decision, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "name"), STATUS_INVALID);
    assert_null(decision.record);
    assert_int_equal(decision.refusal, REFUSAL_FIELD_REQUIRED);
    assert_string_equal(decision.field, "name");
}

static void a_stale_version_is_refused(void **state) {
    (void)state;
    struct decision decision = {0};
    assert_int_equal(decision_version(&decision, 0, 7), STATUS_OK);
    assert_int_equal(decision_version(&decision, 7, 7), STATUS_OK);
    assert_int_equal(decision_version(&decision, 6, 7), STATUS_CONFLICT);
    assert_int_equal(decision.refusal, REFUSAL_VERSION_MOVED);
    assert_int_equal(decision_version(&decision, 8, 7), STATUS_CONFLICT);
    assert_int_equal(decision_version(&decision, -1, 7), STATUS_CONFLICT);
}

static void deciding_needs_a_record_and_memory(void **state) {
    (void)state;
    struct cast cast;
    Fd__Visit visit = FD__VISIT__INIT;
    cast_open(&cast);
    assert_int_equal(decide(&cast.situation, &cast.decision, &visit.base, "visit.left", ""), STATUS_OK);
    assert_null(cast.decision.note);
    assert_int_equal(decide(&cast.situation, &cast.decision, NULL, "visit.left", NULL), STATUS_TOO_LARGE);
    assert_null(arena_take(&cast.arena, SIZE_MAX / 2));
    assert_int_equal(decide(&cast.situation, &cast.decision, &visit.base, "visit.left", NULL), STATUS_TOO_LARGE);
    assert_null(cast.decision.record);
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refusal_has_no_record),
        cmocka_unit_test(a_stale_version_is_refused),
        cmocka_unit_test(deciding_needs_a_record_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
