/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server/domain/cast.h"

static void one_level_up(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        const char *who, *alerted;
        int level;
    } rows[] = {
        {SEVERITY(GENERAL), "clerk",      "leader",                         1},
        {SEVERITY(GENERAL), "engineer",   "leader",                         1},
        {SEVERITY(GENERAL), "leader",     "supervisor",                     2},
        {SEVERITY(GENERAL), "supervisor", "manager",                        3},
        {SEVERITY(GENERAL), "manager",    "hq hq_admin",                    4},
 /* The supervisor has not acknowledged yet and still may. */
        {SEVERITY(SERIOUS), "engineer",   "supervisor manager",             3},
        {SEVERITY(SERIOUS), "supervisor", "manager",                        3}, /* who escalates has taken notice */
        {SEVERITY(MAJOR),   "clerk",      "supervisor manager hq hq_admin", 4},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(9, 0));
        assert_int_equal(escalate_it(&cast, rows[i].who), STATUS_OK);
        assert_string_equal(alerted(cast.complaint->alert), rows[i].alerted);
        assert_int_equal(cast.complaint->level, rows[i].level);
        assert_int_equal(cast.complaint->alert->reason, REASON(ESCALATED));
        assert_string_equal(cast.decision.note, "客户情绪激动");
    }
    cast_close(&cast);
}

static void the_top_and_the_reason(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(MAJOR), monday(9, 0));
    Fd__EscalateComplaintRequest command = FD__ESCALATE_COMPLAINT_REQUEST__INIT;
    cast_as(&cast, "clerk");
    assert_refused(INVALID, REASON_REQUIRED, play(&cast, complaint_escalate, &command));
    assert_int_equal(escalate_it(&cast, "clerk"), STATUS_OK);
    assert_refused(CONFLICT, TOP_LEVEL, escalate_it(&cast, "clerk"));
    assert_refused(DENIED, NOT_YOUR_CASE, escalate_it(&cast, "guard"));
    cast_close(&cast);
}

static void acknowledging(void **state) {
    (void)state;
    static const struct {
        const char *who;
        enum status status;
    } rows[] = {
        {"clerk",      STATUS_DENIED},
        {"engineer",   STATUS_DENIED},
        {"leader",     STATUS_DENIED},
        {"admin",      STATUS_DENIED},
        {"supervisor", STATUS_OK    },
        {"manager",    STATUS_OK    },
        {"hq",         STATUS_OK    },
        {"hq_admin",   STATUS_OK    },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, SEVERITY(MAJOR), monday(9, 0));
        cast_at(&cast, monday(9, 1));
        assert_int_equal(acknowledge_it(&cast, rows[i].who), rows[i].status);
        if (rows[i].status != STATUS_OK) continue;
        assert_string_equal(cast.complaint->alert->acknowledged_by, rows[i].who);
        assert_int_equal(cast.complaint->alert->acknowledgement_expires_at_ms, monday(9, 31));
        assert_string_equal(cast.decision.kind, "complaint.acknowledged");
        assert_refused(CONFLICT, NOTHING_TO_ACKNOWLEDGE, acknowledge_it(&cast, rows[i].who));
    }
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    assert_refused(CONFLICT, NOTHING_TO_ACKNOWLEDGE, acknowledge_it(&cast, "manager"));
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_level_up),
        cmocka_unit_test(the_top_and_the_reason),
        cmocka_unit_test(acknowledging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
