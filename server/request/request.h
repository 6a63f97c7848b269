/* SPDX-License-Identifier: Apache-2.0 */
/* One request from its frame to its reply. Commands go LOAD -> DECIDE -> STORE -> DONE; a version lost on the way goes
 * back to LOAD, three times at most. A request outlives its session: detached, it finishes its store and is forgotten.
 */
#ifndef FRONTDESK_REQUEST_REQUEST_H
#define FRONTDESK_REQUEST_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/list.h"
#include "common/stream.h"
#include "common/uuid.h"
#include "frontdesk/server/v1/change.pb-c.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "server/accounts/directory.h"
#include "server/accounts/password.h"
#include "server/accounts/throttle.h"
#include "server/domain/account.h"
#include "server/operations/operation.h"

/* What requests need of the house; owned by server.c, set once before the first request. */
struct services {
    uv_loop_t *loop;
    struct database *database;
    struct directory *directory;
    struct password_room *passwords;
    struct throttle *throttle;
    const char *node;
    int64_t session_lifetime_ms;
    /* An entry that this node has just committed, before its command is answered; lives until it returns. */
    void (*on_written)(void *owner, const Fd__JournalRow *row);
    void *written_owner;
    /* Somebody was denied an operation on one of their sites, by role or by the record's state; NULL: nobody listens.
     */
    void (*on_denied)(void *owner, const char *site_id, const char *person_id, const char *operation);
    void *denied_owner;
};

/* Who is on the line; owned by the session, read by its requests, set by signing in. */
struct identity {
    bool signed_in;
    char person_id[UUID_TEXT_BYTES];
    char session_id[UUID_TEXT_BYTES];
    char device_id[UUID_TEXT_BYTES];
    char desk[DESK_NAME_BYTES];
    char address[STREAM_ADDRESS_BYTES];
    bool chinese;
    bool password_must_change;
    bool renewing; /* its own request ends the person's other sign-ins */
};

/* What the server does of itself, without a request: to the record of that id. */
struct act {
    const struct topic *topic;
    const char *site_id, *record_id;
    const char *person_id; /* in whose name; NULL: nobody's */
    decide_function decide;
    const struct query *store;
    Fd__Change given; /* password_hash, old_hash, session_id; what it points to lives until on_finished */
};

struct caller {
    struct services *services;
    struct identity *identity;
    struct list requests; /* under way */
    int count;
    /* Exactly once per request, unless detached. The reply lives until it returns. */
    void (*on_reply)(struct caller *caller, const Fd__Reply *reply);
    /* After a successful sign-in, or sign-out (signed_in false): the session changes its limits. */
    void (*on_identity)(struct caller *caller);
};

struct request {
    struct list node;
    struct caller *caller; /* NULL: detached */
    struct services *services;
    struct identity who; /* a copy: the session may be gone */
    struct arena arena;
    const struct operation *operation;
    const Fd__Request *envelope;
    const ProtobufCMessage *command;
    struct transaction transaction;
    struct decision decision;
    Fd__Change change;
    const struct topic *topic; /* the operation's, or the act's */
    decide_function decide;    /* likewise */
    const struct query *store;
    char site_id[UUID_TEXT_BYTES]; /* whose roster decides; the envelope's, as far as it is a site of the actor */
    char record_site_id[UUID_TEXT_BYTES]; /* where the record lies: the same, but for a site that is founded */
    char new_id[UUID_TEXT_BYTES];         /* of a record that is created; a flow may set it */
    ProtobufCMessage *loaded, *other, *masked;
    bool account_reaches_further; /* of the situation; a flow sets it */
    bool time_zone_unknown;       /* likewise */
    int attempts;
    int step;   /* of a flow of its own (operation.run) */
    void *flow; /* its memory, in the arena */
    struct password_work password;
    /* An act has no caller. */
    void (*on_finished)(struct request *request, enum status status, void *owner);
    void *owner;
};

/* Takes the unpacked envelope's bytes (copied). Every outcome is a reply, also at once from inside the call. */
void request_begin(struct caller *caller, const Fd__Request *envelope);
/* Load by id, decide, store. on_finished may be NULL; its request is NULL when there was no memory for
 * one. */
void request_act(struct services *services, const struct act *act,
                 void (*on_finished)(struct request *, enum status, void *owner), void *owner);
/* A timer's turn of a record, by its topic's wake rule. */
void request_wake(struct services *services, const struct topic *topic, const char *site_id, const char *record_id,
                  void (*on_finished)(struct request *, enum status, void *owner), void *owner);
/* The session dies: its requests finish without it. */
void request_detach_all(struct caller *caller);

/* For operation.run. Ends the request. */
void request_reply(struct request *request, enum status status, enum refusal refusal, const char *field,
                   const ProtobufCMessage *response);
/* For operation.run: goes on as a command (LOAD -> DECIDE -> STORE), for example once a password is hashed into
 * request->change.password_hash. */
void request_command(struct request *request);
/* situation of the request: roster of its site, actor, now. False: no such site, or not active there. */
bool request_situation(struct request *request, struct situation *situation);

#endif
