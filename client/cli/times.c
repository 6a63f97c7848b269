/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/cli/language.h"
#include "common/moment.h"

void times_set_zone(const char *name) {
    static bool ours = false;
    if (name == NULL || name[0] == '\0' || (!ours && getenv("TZ") != NULL)) return;
    ours = true;
    (void)setenv("TZ", name, 1);
    tzset();
}

static bool civil(int64_t at_ms, struct tm *parts) {
    time_t seconds = (time_t)(at_ms / SECOND_MS);
    return at_ms != 0 && localtime_r(&seconds, parts) != NULL;
}

void times_full(int64_t at_ms, char text[TIMES_TEXT_BYTES]) {
    struct tm parts;
    text[0] = '\0';
    if (civil(at_ms, &parts)) (void)strftime(text, TIMES_TEXT_BYTES, "%Y-%m-%d %H:%M:%S", &parts);
}

void times_short(int64_t at_ms, int64_t now_ms, char text[TIMES_TEXT_BYTES]) {
    struct tm parts, now;
    text[0] = '\0';
    if (!civil(at_ms, &parts)) return;
    bool known = civil(now_ms, &now);
    const char *format = "%Y-%m-%d";
    if (known && now.tm_year == parts.tm_year) format = "%m-%d %H:%M";
    if (known && now.tm_year == parts.tm_year && now.tm_yday == parts.tm_yday) format = "%H:%M";
    (void)strftime(text, TIMES_TEXT_BYTES, format, &parts);
}

void times_left(int64_t due_ms, int64_t now_ms, char text[TIMES_TEXT_BYTES]) {
    text[0] = '\0';
    if (due_ms == 0) return;
    int64_t left = due_ms - now_ms;
    const char *sign = left < 0 ? "-" : "";
    if (left < 0) left = -left;
    long long days = (long long)(left / DAY_MS);
    int hours = (int)(left % DAY_MS / HOUR_MS), minutes = (int)(left % HOUR_MS / MINUTE_MS);
    if (days > 0)
        (void)snprintf(text, TIMES_TEXT_BYTES, "%s%lld%s %02d:%02d", sign, days, _("d"), hours, minutes);
    else
        (void)snprintf(text, TIMES_TEXT_BYTES, "%s%02d:%02d", sign, hours, minutes);
}

static bool parse_later(const char *text, int64_t now_ms, int64_t *at_ms) {
    char *unit = NULL;
    long long count = strtoll(text + 1, &unit, 10);
    if (unit == text + 1 || count < 0 || count > 100000) return false;
    int64_t each = 0;
    if (strcmp(unit, "min") == 0 || strcmp(unit, "m") == 0) each = MINUTE_MS;
    if (strcmp(unit, "h") == 0) each = HOUR_MS;
    if (strcmp(unit, "d") == 0) each = DAY_MS;
    *at_ms = now_ms + count * each;
    return each != 0;
}

bool times_parse(const char *text, int64_t now_ms, int64_t *at_ms) {
    if (text[0] == '+') return parse_later(text, now_ms, at_ms);
    if (moment_parse(text, at_ms)) return true;
    static const char *const formats[] = {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%H:%M"};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct tm parts = {0};
        if (i == 3 && !civil(now_ms, &parts)) return false;
        parts.tm_sec = 0;
        parts.tm_isdst = -1;
        const char *end = strptime(text, formats[i], &parts);
        if (end == NULL || *end != '\0') continue;
        time_t seconds = mktime(&parts);
        if (seconds <= 0) return false;
        *at_ms = (int64_t)seconds * SECOND_MS;
        return true;
    }
    return false;
}
