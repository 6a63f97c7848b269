/* SPDX-License-Identifier: Apache-2.0 */
/* A site has changed its figures (D6): the deadlines of what is open follow. */
#include "server/domain/complaint_case.h"
#include "server/domain/complaint_dues.h"
#include "server/domain/words.h"

/* By the site's present figures: they may have changed since the deadlines were set. The intervals in which the clock
 * ran stay what they were. */
static void count_anew(const struct rules *rules, Fd__Complaint *record) {
    if (complaint_open(record)) clock_set_deadlines(rules, record);
    if (record->state == STATE(CLOSED) && record->followed_up_at_ms == 0)
        record->follow_up_due_at_ms = rules->follow_up_ms > 0 ? record->closed_at_ms + rules->follow_up_ms : 0;
}

bool complaint_reschedule(struct complaint_case *opened) {
    const Fd__Complaint before = *opened->record;
    count_anew(opened->situation->roster->rules, opened->record);
    if (dues_same(&before, opened->record)) return false;
    complaint_review_rescheduled(opened);
    complaint_judge_missed(opened, dues_missed_anew(&before, opened->record, opened->situation->now_ms));
    return true;
}
