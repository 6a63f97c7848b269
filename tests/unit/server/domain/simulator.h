/* SPDX-License-Identifier: Apache-2.0 */
/* Plays the timer service: wakes the complaint when it asked to be, and holds it to its word on the way. */
#ifndef FRONTDESK_TESTS_DOMAIN_SIMULATOR_H
#define FRONTDESK_TESTS_DOMAIN_SIMULATOR_H

#include "tests/unit/server/domain/cast.h"

/* Not before its time, and once. */
static inline void wake_at_due(struct cast *cast, int64_t due_ms) {
    const Fd__Complaint *before = cast->complaint;
    cast_at(cast, due_ms - 1);
    assert_int_equal(wake_it(cast), STATUS_OK);
    assert_null(cast->decision.record);
    assert_int_equal(cast->decision.wake_at_ms, due_ms);
    cast_at(cast, due_ms);
    assert_int_equal(wake_it(cast), STATUS_OK);
    assert_non_null(cast->decision.record);
    assert_int_equal(cast->complaint->version, before->version + 1);
    struct decision decision = cast->decision;
    assert_int_equal(wake_it(cast), STATUS_OK);
    assert_null(cast->decision.record);
    assert_int_equal(cast->decision.wake_at_ms, decision.wake_at_ms);
    assert_true(decision.wake_at_ms == 0 || decision.wake_at_ms > due_ms);
    cast->decision = decision;
}

struct moment_wanted {
    int64_t at_ms;
    const char *kind; /* without "complaint." */
    int level;
    const char *people;
};

/* Wakes until the moment, which is reached in the end; gives each wake that is not a mere repeat to the table. */
static inline size_t simulate(struct cast *cast, int64_t until_ms, const struct moment_wanted *wanted, size_t count) {
    size_t met = 0;
    while (cast->decision.wake_at_ms != 0 && cast->decision.wake_at_ms <= until_ms) {
        wake_at_due(cast, cast->decision.wake_at_ms);
        const char *kind = cast->decision.kind + strlen("complaint.");
        if (strcmp(kind, "alert_repeated") == 0) continue;
        if (met == count)
            fail_msg("unexpected %s at minute %lld", kind,
                     (long long)((cast->situation.now_ms - monday(9, 0)) / MINUTE_MS));
        if (cast->situation.now_ms != wanted[met].at_ms)
            fail_msg("%s at minute %lld", kind, (long long)((cast->situation.now_ms - monday(9, 0)) / MINUTE_MS));
        assert_string_equal(kind, wanted[met].kind);
        assert_int_equal(cast->complaint->level, wanted[met].level);
        assert_string_equal(alerted(cast->complaint->alert), wanted[met].people);
        met++;
    }
    cast_at(cast, until_ms);
    return met;
}

#define assert_day(cast, until_ms, wanted)                                                                             \
    assert_int_equal(simulate(cast, until_ms, wanted, sizeof(wanted) / sizeof *(wanted)),                              \
                     sizeof(wanted) / sizeof *(wanted))

static inline void quiet_until(struct cast *cast, int64_t until_ms) {
    assert_int_equal(simulate(cast, until_ms, NULL, 0), 0);
}

#endif
