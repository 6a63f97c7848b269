/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/account.h"
#include "tests/unit/server/domain/cast.h"

static const struct {
    decide_function rule;
    const char *kind;
} rows[] = {
    {person_change_password, "person.password_changed"},
    {person_sign_out,        "person.signed_out"      },
    {person_session_copied,  "person.session_copied"  },
};

static void the_record_stays_and_its_version_tells(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct cast cast;
        cast_open(&cast);
        const Fd__Person *before = cast.situation.roster->people[0];
        assert_int_equal(rows[i].rule(&cast.situation, NULL, before, &cast.decision), STATUS_OK);
        const Fd__Person *after = (const Fd__Person *)cast.decision.record;
        assert_string_equal(cast.decision.kind, rows[i].kind);
        assert_int_equal(after->version, before->version + 1);
        assert_string_equal(after->id, before->id);
        assert_string_equal(after->login, before->login);
        assert_int_equal(after->n_roles, before->n_roles);
        assert_int_equal(after->active, before->active);
        cast_close(&cast);
    }
}

static void which_entries_end_sign_ins(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) assert_true(account_ends_sign_ins(rows[i].kind));
    assert_true(account_ends_sign_ins("person.password_reset"));
    assert_false(account_ends_sign_ins("person.updated"));
    assert_false(account_ends_sign_ins("complaint.closed"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_stays_and_its_version_tells),
        cmocka_unit_test(which_entries_end_sign_ins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
