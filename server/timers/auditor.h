/* SPDX-License-Identifier: Apache-2.0 */
/* Looks whether deadlines are looked after (promise 9), apart from those who look after them: with a clock and a
 * question of its own. Every server process audits all sites, so that one whose timers hang is noticed by the others.
 */
#ifndef FRONTDESK_TIMERS_AUDITOR_H
#define FRONTDESK_TIMERS_AUDITOR_H

#include "server/timers/timers.h"

struct auditor;

/* What nobody looks after. */
struct neglect {
    int64_t overdue;     /* timers by more than 10 s, by PostgreSQL's clock */
    int64_t sites;       /* whose they are */
    int64_t oldest_ms;   /* by how much */
    int64_t unlooked_ms; /* since this process' own timers looked last; 0: lately, or it has none */
};

/* Looks every 2 s. The alarm is raised when something is overdue, or the own timers have not looked, for more than 10 s
 * while the database was there: with an entry in the journal of each site at fault, in the log, and by on_alarm (may be
 * NULL), which also hears when it is over (all figures 0). `timers` NULL: this process fires none. */
MUST_USE enum status auditor_open(struct auditor **auditor, struct services *services, const struct timers *timers,
                                  void (*on_alarm)(void *owner, const struct neglect *neglect), void *owner);
void auditor_close(struct auditor *auditor, void (*on_closed)(void *owner), void *owner);

#endif
