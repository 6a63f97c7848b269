/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering whom an alert is for. Ids are copied into the situation's arena: the roster is only lent. */
#ifndef FRONTDESK_DOMAIN_ALERT_PEOPLE_H
#define FRONTDESK_DOMAIN_ALERT_PEOPLE_H

#include "server/domain/decision.h"

struct alert_people {
    const struct situation *situation;
    char **ids; /* each once; grows in the arena */
    size_t count, capacity;
};

void alert_people_init(struct alert_people *people, const struct situation *situation);
void alert_people_add(struct alert_people *people, const char *person_id);
/* Everybody who stands on the level; a team leader only of the team. */
void alert_people_at(struct alert_people *people, int32_t level, Fd__Team team);
/* The first level from this one up that has somebody; LEVEL_HEAD_OFFICE with nobody at all. */
int32_t alert_people_from(struct alert_people *people, int32_t level, Fd__Team team);

#endif
