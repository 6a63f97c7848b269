/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/visit.h"

#include "common/message.h"
#include "common/text.h"
#include "server/domain/field.h"
#include "server/domain/visit_case.h"
#include "server/domain/words.h"

enum status visit_finish(const struct situation *situation, struct decision *decision, Fd__Visit *visit,
                         const char *kind, const char *note) {
    enum status status = decide(situation, decision, &visit->base, kind, note);
    if (status == STATUS_OK) decision->wake_at_ms = alert_wake_at_ms(visit->alert);
    return status;
}

static enum status open_visit(const struct situation *situation, enum visit_operation operation, const void *loaded,
                              int64_t expected_version, struct decision *decision, Fd__Visit **visit) {
    const Fd__Visit *present = loaded;
    if (present == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "number");
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    enum status status = decision_version(decision, expected_version, present->version);
    if (status != STATUS_OK) return status;
    enum refusal refusal = visit_move(operation, present->state);
    if (refusal != REFUSAL_NONE) return refuse(decision, STATUS_CONFLICT, refusal, NULL);
    *visit = message_copy(situation->arena, &present->base);
    if (*visit == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    (*visit)->version++;
    return STATUS_OK;
}

static bool emergency_waits(const Fd__Visit *visit) {
    return alert_pending(visit->alert) && visit->alert->reason == REASON(EMERGENCY);
}

/* An arrival has been seen to; an emergency's acknowledgement does not expire while something is done. */
static void step_taken(const struct situation *situation, Fd__Visit *visit) {
    if (visit->alert == NULL) return;
    visit->alert = visit->alert->reason == REASON(ARRIVED) ? alert_end(situation, visit->alert)
                                                           : alert_work(situation, visit->alert);
}

enum status visit_arrive(const struct situation *situation, const void *request, const void *loaded,
                         struct decision *decision) {
    const Fd__ArriveVisitRequest *command = request;
    const struct text_field pass = {"pass", command->pass, FIELD_CODE, false};
    Fd__Visit *visit = NULL;
    enum status status = open_visit(situation, VISIT_ARRIVE, loaded, command->version, decision, &visit);
    if (status == STATUS_OK) status = field_texts(decision, &pass, 1);
    if (status != STATUS_OK) return status;
    if (!text_empty(command->pass)) visit->pass = command->pass;
    step_taken(situation, visit);
    visit_arrived(situation, visit);
    return visit_finish(situation, decision, visit, "visit.arrived", NULL);
}

enum status visit_meet(const struct situation *situation, const void *request, const void *loaded,
                       struct decision *decision) {
    const Fd__MeetVisitRequest *command = request;
    Fd__Visit *visit = NULL;
    enum status status = open_visit(situation, VISIT_MEET, loaded, command->version, decision, &visit);
    if (status != STATUS_OK) return status;
    visit->state = VISIT(WITH_HOST);
    visit->with_host_at_ms = situation->now_ms;
    step_taken(situation, visit);
    return visit_finish(situation, decision, visit, "visit.met", NULL);
}

/* Leaving does not silence an emergency that nobody has acknowledged (D14: as a major complaint). */
enum status visit_leave(const struct situation *situation, const void *request, const void *loaded,
                        struct decision *decision) {
    const Fd__LeaveVisitRequest *command = request;
    Fd__Visit *visit = NULL;
    enum status status = open_visit(situation, VISIT_LEAVE, loaded, command->version, decision, &visit);
    if (status != STATUS_OK) return status;
    visit->state = VISIT(LEFT);
    visit->left_at_ms = situation->now_ms;
    step_taken(situation, visit);
    if (!emergency_waits(visit)) visit->alert = alert_end(situation, visit->alert);
    return visit_finish(situation, decision, visit, "visit.left", NULL);
}

enum status visit_cancel(const struct situation *situation, const void *request, const void *loaded,
                         struct decision *decision) {
    const Fd__CancelVisitRequest *command = request;
    Fd__Visit *visit = NULL;
    enum status status = open_visit(situation, VISIT_CANCEL, loaded, command->version, decision, &visit);
    if (status == STATUS_OK) status = field_reason(decision, command->reason, "reason");
    if (status != STATUS_OK) return status;
    visit->state = VISIT(CANCELLED);
    step_taken(situation, visit);
    if (!emergency_waits(visit)) visit->alert = alert_end(situation, visit->alert);
    return visit_finish(situation, decision, visit, "visit.cancelled", command->reason);
}

enum status visit_emergency(const struct situation *situation, const void *request, const void *loaded,
                            struct decision *decision) {
    const Fd__RaiseEmergencyRequest *command = request;
    Fd__Visit *visit = NULL;
    enum status status = open_visit(situation, VISIT_EMERGENCY, loaded, command->version, decision, &visit);
    if (status == STATUS_OK) status = field_reason(decision, command->reason, "reason");
    if (status != STATUS_OK) return status;
    if (emergency_waits(visit)) return refuse(decision, STATUS_CONFLICT, REFUSAL_ALREADY_EMERGENCY, NULL);
    visit_raise_emergency(situation, visit);
    return visit_finish(situation, decision, visit, "visit.emergency", command->reason);
}

enum status visit_acknowledge(const struct situation *situation, const void *request, const void *loaded,
                              struct decision *decision) {
    const Fd__AcknowledgeVisitRequest *command = request;
    Fd__Visit *visit = NULL;
    enum status status = open_visit(situation, VISIT_ACKNOWLEDGE, loaded, command->version, decision, &visit);
    if (status != STATUS_OK) return status;
    struct alert_rule rule = visit_alert_rule(situation, visit->alert, visit->alert != NULL ? visit->alert->level : 0);
    status = alert_acknowledge(situation, visit->alert, &rule, &visit->alert, decision);
    if (status != STATUS_OK) return status;
    return visit_finish(situation, decision, visit, "visit.acknowledged", NULL);
}
