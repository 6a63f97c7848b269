/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/alert_people.h"

#include <string.h>

#include "server/domain/alert.h"
#include "server/domain/words.h"

void alert_people_init(struct alert_people *people, const struct situation *situation) {
    *people = (struct alert_people){.situation = situation};
}

static bool grow(struct arena *arena, struct id_list *list) {
    size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
    char **ids = arena_take(arena, capacity * sizeof *ids);
    if (ids == NULL) return false;
    if (list->count > 0) memcpy(ids, list->ids, list->count * sizeof *ids);
    list->ids = ids;
    list->capacity = capacity;
    return true;
}

static void append(struct arena *arena, struct id_list *list, const char *id) {
    if (list->count == list->capacity && !grow(arena, list)) return;
    char *own = arena_string(arena, id);
    if (own != NULL) list->ids[list->count++] = own;
}

static bool has(const struct id_list *list, const char *id) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->ids[i], id) == 0) return true;
    return false;
}

void alert_people_add(struct alert_people *people, const char *person_id) {
    const struct situation *situation = people->situation;
    const Fd__Person *person = roster_find(situation->roster, person_id);
    if (person == NULL || has(&people->addressees, person_id)) return;
    const Fd__Person *stand_in = roster_stand_in(situation->roster, person_id, situation->now_ms);
    append(situation->arena, &people->addressees, person_id);
    append(situation->arena, &people->stand_ins, stand_in != NULL ? stand_in->id : person_id);
    if (stand_in != person) people->somebody_absent = true;
    if (stand_in != NULL && !has(&people->told, stand_in->id)) append(situation->arena, &people->told, stand_in->id);
}

void alert_people_add_all(struct alert_people *people, const Fd__Alert *alert) {
    bool listed = alert->n_addressee_ids > 0;
    size_t count = listed ? alert->n_addressee_ids : alert->n_person_ids;
    for (size_t i = 0; i < count; i++)
        alert_people_add(people, listed ? alert->addressee_ids[i] : alert->person_ids[i]);
}

void alert_people_give(const struct alert_people *people, Fd__Alert *alert) {
    alert->person_ids = people->told.ids;
    alert->n_person_ids = people->told.count;
    alert->addressee_ids = people->addressees.ids;
    alert->stand_in_ids = people->stand_ins.ids;
    alert->n_addressee_ids = people->somebody_absent ? people->addressees.count : 0;
    alert->n_stand_in_ids = people->somebody_absent ? people->stand_ins.count : 0;
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
        if (people->told.count > 0) return level;
    }
    return LEVEL_HEAD_OFFICE;
}

int32_t alert_person_level(const Fd__Person *person) {
    if (person_has_role(person, ROLE(HQ_VIEWER)) || person_has_role(person, ROLE(HQ_ADMIN))) return LEVEL_HEAD_OFFICE;
    if (person_has_role(person, ROLE(MANAGER))) return LEVEL_MANAGER;
    if (person_has_role(person, ROLE(SUPERVISOR))) return LEVEL_SUPERVISOR;
    return person_has_role(person, ROLE(TEAM_LEADER)) ? LEVEL_TEAM_LEADER : 0;
}
