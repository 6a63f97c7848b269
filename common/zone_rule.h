/* SPDX-License-Identifier: Apache-2.0 */
/* The rule in a TZif file's footer, for the years past its table: "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ, RFC 8536
 * 3.3). Used by zone.c only. */
#ifndef FRONTDESK_COMMON_ZONE_RULE_H
#define FRONTDESK_COMMON_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

/* A day of each year and the civil time of the change on it, which may lie days before or after. */
struct zone_day {
    char kind; /* 'M': the week-th weekday of a month, week 5 the last; 'J': 1 to 365, never the leap day; 'N': 0 to 365
                */
    int month, week, day;
    int32_t at_seconds;
};

struct zone_rule {
    int32_t standard_seconds, daylight_seconds; /* east of UTC */
    bool daylight;
    struct zone_day start, end; /* of daylight saving */
};

/* False: not such a rule. */
bool zone_rule_parse(const char *text, struct zone_rule *rule);
/* Of a year, in UTC milliseconds: when daylight saving starts and ends. */
int64_t zone_rule_start_ms(const struct zone_rule *rule, int64_t year);
int64_t zone_rule_end_ms(const struct zone_rule *rule, int64_t year);

#endif
