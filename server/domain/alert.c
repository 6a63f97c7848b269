/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/alert.h"

#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "server/domain/alert_people.h"
#include "server/domain/words.h"

bool alert_live(const Fd__Alert *alert) {
    return alert != NULL && alert->raised_at_ms != 0 && alert->ended_at_ms == 0;
}

bool alert_pending(const Fd__Alert *alert) {
    return alert_live(alert) && alert->acknowledged_at_ms == 0;
}

static int64_t after_ms(const struct situation *situation, int64_t delay_ms) {
    return delay_ms > 0 ? situation->now_ms + delay_ms : 0;
}

/* Begins to wait for an acknowledgement. */
static void start(const struct situation *situation, Fd__Alert *alert, const struct alert_rule *rule) {
    alert->raised_at_ms = situation->now_ms;
    alert->repeat_at_ms = after_ms(situation, rule->repeat_ms);
    alert->climb_at_ms = alert->level < LEVEL_HEAD_OFFICE ? after_ms(situation, rule->climb_ms) : 0;
}

static Fd__Alert *raised(const struct situation *situation, const struct alert_people *people, int32_t level,
                         Fd__AlertReason reason, const struct alert_rule *rule) {
    Fd__Alert *alert = message_new(situation->arena, &fd__alert__descriptor);
    if (alert == NULL) return NULL;
    alert->level = level;
    alert->reason = reason;
    alert_people_give(people, alert);
    start(situation, alert, rule);
    return alert;
}

Fd__Alert *alert_raise(const struct situation *situation, int32_t level, Fd__Team team, Fd__AlertReason reason,
                       const struct alert_rule *rule) {
    struct alert_people people;
    alert_people_init(&people, situation);
    level = alert_people_from(&people, level, team);
    return raised(situation, &people, level, reason, rule);
}

/* Where the higher of two levels is heard: itself, or the next above it at which somebody is there. */
static int32_t heard_at(const struct situation *situation, int32_t level) {
    struct alert_people people;
    alert_people_init(&people, situation);
    int32_t heard = alert_people_from(&people, level, TEAM(UNSPECIFIED));
    return people.told.count > 0 ? heard : level;
}

Fd__Alert *alert_raise_both(const struct situation *situation, int32_t low, int32_t high, Fd__AlertReason reason,
                            const struct alert_rule *rule) {
    struct alert_people people;
    alert_people_init(&people, situation);
    alert_people_at(&people, low, TEAM(UNSPECIFIED));
    int32_t heard = heard_at(situation, high);
    for (int32_t level = high; level <= heard; level++) alert_people_at(&people, level, TEAM(UNSPECIFIED));
    if (people.told.count == 0) heard = LEVEL_HEAD_OFFICE; /* nobody anywhere */
    return raised(situation, &people, heard, reason, rule);
}

Fd__Alert *alert_raise_to(const struct situation *situation, const char *const *person_ids, size_t count, int32_t level,
                          Fd__Team team, Fd__AlertReason reason, const struct alert_rule *rule) {
    struct alert_people people;
    alert_people_init(&people, situation);
    for (size_t i = 0; i < count; i++) alert_people_add(&people, person_ids[i]);
    if (people.told.count == 0) level = alert_people_from(&people, level, team);
    return raised(situation, &people, level, reason, rule);
}

void alert_keep_people(const struct situation *situation, Fd__Alert *after, const Fd__Alert *before) {
    if (after == NULL || before == NULL) return;
    struct alert_people people;
    alert_people_init(&people, situation);
    alert_people_add_all(&people, before);
    alert_people_add_all(&people, after);
    alert_people_give(&people, after);
}

Fd__Alert *alert_climb(const struct situation *situation, const Fd__Alert *alert, Fd__Team team,
                       const struct alert_rule *rule) {
    int32_t next = alert->level < LEVEL_HEAD_OFFICE ? alert->level + 1 : LEVEL_HEAD_OFFICE;
    Fd__Alert *after = alert_raise(situation, next, team, alert->reason, rule);
    alert_keep_people(situation, after, alert);
    return after;
}

static bool has(char *const *ids, size_t count, const char *person_id) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(ids[i], person_id) == 0) return true;
    return false;
}

bool alert_addresses(const Fd__Alert *alert, const char *person_id) {
    return alert != NULL && has(alert->person_ids, alert->n_person_ids, person_id);
}

/* An alarm that reached nobody may be taken by anybody who leads. Who is away may have heard of it all the same. */
static bool may_acknowledge(const Fd__Alert *alert, const Fd__Person *person) {
    if (person == NULL) return false;
    int32_t level = alert_person_level(person);
    if (alert->n_person_ids == 0 && level >= LEVEL_TEAM_LEADER) return true;
    return level > alert->level || alert_addresses(alert, person->id) ||
           has(alert->addressee_ids, alert->n_addressee_ids, person->id);
}

