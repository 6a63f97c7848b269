/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "common/text.h"
#include "server/domain/account.h"

enum { PASSWORD_CHARACTERS = 8, PASSWORD_BYTES = 255 };

/* What guessers try first, of those long enough to pass otherwise; compared without regard to case. */
static const char *const common_passwords[] = {
    "00000000",   "0123456789", "11111111",   "1111111111", "11223344",   "12121212",      "123123123",  "123321123",
    "1234567890", "12345678",   "123456789",  "1234qwer",   "12344321",   "123456abc",     "123456qq",   "147258369",
    "1q2w3e4r",   "1q2w3e4r5t", "1qaz2wsx",   "1qazxsw2",   "22222222",   "31415926",      "5201314520", "55555555",
    "66666666",   "741852963",  "77777777",   "789456123",  "87654321",   "88888888",      "987654321",  "99999999",
    "a1234567",   "a12345678",  "a123456789", "aa123456",   "aa12345678", "aaaaaaaa",      "abc12345",   "abc123456",
    "abcd1234",   "abcdefgh",   "admin123",   "admin1234",  "admin888",   "administrator", "asdfasdf",   "asdfghjk",
    "asdfghjkl",  "baseball",   "changeme",   "computer",   "dearbook",   "football",      "frontdesk",  "iloveyou",
    "letmein1",   "michelle",   "p@ssw0rd",   "passw0rd",   "password",   "password1",     "password12", "password123",
    "princess",   "q1w2e3r4",   "qazwsxedc",  "qq123456",   "qqqqqqqq",   "qwer1234",      "qwertyui",   "qwertyuiop",
    "qwerty123",  "sunshine",   "superman",   "trustno1",   "wang1234",   "welcome1",      "woaini1314", "woaini520",
    "woaiwojia",  "xiaoming",   "zaq12wsx",   "zhang123",   "zxcvbnm1",   "zxcvbnm123",
};

static bool is_common(const char *password) {
    for (size_t i = 0; i < sizeof common_passwords / sizeof common_passwords[0]; i++)
        if (strcasecmp(common_passwords[i], password) == 0) return true;
    return false;
}

enum status account_password_acceptable(const char *login, const char *password, struct decision *decision) {
    if (text_empty(password)) return refuse(decision, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "password");
    if (text_code_points(password) < PASSWORD_CHARACTERS)
        return refuse(decision, STATUS_INVALID, REFUSAL_PASSWORD_SHORT, "password");
    if (strlen(password) > PASSWORD_BYTES) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_PASSWORD_LONG, "password");
    if (login != NULL && strcasecmp(login, password) == 0)
        return refuse(decision, STATUS_INVALID, REFUSAL_PASSWORD_LOGIN, "password");
    if (is_common(password)) return refuse(decision, STATUS_INVALID, REFUSAL_PASSWORD_COMMON, "password");
    return STATUS_OK;
}
