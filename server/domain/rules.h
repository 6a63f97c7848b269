/* SPDX-License-Identifier: Apache-2.0 */
/* A site's figures as the rules use them: deadlines, delays, calendar. A site that has set none has D6's,
 * rules_default; its records are turned into these by rules_record.h. Durations in milliseconds, 0 = no deadline. */
#ifndef FRONTDESK_DOMAIN_RULES_H
#define FRONTDESK_DOMAIN_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "common/zone.h"
#include "frontdesk/v1/complaint.pb-c.h"

enum { RULES_SEVERITIES = 6, RULES_LEVELS = 5, CALENDAR_INTERVALS = 4, CALENDAR_DAYS = 128 };

/* Working time of a site (D6): several intervals a day, days off and days on (调休). Minutes of the civil day. */
struct calendar {
    const struct zone *zone; /* lent */
    struct {
        int16_t from_minute, until_minute;
    } intervals[7][CALENDAR_INTERVALS]; /* [0] is Monday; until 0: unused */
    /* yyyymmdd, ascending; 0: unused. A day on is worked although its weekday is free, with the hours of the first
     * working weekday. */
    int32_t days_off[CALENDAR_DAYS], days_on[CALENDAR_DAYS];
};

struct severity_rules {
    int64_t accept_ms, contact_ms, feedback_ms, close_ms;
    bool working_time;          /* count by the calendar; major and serious run day and night */
    int64_t close_working_days; /* instead of close_ms when working_time: whole working days */
    int64_t plan_days;          /* a plan is owed; whole working days when working_time */
    int32_t first_level;        /* alerted at registration; 0: nobody until a delay passes */
    /* [level]: unacknowledged this long at the level, goes to the next; [0]: not accepted; 0 never */
    int64_t climb_ms[RULES_LEVELS];
    int64_t repeat_ms;
    int64_t acknowledgement_ms; /* expires if nothing was done */
};

struct rules {
    int64_t version; /* how often the site has changed its figures: the sum of its records' versions */
    struct severity_rules severity[RULES_SEVERITIES]; /* by Fd__Severity */
    struct calendar calendar;
    int64_t follow_up_ms;       /* 48 h */
    int64_t next_level_ms;      /* past a deadline: 15 min a level */
    int64_t entered_in_time_ms; /* 30 min from received to registered */
    int64_t visit_repeat_ms;
};

extern const struct rules rules_default;

#endif
