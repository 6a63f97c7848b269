/* SPDX-License-Identifier: Apache-2.0 */
#include "common/zone_rule.h"

#include "common/moment.h"

enum { HOUR_SECONDS = 3600, MINUTE_SECONDS = 60, OFFSET_HOURS = 24, AT_HOURS = 167, AT_DEFAULT_HOURS = 2 };

static bool is_digit(char sign) {
    return sign >= '0' && sign <= '9';
}

static bool is_letter(char sign) {
    return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
}

static bool expect(const char **text, char wanted) {
    if (**text != wanted) return false;
    ++*text;
    return true;
}

/* Digits at *text between the two bounds. */
static bool number(const char **text, int least, int most, int *value) {
    int found = 0, digits = 0;
    for (; is_digit(**text) && digits < 4; digits++) found = found * 10 + (*(*text)++ - '0');
    *value = found;
    return digits > 0 && !is_digit(**text) && found >= least && found <= most;
}

/* "CET", or "<-03>" for what is no word. */
static bool name(const char **text) {
    int signs = 0;
    bool quoted = expect(text, '<');
    for (; is_letter(**text) || (quoted && (is_digit(**text) || **text == '+' || **text == '-')); ++*text) signs++;
    if (quoted && !expect(text, '>')) return false;
    return signs >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool clock_time(const char **text, int hours_most, int32_t *seconds) {
    int hour = 0, minute = 0, second = 0;
    int sign = **text == '-' ? -1 : 1;
    if (**text == '-' || **text == '+') ++*text;
    if (!number(text, 0, hours_most, &hour)) return false;
    if (expect(text, ':')) {
        if (!number(text, 0, 59, &minute)) return false;
        if (expect(text, ':') && !number(text, 0, 59, &second)) return false;
    }
    *seconds = sign * (hour * HOUR_SECONDS + minute * MINUTE_SECONDS + second);
    return true;
}

static bool month_day(const char **text, struct zone_day *day) {
    day->kind = 'M';
    return number(text, 1, 12, &day->month) && expect(text, '.') && number(text, 1, 5, &day->week) &&
           expect(text, '.') && number(text, 0, 6, &day->day);
}

static bool day_rule(const char **text, struct zone_day *day) {
    bool good = false;
    day->at_seconds = AT_DEFAULT_HOURS * HOUR_SECONDS;
    if (expect(text, 'M')) {
        good = month_day(text, day);
    } else if (expect(text, 'J')) {
        day->kind = 'J';
        good = number(text, 1, 365, &day->day);
    } else {
        day->kind = 'N';
        good = number(text, 0, 365, &day->day);
    }
    return good && (!expect(text, '/') || clock_time(text, AT_HOURS, &day->at_seconds));
}

/* POSIX counts offsets west of UTC. */
static bool offset(const char **text, int32_t *seconds) {
    if (!clock_time(text, OFFSET_HOURS, seconds)) return false;
    *seconds = -*seconds;
    return true;
}

bool zone_rule_parse(const char *text, struct zone_rule *rule) {
    *rule = (struct zone_rule){0};
    if (!name(&text) || !offset(&text, &rule->standard_seconds)) return false;
    if (*text == '\0') return true;
    rule->daylight = true;
    rule->daylight_seconds = rule->standard_seconds + HOUR_SECONDS;
    if (!name(&text)) return false;
    if (*text != ',' && !offset(&text, &rule->daylight_seconds)) return false;
    return expect(&text, ',') && day_rule(&text, &rule->start) && expect(&text, ',') && day_rule(&text, &rule->end) &&
           *text == '\0';
}

static bool leap(int64_t year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t civil_day(const struct zone_day *day, int64_t year) {
    int64_t first = moment_day(year, 1, 1);
    if (day->kind == 'N') return first + day->day;
    if (day->kind == 'J') return first + day->day - 1 + (leap(year) && day->day >= 60 ? 1 : 0);
    first = moment_day(year, day->month, 1);
    int64_t next = day->month == 12 ? moment_day(year + 1, 1, 1) : moment_day(year, day->month + 1, 1);
    int64_t weekday = (first + 4) % 7; /* 1970-01-01 was a Thursday, 0 is Sunday */
    int64_t found = first + (day->day - weekday + 7) % 7 + 7 * (day->week - 1);
    return found < next ? found : found - 7;
}

static int64_t change_ms(const struct zone_day *day, int64_t year, int32_t before_seconds) {
    return civil_day(day, year) * DAY_MS + (int64_t)(day->at_seconds - before_seconds) * SECOND_MS;
}

int64_t zone_rule_start_ms(const struct zone_rule *rule, int64_t year) {
    return change_ms(&rule->start, year, rule->standard_seconds);
}

int64_t zone_rule_end_ms(const struct zone_rule *rule, int64_t year) {
    return change_ms(&rule->end, year, rule->daylight_seconds);
}
