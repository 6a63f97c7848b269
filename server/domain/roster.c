/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/roster.h"

#include <string.h>

const Fd__Person *roster_find(const struct roster *roster, const char *person_id) {
    if (person_id == NULL || person_id[0] == '\0') return NULL;
    for (size_t i = 0; i < roster->count; i++) {
        const Fd__Person *person = roster->people[i];
        if (person->active && strcmp(person->id, person_id) == 0) return person;
    }
    return NULL;
}

bool person_has_role(const Fd__Person *person, Fd__Role role) {
    if (person == NULL) return false;
    for (size_t i = 0; i < person->n_roles; i++)
        if (person->roles[i] == role) return true;
    return false;
}

size_t roster_with_role(const struct roster *roster, Fd__Role role, Fd__Team team, const char **ids, size_t capacity) {
    size_t count = 0;
    for (size_t i = 0; i < roster->count; i++) {
        const Fd__Person *person = roster->people[i];
        if (!person->active || !person_has_role(person, role)) continue;
        if (team != FD__TEAM__TEAM_UNSPECIFIED && person->team != team) continue;
        if (count < capacity) ids[count] = person->id;
        count++;
    }
    return count;
}
