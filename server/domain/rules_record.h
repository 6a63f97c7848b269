/* SPDX-License-Identifier: Apache-2.0 */
/* Between a site's records of its figures (frontdesk/v1/rules.proto) and the struct the rules count with (rules.h). */
#ifndef FRONTDESK_DOMAIN_RULES_RECORD_H
#define FRONTDESK_DOMAIN_RULES_RECORD_H

#include "common/arena.h"
#include "frontdesk/v1/rules.pb-c.h"
#include "server/domain/rules.h"

/* D6's figures of a severity, or of the calendar, as a record that nobody has stored: version 0, not the site's own. In
 * the arena; NULL: exhausted. */
Fd__Deadlines *rules_default_deadlines(struct arena *arena, Fd__Severity severity);
Fd__Calendar *rules_default_calendar(struct arena *arena);

/* Takes a record's figures into the rules; D6's where it is not the site's own. What rules_change.h would refuse
 * is left out. The calendar's zone stays. */
void rules_take_deadlines(struct rules *rules, const Fd__Deadlines *record);
void rules_take_calendar(struct rules *rules, const Fd__Calendar *record);

/* "09:00-12:00", until "24:00". False: not such an interval. */
bool rules_parse_interval(const char *text, int16_t *from_minute, int16_t *until_minute);

/* The lists of a calendar's seven weekdays, Monday first. */
struct rules_hours {
    const char *name; /* of the field */
    size_t count;
    char *const *intervals;
};
void rules_hours_of(const Fd__Calendar *record, struct rules_hours hours[7]);

#endif
