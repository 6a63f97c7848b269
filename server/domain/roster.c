/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/roster.h"

#include <string.h>

enum { SUBSTITUTES_LIMIT = 8 };

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

bool person_absent(const Fd__Person *person, int64_t now_ms) {
    return person != NULL && person->absent_from_ms <= now_ms && now_ms < person->absent_until_ms;
}

const Fd__Person *roster_stand_in(const struct roster *roster, const char *person_id, int64_t now_ms) {
    const Fd__Person *person = roster_find(roster, person_id);
    /* Of substitutes who are away in their turn; a circle ends here too. */
    for (int steps = 0; person_absent(person, now_ms); steps++) {
        if (steps == SUBSTITUTES_LIMIT) return NULL;
        person = roster_find(roster, person->substitute_id);
    }
    return person;
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