static Fd__Alert *acknowledged(const struct situation *situation, const Fd__Alert *alert, int64_t expires_at_ms) {
    Fd__Alert *after = message_copy(situation->arena, &alert->base);
    if (after == NULL) return NULL;
    after->acknowledged_at_ms = situation->now_ms;
    after->acknowledged_by = arena_string(situation->arena, situation->actor->id);
    after->acknowledgement_expires_at_ms = expires_at_ms;
    after->repeat_at_ms = 0;
    after->climb_at_ms = 0;
    return after;
}

enum status alert_acknowledge(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule,
                              Fd__Alert **after, struct decision *decision) {
    *after = NULL;
    if (!alert_pending(alert)) return refuse(decision, STATUS_CONFLICT, REFUSAL_NOTHING_TO_ACKNOWLEDGE, NULL);
    if (!may_acknowledge(alert, situation->actor)) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ADDRESSEE, NULL);
    *after = acknowledged(situation, alert, after_ms(situation, rule->acknowledgement_ms));
    return *after != NULL ? STATUS_OK : refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
}

Fd__Alert *alert_work(const struct situation *situation, const Fd__Alert *alert) {
    Fd__Alert *same = (Fd__Alert *)(uintptr_t)alert;
    if (!alert_live(alert)) return same;
    if (alert_pending(alert))
        return may_acknowledge(alert, situation->actor) ? acknowledged(situation, alert, 0) : same;
    if (alert->acknowledgement_expires_at_ms == 0) return same;
    Fd__Alert *after = message_copy(situation->arena, &alert->base);
    if (after != NULL) after->acknowledgement_expires_at_ms = 0;
    return after;
}

/* From the level up; when nobody is above, from there down. */
static int32_t level_with_somebody(struct alert_people *people, int32_t level) {
    int32_t from = level > LEVEL_SUPERVISOR ? level : LEVEL_SUPERVISOR;
    int32_t found = alert_people_from(people, from, TEAM(UNSPECIFIED));
    for (int32_t lower = from - 1; people->told.count == 0 && lower >= LEVEL_SUPERVISOR; lower--)
        alert_people_at(people, lower, TEAM(UNSPECIFIED));
    return found;
}

/* Who hears it now: somebody may have gone, or come back, since it was pushed. */
static void look_again(const struct situation *situation, Fd__Alert *alert) {
    struct alert_people people;
    alert_people_init(&people, situation);
    alert_people_add_all(&people, alert);
    if (people.told.count == 0) alert->level = level_with_somebody(&people, alert->level);
    alert_people_give(&people, alert);
}

Fd__Alert *alert_repeat(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule) {
    Fd__Alert *after = message_copy(situation->arena, &alert->base);
    if (after == NULL) return NULL;
    look_again(situation, after);
    after->repeats++;
    after->repeat_at_ms = after_ms(situation, rule->repeat_ms);
    return after;
}

Fd__Alert *alert_expire(const struct situation *situation, const Fd__Alert *alert, const struct alert_rule *rule) {
    Fd__Alert *after = message_copy(situation->arena, &alert->base);
    if (after == NULL) return NULL;
    after->acknowledged_at_ms = 0;
    after->acknowledged_by = message_no_text();
    after->acknowledgement_expires_at_ms = 0;
    look_again(situation, after);
    start(situation, after, rule);
    return after;
}

Fd__Alert *alert_end(const struct situation *situation, const Fd__Alert *alert) {
    if (!alert_live(alert)) return (Fd__Alert *)(uintptr_t)alert;
    Fd__Alert *after = message_copy(situation->arena, &alert->base);
    if (after == NULL) return NULL;
    after->ended_at_ms = situation->now_ms;
    after->repeat_at_ms = 0;
    after->climb_at_ms = 0;
    after->acknowledgement_expires_at_ms = 0;
    return after;
}

static bool due(int64_t at_ms, int64_t now_ms) {
    return at_ms != 0 && at_ms <= now_ms;
}

bool alert_expiry_due(const Fd__Alert *alert, int64_t now_ms) {
    return alert_live(alert) && !alert_pending(alert) && due(alert->acknowledgement_expires_at_ms, now_ms);
}

bool alert_climb_due(const Fd__Alert *alert, int64_t now_ms) {
    return alert_pending(alert) && alert->level < LEVEL_HEAD_OFFICE && due(alert->climb_at_ms, now_ms);
}

bool alert_repeat_due(const Fd__Alert *alert, int64_t now_ms) {
    return alert_pending(alert) && due(alert->repeat_at_ms, now_ms);
}

int64_t alert_wake_at_ms(const Fd__Alert *alert) {
    if (!alert_live(alert)) return 0;
    if (!alert_pending(alert)) return alert->acknowledgement_expires_at_ms;
    int64_t climb_at_ms = alert->level < LEVEL_HEAD_OFFICE ? alert->climb_at_ms : 0;
    return moment_earlier(alert->repeat_at_ms, climb_at_ms);
}
