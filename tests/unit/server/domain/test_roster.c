/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/roster.h"

#include "tests/unit/server/domain/cast.h"

static void finds_active_people_only(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    assert_ptr_equal(roster_find(&cast.roster, "leader"), &cast.people[2]);
    assert_null(roster_find(&cast.roster, "retired"));
    assert_null(roster_find(&cast.roster, "nobody"));
    assert_null(roster_find(&cast.roster, ""));
    assert_null(roster_find(&cast.roster, NULL));
    cast_close(&cast);
}

static void roles_are_any_of_several(void **state) {
    (void)state;
    Fd__Role roles[] = {ROLE(DESK_CLERK), ROLE(SUPERVISOR)};
    Fd__Person person = FD__PERSON__INIT;
    person.roles = roles;
    person.n_roles = 2;
    assert_true(person_has_role(&person, ROLE(SUPERVISOR)));
    assert_true(person_has_role(&person, ROLE(DESK_CLERK)));
    assert_false(person_has_role(&person, ROLE(MANAGER)));
    assert_false(person_has_role(NULL, ROLE(MANAGER)));
}

static void counts_all_and_writes_what_fits(void **state) {
    (void)state;
    struct cast cast;
    const char *ids[2] = {NULL, NULL};
    cast_open(&cast);
    assert_int_equal(roster_with_role(&cast.roster, ROLE(TEAM_MEMBER), TEAM(UNSPECIFIED), ids, 2), 3);
    assert_string_equal(ids[0], "engineer");
    assert_string_equal(ids[1], "engineer2");
    assert_int_equal(roster_with_role(&cast.roster, ROLE(TEAM_MEMBER), TEAM(SECURITY), ids, 2), 1);
    assert_string_equal(ids[0], "guard");
    assert_int_equal(roster_with_role(&cast.roster, ROLE(TEAM_LEADER), TEAM(CLEANING), NULL, 0), 0);
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_active_people_only),
        cmocka_unit_test(roles_are_any_of_several),
        cmocka_unit_test(counts_all_and_writes_what_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
