/* SPDX-License-Identifier: Apache-2.0 */
#include "common/moment.h"

#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include "common/check.h"

struct civil {
    int64_t year;
    int month, day, hour, minute, second, millisecond;
};

static int64_t read_ms(clockid_t clock) {
    struct timespec now;
    CHECK(clock_gettime(clock, &now) == 0);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

int64_t moment_now_ms(void) {
    return read_ms(CLOCK_REALTIME);
}

int64_t moment_steady_ms(void) {
    return read_ms(CLOCK_MONOTONIC);
}

/* The year is counted from March, so that the leap day comes last and the months before it have a regular pattern (153
 * days in five). */
int64_t moment_day(int64_t year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void civil_from_days(int64_t days, struct civil *civil) {
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153; /* 0 is March */
    civil->day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    civil->month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    civil->year = year_of_era + era * 400 + (civil->month <= 2);
}

static void civil_from_ms(int64_t at_ms, struct civil *civil) {
    int rest = (int)(at_ms % DAY_MS);
    if (rest < 0) rest += DAY_MS;
    civil_from_days(at_ms / DAY_MS - (at_ms % DAY_MS < 0), civil);
    civil->hour = rest / HOUR_MS;
    civil->minute = rest / MINUTE_MS % 60;
    civil->second = rest / SECOND_MS % 60;
    civil->millisecond = rest % SECOND_MS;
}

void moment_format(int64_t at_ms, char text[MOMENT_TEXT_BYTES]) {
    text[0] = '\0';
    if (at_ms == 0) return;
    struct civil c;
    civil_from_ms(at_ms, &c);
    int written = snprintf(text, MOMENT_TEXT_BYTES, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ", (long long)c.year, c.month,
                           c.day, c.hour, c.minute, c.second, c.millisecond);
    CHECK(written > 0 && written < MOMENT_TEXT_BYTES);
}

void moment_format_civil(int64_t at_ms, int32_t offset_minutes, char text[MOMENT_TEXT_BYTES]) {
    text[0] = '\0';
    int64_t local_ms = 0;
    if (at_ms == 0 || __builtin_add_overflow(at_ms, (int64_t)offset_minutes * MINUTE_MS, &local_ms)) return;
    struct civil c;
    civil_from_ms(local_ms, &c);
    int written = snprintf(text, MOMENT_TEXT_BYTES, "%04lld-%02d-%02d %02d:%02d:%02d", (long long)c.year, c.month,
                           c.day, c.hour, c.minute, c.second);
    CHECK(written > 0 && written < MOMENT_TEXT_BYTES);
}

/* `digits` decimal digits at *text, advancing it; -1 when they are not there. */
static int number(const char **text, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
        char c = **text;
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
        (*text)++;
    }
    return value;
}

static bool expect(const char **text, char wanted) {
    if (**text != wanted) return false;
    (*text)++;
    return true;
}

static int days_in_month(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool parse_date(const char **text, struct civil *civil) {
    civil->year = number(text, 4);
    if (civil->year < 0 || !expect(text, '-')) return false;
    civil->month = number(text, 2);
    if (civil->month < 1 || civil->month > 12 || !expect(text, '-')) return false;
    civil->day = number(text, 2);
    return civil->day >= 1 && civil->day <= days_in_month(civil->year, civil->month);
}

/* ":SS", or nothing where it may be left out. 60 is let through: only the caller knows whether it is a leap second. */
static bool parse_second(const char **text, struct civil *civil, bool optional) {
    civil->second = 0;
    if (!expect(text, ':')) return optional;
    civil->second = number(text, 2);
    return civil->second >= 0 && civil->second <= 60;
}

static bool parse_hour_minute(const char **text, int *hour, int *minute) {
    *hour = number(text, 2);
    if (*hour < 0 || *hour > 23 || !expect(text, ':')) return false;
    *minute = number(text, 2);
    return *minute >= 0 && *minute <= 59;
}

static bool parse_fraction(const char **text, struct civil *civil) {
    civil->millisecond = 0;
    if (!expect(text, '.')) return true;
    int scale = 100;
    const char *first = *text;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        civil->millisecond += (**text - '0') * scale;
        scale /= 10;
    }
    return *text > first;
}

static bool parse_offset(const char **text, int *minutes) {
    *minutes = 0;
    if (expect(text, 'Z') || expect(text, 'z')) return true;
    int sign = **text == '-' ? -1 : 1;
    if (!expect(text, '+') && !expect(text, '-')) return false;
    int hour = 0;
    int minute = 0;
    if (!parse_hour_minute(text, &hour, &minute)) return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

static bool moment_from_civil(const struct civil *civil, int offset_minutes, int64_t *at_ms) {
    int64_t days = moment_day(civil->year, civil->month, civil->day);
    int64_t at = days * DAY_MS + (int64_t)(civil->hour * 60 + civil->minute - offset_minutes) * MINUTE_MS +
                 civil->second * SECOND_MS + civil->millisecond;
    if (at < 0 || at > MOMENT_LAST_MS) return false;
    /* A leap second stands at the end of a UTC day and becomes the first one of the next. */
    if (civil->second == 60 && at / SECOND_MS % (DAY_MS / SECOND_MS) != 0) return false;
    *at_ms = at;
    return true;
}

bool moment_parse(const char *text, int64_t *at_ms) {
    struct civil civil;
    int offset_minutes = 0;
    if (text == NULL || !parse_date(&text, &civil)) return false;
    if (!expect(&text, 'T') && !expect(&text, 't') && !expect(&text, ' ')) return false;
    if (!parse_hour_minute(&text, &civil.hour, &civil.minute) || !parse_second(&text, &civil, false)) return false;
    if (!parse_fraction(&text, &civil) || !parse_offset(&text, &offset_minutes) || *text != '\0') return false;
    return moment_from_civil(&civil, offset_minutes, at_ms);
}

bool moment_parse_civil(const char *text, int32_t offset_minutes, int64_t *at_ms) {
    struct civil civil = {0};
    if (text == NULL || !parse_date(&text, &civil) || !expect(&text, ' ')) return false;
    if (!parse_hour_minute(&text, &civil.hour, &civil.minute)) return false;
    if (!parse_second(&text, &civil, true) || *text != '\0') return false;
    return moment_from_civil(&civil, offset_minutes, at_ms);
}

bool moment_parse_date(const char *text, int32_t *date) {
    struct civil civil;
    if (text == NULL || !parse_date(&text, &civil) || *text != '\0') return false;
    if (civil.year < 1970 || civil.year > 2199) return false;
    *date = (int32_t)(civil.year * 10000 + civil.month * 100 + civil.day);
    return true;
}
