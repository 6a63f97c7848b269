/* SPDX-License-Identifier: Apache-2.0 */
/* The live alert of a record (D6, D16): raised, repeated, climbing, acknowledged, expired, ended. Shared by all topics.
 *
 *   (none) --raise--> PENDING --acknowledge--> ACKNOWLEDGED --expires--> PENDING
 *                     PENDING --repeat--> PENDING, --climb--> PENDING one level up
 *                     any --end--> ENDED
 */
#ifndef FRONTDESK_DOMAIN_ALERT_H
#define FRONTDESK_DOMAIN_ALERT_H

#include "server/domain/decision.h"

enum { LEVEL_TEAM_LEADER = 1, LEVEL_SUPERVISOR = 2, LEVEL_MANAGER = 3, LEVEL_HEAD_OFFICE = 4 };

/* How an alert behaves. */
struct alert_rule {
    int64_t repeat_ms;
    int64_t climb_ms; /* at this level; 0 never */
    int64_t acknowledgement_ms;
};

bool alert_pending(const Fd__Alert *alert); /* NULL: false */
bool alert_live(const Fd__Alert *alert);    /* pending or acknowledged, not ended; NULL: false */
/* Among those who hear it. */
bool alert_addresses(const Fd__Alert *alert, const char *person_id);
/* The level a person stands on by their roles (D1); 0 below a team leader. */
int32_t alert_person_level(const Fd__Person *person);
/* A new alert for everybody who holds the level's role, in place of what was there. Who is away is skipped, and their
 * substitute hears it. A level with nobody goes on to the next one up; nobody at all is an alarm: person_ids stays
 * empty, level LEVEL_HEAD_OFFICE, and it still repeats. */
Fd__Alert *alert_raise(const struct situation *situation, int32_t level, Fd__Team team, Fd__AlertReason reason,
                       const struct alert_rule *rule);
/* Two levels at once (a major complaint: supervisor and manager). When nobody of the higher one is there, the next one
 * above it hears in its place, whoever is there of the lower one. */
Fd__Alert *alert_raise_both(const struct situation *situation, int32_t low, int32_t high, Fd__AlertReason reason,
                            const struct alert_rule *rule);
/* To named people; when none of them is there, nor a substitute, to the level, a team leader only of the team. */
Fd__Alert *alert_raise_to(const struct situation *situation, const char *const *person_ids, size_t count, int32_t level,
                          Fd__Team team, Fd__AlertReason reason, const struct alert_rule *rule);
/* DENIED when the actor is neither among its people, nor one for whom a substitute hears it (a higher level may
 * always); CONFLICT when it is not pending. */
enum status alert_acknowledge(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule,
                              Fd__Alert **after, struct decision *decision);
/* Up a level, same reason. Those who had not acknowledged still may: they stay among its people. */
Fd__Alert *alert_climb(const struct situation *situation, const Fd__Alert *alert, Fd__Team team,
                       const struct alert_rule *rule);
/* Adds the people of `before` to `after`, which replaces it while it was pending. */
void alert_keep_people(const struct situation *situation, Fd__Alert *after, const Fd__Alert *before);
/* Somebody works on the record: an addressee or a higher level has thereby taken notice, and an acknowledgement no
 * longer expires. NULL in, NULL out. */
Fd__Alert *alert_work(const struct situation *situation, const Fd__Alert *alert);
/* Pushed again to those for whom it is meant who are still active here, or their substitutes; if nobody is there, to
 * whoever now stands above. */
Fd__Alert *alert_repeat(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule);
Fd__Alert *alert_expire(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule);
Fd__Alert *alert_end(const struct situation *situation, const Fd__Alert *alert); /* NULL in, NULL out */
bool alert_expiry_due(const Fd__Alert *alert, int64_t now_ms);
bool alert_climb_due(const Fd__Alert *alert, int64_t now_ms);
bool alert_repeat_due(const Fd__Alert *alert, int64_t now_ms);
/* The next moment at which something of the alert falls due; 0: never. */
int64_t alert_wake_at_ms(const Fd__Alert *alert);

#endif
