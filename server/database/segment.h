/* SPDX-License-Identifier: Apache-2.0 */
/* What lies between two Syncs of a pipeline: one database transaction, made of one or more of our transactions. */
#ifndef FRONTDESK_DATABASE_SEGMENT_H
#define FRONTDESK_DATABASE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "server/database/query.h"

struct segment {
    struct list node;         /* the pipeline's */
    struct list transactions; /* sent in this order */
    struct list refused;      /* those whose parameters did not fit their arena: not sent */
    bool in_turn;             /* one server at a time works on a site; the transactions are ordered by site */
    /* Instead of transactions: one statement of the room's own with at most one parameter. */
    const char *command;
    const char *parameter;
    PGresult *result; /* of the command, freed by segment_clear */

    uint64_t sent_at; /* uv_hrtime */
    enum status status;
    bool locked; /* failed because somebody holds a row for too long */
    bool lost;   /* the line went: the outcome is unknown, repeating is the client's to decide */
    void (*on_done)(struct segment *segment);
    void *owner;
};

void segment_init(struct segment *segment, void (*on_done)(struct segment *), void *owner);
void segment_clear(struct segment *segment);
/* Ends every transaction of the list with that status; results stay only with OK. What the owners bring while they are
 * told is not touched, so one that asks again at once cannot keep this going. */
void transactions_finish(struct list *transactions, enum status status);
/* Ends all of a segment's transactions, the refused ones with TOO_LARGE. */
void segment_finish(struct segment *segment);

#endif
