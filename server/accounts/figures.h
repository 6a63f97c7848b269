/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of one site (D6): the records it has set, and the rules that come of them and of its time zone. */
#ifndef FRONTDESK_ACCOUNTS_FIGURES_H
#define FRONTDESK_ACCOUNTS_FIGURES_H

#include "frontdesk/v1/rules.pb-c.h"
#include "server/domain/rules.h"

struct figures {
    struct rules rules;
    int64_t deadlines[RULES_SEVERITIES]; /* versions of the records taken in; 0: none */
    int64_t calendar;
};

/* D6's. */
void figures_init(struct figures *figures);
/* NULL: not known here, counted as D6 does. Lent: it outlives the figures. */
void figures_set_zone(struct figures *figures, const struct zone *zone);
/* A record that is not newer than the one taken in before changes nothing. */
void figures_take_deadlines(struct figures *figures, const Fd__Deadlines *record);
void figures_take_calendar(struct figures *figures, const Fd__Calendar *record);

#endif
