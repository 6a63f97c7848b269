/* SPDX-License-Identifier: Apache-2.0 */
/* How a complaint ends (D6): closed, the customer asked, opened again, or a duplicate of another. */
#include <string.h>

#include "common/message.h"
#include "common/text.h"
#include "server/domain/complaint.h"
#include "server/domain/complaint_case.h"
#include "server/domain/field.h"
#include "server/domain/words.h"

enum { SATISFACTION_LEAST = 1, SATISFACTION_MOST = 5, CONTENT_FROM = 3 }; /* 满意/较满意/不满意 are 5/4/2 (D6) */

static enum status check_close(struct complaint_case *opened, const Fd__CloseComplaintRequest *command) {
    const struct text_field fields[] = {
        {"cause",  command->cause,  FIELD_PARAGRAPH, true},
        {"remedy", command->remedy, FIELD_PARAGRAPH, true},
    };
    /* D6: what lies outside our remit, the supervisor confirms. */
    if (opened->record->severity == SEVERITY(OUTSIDE_REMIT)) {
        enum status status = complaint_need_supervisor(opened);
        if (status != STATUS_OK) return status;
    }
    enum status status = field_texts(opened->decision, fields, 2);
    if (status != STATUS_OK) return status;
    if (command->verdict == VERDICT(UNSPECIFIED))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "verdict");
    return STATUS_OK;
}

/* Closed while waiting: the deadline it is measured against is the one that going on now would give. */
static void end_clock(struct complaint_case *opened) {
    if (!clock_running(opened->record)) {
        clock_continue(opened->situation, opened->record);
        clock_set_deadlines(opened->situation->roster->rules, opened->record);
    }
    clock_stop(opened->situation, opened->record);
    opened->record->waiting_for = WAITING(UNSPECIFIED);
}

static void forget_follow_up(Fd__Complaint *record) {
    record->followed_up_at_ms = 0;
    record->followed_up_by = message_no_text();
    record->satisfaction = 0;
    record->customer_opinion = message_no_text();
}

enum status complaint_close(const struct situation *situation, const void *request, const void *loaded,
                            struct decision *decision) {
    const Fd__CloseComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_CLOSE, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status == STATUS_OK) status = check_close(&opened, command);
    if (status != STATUS_OK) return status;
    Fd__Complaint *record = opened.record;
    int64_t follow_up_ms = situation->roster->rules->follow_up_ms;
    complaint_work_done(&opened);
    end_clock(&opened);
    if (text_empty(record->handler_id)) record->handler_id = complaint_case_actor(&opened);
    if (record->accepted_at_ms == 0) record->accepted_at_ms = situation->now_ms;
    record->state = STATE(CLOSED);
    record->closed_at_ms = situation->now_ms;
    record->closed_by = complaint_case_actor(&opened);
    record->cause = command->cause;
    record->verdict = command->verdict;
    record->remedy = command->remedy;
    record->follow_up_due_at_ms = follow_up_ms > 0 ? situation->now_ms + follow_up_ms : 0;
    forget_follow_up(record);
    complaint_lapse_extension(&opened);
    complaint_end_alert(&opened);
    return complaint_case_finish(&opened, "complaint.closed", NULL);
}

/* D6: major ones by the manager, others by the supervisor or a clerk of the desk. */
static enum status may_follow_up(struct complaint_case *opened) {
    const Fd__Person *actor = opened->situation->actor;
    if (person_has_role(actor, ROLE(MANAGER))) return STATUS_OK;
    if (opened->record->severity == SEVERITY(MAJOR))
        return complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_MANAGER_NEEDED, NULL);
    if (person_has_role(actor, ROLE(SUPERVISOR)) || person_has_role(actor, ROLE(DESK_CLERK))) return STATUS_OK;
    return complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_SUPERVISOR_NEEDED, NULL);
}

/* To the supervisor, a major one to the manager too; when they opened it again themselves, to the handler. */
static void raise_reopened(struct complaint_case *opened) {
    Fd__Complaint *record = opened->record;
    bool major = record->severity == SEVERITY(MAJOR);
    const Fd__Person *handler = roster_find(opened->situation->roster, record->handler_id);
    bool told = alert_person_level(opened->situation->actor) >= (major ? LEVEL_MANAGER : LEVEL_SUPERVISOR);
    if (!told || handler == NULL) {
        complaint_raise(opened, major ? LEVEL_MANAGER : LEVEL_SUPERVISOR, REASON(REOPENED));
        return;
    }
    if (handler == opened->situation->actor) return;
    const char *ids[] = {handler->id};
    struct alert_rule rule = complaint_alert_rule(opened, LEVEL_TEAM_LEADER, REASON(REOPENED));
    Fd__Alert *alert =
        alert_raise_to(opened->situation, ids, 1, LEVEL_TEAM_LEADER, record->team, REASON(REOPENED), &rule);
    if (alert != NULL) record->alert = alert;
}

