/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and commands not answered yet. Each keeps its key, so that asking again has one effect; it is sent on each
 * new line, and again after a delay when the server was busy or its database away, until an answer is final. */
#ifndef FRONTDESK_CLIENT_CORE_CALLS_H
#define FRONTDESK_CLIENT_CORE_CALLS_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/core/frontdesk.h"
#include "common/bytes.h"
#include "common/list.h"
#include "common/uuid.h"

struct call {
    struct list node;
    struct calls *calls;
    uint64_t id;
    char *operation, *site_id;
    char key[UUID_TEXT_BYTES];
    struct bytes body;
    const ProtobufCMessageDescriptor *response;
    client_on_reply on_reply;
    void *owner;
    int attempts;
    int64_t not_before_ms; /* by the loop's clock */
    bool sent, opens_session, abandoned;
};

struct calls {
    struct client *client;
    struct list waiting; /* oldest first */
    int count, under_way, limit;
    uint64_t last_id;
    uv_timer_t retry;
    bool timer_open;
};

void calls_open(struct calls *calls, struct client *client);
/* Answers all with UNAVAILABLE. The timer's close callback calls on_timer_closed of the owner's choosing. */
void calls_close(struct calls *calls, uv_close_cb on_timer_closed);

/* key NULL: made here. opens_session: sign-in and resume, sent before the line is UP. */
MUST_USE enum status calls_add(struct calls *calls, const char *operation, const char *site_id, const char *key,
                               const ProtobufCMessage *command, const ProtobufCMessageDescriptor *response,
                               client_on_reply on_reply, void *owner, bool opens_session);
/* The same with a command that is packed already: byte for byte what was sent before. */
MUST_USE enum status calls_add_packed(struct calls *calls, const char *operation, const char *site_id, const char *key,
                                      const struct bytes *command, const ProtobufCMessageDescriptor *response,
                                      client_on_reply on_reply, void *owner);
bool calls_too_large(const struct calls *calls, size_t length); /* a packed command that no frame holds */
/* Answers all but a sign-in under way with UNAVAILABLE. */
void calls_fail(struct calls *calls, const char *message);
void calls_forget(struct calls *calls, const void *owner);
void calls_drop_session_calls(struct calls *calls, bool only_resume); /* unanswered resumes end with their line */
bool calls_signing_in(const struct calls *calls);
void calls_line_lost(struct calls *calls); /* nothing is under way any more */
void calls_flush(struct calls *calls);     /* sends what may be sent now */
void calls_on_reply(struct calls *calls, const Fd__Reply *reply);

#endif
