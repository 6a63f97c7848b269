/* SPDX-License-Identifier: Apache-2.0 */
/* Up by hand, and the acknowledgement (D6, D16). */
#include "server/domain/complaint.h"
#include "server/domain/complaint_case.h"
#include "server/domain/field.h"
#include "server/domain/words.h"

/* One level above where the case stands, and above whoever asks: staff, team leader, supervisor, manager, head office.
 */
static int32_t level_above(const struct complaint_case *opened) {
    int32_t own = alert_person_level(opened->situation->actor);
    int32_t present = opened->record->level;
    return (own > present ? own : present) + 1;
}

enum status complaint_escalate(const struct situation *situation, const void *request, const void *loaded,
                               struct decision *decision) {
    const Fd__EscalateComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_ESCALATE, loaded, command->version, decision);
    if (status == STATUS_OK) status = complaint_need_work(&opened);
    if (status == STATUS_OK) status = field_reason(decision, command->reason, "reason");
    if (status != STATUS_OK) return status;
    complaint_work_done(&opened);
    complaint_judge(&opened);
    int32_t level = level_above(&opened);
    if (level > LEVEL_HEAD_OFFICE) return complaint_case_refuse(&opened, STATUS_CONFLICT, REFUSAL_TOP_LEVEL, NULL);
    complaint_raise(&opened, level, REASON(ESCALATED));
    return complaint_case_finish(&opened, "complaint.escalated", command->reason);
}

/* Needs no right to work on complaints: head office only sees, and is asked to acknowledge all the same. */
enum status complaint_acknowledge(const struct situation *situation, const void *request, const void *loaded,
                                  struct decision *decision) {
    const Fd__AcknowledgeComplaintRequest *command = request;
    struct complaint_case opened;
    enum status status =
        complaint_case_open(&opened, situation, COMPLAINT_ACKNOWLEDGE, loaded, command->version, decision);
    if (status != STATUS_OK) return status;
    const Fd__Alert *alert = opened.record->alert;
    struct alert_rule rule = {0};
    if (alert_pending(alert)) rule = complaint_alert_rule(&opened, alert->level, alert->reason);
    status = alert_acknowledge(situation, alert, &rule, &opened.record->alert, decision);
    if (status != STATUS_OK) return status;
    return complaint_case_finish(&opened, "complaint.acknowledged", NULL);
}
