/* SPDX-License-Identifier: Apache-2.0 */
/* What every command on a complaint shares: opening the loaded record for a change, the table of moves, who may, the
 * alert that goes with it, and the end. Used by the complaint_*.c files only.
 *
 * Order inside a command: complaint_case_open, who may, fields, complaint_work_done (an addressee who works has taken
 * notice), the change itself, alerts, complaint_case_finish. */
#ifndef FRONTDESK_DOMAIN_COMPLAINT_CASE_H
#define FRONTDESK_DOMAIN_COMPLAINT_CASE_H

#include "server/domain/alert.h"
#include "server/domain/complaint_clock.h"
#include "server/domain/decision.h"

enum complaint_operation {
    COMPLAINT_ACCEPT,
    COMPLAINT_ASSIGN,
    COMPLAINT_RECORD_ACTION,
    COMPLAINT_CLASSIFY,
    COMPLAINT_PAUSE,
    COMPLAINT_RESUME,
    COMPLAINT_ESCALATE,
    COMPLAINT_ACKNOWLEDGE,
    COMPLAINT_TAKE_OVER,
    COMPLAINT_SEND_BACK,
    COMPLAINT_CLOSE,
    COMPLAINT_FOLLOW_UP,
    COMPLAINT_REOPEN,
    COMPLAINT_LINK,
    COMPLAINT_PLAN,
    COMPLAINT_ASK_EXTENSION,
    COMPLAINT_DECIDE_EXTENSION,
    COMPLAINT_OPERATIONS,
};

enum { COMPLAINT_STATES = 8 };

/* REFUSAL_NONE: the operation is allowed in the state. */
enum refusal complaint_move(enum complaint_operation operation, Fd__ComplaintState state);

struct complaint_case {
    const struct situation *situation;
    struct decision *decision;
    Fd__Complaint *record; /* after the change; in the arena */
};

/* Refuses a record that is not there, a stale version and a state that forbids the operation. What it opens has the
 * deadlines of the site's present figures, also while the timer that counts them anew is still to come. */
enum status complaint_case_open(struct complaint_case *opened, const struct situation *situation,
                                enum complaint_operation operation, const void *loaded, int64_t expected_version,
                                struct decision *decision);
/* Judges deadlines, ends an alert whose cause is gone, keeps one for what waits for a decision, sets the next wake. */
enum status complaint_case_finish(struct complaint_case *opened, const char *kind, const char *note);
enum status complaint_case_refuse(struct complaint_case *opened, enum status status, enum refusal refusal,
                                  const char *field);
char *complaint_case_actor(const struct complaint_case *opened); /* their id, in the arena */

bool complaint_open(const Fd__Complaint *complaint);
/* Supervisor or manager. */
bool complaint_supervises(const Fd__Person *person);
bool complaint_may_handle(const Fd__Person *person);
/* Staff work on what they handle, on their team's and on what they registered; supervisor and manager on everything. */
enum status complaint_need_work(struct complaint_case *opened);
enum status complaint_need_supervisor(struct complaint_case *opened);

/* What complaint_settle found due; the highest counts. */
enum settled {
    SETTLED_NOTHING,
    SETTLED_REPEATED,
    SETTLED_EXPIRED,
    SETTLED_CLIMBED,
    SETTLED_FOLLOW_UP_MISSED,
    SETTLED_OVERDUE,
};

struct alert_rule complaint_alert_rule(const struct complaint_case *opened, int32_t level, Fd__AlertReason reason);
/* Deadlines that passed are judged before anything else is raised: an alert raised later than a deadline is the sign
 * that the deadline was judged. */
enum settled complaint_judge(struct complaint_case *opened);
/* The same for one that is known to be missed; UNSPECIFIED: nothing is. */
enum settled complaint_judge_missed(struct complaint_case *opened, Fd__AlertReason missed);
/* Everything due at now: judged deadlines, expired acknowledgements, climbs, repeats. */
enum settled complaint_settle(struct complaint_case *opened);
/* Counts the deadlines anew by the site's present figures. False: each is what it was. Else an alert whose deadline is
 * not missed any more has lost its cause, and one that is missed only now is judged, whenever its moment was. */
bool complaint_reschedule(struct complaint_case *opened);
void complaint_work_done(struct complaint_case *opened);
/* Raises to a level; those who had not acknowledged what was there still may. */
void complaint_raise(struct complaint_case *opened, int32_t level, Fd__AlertReason reason);
/* As registered with, or raised to, the present severity: major to supervisor and manager at once. */
void complaint_raise_severity(struct complaint_case *opened);
/* To the new handler, or without one to the team's leader; never in place of what others must still acknowledge. */
void complaint_raise_assigned(struct complaint_case *opened);
/* An extension is asked for: to those who may decide on it. */
void complaint_raise_extension(struct complaint_case *opened);
/* It is decided on or has lapsed: the alert for it, or for a closing time that has moved, ends or names what is missed.
 */
void complaint_extension_over(struct complaint_case *opened);
void complaint_end_alert(struct complaint_case *opened);
/* Ends the alert when it is for this reason. */
void complaint_end_reason(struct complaint_case *opened, Fd__AlertReason reason);
/* Ends it, or names what is still missing, when what it was about is done. */
void complaint_review_alert(struct complaint_case *opened);
/* The same when its deadline has moved, so that it is not missed any more. */
void complaint_review_rescheduled(struct complaint_case *opened);
/* Open: a deadline is missed and not met yet; closed: it was closed late. */
bool complaint_past_deadline(const Fd__Complaint *complaint, int64_t now_ms);
int64_t complaint_wake_at_ms(const struct complaint_case *opened);

/* Somebody is asked to decide on a later closing time (complaint_extension.c). */
bool complaint_extension_asked(const Fd__Complaint *complaint);
/* Ids of the managers, without whoever asked; returns how many are written. */
size_t complaint_deciders(const struct complaint_case *opened, const char **ids, size_t capacity);
/* Nobody decided, and nobody needs to any more. */
void complaint_lapse_extension(struct complaint_case *opened);

/* Back to work with a fresh clock and fresh deadlines. */
void complaint_restart(struct complaint_case *opened);

#endif
