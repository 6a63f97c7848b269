/* SPDX-License-Identifier: Apache-2.0 */
/* Complaints 客户抱怨 (D6): every rule from registering to follow-up and reopening. See decision.h for the contract.
 *
 *   REGISTERED -> ACCEPTED -> UNDER_WAY <-> WAITING          any open state -> LINKED (duplicate of another)
 *        \___________\___________\____________\-> CLOSED -> FOLLOWED_UP
 *                                                   \____________\-> (reopened) UNDER_WAY
 *
 * Kinds of entries: complaint.registered, accepted, assigned, acted, contacted, feedback_given, remarked, classified,
 * paused, resumed, escalated, acknowledged, taken_over, sent_back, closed, followed_up, reopened, linked, planned,
 * extension_asked, extension_approved, extension_returned; and of a timer: overdue, follow_up_missed, alert_climbed,
 * acknowledgement_expired, alert_repeated, rescheduled.
 *
 * The authority table is asked before; these rules ask further: who may work on this one (complaint_case.h). Assigning
 * needs ACTION_WORK there (a team leader may, within the team), acknowledging ACTION_SEE (head office may).
 */
#ifndef FRONTDESK_DOMAIN_COMPLAINT_H
#define FRONTDESK_DOMAIN_COMPLAINT_H

#include "frontdesk/v1/complaint.pb-c.h"
#include "server/domain/decision.h"

enum status complaint_register(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_accept(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_assign(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_record_action(const struct situation *, const void *command, const void *loaded,
                                    struct decision *);
enum status complaint_classify(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_pause(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_resume(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_escalate(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_acknowledge(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_take_over(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_send_back(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_close(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_follow_up(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_reopen(const struct situation *, const void *command, const void *loaded, struct decision *);
/* situation->other is the complaint that stays. */
enum status complaint_link(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_plan(const struct situation *, const void *command, const void *loaded, struct decision *);
enum status complaint_ask_extension(const struct situation *, const void *command, const void *loaded,
                                    struct decision *);
enum status complaint_decide_extension(const struct situation *, const void *command, const void *loaded,
                                       struct decision *);
/* A timer's turn: deadlines counted anew by the site's present figures, missed deadlines, climbing and repeating
 * alerts, expired acknowledgements. */
enum status complaint_wake(const struct situation *, const void *command, const void *loaded, struct decision *);

#endif
