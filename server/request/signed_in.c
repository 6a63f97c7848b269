/* SPDX-License-Identifier: Apache-2.0 */
#include "server/request/signed_in.h"

#include <stdio.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "common/uuid.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"

bool signing_in_check(struct request *request, const char *device_id, const char *desk) {
    if (!uuid_valid(device_id)) {
        reply_refusal(request, STATUS_INVALID, REFUSAL_FIELD_INVALID, "device_id");
        return false;
    }
    if (strlen(desk) >= sizeof(request->who.desk)) {
        reply_refusal(request, STATUS_INVALID, REFUSAL_FIELD_TOO_LONG, "desk");
        return false;
    }
    return true;
}

struct signing_in *signing_in_new(struct request *request, char *device_id, char *desk) {
    struct signing_in *signing = arena_take(&request->arena, sizeof(*signing));
    if (signing == NULL) return NULL;
    request->flow = signing;
    fd__session__init(&signing->session);
    int64_t now_ms = database_now_ms(request->services->database);
    signing->session.device_id = device_id;
    signing->session.desk = desk;
    signing->session.at_ms = now_ms;
    signing->session.expires_at_ms = now_ms + request->services->session_lifetime_ms;
    return signing;
}

void signing_in_transaction(struct request *request, void (*on_done)(struct transaction *, enum status)) {
    transaction_clear(&request->transaction);
    transaction_init(&request->transaction, &request->arena, NULL, on_done);
}

Fd__Account *signing_in_account(struct request *request, const struct statement *statement) {
    if (PQntuples(statement->result) == 0) return NULL;
    return (Fd__Account *)row_to_message(&request->arena, statement->result, 0, &fd__account__descriptor);
}

void signing_in_refuse(struct request *request, enum refusal refusal) {
    reply_refusal(request, STATUS_UNAUTHENTICATED, refusal, NULL);
}

static void take_identity(struct identity *identity, const struct signing_in *signing) {
    identity->signed_in = true;
    identity->password_must_change = signing->account->password_must_change;
    memcpy(identity->person_id, signing->account->person_id, sizeof(identity->person_id));
    memcpy(identity->session_id, signing->session_id, sizeof(identity->session_id));
    memcpy(identity->device_id, signing->session.device_id, sizeof(identity->device_id));
    memcpy(identity->desk, signing->session.desk, strlen(signing->session.desk) + 1);
}

/* SignInResponse and ResumeSessionResponse are alike, field by field. */
static const ProtobufCMessage *make_response(struct request *request, Fd__Membership **memberships, size_t count) {
    struct signing_in *signing = request->flow;
    Fd__SignInResponse *response = message_new(&request->arena, &fd__sign_in_response__descriptor);
    if (response == NULL) return NULL;
    response->token = signing->token;
    response->person_id = signing->account->person_id;
    response->name = signing->account->name;
    response->memberships = memberships;
    response->n_memberships = count;
    response->password_must_change = signing->account->password_must_change;
    return &response->base;
}

void signing_in_finish(struct request *request) {
    struct signing_in *signing = request->flow;
    Fd__Membership **memberships;
    size_t count =
        directory_memberships(request->services->directory, signing->account->person_id, &request->arena, &memberships);
    if (count == 0) {
        signing_in_refuse(request, REASON(SESSION_OVER));
        return;
    }
    const ProtobufCMessage *response = make_response(request, memberships, count);
    struct caller *caller = request->caller;
    if (response == NULL) {
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    LOG(INFO, "signed in", LOG_TEXT("person", signing->account->person_id), LOG_TEXT("session", signing->session_id),
        LOG_TEXT("operation", request->operation->name));
    if (caller != NULL) take_identity(caller->identity, signing);
    request_reply(request, STATUS_OK, REFUSAL_NONE, NULL, response);
    if (caller != NULL && caller->on_identity != NULL) caller->on_identity(caller);
}

void signing_in_place(struct request *request, const char *person_id, char site_id[UUID_TEXT_BYTES]) {
    Fd__Membership **memberships;
    size_t count = directory_memberships(request->services->directory, person_id, &request->arena, &memberships);
    (void)snprintf(site_id, UUID_TEXT_BYTES, "%s", count > 0 ? memberships[0]->site->id : "");
}
