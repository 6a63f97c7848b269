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
/* A new alert for everybody who holds the level's role, in place of what was there. A level with nobody goes on to the
 * next one up; nobody at all is an alarm: person_ids stays empty, level LEVEL_HEAD_OFFICE, and it still repeats. */
Fd__Alert *alert_raise(const struct situation *situation, int32_t level, Fd__Team team, Fd__AlertReason reason,
                       const struct alert_rule *rule);
/* Two levels at once (a major complaint: supervisor and manager). */
Fd__Alert *alert_raise_both(const struct situation *situation, int32_t low, int32_t high, Fd__AlertReason reason,
                            const struct alert_rule *rule);
/* To named people. */
Fd__Alert *alert_raise_to(const struct situation *situation, const char *const *person_ids, size_t count, int32_t level,
                          Fd__AlertReason reason, const struct alert_rule *rule);
/* DENIED when the actor is not among its people (a higher level may always); CONFLICT when it is not pending. */
enum status alert_acknowledge(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule,
                              Fd__Alert **after, struct decision *decision);
Fd__Alert *alert_repeat(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule);
Fd__Alert *alert_expire(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule);
Fd__Alert *alert_end(const struct situation *situation, const Fd__Alert *alert); /* NULL in, NULL out */
/* The next moment at which something of the alert falls due; 0: never. */
int64_t alert_wake_at_ms(const Fd__Alert *alert);

#endif
