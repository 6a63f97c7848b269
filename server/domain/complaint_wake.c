/* SPDX-License-Identifier: Apache-2.0 */
/* A timer's turn (D6): everything that is due at now in one new record, or nothing. */
#include "common/message.h"
#include "server/domain/complaint.h"
#include "server/domain/complaint_case.h"

static const char *settled_kind(enum settled settled) {
    switch (settled) {
    case SETTLED_OVERDUE: return "complaint.overdue";
    case SETTLED_FOLLOW_UP_MISSED: return "complaint.follow_up_missed";
    case SETTLED_CLIMBED: return "complaint.alert_climbed";
    case SETTLED_EXPIRED: return "complaint.acknowledgement_expired";
    case SETTLED_REPEATED: return "complaint.alert_repeated";
    case SETTLED_NOTHING: break;
    }
    return NULL;
}

enum status complaint_wake(const struct situation *situation, const void *command, const void *loaded,
                           struct decision *decision) {
    (void)command;
    const Fd__Complaint *complaint = loaded;
    if (complaint == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, NULL);
    struct complaint_case opened = {situation, decision, message_copy(situation->arena, &complaint->base)};
    if (opened.record == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    bool rescheduled = complaint_reschedule(&opened);
    enum settled settled = complaint_settle(&opened);
    if (settled == SETTLED_NOTHING && !rescheduled) {
        decision->record = NULL;
        decision->wake_at_ms = complaint_wake_at_ms(&opened);
        return STATUS_OK;
    }
    opened.record->version++;
    return complaint_case_finish(&opened, rescheduled ? "complaint.rescheduled" : settled_kind(settled), NULL);
}
