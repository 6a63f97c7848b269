/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering whom an alert is for, and who hears it: an absent addressee's substitute does (D15). Ids are copied into
 * the situation's arena: the roster is only lent. */
#ifndef FRONTDESK_DOMAIN_ALERT_PEOPLE_H
#define FRONTDESK_DOMAIN_ALERT_PEOPLE_H

#include "server/domain/decision.h"

/* Grows in the arena. */
struct id_list {
    char **ids;
    size_t count, capacity;
};

struct alert_people {
    const struct situation *situation;
    struct id_list told;                  /* each once */
    struct id_list addressees, stand_ins; /* in step, see Alert; each addressee once */
    bool somebody_absent;
};

void alert_people_init(struct alert_people *people, const struct situation *situation);
/* Somebody who is not active here is left out. */
void alert_people_add(struct alert_people *people, const char *person_id);
/* Everybody for whom an alert is meant. */
void alert_people_add_all(struct alert_people *people, const Fd__Alert *alert);
/* Puts them into the alert. */
void alert_people_give(const struct alert_people *people, Fd__Alert *alert);
/* Everybody who stands on the level; a team leader only of the team. */
void alert_people_at(struct alert_people *people, int32_t level, Fd__Team team);
/* The first level from this one up that has somebody who is there; LEVEL_HEAD_OFFICE with nobody at all. */
int32_t alert_people_from(struct alert_people *people, int32_t level, Fd__Team team);

#endif
