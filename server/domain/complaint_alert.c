/* SPDX-License-Identifier: Apache-2.0 */
/* How a complaint's alert behaves (D6, last column of the table of levels and the paragraph on escalation). */
#include "common/message.h"
#include "server/domain/calendar.h"
#include "server/domain/complaint_case.h"
#include "server/domain/complaint_dues.h"
#include "server/domain/words.h"

/* For general and complex the alert's own times are working time too: nobody is called at night for them. */
static int64_t in_plain_time(const struct complaint_case *opened, int64_t duration_ms) {
    const struct rules *rules = opened->situation->roster->rules;
    if (duration_ms <= 0 || !clock_rules(rules, opened->record)->working_time) return duration_ms;
    int64_t now_ms = opened->situation->now_ms;
    return calendar_add(&rules->calendar, now_ms, duration_ms) - now_ms;
}

/* The table's column tells how the levels follow each other at the beginning. Once feedback, plan or closing is late,
 * or it was escalated by hand, or the follow-up was missed, each level has next_level_ms. What waits for the manager's
 * decision goes no higher: nobody there decides on it. */
static int64_t climb_ms(const struct complaint_case *opened, int32_t level, Fd__AlertReason reason) {
    const struct rules *rules = opened->situation->roster->rules;
    if (level < LEVEL_TEAM_LEADER || level >= LEVEL_HEAD_OFFICE || reason == REASON(EXTENSION_ASKED)) return 0;
    if (reason == REASON(ESCALATED) || reason == REASON(FOLLOW_UP_MISSED) ||
        dues_late_missed(opened->record, opened->situation->now_ms))
        return rules->next_level_ms;
    return clock_rules(rules, opened->record)->climb_ms[level];
}

struct alert_rule complaint_alert_rule(const struct complaint_case *opened, int32_t level, Fd__AlertReason reason) {
    const struct severity_rules *severity = clock_rules(opened->situation->roster->rules, opened->record);
    return (struct alert_rule){
        .repeat_ms = in_plain_time(opened, severity->repeat_ms),
        .climb_ms = in_plain_time(opened, climb_ms(opened, level, reason)),
        .acknowledgement_ms = in_plain_time(opened, severity->acknowledgement_ms),
    };
}

/* Takes the new alert in. Its level may lie above the one asked for, when nobody holds that one: then the climb is that
 * level's own. */
static void take(struct complaint_case *opened, Fd__Alert *after, int32_t asked, const Fd__Alert *before) {
    if (after == NULL) return;
    if (after->level != asked) {
        struct alert_rule rule = complaint_alert_rule(opened, after->level, after->reason);
        after->climb_at_ms = rule.climb_ms > 0 ? opened->situation->now_ms + rule.climb_ms : 0;
    }
    if (alert_pending(before)) alert_keep_people(opened->situation, after, before);
    opened->record->alert = after;
    if (after->level > opened->record->level) opened->record->level = after->level;
}

static bool alert_for(const struct complaint_case *opened, Fd__AlertReason reason) {
    return alert_live(opened->record->alert) && opened->record->alert->reason == reason;
}

void complaint_raise(struct complaint_case *opened, int32_t level, Fd__AlertReason reason) {
    const Fd__Alert *before = opened->record->alert;
    struct alert_rule rule = complaint_alert_rule(opened, level, reason);
    take(opened, alert_raise(opened->situation, level, opened->record->team, reason, &rule), level, before);
}

static void raise_both(struct complaint_case *opened, Fd__AlertReason reason) {
    const Fd__Alert *before = opened->record->alert;
    struct alert_rule rule = complaint_alert_rule(opened, LEVEL_MANAGER, reason);
    take(opened, alert_raise_both(opened->situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, reason, &rule), LEVEL_MANAGER,
         before);
}

void complaint_raise_severity(struct complaint_case *opened) {
    const struct severity_rules *severity = clock_rules(opened->situation->roster->rules, opened->record);
    if (severity->first_level == 0) return;
    complaint_judge(opened);
    switch (opened->record->severity) {
    case SEVERITY(MAJOR): raise_both(opened, REASON(MAJOR)); break;
    case SEVERITY(SERIOUS): complaint_raise(opened, severity->first_level, REASON(SERIOUS)); break;
    /* Outside our remit: the supervisor confirms. */
    default: complaint_raise(opened, severity->first_level, REASON(ESCALATED)); break;
    }
}

