/* SPDX-License-Identifier: Apache-2.0 */
/* The conversation on one open line in libpq's pipeline mode: what was sent, which answer belongs to what, and which
 * statements this line has prepared. Knows no event loop; never blocks.
 *
 * Answers are not one per question: a deferred constraint fails after its statement succeeded, and a failure skips
 * all up to the Sync. So every question leaves an expectation, and only the Sync's answer ends a segment. */
#ifndef FRONTDESK_DATABASE_PIPELINE_H
#define FRONTDESK_DATABASE_PIPELINE_H

#include "common/uuid.h"
#include "server/database/segment.h"

struct expectation;

struct pipeline {
    PGconn *line; /* the owner's */
    struct list in_flight;
    struct list finished; /* segments to be told by the owner, after it has left libpq */
    struct expectation *expected;
    size_t first, count, capacity;
    struct prepared *prepared;
    size_t prepared_count, prepared_capacity;
    unsigned generation;        /* part of the prepared names: forgetting all of them is counting on */
    enum status prepare_status; /* of the last preparing that failed */
    char site[UUID_TEXT_BYTES]; /* that the line is set to when all in flight have succeeded; empty: not known */
    bool broken;                /* the owner must drop the line */
};

/* `line` is connected, non-blocking. Puts it into pipeline mode. */
void pipeline_init(struct pipeline *pipeline, PGconn *line);
void pipeline_free(struct pipeline *pipeline);
void pipeline_send(struct pipeline *pipeline, struct segment *segment);
/* After PQconsumeInput: takes all answers that are complete. */
void pipeline_receive(struct pipeline *pipeline);
/* The line is lost: everything in flight is finished with UNAVAILABLE. */
void pipeline_abandon(struct pipeline *pipeline);

#endif
