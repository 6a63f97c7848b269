/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint_dues.h"

#include "common/moment.h"
#include "server/domain/words.h"

struct due {
    Fd__AlertReason reason;
    int64_t due_at_ms, done_at_ms;
};

enum { DEADLINES = 5, DUES = DEADLINES + 1 };

/* From the least grave to the gravest. */
static size_t deadlines(const Fd__Complaint *complaint, struct due dues[DUES]) {
    dues[0] = (struct due){REASON(NO_CONTACT), complaint->contact_due_at_ms, complaint->first_contact_at_ms};
    dues[1] = (struct due){REASON(NOT_ACCEPTED), complaint->accept_due_at_ms, complaint->accepted_at_ms};
    dues[2] = (struct due){REASON(NO_FEEDBACK), complaint->feedback_due_at_ms, complaint->feedback_at_ms};
    dues[3] = (struct due){REASON(NO_PLAN), complaint->plan_due_at_ms, complaint->planned_at_ms};
    dues[4] = (struct due){REASON(OVERDUE), complaint->close_due_at_ms, complaint->closed_at_ms};
    return DEADLINES;
}

/* What the record itself says that it owes. */
static size_t stated(const Fd__Complaint *complaint, struct due dues[DUES]) {
    if (complaint_open(complaint)) return deadlines(complaint, dues);
    if (complaint->state != STATE(CLOSED)) return 0;
    dues[0] = (struct due){REASON(FOLLOW_UP_MISSED), complaint->follow_up_due_at_ms, complaint->followed_up_at_ms};
    return 1;
}

/* All that the present state owes. The table's first delay (general, complex: team leader after 20 min) is no deadline
 * and counts also where a site has none for acceptance. */
static size_t owed(const struct complaint_case *opened, struct due dues[DUES]) {
    const Fd__Complaint *complaint = opened->record;
    size_t count = stated(complaint, dues);
    if (!complaint_open(complaint)) return count;
    const struct rules *rules = opened->situation->roster->rules;
    int64_t delay_ms = clock_rules(rules, complaint)->climb_ms[0];
    dues[count++] =
        (struct due){REASON(NOT_ACCEPTED), clock_due_ms(rules, complaint, delay_ms), complaint->accepted_at_ms};
    return count;
}

/* An alert raised since then shows that it was judged: nothing is raised without judging first. */
static bool judged(const Fd__Complaint *complaint, int64_t due_at_ms) {
    return complaint->alert != NULL && complaint->alert->raised_at_ms >= due_at_ms;
}

static bool missed(const struct due *due, int64_t now_ms) {
    return due->due_at_ms != 0 && due->done_at_ms == 0 && due->due_at_ms <= now_ms;
}

int dues_gravity(Fd__AlertReason reason) {
    switch (reason) {
    case REASON(NO_CONTACT): return 1;
    case REASON(NOT_ACCEPTED): return 2;
    case REASON(NO_FEEDBACK): return 3;
    case REASON(NO_PLAN): return 4;
    case REASON(OVERDUE):
    case REASON(FOLLOW_UP_MISSED): return 5;
    default: return 0;
    }
}

Fd__AlertReason dues_missed_now(const struct complaint_case *opened) {
    struct due dues[DUES];
    size_t count = owed(opened, dues);
    Fd__AlertReason gravest = REASON(UNSPECIFIED);
    for (size_t i = 0; i < count; i++) {
        if (!missed(&dues[i], opened->situation->now_ms) || judged(opened->record, dues[i].due_at_ms)) continue;
        if (dues_gravity(dues[i].reason) > dues_gravity(gravest)) gravest = dues[i].reason;
    }
    return gravest;
}

Fd__AlertReason dues_missed_anew(const Fd__Complaint *before, const Fd__Complaint *after, int64_t now_ms) {
    struct due old[DUES] = {0}, new[DUES] = {0};
    size_t count = stated(after, new);
    Fd__AlertReason gravest = REASON(UNSPECIFIED);
    if (stated(before, old) != count) return gravest;
    for (size_t i = 0; i < count; i++)
        if (missed(&new[i], now_ms) && !missed(&old[i], now_ms)) gravest = new[i].reason;
    return gravest;
}

bool dues_reason_stands(const struct complaint_case *opened, Fd__AlertReason reason) {
    struct due dues[DUES];
    size_t count = owed(opened, dues);
    for (size_t i = 0; i < count; i++)
        if (dues[i].reason == reason && missed(&dues[i], opened->situation->now_ms)) return true;
    return false;
}

bool dues_same(const Fd__Complaint *a, const Fd__Complaint *b) {
    return a->accept_due_at_ms == b->accept_due_at_ms && a->contact_due_at_ms == b->contact_due_at_ms &&
           a->feedback_due_at_ms == b->feedback_due_at_ms && a->plan_due_at_ms == b->plan_due_at_ms &&
           a->close_due_at_ms == b->close_due_at_ms && a->follow_up_due_at_ms == b->follow_up_due_at_ms;
}

Fd__AlertReason dues_standing_reason(const Fd__Complaint *complaint, int64_t now_ms) {
    if (!complaint_open(complaint)) return REASON(UNSPECIFIED);
    struct due dues[DUES];
    size_t count = deadlines(complaint, dues);
    Fd__AlertReason gravest = REASON(UNSPECIFIED);
    for (size_t i = 0; i < count; i++)
        if (missed(&dues[i], now_ms)) gravest = dues[i].reason;
    return gravest;
}

bool dues_late_missed(const Fd__Complaint *complaint, int64_t now_ms) {
    Fd__AlertReason standing = dues_standing_reason(complaint, now_ms);
    return dues_gravity(standing) >= dues_gravity(REASON(NO_FEEDBACK));
}

bool dues_is_deadline(Fd__AlertReason reason) {
    return dues_gravity(reason) > 0;
}

bool dues_reason_met(const Fd__Complaint *complaint, Fd__AlertReason reason) {
    struct due dues[DUES];
    size_t count = deadlines(complaint, dues);
    for (size_t i = 0; i < count; i++)
        if (dues[i].reason == reason) return dues[i].done_at_ms != 0;
    return reason == REASON(FOLLOW_UP_MISSED) && complaint->state != STATE(CLOSED);
}

bool complaint_past_deadline(const Fd__Complaint *complaint, int64_t now_ms) {
    if (complaint->closed_at_ms != 0)
        return complaint->close_due_at_ms != 0 && complaint->close_due_at_ms <= complaint->closed_at_ms;
    return dues_standing_reason(complaint, now_ms) != REASON(UNSPECIFIED);
}

/* The earliest moment at which something not yet judged falls due; 0: never. */
static int64_t next_ms(const struct complaint_case *opened) {
    struct due dues[DUES];
    size_t count = owed(opened, dues);
    int64_t earliest_ms = 0;
    for (size_t i = 0; i < count; i++) {
        if (dues[i].due_at_ms == 0 || dues[i].done_at_ms != 0 || judged(opened->record, dues[i].due_at_ms)) continue;
        earliest_ms = moment_earlier(earliest_ms, dues[i].due_at_ms);
    }
    return earliest_ms;
}

int64_t complaint_wake_at_ms(const struct complaint_case *opened) {
    return moment_earlier(next_ms(opened), alert_wake_at_ms(opened->record->alert));
}
