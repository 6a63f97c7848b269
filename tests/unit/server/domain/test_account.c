/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/account.h"

#include "tests/unit/server/domain/cast.h"

static enum status decide_on(struct cast *cast, decide_function rule, const void *command, const void *loaded) {
    cast->decision = (struct decision){0};
    return rule(&cast->situation, command, loaded, &cast->decision);
}

static Fd__CreatePersonRequest a_person(Fd__Role *role) {
    Fd__CreatePersonRequest command = FD__CREATE_PERSON_REQUEST__INIT;
    command.login = TEXT("li.na-2");
    command.name = TEXT("李娜");
    command.roles = role;
    command.n_roles = 1;
    command.team = TEAM(DESK);
    command.password = TEXT("seven-Herons");
    return command;
}

static void a_new_person(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__Role roles[] = {ROLE(DESK_CLERK), ROLE(FINANCE_CLERK), ROLE(DESK_CLERK)};
    Fd__CreatePersonRequest command = a_person(roles);
    command.n_roles = 3;
    cast_as(&cast, "admin");
    assert_int_equal(decide_on(&cast, person_create, &command, NULL), STATUS_OK);
    const Fd__Person *person = (const Fd__Person *)cast.decision.record;
    assert_string_equal(person->id, "new");
    assert_string_equal(person->site_id, "site-1");
    assert_int_equal(person->version, 1);
    assert_string_equal(person->login, "li.na-2");
    assert_string_equal(person->name, "李娜");
    assert_int_equal(person->n_roles, 2); /* each once */
    assert_int_equal(person->roles[1], ROLE(FINANCE_CLERK));
    assert_true(person->active);
    assert_string_equal(cast.decision.kind, "person.created");
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_close(&cast);
}

/* Who may give which role: "+" may. clerk leader member supervisor manager administrator finance hq_viewer hq_admin */
static void nobody_gives_more_than_they_have(void **state) {
    (void)state;
    static const struct {
        const char *who, *may;
    } rows[] = {
        {"admin",    "+++--++--"},
        {"manager",  "+++++++--"},
        {"hq_admin", "+++++++++"},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cast_as(&cast, rows[i].who);
        for (int r = ROLE(DESK_CLERK); r <= ROLE(HQ_ADMIN); r++) {
            Fd__Role role = (Fd__Role)r;
            Fd__CreatePersonRequest command = a_person(&role);
            enum status status = decide_on(&cast, person_create, &command, NULL);
            assert_int_equal(status, rows[i].may[r - 1] == '+' ? STATUS_OK : STATUS_DENIED);
            /* Nor is anybody above changed, or given a new password. */
            Fd__Person present = FD__PERSON__INIT;
            Fd__UpdatePersonRequest update = FD__UPDATE_PERSON_REQUEST__INIT;
            Fd__ResetPasswordRequest reset = FD__RESET_PASSWORD_REQUEST__INIT;
            Fd__Role clerk = ROLE(DESK_CLERK);
            present.id = present.login = TEXT("somebody");
            present.roles = &role;
            present.n_roles = 1;
            update.name = TEXT("x");
            update.roles = &clerk;
            update.n_roles = 1;
            reset.password = TEXT("seven-Herons");
            assert_int_equal(decide_on(&cast, person_update, &update, &present), status);
            assert_int_equal(decide_on(&cast, person_reset_password, &reset, &present), status);
            present.roles = &clerk;
            update.roles = &role;
            update.team = TEAM(DESK);
            assert_int_equal(decide_on(&cast, person_update, &update, &present), status);
        }
    }
    cast_close(&cast);
}

