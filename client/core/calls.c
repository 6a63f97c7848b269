/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/calls.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/client.h"
#include "common/message.h"
#include "common/moment.h"

enum {
    CALLS_LIMIT_DEFAULT = 32,
    ENVELOPE_BYTES = 1024,        /* room of the frame that is not the body */
    SIGN_IN_WAIT_MS = 5000,       /* longer than this a person should be told, not kept waiting */
    REPLY_ARENA_BYTES = 4 * 1024, /* and MESSAGE_BUDGET_FACTOR a byte */
};

static const struct line_figures pace = {.backoff_ms = 200, .backoff_limit_ms = 5 * SECOND_MS};

static void call_free(struct call *call) {
    if (call->sent) call->calls->under_way--;
    call->calls->count--;
    list_remove(&call->node);
    if (call->body.data != NULL) sodium_memzero(call->body.data, call->body.capacity);
    bytes_free(&call->body);
    free(call->operation);
    free(call->site_id);
    free(call);
}

static void on_retry(uv_timer_t *timer) {
    calls_flush(timer->data);
}

void calls_open(struct calls *calls, struct client *client) {
    *calls = (struct calls){.client = client, .limit = CALLS_LIMIT_DEFAULT};
    list_init(&calls->waiting);
    uv_timer_init(client->loop, &calls->retry);
    calls->retry.data = calls;
    calls->timer_open = true;
}

static void answer(struct call *call, enum status status, const char *message) {
    if (call->abandoned || call->on_reply == NULL) return;
    Fd__Reply reply = FD__REPLY__INIT;
    reply.id = call->id;
    reply.status = (Fd__Status)status;
    reply.message = (char *)message;
    call->on_reply(call->owner, &reply, NULL);
}

void calls_fail(struct calls *calls, const char *message) {
    struct list failed;
    list_init(&failed);
    list_each_safe(node, &calls->waiting) {
        struct call *call = list_item(node, struct call, node);
        if (call->opens_session && !calls->client->closing) continue;
        list_remove(node);
        list_append(&failed, node);
    }
    while (!list_empty(&failed)) {
        struct call *call = list_item(failed.next, struct call, node);
        list_remove(&call->node);
        answer(call, STATUS_UNAVAILABLE, message);
        call_free(call);
    }
}

void calls_close(struct calls *calls, uv_close_cb on_timer_closed) {
    calls_fail(calls, client_say(calls->client, "客户端已关闭", "the client was closed"));
    calls->timer_open = false;
    uv_close((uv_handle_t *)&calls->retry, on_timer_closed);
}

static struct call *call_new(struct calls *calls, const char *operation, const char *site_id, const char *key) {
    struct call *call = calloc(1, sizeof *call);
    if (call == NULL) return NULL;
    call->calls = calls;
    call->id = ++calls->last_id;
    list_init(&call->node);
    calls->count++;
    call->operation = strdup(operation);
    call->site_id = strdup(site_id == NULL ? "" : site_id);
    if (call->operation == NULL || call->site_id == NULL) {
        call_free(call);
        return NULL;
    }
    if (key == NULL)
        uuid_make(call->key, moment_now_ms());
    else
        memcpy(call->key, key, UUID_TEXT_BYTES);
    return call;
}

bool calls_too_large(const struct calls *calls, size_t length) {
    const Fd__Welcome *welcome = calls->client->welcome;
    size_t limit = welcome != NULL && welcome->frame_limit_bytes > 0 ? welcome->frame_limit_bytes : FRAME_LIMIT;
    return length + ENVELOPE_BYTES > limit;
}

static void wait_for_answer(struct call *call, const ProtobufCMessageDescriptor *response, client_on_reply on_reply,
                            void *owner) {
    call->response = response;
    call->on_reply = on_reply;
    call->owner = owner;
    list_append(&call->calls->waiting, &call->node);
    calls_flush(call->calls);
}

enum status calls_add_packed(struct calls *calls, const char *operation, const char *site_id, const char *key,
                             const struct bytes *command, const ProtobufCMessageDescriptor *response,
                             client_on_reply on_reply, void *owner) {
    if (calls->client->closing) return STATUS_UNAVAILABLE;
    if (!uuid_valid(key)) return STATUS_INVALID;
    if (calls_too_large(calls, command->length)) return STATUS_TOO_LARGE;
    struct call *call = call_new(calls, operation, site_id, key);
    if (call == NULL) return STATUS_TOO_LARGE;
    if (bytes_append(&call->body, command->data, command->length) != STATUS_OK) {
        call_free(call);
        return STATUS_TOO_LARGE;
    }
    wait_for_answer(call, response, on_reply, owner);
    return STATUS_OK;
}

enum status calls_add(struct calls *calls, const char *operation, const char *site_id, const char *key,
                      const ProtobufCMessage *command, const ProtobufCMessageDescriptor *response,
                      client_on_reply on_reply, void *owner, bool opens_session) {
    if (calls->client->closing) return STATUS_UNAVAILABLE;
    if (key != NULL && !uuid_valid(key)) return STATUS_INVALID;
    if (calls_too_large(calls, protobuf_c_message_get_packed_size(command))) return STATUS_TOO_LARGE;
    struct call *call = call_new(calls, operation, site_id, key);
    if (call == NULL) return STATUS_TOO_LARGE;
    enum status status = message_append(&call->body, command);
    if (status != STATUS_OK) {
        call_free(call);
        return status;
    }
    call->opens_session = opens_session;
    wait_for_answer(call, response, on_reply, owner);
    return STATUS_OK;
}

