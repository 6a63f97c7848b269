/* SPDX-License-Identifier: Apache-2.0 */
#include "server/request/request.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "common/text.h"
#include "server/chain/seal.h"
#include "server/request/engine.h"
#include "server/request/table.h"

struct request *request_new(struct services *services) {
    struct request *request = calloc(1, sizeof(*request));
    if (request == NULL) return NULL;
    request->services = services;
    list_init(&request->node);
    list_init(&request->transaction.node);
    arena_init(&request->arena, REQUEST_ARENA_BYTES);
    fd__change__init(&request->change);
    return request;
}

void request_end(struct request *request, enum status status) {
    if (request->caller != NULL) {
        list_remove(&request->node);
        request->caller->count--;
    }
    if (request->on_finished != NULL) request->on_finished(request, status, request->owner);
    secrets_wipe(request);
    transaction_clear(&request->transaction);
    arena_free(&request->arena);
    free(request);
}

struct identity *request_identity(struct request *request) {
    return request->caller != NULL ? request->caller->identity : NULL;
}

/* NULL: arena exhausted. */
static const Fd__Request *copy_envelope(struct arena *arena, const Fd__Request *envelope) {
    Fd__Request *copy = message_new(arena, &fd__request__descriptor);
    if (copy == NULL) return NULL;
    copy->id = envelope->id;
    copy->operation = arena_string(arena, envelope->operation);
    copy->site_id = arena_string(arena, envelope->site_id);
    copy->key = arena_string(arena, envelope->key);
    copy->body.len = envelope->body.len;
    copy->body.data = arena_copy(arena, envelope->body.data, envelope->body.len);
    return arena_exhausted(arena) ? NULL : copy;
}

static struct fault decode(struct request *request, ProtobufCMessage **command) {
    struct message_fault what = {0};
    const ProtobufCBinaryData *body = &request->envelope->body;
    enum status status =
        message_unpack(request->operation->request, &request->arena, body->data, body->len, command, &what);
    if (status == STATUS_OK) return (struct fault){.status = STATUS_OK};
    LOG(INFO, "body not decoded", LOG_TEXT("operation", request->operation->name), LOG_TEXT("field", what.field),
        LOG_TEXT("why", what.why));
    return (struct fault){status, REFUSAL_FIELD_INVALID, what.field};
}

static struct fault make_digest(struct request *request) {
    ProtobufCBinaryData body;
    enum status status = secrets_blank(request, &body);
    if (status == STATUS_OK)
        status = change_request_digest(&request->arena, request->operation->name, request->envelope->site_id, body,
                                       &request->change.request_digest);
    request->change.key = request->envelope->key;
    return (struct fault){status, REFUSAL_INTERNAL, NULL};
}

/* Everything that can be wrong without looking at a record. */
static struct fault check(struct request *request) {
    if (request->operation == NULL) return (struct fault){STATUS_UNKNOWN_OPERATION, REFUSAL_UNKNOWN_OPERATION, NULL};
    struct fault fault = check_caller(request->operation, &request->who);
    if (fault.status != STATUS_OK) return fault;
    ProtobufCMessage *command = NULL;
    fault = decode(request, &command);
    if (fault.status != STATUS_OK) return fault;
    request->command = command;
    fault = check_command(request->operation, request->envelope, command);
    if (fault.status != STATUS_OK) return fault;
    fault = check_authority(request);
    if (fault.status != STATUS_OK || !operation_writes(request->operation)) return fault;
    return make_digest(request);
}

void request_begin(struct caller *caller, const Fd__Request *envelope) {
    struct request *request = request_new(caller->services);
    if (request == NULL) {
        reply_without_request(caller, envelope->id);
        return;
    }
    request->caller = caller;
    request->who = *caller->identity;
    list_append(&caller->requests, &request->node);
    caller->count++;
    request->envelope = copy_envelope(&request->arena, envelope);
    if (request->envelope == NULL) {
        request->envelope = envelope;
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    request->operation = operation_find(request->envelope->operation);
    if (request->operation != NULL) {
        request->topic = request->operation->topic;
        request->decide = request->operation->decide;
        request->store = request->operation->store;
    }
    struct fault fault = check(request);
    if (fault.status != STATUS_OK)
        reply_refusal(request, fault.status, fault.refusal, fault.field);
    else if (request->operation->run != NULL)
        request->operation->run(request);
    else if (request->operation->decide != NULL)
        request_command(request);
    else
        question_begin(request);
}

void request_detach_all(struct caller *caller) {
    list_each_safe(node, &caller->requests) {
        struct request *request = list_item(node, struct request, node);
        list_remove(node);
        request->caller = NULL;
    }
    caller->count = 0;
}
