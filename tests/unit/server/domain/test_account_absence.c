/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/account.h"

#include "tests/unit/server/domain/cast.h"

static enum status set(struct cast *cast, const char *who, const char *whom, const Fd__SetAbsenceRequest *command) {
    const Fd__Person *person = cast_person(cast, whom);
    cast_as(cast, who);
    cast->decision = (struct decision){0};
    return person_set_absence(&cast->situation, command, person, &cast->decision);
}

static enum status clear(struct cast *cast, const char *who, const char *whom) {
    Fd__ClearAbsenceRequest command = FD__CLEAR_ABSENCE_REQUEST__INIT;
    const Fd__Person *person = cast_person(cast, whom);
    cast_as(cast, who);
    cast->decision = (struct decision){0};
    return person_clear_absence(&cast->situation, &command, person, &cast->decision);
}

static Fd__SetAbsenceRequest until(int64_t until_ms) {
    Fd__SetAbsenceRequest command = FD__SET_ABSENCE_REQUEST__INIT;
    command.absent_until_ms = until_ms;
    return command;
}

/* "+" may say it. The cast in its order: clerk clerk2 leader engineer engineer2 guard supervisor manager hq hq_admin
 * admin; the retired one is not there. */
static void who_may_say_it_of_whom(void **state) {
    (void)state;
    static const struct {
        const char *who, *may;
    } rows[] = {
        {"clerk",      "+----------"},
        {"leader",     "--+--------"},
        {"engineer",   "---+-------"},
        {"supervisor", "+++++++---+"},
        {"manager",    "+++++++++++"},
        {"admin",      "+++++++++++"},
        {"hq_admin",   "+++++++++++"},
        {"hq",         "--------+--"},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int p = 0; p < CAST_PEOPLE; p++) {
            Fd__SetAbsenceRequest command = until(monday(18, 0));
            enum status status = set(&cast, rows[i].who, cast_list[p].id, &command);
            if (!cast_list[p].active) assert_int_equal(status, STATUS_NOT_FOUND);
            if (!cast_list[p].active) continue;
            assert_int_equal(status, rows[i].may[p] == '+' ? STATUS_OK : STATUS_DENIED);
            status = clear(&cast, rows[i].who, cast_list[p].id);
            assert_int_equal(status, rows[i].may[p] == '+' ? STATUS_CONFLICT : STATUS_DENIED);
        }
    }
    cast_close(&cast);
}

static void away_and_back(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__SetAbsenceRequest command = until(monday(18, 0));
    command.substitute_id = TEXT("clerk");
    assert_int_equal(set(&cast, "supervisor", "supervisor", &command), STATUS_OK);
    const Fd__Person *after = (const Fd__Person *)cast.decision.record;
    assert_string_equal(cast.decision.kind, "person.absent");
    assert_int_equal(after->version, 2);
    assert_int_equal(after->absent_from_ms, monday(9, 0)); /* now */
    assert_int_equal(after->absent_until_ms, monday(18, 0));
    assert_string_equal(after->substitute_id, "clerk");
    assert_true(person_absent(after, monday(9, 0)));
    assert_false(person_absent(after, monday(18, 0)));
    *cast_person(&cast, "supervisor") = *after;
    assert_int_equal(clear(&cast, "supervisor", "supervisor"), STATUS_OK);
    after = (const Fd__Person *)cast.decision.record;
    assert_string_equal(cast.decision.kind, "person.back");
    assert_int_equal(after->absent_until_ms, 0);
    assert_string_equal(after->substitute_id, "");
    cast_close(&cast);
}

static void what_is_refused(void **state) {
    (void)state;
    static const struct {
        int64_t from_ms, until_ms;
        const char *substitute;
        enum refusal refusal;
        const char *field;
    } rows[] = {
        {0,                               0,                                 "",           REFUSAL_FIELD_REQUIRED,  "absent_until_ms"},
        {0,                               MONDAY_MS,                         "",           REFUSAL_ABSENCE_PAST,    "absent_until_ms"},
        {MONDAY_MS + 2 * (int64_t)DAY_MS, MONDAY_MS + (int64_t)DAY_MS,       "",           REFUSAL_ABSENCE_ORDER,   "absent_from_ms" },
        {1,                               MONDAY_MS + (int64_t)DAY_MS,       "",           REFUSAL_ABSENCE_ORDER,   "absent_from_ms" },
        {0,                               MONDAY_MS + 400 * (int64_t)DAY_MS, "",           REFUSAL_ABSENCE_LONG,    "absent_until_ms"},
        {0,                               MONDAY_MS + (int64_t)DAY_MS,       "supervisor", REFUSAL_SUBSTITUTE_SELF, "substitute_id"  },
        {0,                               MONDAY_MS + (int64_t)DAY_MS,       "retired",    REFUSAL_BAD_SUBSTITUTE,  "substitute_id"  },
        {0,                               MONDAY_MS + (int64_t)DAY_MS,       "elsewhere",  REFUSAL_BAD_SUBSTITUTE,  "substitute_id"  },
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__SetAbsenceRequest command = until(rows[i].until_ms);
        command.absent_from_ms = rows[i].from_ms;
        command.substitute_id = TEXT(rows[i].substitute);
        assert_int_equal(set(&cast, "supervisor", "supervisor", &command), STATUS_INVALID);
        assert_int_equal(cast.decision.refusal, rows[i].refusal);
        assert_string_equal(cast.decision.field, rows[i].field);
    }
    Fd__SetAbsenceRequest stale = until(monday(18, 0));
    stale.version = 7;
    assert_refused(CONFLICT, VERSION_MOVED, set(&cast, "supervisor", "supervisor", &stale));
    assert_refused(CONFLICT, NOT_ABSENT, clear(&cast, "supervisor", "supervisor"));
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_may_say_it_of_whom),
        cmocka_unit_test(away_and_back),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
