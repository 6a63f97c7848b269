/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on a visit share: the table of moves, its alerts, the end. Used by the visit*.c files only. */
#ifndef FRONTDESK_DOMAIN_VISIT_CASE_H
#define FRONTDESK_DOMAIN_VISIT_CASE_H

#include "frontdesk/v1/visit.pb-c.h"
#include "server/domain/alert.h"
#include "server/domain/decision.h"

enum visit_operation {
    VISIT_ARRIVE,
    VISIT_MEET,
    VISIT_LEAVE,
    VISIT_CANCEL,
    VISIT_EMERGENCY,
    VISIT_ACKNOWLEDGE,
    VISIT_OPERATIONS,
};

enum { VISIT_STATES = 6 };

/* REFUSAL_NONE: the operation is allowed in the state. */
enum refusal visit_move(enum visit_operation operation, Fd__VisitState state);

struct alert_rule visit_alert_rule(const struct situation *situation, const Fd__Alert *alert, int32_t level);
/* The visitor is here: host and supervisor are alerted, unless an emergency is on, which they must see first. */
void visit_arrived(const struct situation *situation, Fd__Visit *visit);
void visit_raise_emergency(const struct situation *situation, Fd__Visit *visit);
enum status visit_finish(const struct situation *situation, struct decision *decision, Fd__Visit *visit,
                         const char *kind, const char *note);

#endif
