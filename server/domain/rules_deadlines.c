/* SPDX-License-Identifier: Apache-2.0 */
/* The figures of one severity (D6, the table of levels). */
#include <string.h>

#include "common/message.h"
#include "server/domain/alert.h"
#include "server/domain/rules_change.h"
#include "server/domain/rules_record.h"
#include "server/domain/words.h"

enum { DEADLINE_MINUTES = 366 * 24 * 60, WEEK_MINUTES = 7 * 24 * 60, WORKING_DAYS = 366 };

static bool within(int32_t value, int32_t least, int32_t most) {
    return value >= least && value <= most;
}

static enum status check_deadlines(const Fd__SetDeadlinesRequest *command, struct decision *decision) {
    const struct {
        const char *name;
        int32_t minutes;
    } fields[] = {
        {"accept_minutes",   command->accept_minutes  },
        {"contact_minutes",  command->contact_minutes },
        {"feedback_minutes", command->feedback_minutes},
        {"close_minutes",    command->close_minutes   },
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!within(fields[i].minutes, 0, DEADLINE_MINUTES))
            return refuse(decision, STATUS_INVALID, REFUSAL_DEADLINE_RANGE, fields[i].name);
        if (command->close_minutes > 0 && fields[i].minutes > command->close_minutes)
            return refuse(decision, STATUS_INVALID, REFUSAL_DEADLINE_ORDER, fields[i].name);
    }
    return STATUS_OK;
}

/* A plan is owed in whole days, as closing may be. */
static enum status check_plan(const Fd__SetDeadlinesRequest *command, struct decision *decision) {
    if (within(command->plan_days, 0, WORKING_DAYS)) return STATUS_OK;
    return refuse(decision, STATUS_INVALID, REFUSAL_PLAN_DAYS_RANGE, "plan_days");
}

static enum status check_close(const Fd__SetDeadlinesRequest *command, struct decision *decision) {
    if (!within(command->close_working_days, 0, WORKING_DAYS))
        return refuse(decision, STATUS_INVALID, REFUSAL_WORKING_DAYS_RANGE, "close_working_days");
    if (command->close_working_days == 0) return STATUS_OK;
    if (command->close_minutes > 0) return refuse(decision, STATUS_INVALID, REFUSAL_CLOSE_TWICE, "close_working_days");
    if (!command->working_time)
        return refuse(decision, STATUS_INVALID, REFUSAL_WORKING_DAYS_NEED_TIME, "close_working_days");
    return STATUS_OK;
}

static enum status check_chain(const Fd__SetDeadlinesRequest *command, struct decision *decision) {
    if (command->n_climb_levels != command->n_climb_minutes)
        return refuse(decision, STATUS_INVALID, REFUSAL_CHAIN_LENGTH, "climb_minutes");
    for (size_t i = 0; i < command->n_climb_levels; i++) {
        int32_t level = command->climb_levels[i];
        if (!within(level, LEVEL_TEAM_LEADER, LEVEL_HEAD_OFFICE) ||
            (i > 0 && level != command->climb_levels[i - 1] + 1))
            return refuse(decision, STATUS_INVALID, REFUSAL_CHAIN_ORDER, "climb_levels");
        if (!within(command->climb_minutes[i], 1, WEEK_MINUTES))
            return refuse(decision, STATUS_INVALID, REFUSAL_DELAY_RANGE, "climb_minutes");
    }
    return STATUS_OK;
}

/* An alert that is never repeated, or a case of which nobody ever hears, would be silence (D16). */
static enum status check_alerts(const Fd__SetDeadlinesRequest *command, struct decision *decision) {
    if (!within(command->first_level, 0, LEVEL_HEAD_OFFICE))
        return refuse(decision, STATUS_INVALID, REFUSAL_LEVEL_RANGE, "first_level");
    if (!within(command->repeat_minutes, 1, WEEK_MINUTES))
        return refuse(decision, STATUS_INVALID, REFUSAL_DELAY_RANGE, "repeat_minutes");
    if (!within(command->acknowledgement_minutes, 0, WEEK_MINUTES))
        return refuse(decision, STATUS_INVALID, REFUSAL_EXPIRY_RANGE, "acknowledgement_minutes");
    bool delay = command->n_climb_levels > 0 && command->climb_levels[0] == LEVEL_TEAM_LEADER;
    bool deadline = command->accept_minutes > 0 || command->contact_minutes > 0 || command->feedback_minutes > 0 ||
                    command->close_minutes > 0 || command->close_working_days > 0 || command->plan_days > 0;
    if (command->first_level == 0 && !delay && !deadline)
        return refuse(decision, STATUS_INVALID, REFUSAL_NEVER_TOLD, "first_level");
    return STATUS_OK;
}

