/* SPDX-License-Identifier: Apache-2.0 */
/* The work on a complaint (D6): accepting it, actions and contacts, the plan, its class, the stopped clock. */
#include <string.h>

#include "common/text.h"
#include "server/domain/complaint.h"
#include "server/domain/complaint_case.h"
#include "server/domain/field.h"
#include "server/domain/words.h"

/* Somebody answers for it from now on; who has a handler already keeps them. */
static void accept(struct complaint_case *opened) {
    Fd__Complaint *record = opened->record;
    if (text_empty(record->handler_id)) record->handler_id = complaint_case_actor(opened);
    if (record->accepted_at_ms == 0) record->accepted_at_ms = opened->situation->now_ms;
    record->state = STATE(ACCEPTED);
    complaint_end_reason(opened, REASON(ASSIGNED));
}

static bool is_handler(const struct complaint_case *opened) {
    return strcmp(opened->record->handler_id, opened->situation->actor->id) == 0;
}

/* For an absent handler the team's leader or the supervisor may accept; others would take it away from them. */
static bool may_accept_for(const struct complaint_case *opened) {
    const Fd__Person *actor = opened->situation->actor;
    if (text_empty(opened->record->handler_id) || is_handler(opened) || complaint_supervises(actor)) return true;
    return person_has_role(actor, ROLE(TEAM_LEADER)) && actor->team == opened->record->team;
}

enum status complaint_accept(const struct situation *situation, const void *request, const void *loaded,
                             struct decision *decision) {
    const Fd__AcceptComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_ACCEPT, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status != STATUS_OK) return status;
    if (!may_accept_for(&opened)) return complaint_case_refuse(&opened, STATUS_DENIED, REFUSAL_OTHER_HANDLER, NULL);
    complaint_work_done(&opened);
    accept(&opened);
    return complaint_case_finish(&opened, "complaint.accepted", NULL);
}

static const char *action_kind(Fd__ActionKind kind) {
    switch (kind) {
    case KIND(ACTION): return "complaint.acted";
    case KIND(CONTACT): return "complaint.contacted";
    case KIND(FEEDBACK): return "complaint.feedback_given";
    case KIND(REMARK): return "complaint.remarked";
    default: return NULL;
    }
}

/* Whoever works on a case that is theirs has accepted it, also without saying so. */
static bool accepts_by_working(const struct complaint_case *opened) {
    const Fd__Complaint *record = opened->record;
    if (record->state != STATE(REGISTERED)) return false;
    return is_handler(opened) || (text_empty(record->handler_id) && opened->situation->actor->team == record->team);
}

/* Telling the customer what will be done is speaking to them. */
static void note_contact(Fd__Complaint *record, Fd__ActionKind kind, int64_t now_ms) {
    bool contact = kind == KIND(CONTACT) || kind == KIND(FEEDBACK);
    if (contact && record->first_contact_at_ms == 0) record->first_contact_at_ms = now_ms;
    if (kind == KIND(FEEDBACK) && record->feedback_at_ms == 0) record->feedback_at_ms = now_ms;
}

enum status complaint_record_action(const struct situation *situation, const void *request, const void *loaded,
                                    struct decision *decision) {
    const Fd__RecordActionRequest *command = request;
    const struct text_field note = {"note", command->note, FIELD_PARAGRAPH, true};
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_RECORD_ACTION, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status != STATUS_OK) return status;
    const char *kind = action_kind(command->kind);
    if (kind == NULL) return complaint_case_refuse(&opened, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "kind");
    status = field_texts(decision, &note, 1);
    if (status != STATUS_OK) return status;
    if (command->kind != KIND(REMARK)) {
        complaint_work_done(&opened);
        if (accepts_by_working(&opened)) accept(&opened);
        note_contact(opened.record, command->kind, situation->now_ms);
        if (opened.record->state == STATE(ACCEPTED)) opened.record->state = STATE(UNDER_WAY);
    }
    return complaint_case_finish(&opened, kind, command->note);
}

/* The step keeps each plan; the record has the one that stands. */
enum status complaint_plan(const struct situation *situation, const void *request, const void *loaded,
                           struct decision *decision) {
    const Fd__PlanComplaintRequest *command = request;
    const struct text_field plan = {"plan", command->plan, FIELD_PARAGRAPH, true};
    struct complaint_case opened;
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_PLAN, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status == STATUS_OK) status = field_texts(decision, &plan, 1);
    if (status != STATUS_OK) return status;
    complaint_work_done(&opened);
    if (accepts_by_working(&opened)) accept(&opened);
    if (opened.record->state == STATE(ACCEPTED)) opened.record->state = STATE(UNDER_WAY);
    opened.record->plan = command->plan;
    opened.record->planned_at_ms = situation->now_ms;
    opened.record->planned_by = complaint_case_actor(&opened);
    return complaint_case_finish(&opened, "complaint.planned", command->plan);
}