void calls_forget(struct calls *calls, const void *owner) {
    list_each_safe(node, &calls->waiting) {
        struct call *call = list_item(node, struct call, node);
        if (call->owner != owner) continue;
        call->abandoned = true;
        if (!call->sent) call_free(call);
    }
}

void calls_drop_session_calls(struct calls *calls, bool only_resume) {
    list_each_safe(node, &calls->waiting) {
        struct call *call = list_item(node, struct call, node);
        if (call->opens_session && (!only_resume || strcmp(call->operation, "session.resume") == 0)) call_free(call);
    }
}

bool calls_signing_in(const struct calls *calls) {
    list_each(node, &calls->waiting) {
        const struct call *call = list_item(node, struct call, node);
        if (call->opens_session && !call->abandoned) return true;
    }
    return false;
}

void calls_line_lost(struct calls *calls) {
    calls_drop_session_calls(calls, true);
    list_each_safe(node, &calls->waiting) {
        struct call *call = list_item(node, struct call, node);
        if (call->sent) calls->under_way--;
        call->sent = false;
        if (call->abandoned) call_free(call);
    }
}

static void send_call(struct call *call) {
    Fd__Request request = FD__REQUEST__INIT;
    request.id = call->id;
    request.operation = call->operation;
    request.site_id = call->site_id;
    request.key = call->key;
    request.body = (ProtobufCBinaryData){.data = call->body.data, .len = call->body.length};
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = &request;
    call->sent = true;
    call->calls->under_way++;
    client_send(call->calls->client, &frame);
}

void calls_flush(struct calls *calls) {
    struct line *line = &calls->client->line;
    bool up = line->state == CLIENT_LINE_UP;
    if (!calls->timer_open || !line->greeted || !line_connected(line)) return;
    int64_t now = (int64_t)uv_now(calls->client->loop), next = 0;
    list_each(node, &calls->waiting) {
        struct call *call = list_item(node, struct call, node);
        if (call->sent || call->abandoned || call->opens_session == up) continue;
        if (call->not_before_ms > now) {
            if (next == 0 || call->not_before_ms < next) next = call->not_before_ms;
            continue;
        }
        if (calls->under_way >= calls->limit) break; /* the next answer comes back here */
        send_call(call);
    }
    if (next > 0) uv_timer_start(&calls->retry, on_retry, (uint64_t)(next - now), 0);
}

static bool asks_again(struct call *call, const Fd__Reply *reply) {
    if (reply->status != FD__STATUS__STATUS_BUSY && reply->status != FD__STATUS__STATUS_UNAVAILABLE) return false;
    if (call->opens_session && reply->retry_after_ms > SIGN_IN_WAIT_MS) return false;
    call->attempts++;
    int64_t delay = line_delay_ms(&pace, call->attempts), asked = line_asked_ms(reply->retry_after_ms);
    if (delay < asked) delay = asked;
    call->not_before_ms = (int64_t)uv_now(call->calls->client->loop) + delay;
    return true;
}

/* Gives the reply to its owner; a body that cannot be read becomes INTERNAL. */
static void deliver(struct call *call, const Fd__Reply *reply) {
    struct client *client = call->calls->client;
    struct arena arena;
    arena_init(&arena, reply->body.len * MESSAGE_BUDGET_FACTOR + REPLY_ARENA_BYTES);
    ProtobufCMessage *response = NULL;
    enum status status = (enum status)reply->status;
    if (status == STATUS_OK) {
        status = message_unpack_newer(call->response, &arena, reply->body.data, reply->body.len, &response, NULL);
        if (status == STATUS_OK && call->opens_session) status = client_on_signed_in(client, &reply->body);
        if (status == STATUS_OK && strcmp(call->operation, "session.sign_out") == 0) client_forget_token(client);
        if (status == STATUS_OK && strcmp(call->operation, "session.change_password") == 0)
            client_on_password_changed(client);
        if (status != STATUS_OK)
            answer(call, STATUS_INTERNAL,
                   client_say(client, "无法理解服务器的答复：请升级客户端",
                              "the server's answer is not understood: upgrade the client"));
    }
    if (call->opens_session && status != STATUS_OK && strcmp(call->operation, "session.sign_in") == 0)
        line_set(&client->line, CLIENT_LINE_STRANGER, "");
    if ((status == STATUS_OK || reply->status != FD__STATUS__STATUS_OK) && !call->abandoned && call->on_reply != NULL)
        call->on_reply(call->owner, reply, response);
    arena_free(&arena);
}

void calls_on_reply(struct calls *calls, const Fd__Reply *reply) {
    struct call *found = NULL;
    list_each(node, &calls->waiting) {
        struct call *call = list_item(node, struct call, node);
        if (call->id == reply->id && call->sent) found = call;
    }
    if (found == NULL) return;
    found->sent = false;
    calls->under_way--;
    if (found->abandoned || !asks_again(found, reply)) {
        list_remove(&found->node);
        deliver(found, reply);
        call_free(found);
    }
    if (!calls->client->closing) calls_flush(calls);
}
