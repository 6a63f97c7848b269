/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a client: one line, the calls waiting on it, the subscriptions it feeds, what is kept on disk. */
#ifndef FRONTDESK_CLIENT_CORE_CLIENT_H
#define FRONTDESK_CLIENT_CORE_CLIENT_H

#include "client/core/calls.h"
#include "client/core/frontdesk.h"
#include "client/core/line.h"
#include "client/core/sender.h"
#include "client/core/servers.h"
#include "client/core/store.h"
#include "client/core/subscriptions.h"
#include "common/arena.h"

enum { CLIENT_PROTOCOL_VERSION = 1 };

struct client {
    uv_loop_t *loop;
    void *owner;
    struct client_callbacks callbacks;
    struct servers servers;
    char *language, *name, *desk;
    struct store *store;
    struct line line;
    struct calls calls;
    struct subscriptions subscriptions;
    struct sender sender;
    struct arena welcome_memory, person_memory, known_memory;
    Fd__Welcome *welcome;
    Fd__SignInResponse *person;
    Fd__SignInResponse *known; /* the last one, from the store */
    int64_t clock_ahead_ms;
    uv_timer_t token_timer; /* another program is resuming this person's session */
    int handles;            /* parts not closed yet */
    bool closing, certificate_changed, signed_out;
    void (*on_closed)(void *owner);
};

/* A sentence for people in the person's language. */
const char *client_say(const struct client *client, const char *chinese, const char *english);
/* One frame to the server; dropped when the line is gone (what matters is sent again on the next one). */
void client_send(struct client *client, Fd__ClientFrame *frame);

/* What the line tells. */
void client_on_established(struct client *client); /* TLS stands and the pin is right: says hello */
void client_on_frame(struct client *client, const Fd__ServerFrame *frame);
void client_on_line_lost(struct client *client);
void client_on_line_closed(struct client *client); /* after client_close: every handle is gone */
/* Signing in or resuming succeeded: `body` is a SignInResponse or ResumeSessionResponse, packed. */
MUST_USE enum status client_on_signed_in(struct client *client, const ProtobufCBinaryData *body);
/* The first password was changed: the server now answers everything. */
void client_on_password_changed(struct client *client);

#endif