static void what_is_wrong_with_a_new_person(void **state) {
    (void)state;
    static const struct {
        const char *login, *name, *password;
        Fd__Role role;
        Fd__Team team;
        enum status status;
        enum refusal refusal;
        const char *field;
    } rows[] = {
        {"",        "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_FIELD_REQUIRED, "login"   },
        {"a",       "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_BAD_LOGIN,      "login"   },
        {"LiNa",    "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_BAD_LOGIN,      "login"   },
        {".lina",   "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_BAD_LOGIN,      "login"   },
        {"li na",   "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_BAD_LOGIN,      "login"   },
        {"李娜",  "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_BAD_LOGIN,      "login"   },
        {"manager", "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_CONFLICT, REFUSAL_LOGIN_TAKEN,    "login"   },
        {"retired", "李娜", "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_CONFLICT, REFUSAL_LOGIN_TAKEN,    "login"   },
        {"lina",    "　",    "seven-Herons", ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_FIELD_REQUIRED, "name"    },
        {"lina",    "李娜", "short",        ROLE(DESK_CLERK),  0,              STATUS_INVALID,  REFUSAL_PASSWORD_SHORT, "password"},
        {"lina",    "李娜", "seven-Herons", ROLE(UNSPECIFIED), 0,              STATUS_INVALID,  REFUSAL_ROLE_REQUIRED,  "roles"   },
        {"lina",    "李娜", "seven-Herons", ROLE(TEAM_LEADER), 0,              STATUS_INVALID,  REFUSAL_TEAM_REQUIRED,  "team"    },
        {"lina",    "李娜", "seven-Herons", ROLE(TEAM_MEMBER), 0,              STATUS_INVALID,  REFUSAL_TEAM_REQUIRED,  "team"    },
        {"lina",    "李娜", "seven-Herons", ROLE(TEAM_MEMBER), TEAM(SECURITY), STATUS_OK,       0,                      NULL      },
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "manager");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__Role role = rows[i].role;
        Fd__CreatePersonRequest command = a_person(&role);
        command.login = TEXT(rows[i].login);
        command.name = TEXT(rows[i].name);
        command.password = TEXT(rows[i].password);
        command.team = rows[i].team;
        assert_int_equal(decide_on(&cast, person_create, &command, NULL), rows[i].status);
        assert_int_equal(cast.decision.refusal, rows[i].refusal);
        if (rows[i].field != NULL) assert_string_equal(cast.decision.field, rows[i].field);
    }
    Fd__CreatePersonRequest empty = FD__CREATE_PERSON_REQUEST__INIT;
    assert_int_equal(decide_on(&cast, person_create, &empty, NULL), STATUS_INVALID);
    cast_close(&cast);
}

static void changing_a_person(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    const Fd__Person *engineer = cast_person(&cast, "engineer");
    Fd__Role leader = ROLE(TEAM_LEADER);
    Fd__UpdatePersonRequest command = FD__UPDATE_PERSON_REQUEST__INIT;
    command.name = TEXT("张工");
    command.roles = &leader;
    command.n_roles = 1;
    command.team = TEAM(GREENING);
    command.active = true;
    cast_as(&cast, "manager");
    assert_int_equal(decide_on(&cast, person_update, &command, engineer), STATUS_OK);
    const Fd__Person *after = (const Fd__Person *)cast.decision.record;
    assert_int_equal(after->version, 2);
    assert_string_equal(after->name, "张工");
    assert_string_equal(after->login, "engineer");
    assert_int_equal(after->roles[0], ROLE(TEAM_LEADER));
    assert_int_equal(after->team, TEAM(GREENING));
    assert_int_equal(engineer->roles[0], ROLE(TEAM_MEMBER));
    command.version = 9;
    assert_refused(CONFLICT, VERSION_MOVED, decide_on(&cast, person_update, &command, engineer));
    assert_refused(NOT_FOUND, NOT_FOUND, decide_on(&cast, person_update, &command, NULL));
    command.version = 1;
    command.n_roles = 0;
    assert_refused(INVALID, ROLE_REQUIRED, decide_on(&cast, person_update, &command, engineer));
    /* Who leaves needs no team. */
    command.n_roles = 1;
    command.active = false;
    command.team = TEAM(UNSPECIFIED);
    assert_int_equal(decide_on(&cast, person_update, &command, engineer), STATUS_OK);
    assert_false(((const Fd__Person *)cast.decision.record)->active);
    cast_close(&cast);
}

static void nobody_locks_themselves_out(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    const Fd__Person *admin = cast_person(&cast, "admin");
    Fd__Role roles[] = {ROLE(DESK_CLERK), ROLE(ADMINISTRATOR)};
    Fd__UpdatePersonRequest command = FD__UPDATE_PERSON_REQUEST__INIT;
    command.name = TEXT("admin");
    command.roles = roles;
    command.n_roles = 1;
    command.active = true;
    assert_refused(CONFLICT, LAST_ADMINISTRATOR, decide_on(&cast, person_update, &command, admin));
    command.n_roles = 2;
    command.active = false;
    assert_refused(CONFLICT, LAST_ADMINISTRATOR, decide_on(&cast, person_update, &command, admin));
    command.active = true;
    assert_int_equal(decide_on(&cast, person_update, &command, admin), STATUS_OK);
    /* Somebody else may. */
    cast_as(&cast, "manager");
    command.n_roles = 1;
    assert_int_equal(decide_on(&cast, person_update, &command, admin), STATUS_OK);
    cast_close(&cast);
}

static void a_new_password_for_somebody(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    const Fd__Person *clerk = cast_person(&cast, "clerk"), *admin = cast_person(&cast, "admin");
    Fd__ResetPasswordRequest command = FD__RESET_PASSWORD_REQUEST__INIT;
    command.password = TEXT("seven-Herons");
    assert_int_equal(decide_on(&cast, person_reset_password, &command, clerk), STATUS_OK);
    assert_int_equal(((const Fd__Person *)cast.decision.record)->version, 2);
    assert_string_equal(cast.decision.kind, "person.password_reset");
    assert_refused(CONFLICT, PASSWORD_OWN, decide_on(&cast, person_reset_password, &command, admin));
    command.password = TEXT("12345678");
    assert_refused(INVALID, PASSWORD_COMMON, decide_on(&cast, person_reset_password, &command, clerk));
    assert_refused(NOT_FOUND, NOT_FOUND, decide_on(&cast, person_reset_password, &command, NULL));
    cast_close(&cast);
}

/* Whoever knows the new password has what the account may do on other sites. */
static void an_account_of_other_sites_is_for_those_above_it_there(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    const Fd__Person *clerk = cast_person(&cast, "clerk"), *admin = cast_person(&cast, "admin"),
                     *manager = cast_person(&cast, "manager");
    Fd__ResetPasswordRequest command = FD__RESET_PASSWORD_REQUEST__INIT;
    command.password = TEXT("seven-Herons");
    cast.situation.account_reaches_further = true;
    assert_refused(DENIED, ACCOUNT_ELSEWHERE, decide_on(&cast, person_reset_password, &command, clerk));
    assert_false(person_within_reach(NULL, clerk));
    assert_false(person_within_reach(clerk, clerk));
    assert_false(person_within_reach(admin, manager));
    assert_true(person_within_reach(admin, clerk));
    assert_true(person_within_reach(manager, admin));
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_person),
        cmocka_unit_test(nobody_gives_more_than_they_have),
        cmocka_unit_test(what_is_wrong_with_a_new_person),
        cmocka_unit_test(changing_a_person),
        cmocka_unit_test(nobody_locks_themselves_out),
        cmocka_unit_test(a_new_password_for_somebody),
        cmocka_unit_test(an_account_of_other_sites_is_for_those_above_it_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