/* How strict the deadlines are that a severity brings. */
static int strictness(Fd__Severity severity) {
    switch (severity) {
    case SEVERITY(MAJOR): return 4;
    case SEVERITY(SERIOUS): return 3;
    case SEVERITY(GENERAL): return 2;
    case SEVERITY(COMPLEX): return 1;
    default: return 0;
    }
}

/* The clock keeps its start: only the figures change (D6). */
static void change_severity(struct complaint_case *opened, Fd__Severity severity) {
    bool stricter = strictness(severity) > strictness(opened->record->severity);
    opened->record->severity = severity;
    clock_set_deadlines(opened->situation->roster->rules, opened->record);
    if (severity != SEVERITY(COMPLEX)) complaint_lapse_extension(opened);
    if (stricter) {
        complaint_raise_severity(opened);
        return;
    }
    complaint_end_reason(opened, REASON(MAJOR));
    complaint_end_reason(opened, REASON(SERIOUS));
}

static enum status check_classify(struct complaint_case *opened, const Fd__ClassifyComplaintRequest *command) {
    const Fd__Complaint *record = opened->record;
    bool severity = command->severity != SEVERITY(UNSPECIFIED) && command->severity != record->severity;
    bool type = command->type != TYPE(UNSPECIFIED) && command->type != record->type;
    if (!severity && !type) return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_NOTHING_CHANGED, "severity");
    /* Longer deadlines, or none of our business, are not for the one who has to keep them. */
    if (severity && strictness(command->severity) < strictness(record->severity)) {
        enum status status = complaint_need_supervisor(opened);
        if (status != STATUS_OK) return status;
    }
    if (severity) return field_reason(opened->decision, command->reason, "reason");
    const struct text_field reason = {"reason", command->reason, FIELD_PARAGRAPH, false};
    return field_texts(opened->decision, &reason, 1);
}

enum status complaint_classify(const struct situation *situation, const void *request, const void *loaded,
                               struct decision *decision) {
    const Fd__ClassifyComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_CLASSIFY, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status == STATUS_OK) status = check_classify(&opened, command);
    if (status != STATUS_OK) return status;
    complaint_work_done(&opened);
    if (command->type != TYPE(UNSPECIFIED)) opened.record->type = command->type;
    if (command->severity != SEVERITY(UNSPECIFIED) && command->severity != opened.record->severity)
        change_severity(&opened, command->severity);
    return complaint_case_finish(&opened, "complaint.classified", command->reason);
}

enum status complaint_pause(const struct situation *situation, const void *request, const void *loaded,
                            struct decision *decision) {
    const Fd__PauseComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_PAUSE, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status != STATUS_OK) return status;
    if (command->waiting_for == WAITING(UNSPECIFIED))
        return complaint_case_refuse(&opened, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "waiting_for");
    status = field_reason(decision, command->reason, "reason");
    if (status != STATUS_OK) return status;
    if (opened.record->n_active_from_ms >= CLOCK_INTERVALS_LIMIT)
        return complaint_case_refuse(&opened, STATUS_CONFLICT, REFUSAL_TOO_MANY_PAUSES, NULL);
    complaint_work_done(&opened);
    opened.record->state = STATE(WAITING);
    opened.record->waiting_for = command->waiting_for;
    clock_stop(situation, opened.record);
    clock_set_deadlines(situation->roster->rules, opened.record);
    return complaint_case_finish(&opened, "complaint.paused", command->reason);
}

enum status complaint_resume(const struct situation *situation, const void *request, const void *loaded,
                             struct decision *decision) {
    const Fd__ResumeComplaintRequest *command = request;
    const struct text_field note = {"note", command->note, FIELD_PARAGRAPH, false};
    struct complaint_case opened;
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_RESUME, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status == STATUS_OK) status = field_texts(decision, &note, 1);
    if (status != STATUS_OK) return status;
    complaint_work_done(&opened);
    opened.record->state = text_empty(opened.record->handler_id) ? STATE(REGISTERED) : STATE(UNDER_WAY);
    opened.record->waiting_for = WAITING(UNSPECIFIED);
    clock_continue(situation, opened.record);
    clock_set_deadlines(situation->roster->rules, opened.record);
    return complaint_case_finish(&opened, "complaint.resumed", command->note);
}
