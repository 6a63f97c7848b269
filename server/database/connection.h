/* SPDX-License-Identifier: Apache-2.0 */
/* One line to PostgreSQL on the loop: connects, keeps itself connected, and carries segments through its pipeline.
 *
 * What was in flight when the line went ends as lost, with UNAVAILABLE: PostgreSQL may or may not have committed it. */
#ifndef FRONTDESK_DATABASE_CONNECTION_H
#define FRONTDESK_DATABASE_CONNECTION_H

#include <uv.h>

#include "server/database/segment.h"

struct connection;

struct connection_options {
    const char *conninfo;
    const char *name;    /* application_name: who it is in pg_stat_activity */
    const char *options; /* further "-c setting=value" of the session, or "" */
    int64_t statement_timeout_ms;
    bool read_only; /* but on the primary, as all */
};

struct connection_callbacks {
    void (*on_ready)(void *owner, bool ready);
    void (*on_notification)(void *owner, const char *payload); /* of other sessions only; NULL: not listening */
};

/* The strings of options are copied. INVALID: the connection string cannot be read. */
MUST_USE enum status connection_open(struct connection **connection, uv_loop_t *loop,
                                     const struct connection_options *options,
                                     const struct connection_callbacks *callbacks, void *owner);
/* Everything in flight is lost. No further callback but on_closed, after which the owner's memory may go. */
void connection_close(struct connection *connection, void (*on_closed)(void *owner));
bool connection_ready(const struct connection *connection);
/* Only while ready. on_done never comes from inside the call. */
void connection_send(struct connection *connection, struct segment *segment);

#endif
