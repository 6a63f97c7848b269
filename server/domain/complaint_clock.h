/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of a complaint (D6): the intervals in which it ran, and the deadlines derived from them. */
#ifndef FRONTDESK_DOMAIN_COMPLAINT_CLOCK_H
#define FRONTDESK_DOMAIN_COMPLAINT_CLOCK_H

#include "server/domain/decision.h"

enum { CLOCK_INTERVALS_LIMIT = 100 };

const struct severity_rules *clock_rules(const struct rules *rules, const Fd__Complaint *complaint);
bool clock_running(const Fd__Complaint *complaint);
/* A fresh clock from now on: at registration and when reopened. */
void clock_start(const struct situation *situation, Fd__Complaint *complaint);
/* Ends, or begins, an interval; no effect on a clock that already stands, or runs. */
void clock_stop(const struct situation *situation, Fd__Complaint *complaint);
void clock_continue(const struct situation *situation, Fd__Complaint *complaint);
/* When `duration_ms` of running time have passed; 0: not while the clock stands, or no duration. */
int64_t clock_due_ms(const struct rules *rules, const Fd__Complaint *complaint, int64_t duration_ms);
/* Sets the deadlines that have not been met yet; one that was met keeps the moment it was met against. Of a complex
 * case the closing time that was granted last, moved on by the pauses since then, stands for the table's. */
void clock_set_deadlines(const struct rules *rules, Fd__Complaint *complaint);

#endif
