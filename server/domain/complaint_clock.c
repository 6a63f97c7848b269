/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint_clock.h"

#include <string.h>

#include "common/moment.h"
#include "server/domain/calendar.h"
#include "server/domain/words.h"

const struct severity_rules *clock_rules(const struct rules *rules, const Fd__Complaint *complaint) {
    unsigned severity = (unsigned)complaint->severity;
    return &rules->severity[severity < RULES_SEVERITIES ? severity : 0];
}

bool clock_running(const Fd__Complaint *complaint) {
    return complaint->n_active_from_ms > complaint->n_active_until_ms;
}

/* A longer copy: the arrays of the loaded record are only lent. */
static bool append(struct arena *arena, int64_t **values, size_t *count, int64_t value) {
    int64_t *longer = arena_take(arena, (*count + 1) * sizeof *longer);
    if (longer == NULL) return false;
    if (*count > 0) memcpy(longer, *values, *count * sizeof *longer);
    longer[*count] = value;
    *values = longer;
    (*count)++;
    return true;
}

void clock_start(const struct situation *situation, Fd__Complaint *complaint) {
    complaint->n_active_from_ms = 0;
    complaint->n_active_until_ms = 0;
    clock_continue(situation, complaint);
}

static int64_t not_before(int64_t at_ms, int64_t earliest_ms) {
    return at_ms > earliest_ms ? at_ms : earliest_ms;
}

void clock_stop(const struct situation *situation, Fd__Complaint *complaint) {
    if (!clock_running(complaint)) return;
    int64_t from_ms = complaint->active_from_ms[complaint->n_active_from_ms - 1];
    append(situation->arena, &complaint->active_until_ms, &complaint->n_active_until_ms,
           not_before(situation->now_ms, from_ms));
}

void clock_continue(const struct situation *situation, Fd__Complaint *complaint) {
    if (clock_running(complaint)) return;
    size_t ended = complaint->n_active_until_ms;
    int64_t until_ms = ended > 0 ? complaint->active_until_ms[ended - 1] : 0;
    append(situation->arena, &complaint->active_from_ms, &complaint->n_active_from_ms,
           not_before(situation->now_ms, until_ms));
}

static int64_t add(const struct rules *rules, bool working, int64_t from_ms, int64_t duration_ms) {
    return working ? calendar_add(&rules->calendar, from_ms, duration_ms) : from_ms + duration_ms;
}

static int64_t between(const struct rules *rules, bool working, int64_t from_ms, int64_t until_ms) {
    return working ? calendar_between(&rules->calendar, from_ms, until_ms) : until_ms - from_ms;
}

int64_t clock_due_ms(const struct rules *rules, const Fd__Complaint *complaint, int64_t duration_ms) {
    if (duration_ms <= 0) return 0;
    bool working = clock_rules(rules, complaint)->working_time;
    for (size_t i = 0; i < complaint->n_active_from_ms; i++) {
        int64_t from_ms = complaint->active_from_ms[i];
        if (i >= complaint->n_active_until_ms) return add(rules, working, from_ms, duration_ms);
        int64_t ran_ms = between(rules, working, from_ms, complaint->active_until_ms[i]);
        if (duration_ms <= ran_ms) return add(rules, working, from_ms, duration_ms);
        duration_ms -= ran_ms;
    }
    return 0;
}

/* Whole working days are the working time up to the end of that day, so that a pause shifts them like the others. */
static int64_t days_ms(const struct rules *rules, const Fd__Complaint *complaint, int64_t days) {
    if (days <= 0 || complaint->n_active_from_ms == 0) return 0;
    if (!clock_rules(rules, complaint)->working_time) return days * DAY_MS;
    int64_t from_ms = complaint->active_from_ms[0];
    return calendar_between(&rules->calendar, from_ms, calendar_add_days(&rules->calendar, from_ms, days));
}

static int64_t close_duration_ms(const struct rules *rules, const Fd__Complaint *complaint) {
    const struct severity_rules *severity = clock_rules(rules, complaint);
    if (!severity->working_time || severity->close_working_days == 0 || complaint->n_active_from_ms == 0)
        return severity->close_ms;
    return days_ms(rules, complaint, severity->close_working_days);
}

/* The time granted is kept to the minute; each pause since then moves it on by its length, unless it had passed. */
static int64_t granted_due_ms(const struct rules *rules, const Fd__Complaint *complaint) {
    bool working = clock_rules(rules, complaint)->working_time;
    int64_t due_ms = complaint->extended_until_ms;
    for (size_t i = 0; i < complaint->n_active_until_ms; i++) {
        int64_t from_ms = not_before(complaint->active_until_ms[i], complaint->extended_at_ms);
        if (due_ms <= from_ms) return due_ms;
        if (i + 1 == complaint->n_active_from_ms) return 0;
        int64_t until_ms = complaint->active_from_ms[i + 1];
        if (until_ms > from_ms) due_ms = add(rules, working, due_ms, between(rules, working, from_ms, until_ms));
    }
    return due_ms;
}

static int64_t close_due_ms(const struct rules *rules, const Fd__Complaint *complaint) {
    if (complaint->extended_until_ms != 0 && complaint->severity == SEVERITY(COMPLEX))
        return granted_due_ms(rules, complaint);
    return clock_due_ms(rules, complaint, close_duration_ms(rules, complaint));
}

void clock_set_deadlines(const struct rules *rules, Fd__Complaint *complaint) {
    const struct severity_rules *severity = clock_rules(rules, complaint);
    if (complaint->accepted_at_ms == 0)
        complaint->accept_due_at_ms = clock_due_ms(rules, complaint, severity->accept_ms);
    if (complaint->first_contact_at_ms == 0)
        complaint->contact_due_at_ms = clock_due_ms(rules, complaint, severity->contact_ms);
    if (complaint->feedback_at_ms == 0)
        complaint->feedback_due_at_ms = clock_due_ms(rules, complaint, severity->feedback_ms);
    if (complaint->planned_at_ms == 0)
        complaint->plan_due_at_ms = clock_due_ms(rules, complaint, days_ms(rules, complaint, severity->plan_days));
    if (complaint->closed_at_ms == 0) complaint->close_due_at_ms = close_due_ms(rules, complaint);
}
