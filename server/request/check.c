/* SPDX-License-Identifier: Apache-2.0 */
/* What a request must be before any work is done for it. */
#include <string.h>

#include "common/log.h"
#include "common/message.h"
#include "common/text.h"
#include "common/uuid.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"

static const struct fault none = {.status = STATUS_OK};

bool operation_writes(const struct operation *operation) {
    return operation->decide != NULL;
}

struct fault check_caller(const struct operation *operation, const struct identity *identity) {
    if (operation->before_sign_in) {
        if (identity->signed_in) return (struct fault){STATUS_CONFLICT, REASON(SIGNED_IN_ALREADY), NULL};
        return none;
    }
    if (!identity->signed_in) return (struct fault){STATUS_UNAUTHENTICATED, REASON(SIGN_IN_FIRST), NULL};
    if (identity->password_must_change && !operation->before_password_change)
        return (struct fault){STATUS_DENIED, REASON(PASSWORD_MUST_CHANGE), NULL};
    return none;
}

static bool names_an_id(const char *name) {
    size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, "_id") == 0;
}

/* Ids go into columns of type uuid, which refuse anything else: a whole batch would be repeated for it. */
static struct fault check_ids(const ProtobufCMessage *command) {
    for (unsigned i = 0; i < command->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &command->descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_STRING || field->label == PROTOBUF_C_LABEL_REPEATED) continue;
        const char *id = *(char *const *)message_field(command, field);
        if (names_an_id(field->name) && !text_empty(id) && !uuid_valid(id))
            return (struct fault){STATUS_INVALID, REFUSAL_FIELD_INVALID, field->name};
    }
    return none;
}

static struct fault check_limit(ProtobufCMessage *command) {
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(command->descriptor, "limit");
    if (field == NULL || field->type != PROTOBUF_C_TYPE_INT32) return none;
    int32_t *limit = message_field(command, field);
    if (*limit < 0 || *limit > PAGE_LIMIT) return (struct fault){STATUS_INVALID, REASON(LIMIT_RANGE), field->name};
    if (*limit == 0) *limit = PAGE_DEFAULT;
    return none;
}

struct fault check_command(const struct operation *operation, const Fd__Request *envelope, ProtobufCMessage *command) {
    if (operation_writes(operation) && !uuid_valid(envelope->key))
        return (struct fault){STATUS_INVALID, REFUSAL_KEY_REQUIRED, "key"};
    struct fault fault = check_ids(command);
    return fault.status != STATUS_OK ? fault : check_limit(command);
}

/* A site is founded from any site on which the person may do so; without one named, the first such is taken. */
static void choose_founding_site(struct request *request) {
    Fd__Membership **memberships;
    size_t count =
        directory_memberships(request->services->directory, request->who.person_id, &request->arena, &memberships);
    for (size_t i = 0; i < count; i++) {
        const Fd__Person *person = memberships[i]->person;
        if (!authority_allows(ITEM_NONE, ACTION_FOUND, person->roles, person->n_roles)) continue;
        memcpy(request->site_id, person->site_id, sizeof(request->site_id));
        return;
    }
}

/* False: not the id of any site. */
static bool set_site(struct request *request) {
    const char *site_id = request->envelope->site_id;
    if (uuid_valid(site_id)) memcpy(request->site_id, site_id, sizeof(request->site_id));
    if (text_empty(site_id) && request->operation->action == ACTION_FOUND) choose_founding_site(request);
    return request->site_id[0] != '\0';
}

struct fault check_authority(struct request *request) {
    const struct operation *operation = request->operation;
    if (operation->before_sign_in || operation->action == ACTION_SELF) return none;
    bool founding = operation->action == ACTION_FOUND;
    if (text_empty(request->envelope->site_id) && !founding)
        return (struct fault){STATUS_INVALID, REFUSAL_SITE_REQUIRED, "site_id"};
    struct situation situation;
    bool member = set_site(request) && request_situation(request, &situation);
    if (!member && !(founding && text_empty(request->envelope->site_id)))
        return (struct fault){STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "site_id"};
    const Fd__Person *actor = member ? situation.actor : NULL;
    if (actor == NULL || !authority_allows(operation->item, operation->action, actor->roles, actor->n_roles)) {
        LOG(WARNING, "denied", LOG_TEXT("operation", operation->name), LOG_TEXT("person", request->who.person_id),
            LOG_TEXT("site", request->site_id));
        return (struct fault){STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL};
    }
    memcpy(request->record_site_id, founding ? request->envelope->key : request->site_id, UUID_TEXT_BYTES);
    return none;
}

bool request_situation(struct request *request, struct situation *situation) {
    struct services *services = request->services;
    const struct roster *roster = directory_roster(services->directory, request->site_id);
    if (roster == NULL) return false;
    *situation = (struct situation){
        .arena = &request->arena,
        .roster = roster,
        .desk = request->who.desk,
        .now_ms = database_now_ms(services->database),
        .new_id = request->new_id,
        .other = request->other,
        .account_reaches_further = request->account_reaches_further,
        .time_zone_unknown = request->time_zone_unknown,
    };
    if (text_empty(request->who.person_id)) return true; /* an act in nobody's name */
    situation->actor = roster_find(roster, request->who.person_id);
    return situation->actor != NULL;
}
