/* SPDX-License-Identifier: Apache-2.0 */
/* Ordinary visitors 来访 (D14). See decision.h for the contract.
 *
 *   ANNOUNCED -> ARRIVED -> WITH_HOST -> LEFT        ARRIVED -> LEFT        ANNOUNCED -> CANCELLED
 *
 * Kinds of entries: visit.announced, walked_in, arrived, met, left, cancelled, emergency, acknowledged; and of a timer:
 * alert_climbed, acknowledgement_expired, alert_repeated. An arrival's alert ends when the visitor is met or leaves; an
 * emergency's only when it was acknowledged.
 */
#ifndef FRONTDESK_DOMAIN_VISIT_H
#define FRONTDESK_DOMAIN_VISIT_H

#include "frontdesk/v1/visit.pb-c.h"
#include "server/domain/decision.h"

enum status visit_announce(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_walk_in(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_arrive(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_meet(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_leave(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_cancel(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_emergency(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_acknowledge(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status visit_wake(const struct situation *, const void *command, const void *loaded, struct decision *);

#endif
