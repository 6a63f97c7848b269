/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/rules_record.h"

#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "server/domain/words.h"

static int32_t minutes(int64_t duration_ms) {
    return (int32_t)(duration_ms / MINUTE_MS);
}

static int64_t duration_ms(int32_t count) {
    return (int64_t)count * MINUTE_MS;
}

static void show_chain(struct arena *arena, const struct severity_rules *rules, Fd__Deadlines *record) {
    record->climb_levels = arena_take(arena, (RULES_LEVELS - 1) * sizeof(int32_t));
    record->climb_minutes = arena_take(arena, (RULES_LEVELS - 1) * sizeof(int32_t));
    if (record->climb_levels == NULL || record->climb_minutes == NULL) return;
    for (int below = 0; below < RULES_LEVELS - 1; below++) {
        if (rules->climb_ms[below] == 0) continue;
        record->climb_levels[record->n_climb_levels++] = below + 1;
        record->climb_minutes[record->n_climb_minutes++] = minutes(rules->climb_ms[below]);
    }
}

Fd__Deadlines *rules_default_deadlines(struct arena *arena, Fd__Severity severity) {
    const struct severity_rules *rules = &rules_default.severity[severity];
    Fd__Deadlines *record = message_new(arena, &fd__deadlines__descriptor);
    if (record == NULL) return NULL;
    bool days = rules->working_time && rules->close_working_days > 0;
    record->severity = severity;
    record->accept_minutes = minutes(rules->accept_ms);
    record->contact_minutes = minutes(rules->contact_ms);
    record->feedback_minutes = minutes(rules->feedback_ms);
    record->close_minutes = days ? 0 : minutes(rules->close_ms);
    record->close_working_days = days ? (int32_t)rules->close_working_days : 0;
    record->plan_days = (int32_t)rules->plan_days;
    record->working_time = rules->working_time;
    record->first_level = rules->first_level;
    record->repeat_minutes = minutes(rules->repeat_ms);
    record->acknowledgement_minutes = minutes(rules->acknowledgement_ms);
    show_chain(arena, rules, record);
    return arena_exhausted(arena) ? NULL : record;
}

static void take_figures(struct severity_rules *rules, const Fd__Deadlines *record) {
    *rules = (struct severity_rules){
        .accept_ms = duration_ms(record->accept_minutes),
        .contact_ms = duration_ms(record->contact_minutes),
        .feedback_ms = duration_ms(record->feedback_minutes),
        .close_ms = duration_ms(record->close_minutes),
        .close_working_days = record->close_working_days,
        .plan_days = record->plan_days,
        .working_time = record->working_time,
        .first_level = record->first_level,
        .repeat_ms = duration_ms(record->repeat_minutes),
        .acknowledgement_ms = duration_ms(record->acknowledgement_minutes),
    };
    for (size_t i = 0; i < record->n_climb_levels && i < record->n_climb_minutes; i++) {
        int32_t level = record->climb_levels[i];
        if (level >= 1 && level < RULES_LEVELS) rules->climb_ms[level - 1] = duration_ms(record->climb_minutes[i]);
    }
}

void rules_take_deadlines(struct rules *rules, const Fd__Deadlines *record) {
    unsigned severity = (unsigned)record->severity;
    if (severity == 0 || severity >= RULES_SEVERITIES) return;
    if (record->own)
        take_figures(&rules->severity[severity], record);
    else
        rules->severity[severity] = rules_default.severity[severity];
    /* One that nobody has named is treated as general. */
    if (severity == SEVERITY(GENERAL)) rules->severity[SEVERITY(UNSPECIFIED)] = rules->severity[severity];
}

void rules_hours_of(const Fd__Calendar *record, struct rules_hours hours[7]) {
    const struct rules_hours all[7] = {
        {"monday",    record->n_monday,    record->monday   },
        {"tuesday",   record->n_tuesday,   record->tuesday  },
        {"wednesday", record->n_wednesday, record->wednesday},
        {"thursday",  record->n_thursday,  record->thursday },
        {"friday",    record->n_friday,    record->friday   },
        {"saturday",  record->n_saturday,  record->saturday },
        {"sunday",    record->n_sunday,    record->sunday   },
    };
    memcpy(hours, all, sizeof all);
}