/* D6: a major complaint goes to supervisor and manager the moment it is registered, and on to head office. Emergencies
 * of visitors go the same way (D14). */
static enum status check_major(const Fd__SetDeadlinesRequest *command, struct decision *decision) {
    if (command->severity != SEVERITY(MAJOR)) return STATUS_OK;
    if (command->first_level != LEVEL_MANAGER)
        return refuse(decision, STATUS_INVALID, REFUSAL_MAJOR_ALERTS, "first_level");
    size_t last = command->n_climb_levels;
    if (last == 0 || command->climb_levels[last - 1] != LEVEL_HEAD_OFFICE)
        return refuse(decision, STATUS_INVALID, REFUSAL_MAJOR_CLIMBS, "climb_levels");
    return STATUS_OK;
}

static enum status check(const Fd__SetDeadlinesRequest *command, struct decision *decision) {
    enum status status = check_deadlines(command, decision);
    if (status == STATUS_OK) status = check_close(command, decision);
    if (status == STATUS_OK) status = check_plan(command, decision);
    if (status == STATUS_OK) status = check_chain(command, decision);
    if (status == STATUS_OK) status = check_alerts(command, decision);
    if (status == STATUS_OK) status = check_major(command, decision);
    return status;
}

static void fill(const Fd__SetDeadlinesRequest *command, Fd__Deadlines *record) {
    record->own = true;
    record->accept_minutes = command->accept_minutes;
    record->contact_minutes = command->contact_minutes;
    record->feedback_minutes = command->feedback_minutes;
    record->close_minutes = command->close_minutes;
    record->close_working_days = command->close_working_days;
    record->plan_days = command->plan_days;
    record->working_time = command->working_time;
    record->first_level = command->first_level;
    record->n_climb_levels = command->n_climb_levels;
    record->climb_levels = command->climb_levels;
    record->n_climb_minutes = command->n_climb_minutes;
    record->climb_minutes = command->climb_minutes;
    record->repeat_minutes = command->repeat_minutes;
    record->acknowledgement_minutes = command->acknowledgement_minutes;
}

/* The record as it shall be: of the severity, the next version, under its id. */
static enum status begin(const struct situation *situation, const Fd__Deadlines *present, Fd__Severity severity,
                         int64_t expected_version, struct decision *decision) {
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    if (severity == SEVERITY(UNSPECIFIED) || (unsigned)severity >= RULES_SEVERITIES)
        return refuse(decision, STATUS_INVALID, REFUSAL_SEVERITY_REQUIRED, "severity");
    if (present == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "severity");
    return decision_version(decision, expected_version, present->version);
}

static void identify(const struct situation *situation, const Fd__Deadlines *present, Fd__Severity severity,
                     Fd__Deadlines *record) {
    record->id = arena_string(situation->arena, present->version > 0 ? present->id : situation->new_id);
    record->site_id = arena_string(situation->arena, situation->roster->site->id);
    record->version = present->version + 1;
    record->severity = severity;
}

/* Repeating what holds already is more often a slip than an intention. */
static bool same_figures(const struct situation *situation, const Fd__Deadlines *present, const Fd__Deadlines *record) {
    Fd__Deadlines wanted = *record;
    wanted.version = present->version;
    return present->own && message_equal(situation->arena, &present->base, &wanted.base);
}

enum status rules_set_deadlines(const struct situation *situation, const void *request, const void *loaded,
                                struct decision *decision) {
    const Fd__SetDeadlinesRequest *command = request;
    const Fd__Deadlines *present = loaded;
    enum status status = begin(situation, present, command->severity, command->version, decision);
    if (status == STATUS_OK) status = check(command, decision);
    if (status != STATUS_OK) return status;
    Fd__Deadlines *record = message_new(situation->arena, &fd__deadlines__descriptor);
    if (record == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    identify(situation, present, command->severity, record);
    fill(command, record);
    if (same_figures(situation, present, record))
        return refuse(decision, STATUS_INVALID, REFUSAL_NOTHING_CHANGED, "severity");
    return decide(situation, decision, &record->base, "deadlines.set", NULL);
}

enum status rules_reset_deadlines(const struct situation *situation, const void *request, const void *loaded,
                                  struct decision *decision) {
    const Fd__ResetDeadlinesRequest *command = request;
    const Fd__Deadlines *present = loaded;
    enum status status = begin(situation, present, command->severity, command->version, decision);
    if (status != STATUS_OK) return status;
    if (!present->own) return refuse(decision, STATUS_CONFLICT, REFUSAL_NOTHING_CHANGED, "severity");
    Fd__Deadlines *record = rules_default_deadlines(situation->arena, command->severity);
    if (record == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    identify(situation, present, command->severity, record);
    return decide(situation, decision, &record->base, "deadlines.reset", NULL);
}
