/* SPDX-License-Identifier: Apache-2.0 */
/* The first start: a database without any site gets one, with an administrator. Blocking: before the loop. */
#ifndef FRONTDESK_ACCOUNTS_BOOTSTRAP_H
#define FRONTDESK_ACCOUNTS_BOOTSTRAP_H

#include <stdbool.h>

#include "common/status.h"

struct bootstrap_request {
    const char *site_code; /* "main" */
    const char *site_name;
    const char *time_zone; /* "Asia/Shanghai" */
    const char *login;     /* "admin" */
    const char *person_name;
};

/* What the caller prints once: the password is stored nowhere else. */
struct bootstrap_result {
    bool created; /* false: there was a site already, nothing was done */
    char site_code[64];
    char login[64];
    char password[32]; /* must be changed at the first sign-in */
};

/* The person gets the roles administrator and hq_admin. All or nothing; two servers that start together make one site.
 * UNAVAILABLE, INTERNAL: `why` (WHY_BYTES) says what to do. INVALID: a text of the request is too long or empty. */
MUST_USE enum status bootstrap(const char *conninfo, const struct bootstrap_request *request,
                               struct bootstrap_result *result, char *why);

#endif