void complaint_raise_assigned(struct complaint_case *opened) {
    Fd__Complaint *record = opened->record;
    complaint_judge(opened);
    if (alert_pending(record->alert)) return;
    const Fd__Person *handler = roster_find(opened->situation->roster, record->handler_id);
    if (handler != NULL && handler == opened->situation->actor) return;
    struct alert_rule rule = complaint_alert_rule(opened, LEVEL_TEAM_LEADER, REASON(ASSIGNED));
    if (handler == NULL) {
        int32_t level = record->level;
        complaint_raise(opened, LEVEL_TEAM_LEADER, REASON(ASSIGNED));
        record->level = level;
        return;
    }
    const char *ids[] = {handler->id};
    Fd__Alert *alert =
        alert_raise_to(opened->situation, ids, 1, LEVEL_TEAM_LEADER, record->team, REASON(ASSIGNED), &rule);
    if (alert != NULL) record->alert = alert;
}

/* The manager's work on the case leaves the question open that waits for them. */
void complaint_work_done(struct complaint_case *opened) {
    if (alert_for(opened, REASON(EXTENSION_ASKED))) return;
    opened->record->alert = alert_work(opened->situation, opened->record->alert);
}

void complaint_end_alert(struct complaint_case *opened) {
    opened->record->alert = alert_end(opened->situation, opened->record->alert);
}

void complaint_end_reason(struct complaint_case *opened, Fd__AlertReason reason) {
    if (alert_for(opened, reason)) complaint_end_alert(opened);
}

/* What it was about is no more: it is about what else stands, or ends. */
static void give_way(struct complaint_case *opened) {
    Fd__Complaint *record = opened->record;
    Fd__AlertReason left = dues_standing_reason(record, opened->situation->now_ms);
    if (left == record->alert->reason) return;
    if (left == REASON(UNSPECIFIED)) {
        complaint_end_alert(opened);
        return;
    }
    Fd__Alert *alert = message_copy(opened->situation->arena, &record->alert->base);
    if (alert == NULL) return;
    alert->reason = left;
    record->alert = alert;
}

void complaint_review_alert(struct complaint_case *opened) {
    const Fd__Alert *alert = opened->record->alert;
    if (alert_live(alert) && dues_reason_met(opened->record, alert->reason)) give_way(opened);
}

void complaint_extension_over(struct complaint_case *opened) {
    const Fd__Alert *before = opened->record->alert;
    if (!alert_for(opened, REASON(EXTENSION_ASKED)) && !alert_for(opened, REASON(OVERDUE))) return;
    give_way(opened);
    Fd__Alert *alert = opened->record->alert;
    if (alert == before || !alert_pending(alert) || alert->climb_at_ms != 0) return;
    struct alert_rule rule = complaint_alert_rule(opened, alert->level, alert->reason);
    alert->climb_at_ms = rule.climb_ms > 0 ? opened->situation->now_ms + rule.climb_ms : 0;
}

/* Not an escalation: the case's level stays. What others must still acknowledge keeps its people and, unless it is a
 * deadline, its name; where it had reached the manager before, it goes on to climb. */
void complaint_raise_extension(struct complaint_case *opened) {
    enum { DECIDERS = 16 };
    const char *deciders[DECIDERS];
    Fd__Complaint *record = opened->record;
    complaint_judge(opened);
    const Fd__Alert *before = record->alert;
    int32_t level = record->level;
    bool waiting = alert_pending(before) && before->reason != REASON(ASSIGNED);
    Fd__AlertReason reason = REASON(EXTENSION_ASKED);
    if (waiting && !dues_is_deadline(before->reason)) reason = before->reason;
    size_t count = complaint_deciders(opened, deciders, DECIDERS);
    struct alert_rule rule = complaint_alert_rule(opened, LEVEL_MANAGER, reason);
    Fd__Alert *alert =
        alert_raise_to(opened->situation, deciders, count, LEVEL_MANAGER, TEAM(UNSPECIFIED), reason, &rule);
    if (alert == NULL) return;
    take(opened, alert, LEVEL_MANAGER, before);
    record->level = level;
    if (!waiting || before->level < alert->level) return;
    alert->level = before->level;
    alert->climb_at_ms = before->climb_at_ms;
}

void complaint_review_rescheduled(struct complaint_case *opened) {
    const Fd__Alert *alert = opened->record->alert;
    if (alert_live(alert) && dues_is_deadline(alert->reason) && !dues_reason_stands(opened, alert->reason))
        give_way(opened);
}

/* The first word of a delay in a case that starts without one: the next level is due by the table's own count from
 * registration, 20 and 40 minutes, whichever deadline spoke first. */
static void climb_by_table(struct complaint_case *opened) {
    const struct rules *rules = opened->situation->roster->rules;
    const struct severity_rules *severity = clock_rules(rules, opened->record);
    Fd__Alert *alert = opened->record->alert;
    if (alert == NULL || alert->level != LEVEL_TEAM_LEADER || severity->climb_ms[0] == 0 || alert->climb_at_ms == 0)
        return;
    int64_t at_ms = clock_due_ms(rules, opened->record, severity->climb_ms[0] + severity->climb_ms[1]);
    if (at_ms != 0) alert->climb_at_ms = at_ms;
}

