/* SPDX-License-Identifier: Apache-2.0 */
/* A visitor announced, or walking in (D14). */
#include "server/domain/visit.h"

#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"
#include "server/domain/field.h"
#include "server/domain/visit_case.h"
#include "server/domain/words.h"

enum { PARTY_LIMIT = 500 };

static const int64_t year_ms = (int64_t)366 * DAY_MS;

struct visitor {
    char *name, *phone, *vehicle, *purpose, *host_id, *host_unit, *pass;
    int32_t party;
};

static enum status check_visitor(const struct situation *situation, const struct visitor *visitor,
                                 struct decision *decision) {
    const struct text_field fields[] = {
        {"visitor_name", visitor->name,      FIELD_NAME,  true },
        {"vehicle",      visitor->vehicle,   FIELD_SHORT, false},
        {"purpose",      visitor->purpose,   FIELD_LINE,  false},
        {"host_id",      visitor->host_id,   FIELD_CODE,  false},
        {"host_unit",    visitor->host_unit, FIELD_NAME,  false},
        {"pass",         visitor->pass,      FIELD_CODE,  false},
    };
    enum status status = field_texts(decision, fields, sizeof fields / sizeof fields[0]);
    if (status == STATUS_OK) status = field_phone(decision, visitor->phone, "visitor_phone");
    if (status != STATUS_OK) return status;
    if (text_empty(visitor->host_id) && field_blank(visitor->host_unit))
        return refuse(decision, STATUS_INVALID, REFUSAL_HOST_REQUIRED, "host_id");
    if (!text_empty(visitor->host_id) && roster_find(situation->roster, visitor->host_id) == NULL)
        return refuse(decision, STATUS_INVALID, REFUSAL_BAD_HOST, "host_id");
    if (visitor->party < 0 || visitor->party > PARTY_LIMIT)
        return refuse(decision, STATUS_INVALID, REFUSAL_PARTY_RANGE, "party");
    return STATUS_OK;
}

static Fd__Visit *new_visit(const struct situation *situation, const struct visitor *visitor) {
    Fd__Visit *visit = message_new(situation->arena, &fd__visit__descriptor);
    if (visit == NULL) return NULL;
    visit->id = arena_string(situation->arena, situation->new_id);
    visit->site_id = arena_string(situation->arena, situation->roster->site->id);
    visit->version = 1;
    visit->visitor_name = visitor->name;
    visit->visitor_phone = visitor->phone;
    visit->party = visitor->party == 0 ? 1 : visitor->party;
    visit->vehicle = visitor->vehicle;
    visit->purpose = visitor->purpose;
    visit->host_id = visitor->host_id;
    visit->host_unit = visitor->host_unit;
    visit->pass = visitor->pass;
    visit->registered_by = arena_string(situation->arena, situation->actor->id);
    visit->desk = arena_string(situation->arena, situation->desk);
    visit->registered_at_ms = situation->now_ms;
    return visit;
}

static enum status check_expected(int64_t expected_at_ms, int64_t now_ms, struct decision *decision) {
    if (expected_at_ms == 0) return STATUS_OK;
    if (expected_at_ms < now_ms - DAY_MS) return refuse(decision, STATUS_INVALID, REFUSAL_TIME_PAST, "expected_at_ms");
    if (expected_at_ms > now_ms + year_ms)
        return refuse(decision, STATUS_INVALID, REFUSAL_TIME_TOO_FAR, "expected_at_ms");
    return STATUS_OK;
}

enum status visit_announce(const struct situation *situation, const void *request, const void *loaded,
                           struct decision *decision) {
    (void)loaded;
    const Fd__AnnounceVisitRequest *command = request;
    const struct visitor visitor = {command->visitor_name, command->visitor_phone, command->vehicle,  command->purpose,
                                    command->host_id,      command->host_unit,     message_no_text(), command->party};
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    enum status status = check_visitor(situation, &visitor, decision);
    if (status == STATUS_OK) status = check_expected(command->expected_at_ms, situation->now_ms, decision);
    if (status != STATUS_OK) return status;
    Fd__Visit *visit = new_visit(situation, &visitor);
    if (visit == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    visit->state = VISIT(ANNOUNCED);
    visit->expected_at_ms = command->expected_at_ms;
    return visit_finish(situation, decision, visit, "visit.announced", NULL);
}

enum status visit_walk_in(const struct situation *situation, const void *request, const void *loaded,
                          struct decision *decision) {
    (void)loaded;
    const Fd__WalkInVisitRequest *command = request;
    const struct visitor visitor = {command->visitor_name, command->visitor_phone, command->vehicle, command->purpose,
                                    command->host_id,      command->host_unit,     command->pass,    command->party};
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    enum status status = check_visitor(situation, &visitor, decision);
    if (status != STATUS_OK) return status;
    Fd__Visit *visit = new_visit(situation, &visitor);
    if (visit == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    visit_arrived(situation, visit);
    return visit_finish(situation, decision, visit, "visit.walked_in", NULL);
}
