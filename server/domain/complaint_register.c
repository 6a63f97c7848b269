/* SPDX-License-Identifier: Apache-2.0 */
/* Registering a complaint while the customer speaks (D6). */
#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"
#include "server/domain/complaint.h"
#include "server/domain/complaint_case.h"
#include "server/domain/field.h"
#include "server/domain/words.h"

enum { CLOCK_SKEW_MS = 5 * MINUTE_MS };

/* Old letters are brought in with the day they were written; a year like 1926 is a slip of the hand. */
static const int64_t oldest_ms = (int64_t)30 * 366 * DAY_MS;

static enum status check_texts(const Fd__RegisterComplaintRequest *command, struct decision *decision) {
    const struct text_field fields[] = {
        {"subject",        command->subject,        FIELD_LINE,      true },
        {"description",    command->description,    FIELD_LETTER,    false},
        {"customer_name",  command->customer_name,  FIELD_NAME,      false},
        {"unit",           command->unit,           FIELD_NAME,      false},
        {"place",          command->place,          FIELD_LINE,      false},
        {"wanted_outcome", command->wanted_outcome, FIELD_PARAGRAPH, false},
    };
    return field_texts(decision, fields, sizeof fields / sizeof fields[0]);
}

static enum status check_customer(const Fd__RegisterComplaintRequest *command, struct decision *decision) {
    bool named = !field_blank(command->customer_name);
    if (command->anonymous && named) return refuse(decision, STATUS_INVALID, REFUSAL_ANONYMOUS_NAMED, "customer_name");
    if (!command->anonymous && !named)
        return refuse(decision, STATUS_INVALID, REFUSAL_CUSTOMER_REQUIRED, "customer_name");
    if (!command->anonymous && field_blank(command->customer_phone))
        return refuse(decision, STATUS_INVALID, REFUSAL_CUSTOMER_REQUIRED, "customer_phone");
    return field_phone(decision, command->customer_phone, "customer_phone");
}

static enum status check_received(int64_t received_at_ms, int64_t now_ms, struct decision *decision) {
    if (received_at_ms > now_ms + CLOCK_SKEW_MS)
        return refuse(decision, STATUS_INVALID, REFUSAL_TIME_IN_FUTURE, "received_at_ms");
    if (received_at_ms != 0 && received_at_ms < now_ms - oldest_ms)
        return refuse(decision, STATUS_INVALID, REFUSAL_TIME_TOO_OLD, "received_at_ms");
    return STATUS_OK;
}

/* The department that a type belongs to when the clerk names none. */
static Fd__Team team_of(Fd__ComplaintType type) {
    switch (type) {
    case TYPE(ENGINEERING):
    case TYPE(RENOVATION): return TEAM(ENGINEERING);
    case TYPE(SECURITY):
    case TYPE(PARKING):
    case TYPE(NOISE): return TEAM(SECURITY);
    case TYPE(CLEANING): return TEAM(CLEANING);
    case TYPE(GREENING): return TEAM(GREENING);
    case TYPE(FEES): return TEAM(FINANCE);
    case TYPE(STAFF_ATTITUDE): return TEAM(OFFICE);
    default: return TEAM(DESK);
    }
}

static void fill(const struct situation *situation, const Fd__RegisterComplaintRequest *command,
                 Fd__Complaint *record) {
    int64_t now_ms = situation->now_ms, received_at_ms = command->received_at_ms;
    record->id = arena_string(situation->arena, situation->new_id);
    record->site_id = arena_string(situation->arena, situation->roster->site->id);
    record->version = 1;
    record->state = STATE(REGISTERED);
    record->received_at_ms = received_at_ms == 0 || received_at_ms > now_ms ? now_ms : received_at_ms;
    record->registered_at_ms = now_ms;
    record->registered_by = arena_string(situation->arena, situation->actor->id);
    record->desk = arena_string(situation->arena, situation->desk);
    record->channel = command->channel == CHANNEL(UNSPECIFIED) ? CHANNEL(COUNTER) : command->channel;
    record->anonymous = command->anonymous;
    record->customer_name = command->customer_name;
    record->customer_phone = command->customer_phone;
    record->unit = command->unit;
    record->subject = command->subject;
    record->description = command->description;
    record->place = command->place;
    record->type = command->type == TYPE(UNSPECIFIED) ? TYPE(OTHER) : command->type;
    record->severity = command->severity;
    record->wanted_outcome = command->wanted_outcome;
    record->team = command->team == TEAM(UNSPECIFIED) ? team_of(record->type) : command->team;
}

enum status complaint_register(const struct situation *situation, const void *request, const void *loaded,
                               struct decision *decision) {
    (void)loaded;
    const Fd__RegisterComplaintRequest *command = request;
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    enum status status = check_texts(command, decision);
    if (status == STATUS_OK) status = check_customer(command, decision);
    if (status == STATUS_OK) status = check_received(command->received_at_ms, situation->now_ms, decision);
    if (status != STATUS_OK) return status;
    if (command->severity == SEVERITY(UNSPECIFIED))
        return refuse(decision, STATUS_INVALID, REFUSAL_SEVERITY_REQUIRED, "severity");

    struct complaint_case opened = {situation, decision, message_new(situation->arena, &fd__complaint__descriptor)};
    if (opened.record == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    fill(situation, command, opened.record);
    clock_start(situation, opened.record);
    clock_set_deadlines(situation->roster->rules, opened.record);
    complaint_raise_severity(&opened);
    return complaint_case_finish(&opened, "complaint.registered", NULL);
}
