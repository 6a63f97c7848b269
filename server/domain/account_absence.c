/* SPDX-License-Identifier: Apache-2.0 */
/* Away from the site (D15, attendance): who hears a person's alerts meanwhile. A circle of substitutes is not refused
 * here, since each may be away at another time: whoever gathers an alert's people finds its end. */
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"
#include "server/domain/account.h"
#include "server/domain/alert.h"
#include "server/domain/authority.h"
#include "server/domain/words.h"

static const int64_t longest_ms = (int64_t)366 * DAY_MS;

/* One's own; the supervisor for staff and team leaders; whoever keeps the people of the site for all of them (D1). */
static bool may_send_away(const Fd__Person *actor, const Fd__Person *person) {
    if (strcmp(actor->id, person->id) == 0) return true;
    if (authority_allows(ITEM_NONE, ACTION_ADMINISTER, actor->roles, actor->n_roles)) return true;
    return person_has_role(actor, ROLE(SUPERVISOR)) && alert_person_level(person) <= LEVEL_TEAM_LEADER;
}

static enum status open_absence(const struct situation *situation, const Fd__Person *present, int64_t expected_version,
                                struct decision *decision, Fd__Person **person) {
    if (present == NULL || !present->active) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "person_id");
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    if (!may_send_away(situation->actor, present))
        return refuse(decision, STATUS_DENIED, REFUSAL_ABSENCE_OF_OTHERS, "person_id");
    enum status status = decision_version(decision, expected_version, present->version);
    if (status != STATUS_OK) return status;
    *person = message_copy(situation->arena, &present->base);
    if (*person == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    (*person)->version++;
    return STATUS_OK;
}

static enum status check_span(const struct situation *situation, int64_t from_ms, int64_t until_ms,
                              struct decision *decision) {
    if (until_ms == 0) return refuse(decision, STATUS_INVALID, REFUSAL_FIELD_REQUIRED, "absent_until_ms");
    if (until_ms <= situation->now_ms) return refuse(decision, STATUS_INVALID, REFUSAL_ABSENCE_PAST, "absent_until_ms");
    if (from_ms < situation->now_ms - longest_ms || from_ms >= until_ms)
        return refuse(decision, STATUS_INVALID, REFUSAL_ABSENCE_ORDER, "absent_from_ms");
    if (until_ms > situation->now_ms + longest_ms || until_ms - from_ms > longest_ms)
        return refuse(decision, STATUS_INVALID, REFUSAL_ABSENCE_LONG, "absent_until_ms");
    return STATUS_OK;
}

static enum status check_substitute(const struct situation *situation, const char *substitute_id,
                                    const Fd__Person *person, struct decision *decision) {
    if (text_empty(substitute_id)) return STATUS_OK;
    if (strcmp(substitute_id, person->id) == 0)
        return refuse(decision, STATUS_INVALID, REFUSAL_SUBSTITUTE_SELF, "substitute_id");
    if (roster_find(situation->roster, substitute_id) == NULL)
        return refuse(decision, STATUS_INVALID, REFUSAL_BAD_SUBSTITUTE, "substitute_id");
    return STATUS_OK;
}

enum status person_set_absence(const struct situation *situation, const void *request, const void *loaded,
                               struct decision *decision) {
    const Fd__SetAbsenceRequest *command = request;
    int64_t from_ms = command->absent_from_ms != 0 ? command->absent_from_ms : situation->now_ms;
    Fd__Person *person = NULL;
    enum status status = open_absence(situation, loaded, command->version, decision, &person);
    if (status == STATUS_OK) status = check_span(situation, from_ms, command->absent_until_ms, decision);
    if (status == STATUS_OK) status = check_substitute(situation, command->substitute_id, person, decision);
    if (status != STATUS_OK) return status;
    person->absent_from_ms = from_ms;
    person->absent_until_ms = command->absent_until_ms;
    person->substitute_id = command->substitute_id;
    return decide(situation, decision, &person->base, "person.absent", NULL);
}

enum status person_clear_absence(const struct situation *situation, const void *request, const void *loaded,
                                 struct decision *decision) {
    const Fd__ClearAbsenceRequest *command = request;
    Fd__Person *person = NULL;
    enum status status = open_absence(situation, loaded, command->version, decision, &person);
    if (status != STATUS_OK) return status;
    if (person->absent_until_ms <= situation->now_ms)
        return refuse(decision, STATUS_CONFLICT, REFUSAL_NOT_ABSENT, "person_id");
    person->absent_from_ms = 0;
    person->absent_until_ms = 0;
    person->substitute_id = message_no_text();
    return decide(situation, decision, &person->base, "person.back", NULL);
}