enum status complaint_follow_up(const struct situation *situation, const void *request, const void *loaded,
                                struct decision *decision) {
    const Fd__FollowUpComplaintRequest *command = request;
    const struct text_field opinion = {"customer_opinion", command->customer_opinion, FIELD_PARAGRAPH, false};
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_FOLLOW_UP, loaded, command->version, decision);
    if (status == STATUS_OK) status = may_follow_up(&opened);
    if (status != STATUS_OK) return status;
    if (command->satisfaction < SATISFACTION_LEAST || command->satisfaction > SATISFACTION_MOST)
        return complaint_case_refuse(&opened, STATUS_INVALID, REFUSAL_SATISFACTION_RANGE, "satisfaction");
    status = field_texts(decision, &opinion, 1);
    if (status != STATUS_OK) return status;
    Fd__Complaint *record = opened.record;
    record->satisfaction = command->satisfaction;
    record->customer_opinion = command->customer_opinion;
    record->followed_up_at_ms = situation->now_ms;
    record->followed_up_by = complaint_case_actor(&opened);
    complaint_end_alert(&opened);
    if (command->satisfaction >= CONTENT_FROM) {
        record->state = STATE(FOLLOWED_UP);
        return complaint_case_finish(&opened, "complaint.followed_up", command->customer_opinion);
    }
    complaint_restart(&opened);
    raise_reopened(&opened);
    return complaint_case_finish(&opened, "complaint.reopened", command->customer_opinion);
}

/* Whoever may work on it, and any clerk of the desk: the customer comes to whoever stands there. */
static enum status may_reopen(struct complaint_case *opened) {
    if (person_has_role(opened->situation->actor, ROLE(DESK_CLERK))) return STATUS_OK;
    return complaint_need_work(opened);
}

enum status complaint_reopen(const struct situation *situation, const void *request, const void *loaded,
                             struct decision *decision) {
    const Fd__ReopenComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_REOPEN, loaded, command->version, decision);
    if (status == STATUS_OK) status = may_reopen(&opened);
    if (status == STATUS_OK) status = field_reason(decision, command->reason, "reason");
    if (status != STATUS_OK) return status;
    complaint_end_alert(&opened);
    complaint_restart(&opened);
    raise_reopened(&opened);
    return complaint_case_finish(&opened, "complaint.reopened", command->reason);
}

static enum status check_link(struct complaint_case *opened, const Fd__LinkComplaintRequest *command) {
    const Fd__Complaint *stays = opened->situation->other;
    if (text_empty(command->duplicate_of))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "duplicate_of");
    if (text_equal(command->duplicate_of, opened->record->number))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_LINK_SELF, "duplicate_of");
    if (stays == NULL) return complaint_case_refuse(opened, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "duplicate_of");
    if (strcmp(stays->id, opened->record->id) == 0)
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_LINK_SELF, "duplicate_of");
    if (stays->state == STATE(LINKED))
        return complaint_case_refuse(opened, STATUS_CONFLICT, REFUSAL_LINK_TARGET_LINKED, "duplicate_of");
    if (!complaint_open(stays))
        return complaint_case_refuse(opened, STATUS_CONFLICT, REFUSAL_LINK_TARGET_CLOSED, "duplicate_of");
    const struct text_field reason = {"reason", command->reason, FIELD_PARAGRAPH, false};
    return field_texts(opened->decision, &reason, 1);
}

enum status complaint_link(const struct situation *situation, const void *request, const void *loaded,
                           struct decision *decision) {
    const Fd__LinkComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_LINK, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status == STATUS_OK) status = check_link(&opened, command);
    if (status != STATUS_OK) return status;
    const Fd__Complaint *stays = situation->other;
    clock_stop(situation, opened.record);
    opened.record->state = STATE(LINKED);
    opened.record->waiting_for = WAITING(UNSPECIFIED);
    opened.record->duplicate_of = arena_string(situation->arena, stays->number);
    complaint_lapse_extension(&opened);
    complaint_end_alert(&opened);
    return complaint_case_finish(&opened, "complaint.linked", command->reason);
}
