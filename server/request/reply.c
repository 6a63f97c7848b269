/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a request: its answer, in the caller's language. */
#include <sodium.h>

#include "common/log.h"
#include "common/text.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"

enum { RETRY_MS = 500, RETRY_SPREAD_MS = 1000 };

static char *mutable_text(const char *text) {
    return (char *)(uintptr_t)(text != NULL ? text : "");
}

static bool put_body(struct request *request, Fd__Reply *reply, const ProtobufCMessage *response) {
    if (response == NULL) return true;
    reply->body.len = protobuf_c_message_get_packed_size(response);
    reply->body.data = arena_take(&request->arena, reply->body.len);
    if (reply->body.data == NULL) return false;
    protobuf_c_message_pack(response, reply->body.data);
    return true;
}

void reply_send(struct request *request, const Fd__Reply *answer, const ProtobufCMessage *response) {
    Fd__Reply reply = *answer;
    reply.id = request->envelope->id;
    if (!put_body(request, &reply, response)) {
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    if (request->caller != NULL) request->caller->on_reply(request->caller, &reply);
    request_end(request, (enum status)reply.status);
}

static void note_denied(const struct request *request) {
    const struct services *services = request->services;
    if (services->on_denied == NULL || request->operation == NULL || request->site_id[0] == '\0') return;
    services->on_denied(services->denied_owner, request->site_id, request->who.person_id, request->operation->name);
}

static int64_t retry_ms(void) {
    return RETRY_MS + (int64_t)randombytes_uniform(RETRY_SPREAD_MS);
}

/* Without memory nothing that was found out about the request is worth saying: it may be repeated. */
static void send_refusal(struct request *request, enum status status, enum refusal refusal, const char *field,
                         int64_t retry_after_ms) {
    Fd__Reply reply = FD__REPLY__INIT;
    if (arena_starved(&request->arena)) {
        LOG(WARNING, "no memory for a request");
        status = STATUS_UNAVAILABLE;
        refusal = REFUSAL_UNAVAILABLE;
        field = NULL;
        retry_after_ms = retry_ms();
    }
    if (status == STATUS_DENIED) note_denied(request);
    reply.status = (Fd__Status)status;
    reply.message = mutable_text(reason_text(refusal, request->who.chinese));
    reply.field = mutable_text(field);
    reply.retry_after_ms = retry_after_ms;
    reply_send(request, &reply, NULL);
}

void reply_refusal(struct request *request, enum status status, enum refusal refusal, const char *field) {
    send_refusal(request, status, refusal, field, 0);
}

void reply_without_request(struct caller *caller, uint64_t id) {
    Fd__Reply reply = FD__REPLY__INIT;
    LOG(WARNING, "no memory for a request");
    reply.id = id;
    reply.status = FD__STATUS__STATUS_UNAVAILABLE;
    reply.message = mutable_text(refusal_text(REFUSAL_UNAVAILABLE, caller->identity->chinese));
    reply.retry_after_ms = retry_ms();
    caller->on_reply(caller, &reply);
}

void reply_wait(struct request *request, enum refusal refusal, int64_t wait_ms) {
    send_refusal(request, STATUS_BUSY, refusal, NULL, wait_ms);
}

void reply_failure(struct request *request, enum status status) {
    switch (status) {
    case STATUS_BUSY: send_refusal(request, status, REFUSAL_BUSY, NULL, retry_ms()); return;
    case STATUS_UNAVAILABLE: send_refusal(request, status, REFUSAL_UNAVAILABLE, NULL, retry_ms()); return;
    case STATUS_TOO_LARGE: send_refusal(request, status, REFUSAL_FIELD_TOO_LONG, NULL, 0); return;
    default: break;
    }
    LOG(ERROR, "request failed", LOG_TEXT("status", status_name(status)),
        LOG_TEXT("operation", request->operation != NULL ? request->operation->name : ""));
    send_refusal(request, STATUS_INTERNAL, REFUSAL_INTERNAL, NULL, 0);
}

void request_reply(struct request *request, enum status status, enum refusal refusal, const char *field,
                   const ProtobufCMessage *response) {
    if (status != STATUS_OK) {
        send_refusal(request, status, refusal, field, 0);
        return;
    }
    Fd__Reply reply = FD__REPLY__INIT;
    reply_send(request, &reply, response);
}
