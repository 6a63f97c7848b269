/* SPDX-License-Identifier: Apache-2.0 */
/* A later closing time for a complex complaint (D6: an extension is an approval; D3: the manager approves, nobody their
 * own, and a return has a reason).
 *
 *   (none) --ask--> ASKED --approve--> APPROVED --ask--> ASKED ...
 *                     \--return--> RETURNED --ask--> ASKED ...
 *                     \--closed, linked, no longer complex--> LAPSED --ask--> ASKED ...
 *
 * What was granted stays in force while the next one is asked for, and falls with the reopening of the case. */
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "server/domain/authority.h"
#include "server/domain/complaint.h"
#include "server/domain/complaint_case.h"
#include "server/domain/field.h"
#include "server/domain/words.h"

enum { MANAGERS_MOST = 16 };

static const int64_t furthest_ms = (int64_t)90 * DAY_MS;

bool complaint_extension_asked(const Fd__Complaint *complaint) {
    return complaint->extension != NULL && complaint->extension->state == EXTENSION(ASKED);
}

size_t complaint_deciders(const struct complaint_case *opened, const char **ids, size_t capacity) {
    const char *managers[MANAGERS_MOST], *asked_by = opened->record->extension->asked_by;
    size_t found =
        roster_with_role(opened->situation->roster, ROLE(MANAGER), TEAM(UNSPECIFIED), managers, MANAGERS_MOST);
    size_t count = 0;
    for (size_t i = 0; i < found && i < MANAGERS_MOST && count < capacity; i++)
        if (strcmp(managers[i], asked_by) != 0) ids[count++] = managers[i];
    return count;
}

/* The loaded record's extension is only lent. */
static Fd__Extension *own_copy(struct complaint_case *opened) {
    Fd__Extension *extension = message_copy(opened->situation->arena, &opened->record->extension->base);
    if (extension != NULL) opened->record->extension = extension;
    return extension;
}

void complaint_lapse_extension(struct complaint_case *opened) {
    if (!complaint_extension_asked(opened->record)) return;
    Fd__Extension *extension = own_copy(opened);
    if (extension == NULL) return;
    extension->state = EXTENSION(LAPSED);
    complaint_extension_over(opened);
}

/* While the clock stands: the one that going on now would give. */
static int64_t present_due_ms(const struct complaint_case *opened) {
    Fd__Complaint going_on = *opened->record;
    clock_continue(opened->situation, &going_on);
    clock_set_deadlines(opened->situation->roster->rules, &going_on);
    return going_on.close_due_at_ms;
}

static bool lies_ahead(const struct complaint_case *opened, int64_t until_ms) {
    return until_ms > opened->situation->now_ms && until_ms > present_due_ms(opened);
}

/* Nobody else would be there to decide. */
static bool sole_manager(const struct complaint_case *opened) {
    const struct situation *situation = opened->situation;
    return person_has_role(situation->actor, ROLE(MANAGER)) &&
           roster_with_role(situation->roster, ROLE(MANAGER), TEAM(UNSPECIFIED), NULL, 0) < 2;
}

static enum status check_ask(struct complaint_case *opened, const Fd__AskExtensionRequest *command) {
    if (opened->record->severity != SEVERITY(COMPLEX))
        return complaint_case_refuse(opened, STATUS_CONFLICT, REFUSAL_ONLY_COMPLEX, NULL);
    if (complaint_extension_asked(opened->record))
        return complaint_case_refuse(opened, STATUS_CONFLICT, REFUSAL_EXTENSION_ASKED_ALREADY, NULL);
    if (present_due_ms(opened) == 0)
        return complaint_case_refuse(opened, STATUS_CONFLICT, REFUSAL_EXTENSION_NO_DEADLINE, NULL);
    if (sole_manager(opened)) return complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_EXTENSION_SOLE_MANAGER, NULL);
    if (command->until_ms == 0)
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "until_ms");
    if (!lies_ahead(opened, command->until_ms))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_EXTENSION_NOT_LATER, "until_ms");
    if (command->until_ms > opened->situation->now_ms + furthest_ms)
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_EXTENSION_TOO_FAR, "until_ms");
    return field_reason(opened->decision, command->reason, "reason");
}