/* Acceptance or first contact is late while an alert waits: nobody has acknowledged, so the table's column governs. It
 * is pushed again, and keeps the graver reason. */
static void renew(struct complaint_case *opened, Fd__AlertReason reason) {
    Fd__Alert *alert = message_copy(opened->situation->arena, &opened->record->alert->base);
    if (alert == NULL) return;
    struct alert_rule rule = complaint_alert_rule(opened, alert->level, reason);
    if (dues_gravity(reason) >= dues_gravity(alert->reason) && dues_is_deadline(alert->reason)) alert->reason = reason;
    alert->raised_at_ms = opened->situation->now_ms;
    alert->repeats++;
    alert->repeat_at_ms = rule.repeat_ms > 0 ? opened->situation->now_ms + rule.repeat_ms : 0;
    opened->record->alert = alert;
}

static int32_t clamp(int32_t level, int32_t lowest, int32_t highest) {
    if (level < lowest) return lowest;
    return level > highest ? highest : level;
}

/* D6: past a deadline it goes up one level; when closing is late, at least to the manager. The two early deadlines stop
 * at the manager: the table sends nothing to head office within the first minutes. */
static int32_t next_level(const Fd__Complaint *record, Fd__AlertReason reason) {
    int32_t next = record->level + 1;
    switch (reason) {
    case REASON(OVERDUE): return clamp(next, LEVEL_MANAGER, LEVEL_HEAD_OFFICE);
    case REASON(NO_FEEDBACK):
    case REASON(NO_PLAN): return clamp(next, LEVEL_TEAM_LEADER, LEVEL_HEAD_OFFICE);
    case REASON(FOLLOW_UP_MISSED): return record->severity == SEVERITY(MAJOR) ? LEVEL_MANAGER : LEVEL_SUPERVISOR;
    default: return next > LEVEL_MANAGER ? record->level : next;
    }
}

/* What is graver than a deadline keeps its name, and the level that it asks for. */
static void keep_name(Fd__Alert *alert, const Fd__Alert *before) {
    alert->reason = before->reason;
    if (alert->level >= before->level) return;
    alert->level = before->level;
    alert->climb_at_ms = 0;
}

enum settled complaint_judge(struct complaint_case *opened) {
    return complaint_judge_missed(opened, dues_missed_now(opened));
}

enum settled complaint_judge_missed(struct complaint_case *opened, Fd__AlertReason missed) {
    Fd__Complaint *record = opened->record;
    if (missed == REASON(UNSPECIFIED)) return SETTLED_NOTHING;
    const Fd__Alert *before = record->alert;
    bool early = missed == REASON(NOT_ACCEPTED) || missed == REASON(NO_CONTACT);
    bool waiting = alert_pending(before) && before->reason != REASON(ASSIGNED);
    if (early && waiting) {
        renew(opened, missed);
        return SETTLED_OVERDUE;
    }
    bool first = record->level == 0;
    bool graver = waiting && !dues_is_deadline(before->reason);
    complaint_raise(opened, next_level(record, missed), missed);
    if (graver && record->alert != before) keep_name(record->alert, before);
    if (early && first) climb_by_table(opened);
    return missed == REASON(FOLLOW_UP_MISSED) ? SETTLED_FOLLOW_UP_MISSED : SETTLED_OVERDUE;
}

static bool settle_climb(struct complaint_case *opened) {
    bool climbed = false;
    while (alert_climb_due(opened->record->alert, opened->situation->now_ms)) {
        const Fd__Alert *before = opened->record->alert;
        struct alert_rule rule = complaint_alert_rule(opened, before->level + 1, before->reason);
        Fd__Alert *after = alert_climb(opened->situation, before, opened->record->team, &rule);
        if (after == NULL) return climbed;
        take(opened, after, before->level + 1, before);
        climbed = true;
    }
    return climbed;
}

enum settled complaint_settle(struct complaint_case *opened) {
    const struct situation *situation = opened->situation;
    Fd__Complaint *record = opened->record;
    enum settled settled = complaint_judge(opened);
    if (alert_expiry_due(record->alert, situation->now_ms)) {
        struct alert_rule rule = complaint_alert_rule(opened, record->alert->level, record->alert->reason);
        record->alert = alert_expire(situation, record->alert, &rule);
        if (settled < SETTLED_EXPIRED) settled = SETTLED_EXPIRED;
    }
    if (settle_climb(opened) && settled < SETTLED_CLIMBED) settled = SETTLED_CLIMBED;
    if (alert_repeat_due(record->alert, situation->now_ms)) {
        struct alert_rule rule = complaint_alert_rule(opened, record->alert->level, record->alert->reason);
        record->alert = alert_repeat(situation, record->alert, &rule);
        if (settled < SETTLED_REPEATED) settled = SETTLED_REPEATED;
    }
    return settled;
}
