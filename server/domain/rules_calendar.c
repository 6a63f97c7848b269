/* SPDX-License-Identifier: Apache-2.0 */
/* A site's working time, and the figures that all severities share (D6). */
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "server/domain/rules_change.h"
#include "server/domain/rules_record.h"

enum { WEEK_MINUTES = 7 * 24 * 60, FOLLOW_UP_MINUTES = 60 * 24 * 60 };

static enum status check_hours(const struct rules_hours *hours, struct decision *decision) {
    int16_t free_from = 0, from = 0, until = 0;
    if (hours->count > CALENDAR_INTERVALS) return refuse(decision, STATUS_INVALID, REFUSAL_INTERVALS_MANY, hours->name);
    for (size_t i = 0; i < hours->count; i++) {
        if (!rules_parse_interval(hours->intervals[i], &from, &until))
            return refuse(decision, STATUS_INVALID, REFUSAL_BAD_INTERVAL, hours->name);
        if (from < free_from) return refuse(decision, STATUS_INVALID, REFUSAL_INTERVAL_ORDER, hours->name);
        free_from = until;
    }
    return STATUS_OK;
}

static enum status check_week(const Fd__Calendar *record, struct decision *decision) {
    struct rules_hours hours[7];
    size_t intervals = 0;
    rules_hours_of(record, hours);
    for (int day = 0; day < 7; day++) {
        enum status status = check_hours(&hours[day], decision);
        if (status != STATUS_OK) return status;
        intervals += hours[day].count;
    }
    return intervals > 0 ? STATUS_OK : refuse(decision, STATUS_INVALID, REFUSAL_NO_WORKING_HOURS, "monday");
}

static enum status check_dates(size_t count, char *const *dates, const char *name, struct decision *decision) {
    int32_t date = 0;
    if (count > CALENDAR_DAYS) return refuse(decision, STATUS_INVALID, REFUSAL_DATES_MANY, name);
    for (size_t i = 0; i < count; i++)
        if (!moment_parse_date(dates[i], &date)) return refuse(decision, STATUS_INVALID, REFUSAL_BAD_DATE, name);
    return STATUS_OK;
}

static bool stands_in(const char *date, size_t count, char *const *dates) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(dates[i], date) == 0) return true;
    return false;
}

static enum status check_days(const Fd__Calendar *record, struct decision *decision) {
    enum status status = check_dates(record->n_days_off, record->days_off, "days_off", decision);
    if (status == STATUS_OK) status = check_dates(record->n_days_on, record->days_on, "days_on", decision);
    if (status != STATUS_OK) return status;
    for (size_t i = 0; i < record->n_days_off; i++)
        if (stands_in(record->days_off[i], i, record->days_off))
            return refuse(decision, STATUS_INVALID, REFUSAL_DATE_TWICE, "days_off");
    for (size_t i = 0; i < record->n_days_on; i++)
        if (stands_in(record->days_on[i], i, record->days_on) ||
            stands_in(record->days_on[i], record->n_days_off, record->days_off))
            return refuse(decision, STATUS_INVALID, REFUSAL_DATE_TWICE, "days_on");
    return STATUS_OK;
}

static enum status check_figures(const Fd__Calendar *record, struct decision *decision) {
    const struct {
        const char *name;
        int32_t minutes;
    } delays[] = {
        {"next_level_minutes",      record->next_level_minutes     },
        {"entered_in_time_minutes", record->entered_in_time_minutes},
        {"visit_repeat_minutes",    record->visit_repeat_minutes   },
    };
    if (record->follow_up_minutes < 0 || record->follow_up_minutes > FOLLOW_UP_MINUTES)
        return refuse(decision, STATUS_INVALID, REFUSAL_FOLLOW_UP_RANGE, "follow_up_minutes");
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++)
        if (delays[i].minutes < 1 || delays[i].minutes > WEEK_MINUTES)
            return refuse(decision, STATUS_INVALID, REFUSAL_DELAY_RANGE, delays[i].name);
    return STATUS_OK;
}

#define LIST(name) record->n_##name = command->n_##name, record->name = command->name

static void fill(const Fd__SetCalendarRequest *command, Fd__Calendar *record) {
    record->own = true;
    LIST(monday);
    LIST(tuesday);
    LIST(wednesday);
    LIST(thursday);
    LIST(friday);
    LIST(saturday);
    LIST(sunday);
    LIST(days_off);
    LIST(days_on);
    record->follow_up_minutes = command->follow_up_minutes;
    record->next_level_minutes = command->next_level_minutes;
    record->entered_in_time_minutes = command->entered_in_time_minutes;
    record->visit_repeat_minutes = command->visit_repeat_minutes;
}

static enum status begin(const struct situation *situation, const Fd__Calendar *present, int64_t expected_version,
                         struct decision *decision) {
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    if (present == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, NULL);
    return decision_version(decision, expected_version, present->version);
}

static void identify(const struct situation *situation, const Fd__Calendar *present, Fd__Calendar *record) {
    record->id = arena_string(situation->arena, present->version > 0 ? present->id : situation->new_id);
    record->site_id = arena_string(situation->arena, situation->roster->site->id);
    record->version = present->version + 1;
}

static bool same_figures(const struct situation *situation, const Fd__Calendar *present, const Fd__Calendar *record) {
    Fd__Calendar wanted = *record;
    wanted.version = present->version;
    return present->own && message_equal(situation->arena, &present->base, &wanted.base);
}

enum status rules_set_calendar(const struct situation *situation, const void *request, const void *loaded,
                               struct decision *decision) {
    const Fd__SetCalendarRequest *command = request;
    const Fd__Calendar *present = loaded;
    enum status status = begin(situation, present, command->version, decision);
    if (status != STATUS_OK) return status;
    Fd__Calendar *record = message_new(situation->arena, &fd__calendar__descriptor);
    if (record == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    identify(situation, present, record);
    fill(command, record);
    status = check_week(record, decision);
    if (status == STATUS_OK) status = check_days(record, decision);
    if (status == STATUS_OK) status = check_figures(record, decision);
    if (status != STATUS_OK) return status;
    if (same_figures(situation, present, record))
        return refuse(decision, STATUS_INVALID, REFUSAL_NOTHING_CHANGED, NULL);
    return decide(situation, decision, &record->base, "calendar.set", NULL);
}

enum status rules_reset_calendar(const struct situation *situation, const void *request, const void *loaded,
                                 struct decision *decision) {
    const Fd__ResetCalendarRequest *command = request;
    const Fd__Calendar *present = loaded;
    enum status status = begin(situation, present, command->version, decision);
    if (status != STATUS_OK) return status;
    if (!present->own) return refuse(decision, STATUS_CONFLICT, REFUSAL_NOTHING_CHANGED, NULL);
    Fd__Calendar *record = rules_default_calendar(situation->arena);
    if (record == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    identify(situation, present, record);
    return decide(situation, decision, &record->base, "calendar.reset", NULL);
}