/* "hh:mm" as minutes of the day, 1440 for its end; -1: not a time. */
static int minute_of(const char *text) {
    int digits[4];
    for (int i = 0; i < 4; i++) {
        digits[i] = text[i < 2 ? i : i + 1] - '0';
        if (digits[i] < 0 || digits[i] > 9) return -1;
    }
    int hour = digits[0] * 10 + digits[1], minute = digits[2] * 10 + digits[3];
    if (text[2] != ':' || minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return -1;
    return hour * 60 + minute;
}

bool rules_parse_interval(const char *text, int16_t *from_minute, int16_t *until_minute) {
    enum { TIME_LENGTH = 5 };
    if (strlen(text) != 2 * TIME_LENGTH + 1 || text[TIME_LENGTH] != '-') return false;
    int from = minute_of(text), until = minute_of(text + TIME_LENGTH + 1);
    if (from < 0 || until <= from) return false;
    *from_minute = (int16_t)from;
    *until_minute = (int16_t)until;
    return true;
}

static void take_hours(struct calendar *calendar, const Fd__Calendar *record) {
    struct rules_hours hours[7];
    rules_hours_of(record, hours);
    memset(calendar->intervals, 0, sizeof calendar->intervals);
    for (int day = 0; day < 7; day++)
        for (size_t i = 0; i < hours[day].count && i < CALENDAR_INTERVALS; i++)
            (void)rules_parse_interval(hours[day].intervals[i], &calendar->intervals[day][i].from_minute,
                                       &calendar->intervals[day][i].until_minute);
}

static int by_date(const void *a, const void *b) {
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    return (left > right) - (left < right);
}

static void take_days(int32_t days[CALENDAR_DAYS], size_t count, char *const *dates) {
    size_t taken = 0;
    memset(days, 0, CALENDAR_DAYS * sizeof *days);
    for (size_t i = 0; i < count && taken < CALENDAR_DAYS; i++)
        if (moment_parse_date(dates[i], &days[taken])) taken++;
    qsort(days, taken, sizeof *days, by_date);
}

void rules_take_calendar(struct rules *rules, const Fd__Calendar *record) {
    const struct zone *zone = rules->calendar.zone;
    if (!record->own) {
        rules->calendar = rules_default.calendar;
        rules->follow_up_ms = rules_default.follow_up_ms;
        rules->next_level_ms = rules_default.next_level_ms;
        rules->entered_in_time_ms = rules_default.entered_in_time_ms;
        rules->visit_repeat_ms = rules_default.visit_repeat_ms;
    } else {
        take_hours(&rules->calendar, record);
        take_days(rules->calendar.days_off, record->n_days_off, record->days_off);
        take_days(rules->calendar.days_on, record->n_days_on, record->days_on);
        rules->follow_up_ms = duration_ms(record->follow_up_minutes);
        rules->next_level_ms = duration_ms(record->next_level_minutes);
        rules->entered_in_time_ms = duration_ms(record->entered_in_time_minutes);
        rules->visit_repeat_ms = duration_ms(record->visit_repeat_minutes);
    }
    rules->calendar.zone = zone;
}

static void show_hours(struct arena *arena, int day, size_t *count, char ***intervals) {
    *intervals = arena_take(arena, CALENDAR_INTERVALS * sizeof(char *));
    for (int i = 0; i < CALENDAR_INTERVALS && *intervals != NULL; i++) {
        int from = rules_default.calendar.intervals[day][i].from_minute;
        int until = rules_default.calendar.intervals[day][i].until_minute;
        if (until <= from) continue;
        char *text = arena_printf(arena, "%02d:%02d-%02d:%02d", from / 60, from % 60, until / 60, until % 60);
        (*intervals)[(*count)++] = text;
    }
}

Fd__Calendar *rules_default_calendar(struct arena *arena) {
    Fd__Calendar *record = message_new(arena, &fd__calendar__descriptor);
    if (record == NULL) return NULL;
    show_hours(arena, 0, &record->n_monday, &record->monday);
    show_hours(arena, 1, &record->n_tuesday, &record->tuesday);
    show_hours(arena, 2, &record->n_wednesday, &record->wednesday);
    show_hours(arena, 3, &record->n_thursday, &record->thursday);
    show_hours(arena, 4, &record->n_friday, &record->friday);
    show_hours(arena, 5, &record->n_saturday, &record->saturday);
    show_hours(arena, 6, &record->n_sunday, &record->sunday);
    record->follow_up_minutes = minutes(rules_default.follow_up_ms);
    record->next_level_minutes = minutes(rules_default.next_level_ms);
    record->entered_in_time_minutes = minutes(rules_default.entered_in_time_ms);
    record->visit_repeat_minutes = minutes(rules_default.visit_repeat_ms);
    return arena_exhausted(arena) ? NULL : record;
}
