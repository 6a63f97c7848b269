/* SPDX-License-Identifier: Apache-2.0 */
/* A site's figures: deadlines, delays, calendar. Every site has D6's, rules_default. Durations in milliseconds,
 * 0 = no deadline. */
#ifndef FRONTDESK_DOMAIN_RULES_H
#define FRONTDESK_DOMAIN_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "frontdesk/v1/complaint.pb-c.h"

enum { RULES_SEVERITIES = 6, CALENDAR_INTERVALS = 4, CALENDAR_HOLIDAYS = 64 };

/* Working time of a site (D6): several intervals a day, days off. Minutes of the civil day at a fixed offset. */
struct calendar {
    int32_t offset_minutes; /* east of UTC; China has no daylight saving */
    struct {
        int16_t from_minute, until_minute;
    } intervals[7][CALENDAR_INTERVALS];  /* [0] is Monday; until 0: unused */
    int32_t holidays[CALENDAR_HOLIDAYS]; /* yyyymmdd, ascending; 0: unused */
};

struct severity_rules {
    int64_t accept_ms, contact_ms, feedback_ms, close_ms;
    bool working_time;          /* count by the calendar; major and serious run day and night */
    int64_t close_working_days; /* instead of close_ms when working_time: whole working days */
    int64_t plan_days;          /* a plan is owed; whole working days when working_time */
    int8_t first_level;         /* alerted at registration; 0: nobody until a delay passes */
    /* [level]: unacknowledged this long at the level, goes to the next; [0]: not accepted; 0 never */
    int64_t climb_ms[5];
    int64_t repeat_ms;
    int64_t acknowledgement_ms; /* expires if nothing was done */
};

struct rules {
    struct severity_rules severity[RULES_SEVERITIES]; /* by Fd__Severity */
    struct calendar calendar;
    int64_t follow_up_ms;       /* 48 h */
    int64_t next_level_ms;      /* past a deadline: 15 min a level */
    int64_t entered_in_time_ms; /* 30 min from received to registered */
    int64_t visit_repeat_ms;
};

extern const struct rules rules_default;

#endif
