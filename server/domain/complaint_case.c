/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/complaint_case.h"

#include <string.h>

#include "common/message.h"
#include "server/domain/authority.h"
#include "server/domain/words.h"

bool complaint_open(const Fd__Complaint *complaint) {
    return complaint->state >= STATE(REGISTERED) && complaint->state <= STATE(WAITING);
}

enum status complaint_case_open(struct complaint_case *opened, const struct situation *situation,
                                enum complaint_operation operation, const void *loaded, int64_t expected_version,
                                struct decision *decision) {
    const Fd__Complaint *complaint = loaded;
    *opened = (struct complaint_case){.situation = situation, .decision = decision};
    if (complaint == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "number");
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    enum status status = decision_version(decision, expected_version, complaint->version);
    if (status != STATUS_OK) return status;
    enum refusal refusal = complaint_move(operation, complaint->state);
    if (refusal != REFUSAL_NONE) return refuse(decision, STATUS_CONFLICT, refusal, NULL);
    opened->record = message_copy(situation->arena, &complaint->base);
    if (opened->record == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    opened->record->version++;
    complaint_reschedule(opened);
    return STATUS_OK;
}

enum status complaint_case_refuse(struct complaint_case *opened, enum status status, enum refusal refusal,
                                  const char *field) {
    return refuse(opened->decision, status, refusal, field);
}

enum status complaint_case_finish(struct complaint_case *opened, const char *kind, const char *note) {
    complaint_review_alert(opened);
    if (complaint_extension_asked(opened->record) && !alert_live(opened->record->alert))
        complaint_raise_extension(opened);
    complaint_settle(opened);
    opened->record->past_deadline = complaint_past_deadline(opened->record, opened->situation->now_ms);
    enum status status = decide(opened->situation, opened->decision, &opened->record->base, kind, note);
    if (status == STATUS_OK) opened->decision->wake_at_ms = complaint_wake_at_ms(opened);
    return status;
}

char *complaint_case_actor(const struct complaint_case *opened) {
    return arena_string(opened->situation->arena, opened->situation->actor->id);
}

bool complaint_supervises(const Fd__Person *person) {
    return person_has_role(person, ROLE(SUPERVISOR)) || person_has_role(person, ROLE(MANAGER));
}

bool complaint_may_handle(const Fd__Person *person) {
    return person != NULL && authority_allows(ITEM_S3, ACTION_WORK, person->roles, person->n_roles);
}

static bool may_work(const Fd__Complaint *complaint, const Fd__Person *person) {
    if (!complaint_may_handle(person)) return false;
    if (complaint_supervises(person)) return true;
    if (strcmp(complaint->handler_id, person->id) == 0 || strcmp(complaint->registered_by, person->id) == 0)
        return true;
    return person->team != TEAM(UNSPECIFIED) && person->team == complaint->team;
}

enum status complaint_need_work(struct complaint_case *opened) {
    if (may_work(opened->record, opened->situation->actor)) return STATUS_OK;
    return complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_NOT_YOUR_CASE, NULL);
}

enum status complaint_need_supervisor(struct complaint_case *opened) {
    if (complaint_supervises(opened->situation->actor)) return STATUS_OK;
    return complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_SUPERVISOR_NEEDED, NULL);
}

void complaint_restart(struct complaint_case *opened) {
    Fd__Complaint *record = opened->record;
    record->state = STATE(UNDER_WAY);
    record->reopened++;
    record->closed_at_ms = 0;
    record->closed_by = message_no_text();
    record->follow_up_due_at_ms = 0;
    record->first_contact_at_ms = 0;
    record->feedback_at_ms = 0;
    record->plan = message_no_text();
    record->planned_at_ms = 0;
    record->planned_by = message_no_text();
    record->extension = NULL;
    record->extended_until_ms = 0;
    record->extended_at_ms = 0;
    record->level = 0;
    clock_start(opened->situation, record);
    clock_set_deadlines(opened->situation->roster->rules, record);
}
