/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/alert_people.h"

#include <string.h>

#include "server/domain/alert.h"
#include "server/domain/words.h"

void alert_people_init(struct alert_people *people, const struct situation *situation) {
    *people = (struct alert_people){.situation = situation};
}

static bool grow(struct alert_people *people) {
    size_t capacity = people->capacity == 0 ? 8 : people->capacity * 2;
    char **ids = arena_take(people->situation->arena, capacity * sizeof *ids);
    if (ids == NULL) return false;
    if (people->count > 0) memcpy(ids, people->ids, people->count * sizeof *ids);
    people->ids = ids;
    people->capacity = capacity;
    return true;
}

void alert_people_add(struct alert_people *people, const char *person_id) {
    for (size_t i = 0; i < people->count; i++)
        if (strcmp(people->ids[i], person_id) == 0) return;
    if (people->count == people->capacity && !grow(people)) return;
    char *id = arena_string(people->situation->arena, person_id);
    if (id != NULL) people->ids[people->count++] = id;
}

static void add_role(struct alert_people *people, Fd__Role role, Fd__Team team) {
    const struct roster *roster = people->situation->roster;
    for (size_t i = 0; i < roster->count; i++) {
        const Fd__Person *person = roster->people[i];
        if (!person->active || !person_has_role(person, role)) continue;
        if (team == TEAM(UNSPECIFIED) || person->team == team) alert_people_add(people, person->id);
    }
}

void alert_people_at(struct alert_people *people, int32_t level, Fd__Team team) {
    switch (level) {
    case LEVEL_TEAM_LEADER: add_role(people, ROLE(TEAM_LEADER), team); break;
    case LEVEL_SUPERVISOR: add_role(people, ROLE(SUPERVISOR), TEAM(UNSPECIFIED)); break;
    case LEVEL_MANAGER: add_role(people, ROLE(MANAGER), TEAM(UNSPECIFIED)); break;
    case LEVEL_HEAD_OFFICE:
        add_role(people, ROLE(HQ_VIEWER), TEAM(UNSPECIFIED));
        add_role(people, ROLE(HQ_ADMIN), TEAM(UNSPECIFIED));
        break;
    default: break;
    }
}

int32_t alert_people_from(struct alert_people *people, int32_t level, Fd__Team team) {
    for (; level <= LEVEL_HEAD_OFFICE; level++) {
        alert_people_at(people, level, team);
        if (people->count > 0) return level;
    }
    return LEVEL_HEAD_OFFICE;
}

int32_t alert_person_level(const Fd__Person *person) {
    if (person_has_role(person, ROLE(HQ_VIEWER)) || person_has_role(person, ROLE(HQ_ADMIN))) return LEVEL_HEAD_OFFICE;
    if (person_has_role(person, ROLE(MANAGER))) return LEVEL_MANAGER;
    if (person_has_role(person, ROLE(SUPERVISOR))) return LEVEL_SUPERVISOR;
    return person_has_role(person, ROLE(TEAM_LEADER)) ? LEVEL_TEAM_LEADER : 0;
}
