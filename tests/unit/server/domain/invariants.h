/* SPDX-License-Identifier: Apache-2.0 */
/* What must always hold of a complaint, whatever was done to it by whomever and when. */
#ifndef FRONTDESK_TESTS_DOMAIN_INVARIANTS_H
#define FRONTDESK_TESTS_DOMAIN_INVARIANTS_H

#include "server/domain/complaint_case.h"
#include "tests/unit/server/domain/cast.h"

static inline void check_intervals(const Fd__Complaint *complaint) {
    size_t from = complaint->n_active_from_ms, until = complaint->n_active_until_ms;
    assert_true(from == until || from == until + 1);
    assert_true(from >= 1);
    bool runs = complaint->state == STATE(REGISTERED) || complaint->state == STATE(ACCEPTED) ||
                complaint->state == STATE(UNDER_WAY);
    assert_int_equal(clock_running(complaint), runs);
    for (size_t i = 0; i < until; i++) {
        assert_true(complaint->active_from_ms[i] <= complaint->active_until_ms[i]);
        if (i + 1 < from) assert_true(complaint->active_until_ms[i] <= complaint->active_from_ms[i + 1]);
    }
}

static inline void check_alert(const struct cast *cast, const Fd__Complaint *complaint) {
    const Fd__Alert *alert = complaint->alert;
    int64_t now_ms = cast->situation.now_ms;
    assert_in_range(complaint->level, 0, 4);
    if (alert == NULL) return;
    assert_in_range(alert->level, 1, 4);
    assert_true(alert->raised_at_ms > 0 && alert->raised_at_ms <= now_ms);
    for (size_t i = 0; i < alert->n_person_ids; i++) assert_non_null(roster_find(&cast->roster, alert->person_ids[i]));
    assert_true(alert->n_person_ids > 0);
    if (alert_pending(alert)) {
        assert_true(alert->repeat_at_ms > now_ms);
        assert_true(alert->climb_at_ms == 0 || alert->climb_at_ms > now_ms);
    } else {
        assert_int_equal(alert->repeat_at_ms, 0);
        assert_int_equal(alert->climb_at_ms, 0);
    }
    if (complaint->state == STATE(CLOSED) && now_ms < complaint->follow_up_due_at_ms) assert_false(alert_live(alert));
    if (complaint->state >= STATE(FOLLOWED_UP)) assert_false(alert_live(alert));
}

static inline void check_fields(const Fd__Complaint *complaint) {
    bool ended = complaint->state == STATE(CLOSED) || complaint->state == STATE(FOLLOWED_UP);
    assert_int_equal(complaint->closed_at_ms != 0, ended);
    assert_int_equal(complaint->closed_by[0] != '\0', ended);
    assert_int_equal(complaint->duplicate_of[0] != '\0', complaint->state == STATE(LINKED));
    assert_int_equal(complaint->waiting_for != 0, complaint->state == STATE(WAITING));
    if (complaint->state == STATE(ACCEPTED)) assert_true(complaint->handler_id[0] != '\0');
    if (complaint->state == STATE(FOLLOWED_UP)) assert_in_range(complaint->satisfaction, 3, 5);
    if (complaint->accepted_at_ms != 0) assert_true(complaint->accepted_at_ms >= complaint->registered_at_ms);
}

/* Whoever wakes it now finds nothing, and is sent to the same moment. */
static inline void check_wake(struct cast *cast) {
    int64_t wake_at_ms = cast->decision.wake_at_ms;
    const Fd__Complaint *before = cast->complaint;
    assert_true(wake_at_ms == 0 || wake_at_ms > cast->situation.now_ms);
    assert_int_equal(wake_it(cast), STATUS_OK);
    assert_null(cast->decision.record);
    assert_ptr_equal(cast->complaint, before);
    assert_int_equal(cast->decision.wake_at_ms, wake_at_ms);
    if (before->state >= STATE(FOLLOWED_UP)) assert_int_equal(wake_at_ms, 0);
}

/* A deadline that has passed is known to somebody: an alert has been raised since. */
static inline void check_nothing_forgotten(const struct cast *cast, const Fd__Complaint *complaint) {
    if (!complaint_open(complaint)) return;
    const int64_t dues[][2] = {
        {complaint->accept_due_at_ms,   complaint->accepted_at_ms     },
        {complaint->contact_due_at_ms,  complaint->first_contact_at_ms},
        {complaint->feedback_due_at_ms, complaint->feedback_at_ms     },
        {complaint->plan_due_at_ms,     complaint->planned_at_ms      },
        {complaint->close_due_at_ms,    complaint->closed_at_ms       }
    };
    for (int i = 0; i < 5; i++) {
        if (dues[i][0] == 0 || dues[i][1] != 0 || dues[i][0] > cast->situation.now_ms) continue;
        assert_true(complaint->past_deadline);
        assert_non_null(complaint->alert);
        assert_true(complaint->alert->raised_at_ms >= dues[i][0]);
    }
}

/* What waits for a decision is about a case that needs it, and always has an alert that lives. */
static inline void check_extension(const Fd__Complaint *complaint) {
    assert_int_equal(complaint->planned_at_ms != 0, complaint->plan[0] != '\0');
    const Fd__Extension *extension = complaint->extension;
    if (extension == NULL) return;
    bool decided = extension->state == EXTENSION(APPROVED) || extension->state == EXTENSION(RETURNED);
    assert_int_equal(extension->decided_at_ms != 0, decided);
    if (decided) assert_string_not_equal(extension->asked_by, extension->decided_by);
    if (extension->state == EXTENSION(APPROVED)) assert_int_equal(complaint->extended_until_ms, extension->until_ms);
    if (extension->state != EXTENSION(ASKED)) return;
    assert_true(complaint_open(complaint));
    assert_int_equal(complaint->severity, SEVERITY(COMPLEX));
    assert_true(alert_live(complaint->alert));
}

/* After a step that changed it; also leaves it woken, which changes nothing. */
static inline void check_complaint(struct cast *cast) {
    check_intervals(cast->complaint);
    check_alert(cast, cast->complaint);
    check_fields(cast->complaint);
    check_extension(cast->complaint);
    check_nothing_forgotten(cast, cast->complaint);
    check_wake(cast);
}

#endif
