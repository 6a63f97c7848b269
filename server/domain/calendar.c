/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/calendar.h"

#include <stdbool.h>

#include "common/moment.h"

/* Past this a question about working time is a mistake in the figures, not a date: answer with the limit. Near enough
 * to be a moment that the wire takes (MOMENT_LAST_MS), and to be counted in no time. */
enum { DAYS_LIMIT = 366 * 20 };

struct span {
    int64_t from_ms, until_ms;
};

static int64_t floor_divide(int64_t value, int64_t by) {
    int64_t quotient = value / by;
    return value % by < 0 ? quotient - 1 : quotient;
}

/* Days since 1970-01-01 of the civil day that the moment lies in. */
static int64_t civil_day(const struct calendar *calendar, int64_t at_ms) {
    return floor_divide(zone_civil_ms(calendar->zone, at_ms), DAY_MS);
}

static int64_t minute_ms(const struct calendar *calendar, int64_t day, int64_t minute) {
    return zone_moment_ms(calendar->zone, day * DAY_MS + minute * MINUTE_MS);
}

static int64_t day_start_ms(const struct calendar *calendar, int64_t day) {
    return minute_ms(calendar, day, 0);
}

/* yyyymmdd of a day number in the Gregorian calendar, by counting 400-year cycles of years that begin in March, so
 * that the leap day comes last. */
static int32_t day_date(int64_t day) {
    int64_t shifted = day + 719468; /* days from 0000-03-01 */
    int64_t cycle = floor_divide(shifted, 146097);
    int64_t in_cycle = shifted - cycle * 146097;
    int64_t year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
    int64_t in_year = in_cycle - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153; /* 0 is March */
    int64_t of_month = in_year - (153 * month + 2) / 5 + 1;
    int64_t civil_month = month < 10 ? month + 3 : month - 9;
    int64_t civil_year = year + cycle * 400 + (civil_month <= 2 ? 1 : 0);
    return (int32_t)(civil_year * 10000 + civil_month * 100 + of_month);
}

static bool listed(const int32_t days[CALENDAR_DAYS], int64_t day) {
    if (days[0] == 0) return false;
    int32_t date = day_date(day);
    for (int i = 0; i < CALENDAR_DAYS && days[i] != 0; i++)
        if (days[i] == date) return true;
    return false;
}

static bool has_hours(const struct calendar *calendar, int64_t weekday) {
    for (int i = 0; i < CALENDAR_INTERVALS; i++)
        if (calendar->intervals[weekday][i].until_minute > calendar->intervals[weekday][i].from_minute) return true;
    return false;
}

/* 7: on no day, which is always open. */
static int64_t first_working_weekday(const struct calendar *calendar) {
    int64_t weekday = 0;
    while (weekday < 7 && !has_hours(calendar, weekday)) weekday++;
    return weekday;
}

static bool always_open(const struct calendar *calendar) {
    return first_working_weekday(calendar) == 7;
}

/* Whose hours the day has, [0] is Monday; -1: it is free. */
static int64_t hours_of(const struct calendar *calendar, int64_t day) {
    if (listed(calendar->days_off, day)) return -1;
    int64_t weekday = day + 3 - 7 * floor_divide(day + 3, 7); /* 1970-01-01 was a Thursday */
    if (has_hours(calendar, weekday)) return weekday;
    return listed(calendar->days_on, day) ? first_working_weekday(calendar) : -1;
}

/* The working intervals of a civil day; overlapping ones count once. An hour that is skipped in spring is not worked,
 * one that comes twice in autumn is worked twice. */
static int day_spans(const struct calendar *calendar, int64_t day, struct span spans[CALENDAR_INTERVALS]) {
    int64_t weekday = hours_of(calendar, day);
    if (weekday < 0) return 0;
    int64_t free_from_ms = INT64_MIN;
    int count = 0;
    for (int i = 0; i < CALENDAR_INTERVALS; i++) {
        if (calendar->intervals[weekday][i].until_minute == 0) continue;
        int64_t from_ms = minute_ms(calendar, day, calendar->intervals[weekday][i].from_minute);
        int64_t until_ms = minute_ms(calendar, day, calendar->intervals[weekday][i].until_minute);
        if (from_ms < free_from_ms) from_ms = free_from_ms;
        if (until_ms <= from_ms) continue;
        spans[count++] = (struct span){from_ms, until_ms};
        free_from_ms = until_ms;
    }
    return count;
}

int64_t calendar_add(const struct calendar *calendar, int64_t from_ms, int64_t working_ms) {
    if (working_ms <= 0) return from_ms;
    if (always_open(calendar)) return from_ms + working_ms;
    struct span spans[CALENDAR_INTERVALS];
    int64_t first = civil_day(calendar, from_ms);
    for (int64_t day = first; day < first + DAYS_LIMIT; day++) {
        int count = day_spans(calendar, day, spans);
        for (int i = 0; i < count; i++) {
            int64_t start_ms = spans[i].from_ms > from_ms ? spans[i].from_ms : from_ms;
            if (start_ms >= spans[i].until_ms) continue;
            if (working_ms <= spans[i].until_ms - start_ms) return start_ms + working_ms;
            working_ms -= spans[i].until_ms - start_ms;
        }
    }
    return day_start_ms(calendar, first + DAYS_LIMIT);
}

static int64_t working_day_end_ms(const struct calendar *calendar, int64_t day, bool open) {
    struct span spans[CALENDAR_INTERVALS];
    if (open) return listed(calendar->days_off, day) ? 0 : day_start_ms(calendar, day + 1);
    int count = day_spans(calendar, day, spans);
    return count == 0 ? 0 : spans[count - 1].until_ms;
}

int64_t calendar_add_days(const struct calendar *calendar, int64_t from_ms, int64_t days) {
    bool open = always_open(calendar);
    int64_t first = civil_day(calendar, from_ms);
    for (int64_t day = first; day < first + DAYS_LIMIT; day++) {
        int64_t end_ms = working_day_end_ms(calendar, day, open);
        if (end_ms == 0) continue;
        if (day > first) days--;
        if (days <= 0 && end_ms >= from_ms) return end_ms;
    }
    return day_start_ms(calendar, first + DAYS_LIMIT);
}

int64_t calendar_between(const struct calendar *calendar, int64_t from_ms, int64_t until_ms) {
    if (until_ms <= from_ms) return 0;
    if (always_open(calendar)) return until_ms - from_ms;
    struct span spans[CALENDAR_INTERVALS];
    int64_t working_ms = 0;
    int64_t last = civil_day(calendar, until_ms);
    for (int64_t day = civil_day(calendar, from_ms); day <= last; day++) {
        int count = day_spans(calendar, day, spans);
        for (int i = 0; i < count; i++) {
            int64_t start_ms = spans[i].from_ms > from_ms ? spans[i].from_ms : from_ms;
            int64_t end_ms = spans[i].until_ms < until_ms ? spans[i].until_ms : until_ms;
            if (end_ms > start_ms) working_ms += end_ms - start_ms;
        }
    }
    return working_ms;
}
