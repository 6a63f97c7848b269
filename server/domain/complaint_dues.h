/* SPDX-License-Identifier: Apache-2.0 */
/* What a complaint owes and by when (D6): the deadlines, the table's first delay, the follow-up. */
#ifndef FRONTDESK_DOMAIN_COMPLAINT_DUES_H
#define FRONTDESK_DOMAIN_COMPLAINT_DUES_H

#include "server/domain/complaint_case.h"

/* The gravest reason among what is missed at now and not judged yet; UNSPECIFIED: nothing. */
Fd__AlertReason dues_missed_now(const struct complaint_case *opened);
/* The gravest deadline that is missed by the later record and was not by the earlier one, of the same state: whatever
 * was raised meanwhile, nobody has judged it. */
Fd__AlertReason dues_missed_anew(const Fd__Complaint *before, const Fd__Complaint *after, int64_t now_ms);
/* Something with this reason is missed at now and not met. */
bool dues_reason_stands(const struct complaint_case *opened, Fd__AlertReason reason);
/* All deadlines and the follow-up's are the same moments. */
bool dues_same(const Fd__Complaint *a, const Fd__Complaint *b);
/* The gravest deadline that is missed and still not met, judged or not. */
Fd__AlertReason dues_standing_reason(const Fd__Complaint *complaint, int64_t now_ms);
/* Feedback, plan or closing is late. */
bool dues_late_missed(const Fd__Complaint *complaint, int64_t now_ms);
/* An alert of a deadline: it ends when the deadline is met. */
bool dues_is_deadline(Fd__AlertReason reason);
int dues_gravity(Fd__AlertReason reason); /* of deadlines; 0: not one */
bool dues_reason_met(const Fd__Complaint *complaint, Fd__AlertReason reason);

#endif
