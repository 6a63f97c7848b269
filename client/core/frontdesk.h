/* SPDX-License-Identifier: Apache-2.0 */
/* The client library: a line to frontdeskd that mends itself. One loop, callbacks, no threads.
 *
 * It connects over TLS 1.3, pins the server's certificate at first use, resumes the session with its token, resumes
 * every subscription from its cursor, and sends again under the same key what was not answered. */
#ifndef FRONTDESK_CLIENT_H
#define FRONTDESK_CLIENT_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "common/status.h"
#include "frontdesk/v1/wire.pb-c.h"

struct client;

enum client_line {
    CLIENT_LINE_DOWN, /* not connected: tries again after a delay with jitter */
    CLIENT_LINE_CONNECTING,
    CLIENT_LINE_STRANGER, /* connected, not signed in: the token is missing or was refused */
    CLIENT_LINE_UP,       /* signed in, subscriptions running */
    CLIENT_LINE_REFUSED,  /* for ever: the certificate is another than the pinned one, or no common version */
};

struct client_options {
    const char *host;
    int port;
    const char *state_directory; /* pins, device id, token, cursors; created 0700. NULL: nothing is kept */
    const char *language;        /* "zh" or "en" */
    const char *name;            /* program and version */
    const char *desk;            /* where it stands, or "" */
};

struct client_callbacks {
    void (*on_line)(struct client *client, enum client_line line, const char *why); /* why: for people, may be "" */
    void (*on_event)(struct client *client, const Fd__Event *event); /* in order, once; blank ones are not shown */
    void (*on_reset)(struct client *client, const Fd__Reset *reset); /* drop what is held of the site */
    void (*on_snapshot)(struct client *client, const Fd__Snapshot *snapshot);
};

/* Everything is copied. The first connection is tried at once. */
MUST_USE enum status client_open(struct client **client, uv_loop_t *loop, const struct client_options *options,
                                 const struct client_callbacks *callbacks, void *owner);
void client_close(struct client *client, void (*on_closed)(void *owner));
void *client_owner(const struct client *client);
enum client_line client_line(const struct client *client);

/* status OK: `response` is of the operation's kind. Else reply->message says why in the person's language.
 * UNAVAILABLE after client_close. `response` and `reply` live until the callback returns. */
typedef void (*client_on_reply)(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response);

/* Asks, and asks again on each new line until answered. A write gets its key here (NULL), or the caller's own. */
MUST_USE enum status client_call(struct client *client, const char *operation, const char *site_id, const char *key,
                                 const ProtobufCMessage *command, const ProtobufCMessageDescriptor *response,
                                 client_on_reply on_reply, void *owner);
int client_waiting(const struct client *client); /* calls not answered yet */

/* Signing in by password stores the token (when there is a state directory) and makes the line UP. */
MUST_USE enum status client_sign_in(struct client *client, const char *login, const char *password,
                                    client_on_reply on_reply, void *owner);

/* From the stored cursor, or from nothing (a snapshot comes first). */
MUST_USE enum status client_subscribe(struct client *client, const char *site_id);

#endif
