/* SPDX-License-Identifier: Apache-2.0 */
/* Points in time: int64 milliseconds UTC since 1970, 0 for "none". */
#ifndef FRONTDESK_COMMON_MOMENT_H
#define FRONTDESK_COMMON_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    MOMENT_TEXT_BYTES = 32,
    SECOND_MS = 1000,
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * 60 * 1000,
    DAY_MS = 24 * 60 * 60 * 1000,
};

#define MOMENT_LAST_MS INT64_C(7258118399999) /* the end of 2199 */

/* The earlier of the two; none is later than any. */
static inline int64_t moment_earlier(int64_t a_ms, int64_t b_ms) {
    if (a_ms == 0 || b_ms == 0) return a_ms + b_ms;
    return a_ms < b_ms ? a_ms : b_ms;
}

int64_t moment_steady_ms(void); /* since some moment or other; nobody can set it back */
int64_t moment_now_ms(void);    /* this machine's clock: for logs and client-made keys, never for records */
/* RFC 3339 in UTC with milliseconds: 2026-11-23T11:42:07.125Z. Empty text for 0. */
void moment_format(int64_t at_ms, char text[MOMENT_TEXT_BYTES]);
/* RFC 3339 with any offset. False when it is not one, or lies outside 1970–2199. */
bool moment_parse(const char *text, int64_t *at_ms);
/* Civil time at a fixed offset east of UTC, for screens and CSV: "YYYY-MM-DD HH:MM[:SS]"; written always with seconds.
 */
bool moment_parse_civil(const char *text, int32_t offset_minutes, int64_t *at_ms);
void moment_format_civil(int64_t at_ms, int32_t offset_minutes, char text[MOMENT_TEXT_BYTES]);
/* Days since 1970-01-01 of a date of the Gregorian calendar; months and days count from 1. */
int64_t moment_day(int64_t year, int month, int day);
/* "2027-01-01" as 20270101. False when there is no such date between 1970 and 2199. */
bool moment_parse_date(const char *text, int32_t *date);

#endif
