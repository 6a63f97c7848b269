/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/domain/account.h"
#include "tests/support/test.h"

static void which_passwords_pass(void **state) {
    (void)state;
    static const struct {
        const char *login, *password;
        enum refusal refusal;
    } rows[] = {
        {"lina",       "seven-Herons",             REFUSAL_NONE           },
        {"lina",       "七只白鹭飞过江",    REFUSAL_PASSWORD_SHORT }, /* seven characters, twenty-one bytes */
        {"lina",       "七只白鹭飞过江面", REFUSAL_NONE           },
        {"lina",       "",                         REFUSAL_FIELD_REQUIRED },
        {"lina",       "Ab3$xyz",                  REFUSAL_PASSWORD_SHORT },
        {"li.na-2024", "li.na-2024",               REFUSAL_PASSWORD_LOGIN },
        {"li.na-2024", "LI.NA-2024",               REFUSAL_PASSWORD_LOGIN },
        {NULL,         "li.na-2024",               REFUSAL_NONE           },
        {"lina",       "12345678",                 REFUSAL_PASSWORD_COMMON},
        {"lina",       "PassWord",                 REFUSAL_PASSWORD_COMMON},
        {"lina",       "woaini1314",               REFUSAL_PASSWORD_COMMON},
        {"lina",       "88888888",                 REFUSAL_PASSWORD_COMMON},
        {"lina",       "888888889",                REFUSAL_NONE           },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decision decision = {0};
        enum status status = account_password_acceptable(rows[i].login, rows[i].password, &decision);
        assert_int_equal(status, rows[i].refusal == REFUSAL_NONE ? STATUS_OK : STATUS_INVALID);
        assert_int_equal(decision.refusal, rows[i].refusal);
        if (status != STATUS_OK) assert_string_equal(decision.field, "password");
    }
}

static void the_longest_that_is_hashed(void **state) {
    (void)state;
    struct decision decision = {0};
    char password[258];
    memset(password, 'x', sizeof password);
    password[256] = '\0';
    assert_int_equal(account_password_acceptable("lina", password, &decision), STATUS_TOO_LARGE);
    assert_int_equal(decision.refusal, REFUSAL_PASSWORD_LONG);
    password[255] = '\0';
    assert_int_equal(account_password_acceptable("lina", password, &decision), STATUS_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_passwords_pass),
        cmocka_unit_test(the_longest_that_is_hashed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
