/* SPDX-License-Identifier: Apache-2.0 */
/* One const struct says everything of an operation: its messages, who may call it, what is loaded, which rule decides,
 * what is stored. Adding one: a message pair, a domain function, its SQL, a const struct, a line in operations.h. */
#ifndef FRONTDESK_OPERATIONS_OPERATION_H
#define FRONTDESK_OPERATIONS_OPERATION_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "server/database/query.h"
#include "server/domain/authority.h"
#include "server/domain/decision.h"

struct request;

/* A kind of record: what the journal calls it, who sees it, how it is found and stored. */
struct topic {
    const char *name; /* "complaint": Event.record_type, and the prefix of its kinds */
    const ProtobufCMessageDescriptor *record;
    enum authority_item item;
    const struct query *load;       /* by :number (commands) */
    const struct query *load_by_id; /* by :id (timers, and what the server does of itself) */
    const struct query *store;      /* a changed record, where the version is still the loaded one */
    const struct query *snapshot;   /* the site's open records; NULL: not part of a snapshot */
    decide_function wake;           /* NULL: has no timer */
};

enum { OPERATION_READS = 3 };

struct operation {
    const char *name; /* "complaint.register" */
    const ProtobufCMessageDescriptor *request, *response;
    const struct topic *topic;
    enum authority_item item;
    enum authority_action action;

    /* A command: load (unless `creates`), decide, store. Its reply is its journal entry: field 1 of the response is the
     * masked record, so a repeated key gets the identical reply. */
    decide_function decide;
    bool creates;
    const struct query *load;  /* NULL: the topic's */
    const struct query *store; /* NULL: the topic's */
    /* Behind the store, in its transaction, with the record's fields: what else the change brings about. It runs as
     * well when the store gave no row, so it must be harmless then. NULL: nothing. */
    const struct query *also;
    const struct query *other; /* a second record for situation.other, of the same topic */
    enum refusal taken;        /* of one that creates: why the store gave no row though the key is fresh */

    /* A question: the rows of read i are field i + 1 of the response; a singular field without a row is NOT_FOUND. */
    const struct query *reads[OPERATION_READS];
    bool masked; /* the answer is for many eyes (privacy.h) */
    /* Shows a record in full: first of all this statement writes down who looks, in the same transaction. Who asks
     * names the record in the field `number`. */
    const struct query *look_up;

    /* Anything with steps of its own (signing in): lives in request/, since it answers by itself. */
    void (*run)(struct request *request);
    bool before_sign_in;
    bool before_password_change; /* also for those who must choose a password of their own first */
};

#endif
