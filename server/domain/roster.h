/* SPDX-License-Identifier: Apache-2.0 */
/* Who works at a site, as the rules see it. Owned by accounts/directory, lent for one decision. */
#ifndef FRONTDESK_DOMAIN_ROSTER_H
#define FRONTDESK_DOMAIN_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "frontdesk/v1/account.pb-c.h"
#include "server/domain/rules.h"

struct roster {
    const Fd__Site *site;
    const struct rules *rules;
    const Fd__Person *const *people;
    size_t count;
};

/* NULL: nobody of that id, or not active here. */
const Fd__Person *roster_find(const struct roster *roster, const char *person_id);
bool person_has_role(const Fd__Person *person, Fd__Role role);
/* Away from the site at now. NULL: false. */
bool person_absent(const Fd__Person *person, int64_t now_ms);
/* Who hears what is meant for a person: they themselves when they are there, else their substitute, or the substitute's
 * when that one is away too. NULL: nobody, after a circle as well. */
const Fd__Person *roster_stand_in(const struct roster *roster, const char *person_id, int64_t now_ms);
/* Ids of the active people with the role (team UNSPECIFIED: any); returns how many, at most `capacity` are written. */
size_t roster_with_role(const struct roster *roster, Fd__Role role, Fd__Team team, const char **ids, size_t capacity);

#endif
