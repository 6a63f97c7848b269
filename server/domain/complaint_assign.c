/* SPDX-License-Identifier: Apache-2.0 */
/* Who answers for a complaint (D6, D16): assigned, taken over, sent back. The clock never starts anew for it. */
#include <string.h>

#include "common/text.h"
#include "server/domain/complaint.h"
#include "server/domain/complaint_case.h"
#include "server/domain/field.h"
#include "server/domain/words.h"

struct assignment {
    Fd__Team team;
    const Fd__Person *handler; /* NULL: the team, until somebody there accepts */
};

/* The alert to the one before has lost its cause; what others must acknowledge stays. */
static void assign(struct complaint_case *opened, const struct assignment *to) {
    Fd__Complaint *record = opened->record;
    complaint_end_reason(opened, REASON(ASSIGNED));
    record->team = to->team;
    record->handler_id = arena_string(opened->situation->arena, to->handler != NULL ? to->handler->id : "");
    if (to->handler == NULL && record->state != STATE(WAITING)) record->state = STATE(REGISTERED);
    complaint_raise_assigned(opened);
}

static enum status find_handler(struct complaint_case *opened, const char *handler_id, const Fd__Person **handler) {
    *handler = NULL;
    if (text_empty(handler_id)) return STATUS_OK;
    const Fd__Person *person = roster_find(opened->situation->roster, handler_id);
    if (!complaint_may_handle(person))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_BAD_HANDLER, "handler_id");
    *handler = person;
    return STATUS_OK;
}

/* The step says to whom. */
static enum status finish(struct complaint_case *opened, const char *kind, const char *reason) {
    enum status status = complaint_case_finish(opened, kind, reason);
    if (status != STATUS_OK) return status;
    opened->decision->to_id = opened->record->handler_id;
    opened->decision->to_team = opened->record->team;
    return STATUS_OK;
}

/* Supervisor and manager to anybody; a team leader within the team. */
static enum status may_assign(struct complaint_case *opened, const struct assignment *to) {
    const Fd__Person *actor = opened->situation->actor;
    if (complaint_supervises(actor)) return STATUS_OK;
    if (!person_has_role(actor, ROLE(TEAM_LEADER))) return complaint_need_supervisor(opened);
    bool within = actor->team != TEAM(UNSPECIFIED) && opened->record->team == actor->team && to->team == actor->team &&
                  (to->handler == NULL || to->handler->team == actor->team);
    return within ? STATUS_OK : complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_OTHER_TEAM, "team");
}

static enum status check_assign(struct complaint_case *opened, const Fd__AssignComplaintRequest *command,
                                struct assignment *to) {
    const Fd__Complaint *record = opened->record;
    if (command->team == TEAM(UNSPECIFIED) && text_empty(command->handler_id))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_ASSIGN_NOBODY, "handler_id");
    enum status status = find_handler(opened, command->handler_id, &to->handler);
    if (status != STATUS_OK) return status;
    to->team = command->team;
    if (to->team == TEAM(UNSPECIFIED)) to->team = to->handler->team;
    if (to->team == TEAM(UNSPECIFIED)) to->team = record->team;
    status = may_assign(opened, to);
    if (status != STATUS_OK) return status;
    if (to->team == record->team && text_equal(command->handler_id, record->handler_id))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_NOTHING_CHANGED, "handler_id");
    const struct text_field reason = {"reason", command->reason, FIELD_PARAGRAPH, false};
    return field_texts(opened->decision, &reason, 1);
}

enum status complaint_assign(const struct situation *situation, const void *request, const void *loaded,
                             struct decision *decision) {
    const Fd__AssignComplaintRequest *command = request;
    struct complaint_case opened;
    struct assignment to = {TEAM(UNSPECIFIED), NULL};
    enum status status = complaint_case_open(&opened, situation, COMPLAINT_ASSIGN, loaded, command->version, decision);
    if (status == STATUS_OK) status = check_assign(&opened, command, &to);
    if (status != STATUS_OK) return status;
    complaint_work_done(&opened);
    assign(&opened, &to);
    return finish(&opened, "complaint.assigned", command->reason);
}

enum status complaint_take_over(const struct situation *situation, const void *request, const void *loaded,
                                struct decision *decision) {
    const Fd__TakeOverComplaintRequest *command = request;
    const struct text_field reason = {"reason", command->reason, FIELD_PARAGRAPH, false};
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_TAKE_OVER, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_supervisor(&opened);
    if (status == STATUS_OK) status = field_texts(decision, &reason, 1);
    if (status != STATUS_OK) return status;
    Fd__Complaint *record = opened.record;
    if (strcmp(record->handler_id, situation->actor->id) == 0)
        return complaint_case_refuse(&opened, STATUS_CONFLICT, REFUSAL_NOTHING_CHANGED, NULL);
    complaint_work_done(&opened);
    complaint_end_reason(&opened, REASON(ASSIGNED));
    record->handler_id = complaint_case_actor(&opened);
    if (record->accepted_at_ms == 0) record->accepted_at_ms = situation->now_ms;
    if (record->state == STATE(REGISTERED)) record->state = STATE(ACCEPTED);
    return finish(&opened, "complaint.taken_over", command->reason);
}

static const Fd__Person *team_leader(const struct roster *roster, Fd__Team team) {
    const char *id = NULL;
    return roster_with_role(roster, ROLE(TEAM_LEADER), team, &id, 1) > 0 ? roster_find(roster, id) : NULL;
}

/* Down again: the level falls to where the case now lies, unless somebody above still has to acknowledge. */
static void send_down(struct complaint_case *opened, const Fd__Person *handler) {
    struct assignment to = {opened->record->team, handler};
    if (handler->team != TEAM(UNSPECIFIED)) to.team = handler->team;
    complaint_judge(opened);
    if (!alert_pending(opened->record->alert) || opened->record->alert->reason == REASON(ASSIGNED))
        opened->record->level = person_has_role(handler, ROLE(TEAM_LEADER)) ? LEVEL_TEAM_LEADER : 0;
    assign(opened, &to);
}

enum status complaint_send_back(const struct situation *situation, const void *request, const void *loaded,
                                struct decision *decision) {
    const Fd__SendBackComplaintRequest *command = request;
    const Fd__Person *handler = NULL;
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_SEND_BACK, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_supervisor(&opened);
    if (status == STATUS_OK) status = field_reason(decision, command->reason, "reason");
    if (status == STATUS_OK) status = find_handler(&opened, command->handler_id, &handler);
    if (status != STATUS_OK) return status;
    if (handler == NULL) handler = team_leader(situation->roster, opened.record->team);
    if (handler == NULL) return complaint_case_refuse(&opened, STATUS_CONFLICT, REFUSAL_NO_TEAM_LEADER, "handler_id");
    complaint_work_done(&opened);
    send_down(&opened, handler);
    return finish(&opened, "complaint.sent_back", command->reason);
}
