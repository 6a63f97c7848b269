/* SPDX-License-Identifier: Apache-2.0 */
/* The client library: a line to frontdeskd that mends itself. One loop, callbacks, no threads.
 *
 * It connects over TLS 1.3, pins the server's certificate at first use, resumes the session with its token, resumes
 * every subscription from its cursor, and sends again under the same key what was not answered. What is submitted while
 * the line is away is kept on disk and sent when it is back, also by another run of the program (D16). */
#ifndef FRONTDESK_CLIENT_H
#define FRONTDESK_CLIENT_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/core/outbox.h"
#include "common/status.h"
#include "common/tls.h"
#include "frontdesk/v1/account.pb-c.h"
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
    /* Several servers on one database, "a.example:7443,b.example": tried in turn, and left for the next one when it
     * says goodbye or does not answer. What is kept is kept under the first one's name. NULL: host and port. */
    const char *servers;
    const char *state_directory; /* pins, device id, token, cursors; created 0700. NULL: nothing is kept */
    const char *language;        /* "zh" or "en" */
    const char *name;            /* program and version */
    const char *desk;            /* where it stands, or ""; NULL: where it stood at the last sign-in */
};

struct client_callbacks {
    void (*on_line)(struct client *client, enum client_line line, const char *why); /* why: for people, may be "" */
    void (*on_event)(struct client *client, const Fd__Event *event); /* in order, once; blank ones are not shown */
    void (*on_reset)(struct client *client, const Fd__Reset *reset); /* drop what is held of the site */
    void (*on_snapshot)(struct client *client, const Fd__Snapshot *snapshot);
    void (*on_blank)(struct client *client, const Fd__Event *event); /* may be NULL: entries not for this person */
    /* May be NULL. One was put, refused, or DONE (with its number); NULL: another program has changed something. */
    void (*on_outbox)(struct client *client, const struct outbox_item *item);
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
/* Gives up what is not answered: on_reply is not called again for this owner. */
void client_forget_calls(struct client *client, void *owner);

/* The command is kept, and lives until the callback returns: WAITING, or SENT when the line broke before the answer, or
 * what another program of this person, which was just sending, made of it (DONE with its number, REFUSED, HELD). */
typedef void (*client_on_kept)(void *owner, const struct outbox_item *item);

/* A command that must not be lost: it is on disk when this returns OK, and goes out after everything that this person
 * has waiting, under one key, with the same bytes on each try. Exactly one of the two is called, once: on_reply with
 * the server's answer; or on_kept when the line is not there within a few seconds, nobody is signed in any more, or
 * client_keep or client_close gives up waiting. A refusal that on_reply brings is not kept.
 *
 * Only for the operations of outbox_kind.h, and with a state directory: else, or when the disk does not take it while
 * the line is UP and nothing waits, it is a client_call (on_kept is never called).
 * Errors: UNAUTHENTICATED: nobody has signed in here; TOO_LARGE; BUSY: the outbox is full; NOT_FOUND, CONFLICT: it
 * names what waits at a place where nothing waits, or where it was refused; UNAVAILABLE: outbox_why has the disk's
 * trouble. In every one of them nothing was kept. */
MUST_USE enum status client_submit(struct client *client, const char *operation, const char *site_id,
                                   const ProtobufCMessage *command, const ProtobufCMessageDescriptor *response,
                                   client_on_reply on_reply, client_on_kept on_kept, void *owner);
/* What this owner has submitted and still waits for is left to the outbox; on_kept is called. */
void client_keep(struct client *client, void *owner);
/* For looking at what waits, dropping and mending it; NULL: nothing is kept. After mending: client_send_waiting. */
struct outbox *client_outbox(struct client *client);
struct outbox_counts client_waiting_counts(struct client *client); /* of the known person */
void client_send_waiting(struct client *client);

/* Signing in by password stores the token (when there is a state directory) and makes the line UP. */
MUST_USE enum status client_sign_in(struct client *client, const char *login, const char *password,
                                    client_on_reply on_reply, void *owner);

/* From the stored cursor, or from nothing (a snapshot comes first). The cursor is kept for the next start. */
MUST_USE enum status client_subscribe(struct client *client, const char *site_id);
/* Always from nothing, and the stored cursor is left alone: for whoever builds a picture and throws it away. */
MUST_USE enum status client_observe(struct client *client, const char *site_id);
/* The next client_subscribe of the site begins with a snapshot. */
void client_forget_cursor(struct client *client, const char *site_id);
/* Leaves the sign-in behind without asking the server: the token is forgotten. */
void client_forget_token(struct client *client);

/* What the server said of the signed-in person; NULL before. Valid until the next sign-in or resume. */
const Fd__SignInResponse *client_person(const struct client *client);
/* The same while the server is away: who signed in last on this device, without the token; NULL: nobody, or signed out.
 * When the session was ended from elsewhere it is still them. */
const Fd__SignInResponse *client_known_person(const struct client *client);
/* What else the server said and is good to have while it is away, by name; forgotten when the person signs out.
 * client_recall appends to `out`. */
void client_remember(struct client *client, const char *name, const void *data, size_t length);
bool client_recall(const struct client *client, const char *name, struct bytes *out);
/* The server that is tried, or answers, now; the host is valid until client_close. */
const char *client_address(const struct client *client, int *port);
/* The server's greeting; NULL before the first one. */
const Fd__Welcome *client_server(const struct client *client);
/* The pin of the server as kept; false: never met. Forgetting it trusts the next certificate that comes. */
bool client_pin(const struct client *client, uint8_t pin[TLS_PIN_BYTES]);
void client_forget_pin(struct client *client);
bool client_certificate_changed(const struct client *client); /* why the line is REFUSED */
/* This machine's clock less the server's, at the greeting. */
int64_t client_clock_ahead_ms(const struct client *client);

#endif
