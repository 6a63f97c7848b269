/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a visit alerts, and how long (D14, D16). */
#include "server/domain/visit.h"

#include "common/message.h"
#include "server/domain/visit_case.h"
#include "server/domain/words.h"

/* An arrival is repeated until somebody receives the visitor or acknowledges. */
static struct alert_rule arrival_rule(const struct situation *situation) {
    return (struct alert_rule){.repeat_ms = situation->roster->rules->visit_repeat_ms};
}

/* D14: an emergency goes the way of a major complaint. */
static struct alert_rule emergency_rule(const struct situation *situation, int32_t level) {
    const struct severity_rules *major = &situation->roster->rules->severity[SEVERITY(MAJOR)];
    bool climbs = level >= LEVEL_TEAM_LEADER && level < LEVEL_HEAD_OFFICE;
    return (struct alert_rule){
        .repeat_ms = major->repeat_ms,
        .climb_ms = climbs ? major->climb_ms[level] : 0,
        .acknowledgement_ms = major->acknowledgement_ms,
    };
}

struct alert_rule visit_alert_rule(const struct situation *situation, const Fd__Alert *alert, int32_t level) {
    return alert != NULL && alert->reason == REASON(EMERGENCY) ? emergency_rule(situation, level)
                                                               : arrival_rule(situation);
}

static void raise_arrival(const struct situation *situation, Fd__Visit *visit) {
    const struct roster *roster = situation->roster;
    const char **ids = arena_take(situation->arena, (roster->count + 1) * sizeof *ids);
    if (ids == NULL) return;
    size_t count = 0;
    if (roster_find(roster, visit->host_id) != NULL) ids[count++] = visit->host_id;
    count += roster_with_role(roster, ROLE(SUPERVISOR), TEAM(UNSPECIFIED), ids + count, roster->count);
    struct alert_rule rule = arrival_rule(situation);
    visit->alert = alert_raise_to(situation, ids, count, LEVEL_SUPERVISOR, TEAM(UNSPECIFIED), REASON(ARRIVED), &rule);
}

void visit_arrived(const struct situation *situation, Fd__Visit *visit) {
    visit->state = VISIT(ARRIVED);
    visit->arrived_at_ms = situation->now_ms;
    if (!alert_pending(visit->alert)) raise_arrival(situation, visit);
}

void visit_raise_emergency(const struct situation *situation, Fd__Visit *visit) {
    struct alert_rule rule = emergency_rule(situation, LEVEL_MANAGER);
    visit->alert = alert_raise_both(situation, LEVEL_SUPERVISOR, LEVEL_MANAGER, REASON(EMERGENCY), &rule);
    visit->emergency = true;
    if (visit->alert != NULL) visit->level = visit->alert->level;
}

/* Takes what is due at now; the word for the most important of it, or NULL. */
static const char *settle(const struct situation *situation, Fd__Visit *visit) {
    const char *kind = NULL;
    if (alert_expiry_due(visit->alert, situation->now_ms)) {
        struct alert_rule rule = visit_alert_rule(situation, visit->alert, visit->alert->level);
        visit->alert = alert_expire(situation, visit->alert, &rule);
        kind = "visit.acknowledgement_expired";
    }
    while (alert_climb_due(visit->alert, situation->now_ms)) {
        struct alert_rule rule = visit_alert_rule(situation, visit->alert, visit->alert->level + 1);
        visit->alert = alert_climb(situation, visit->alert, TEAM(UNSPECIFIED), &rule);
        if (visit->alert != NULL) visit->level = visit->alert->level;
        kind = "visit.alert_climbed";
    }
    if (alert_repeat_due(visit->alert, situation->now_ms)) {
        struct alert_rule rule = visit_alert_rule(situation, visit->alert, visit->alert->level);
        visit->alert = alert_repeat(situation, visit->alert, &rule);
        if (kind == NULL) kind = "visit.alert_repeated";
    }
    return kind;
}

enum status visit_wake(const struct situation *situation, const void *command, const void *loaded,
                       struct decision *decision) {
    (void)command;
    const Fd__Visit *present = loaded;
    if (present == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, NULL);
    Fd__Visit *visit = message_copy(situation->arena, &present->base);
    if (visit == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    const char *kind = settle(situation, visit);
    if (kind != NULL) {
        visit->version++;
        return visit_finish(situation, decision, visit, kind, NULL);
    }
    decision->record = NULL;
    decision->wake_at_ms = alert_wake_at_ms(visit->alert);
    return STATUS_OK;
}