/* The step says what time it is about. */
static enum status finish(struct complaint_case *opened, const char *kind, const char *reason) {
    enum status status = complaint_case_finish(opened, kind, reason);
    if (status == STATUS_OK) opened->decision->until_ms = opened->record->extension->until_ms;
    return status;
}

enum status complaint_ask_extension(const struct situation *situation, const void *request, const void *loaded,
                                    struct decision *decision) {
    const Fd__AskExtensionRequest *command = request;
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_ASK_EXTENSION, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status == STATUS_OK) status = check_ask(&opened, command);
    if (status != STATUS_OK) return status;
    Fd__Extension *extension = message_new(situation->arena, &fd__extension__descriptor);
    if (extension == NULL) return complaint_case_refuse(&opened, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    extension->state = EXTENSION(ASKED);
    extension->until_ms = command->until_ms;
    extension->reason = command->reason;
    extension->asked_by = complaint_case_actor(&opened);
    extension->asked_at_ms = situation->now_ms;
    if (extension->asked_by == NULL) return complaint_case_refuse(&opened, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    opened.record->extension = extension;
    complaint_work_done(&opened);
    complaint_raise_extension(&opened);
    return finish(&opened, "complaint.extension_asked", command->reason);
}

static enum status check_decide(struct complaint_case *opened, const Fd__DecideExtensionRequest *command) {
    const Fd__Person *actor = opened->situation->actor;
    if (!complaint_extension_asked(opened->record))
        return complaint_case_refuse(opened, STATUS_CONFLICT, REFUSAL_EXTENSION_NOT_ASKED, NULL);
    if (!authority_allows(ITEM_S3, ACTION_APPROVE, actor->roles, actor->n_roles))
        return complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    if (strcmp(opened->record->extension->asked_by, actor->id) == 0)
        return complaint_case_refuse(opened, STATUS_DENIED, REFUSAL_EXTENSION_OWN, NULL);
    if (command->decision == DECISION(RETURN)) return field_reason(opened->decision, command->reason, "reason");
    if (command->decision != DECISION(APPROVE))
        return complaint_case_refuse(opened, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "decision");
    if (!lies_ahead(opened, opened->record->extension->until_ms))
        return complaint_case_refuse(opened, STATUS_CONFLICT, REFUSAL_EXTENSION_STALE, NULL);
    const struct text_field reason = {"reason", command->reason, FIELD_PARAGRAPH, false};
    return field_texts(opened->decision, &reason, 1);
}

enum status complaint_decide_extension(const struct situation *situation, const void *request, const void *loaded,
                                       struct decision *decision) {
    const Fd__DecideExtensionRequest *command = request;
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_DECIDE_EXTENSION, loaded, command->version, decision);
    if (status == STATUS_OK) status = check_decide(&opened, command);
    if (status != STATUS_OK) return status;
    Fd__Extension *extension = own_copy(&opened);
    if (extension == NULL) return complaint_case_refuse(&opened, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    bool approved = command->decision == DECISION(APPROVE);
    complaint_work_done(&opened);
    complaint_judge(&opened);
    extension->state = approved ? EXTENSION(APPROVED) : EXTENSION(RETURNED);
    extension->decided_by = complaint_case_actor(&opened);
    extension->decided_at_ms = situation->now_ms;
    extension->answer = command->reason;
    if (approved) {
        opened.record->extended_until_ms = extension->until_ms;
        opened.record->extended_at_ms = situation->now_ms;
        clock_set_deadlines(situation->roster->rules, opened.record);
    }
    complaint_extension_over(&opened);
    return finish(&opened, approved ? "complaint.extension_approved" : "complaint.extension_returned", command->reason);
}
