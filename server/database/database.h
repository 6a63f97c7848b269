/* SPDX-License-Identifier: Apache-2.0 */
/* The database as the server sees it: a pool for reading, writers for storing, a listener for the bell.
 * Everything is asynchronous on the loop; nothing blocks. */
#ifndef FRONTDESK_DATABASE_DATABASE_H
#define FRONTDESK_DATABASE_DATABASE_H

#include <stdint.h>
#include <uv.h>

#include "server/database/query.h"

struct database;

struct database_options {
    const char *conninfo; /* of the login role; the room adds `role` and its own options */
    int readers;          /* connections */
    int writers;          /* connections; each site is always on the same one */
    int batch;            /* transactions in one commit at most: 64 */
    int64_t statement_timeout_ms;
    const char *durability; /* synchronous_commit of the writers; NULL: on */
};

MUST_USE enum status database_open(struct database **database, uv_loop_t *loop, const struct database_options *options);
/* Refuses new work with UNAVAILABLE, finishes what is under way, then closes. */
void database_close(struct database *database, void (*on_closed)(void *owner), void *owner);

/* READ ONLY, REPEATABLE READ: all statements see one snapshot. */
void database_read(struct database *database, struct transaction *transaction);
/* Through the writer: committed together with others, each site in order of arrival. A statement that fails makes its
 * batch repeat one by one, so that it alone fails. */
void database_write(struct database *database, struct transaction *transaction);

/* The bell: another node has committed to the site; says only "look". Our own commits ring it for the others. */
void database_on_bell(struct database *database, void (*on_bell)(void *owner, const char *site_id), void *owner);
/* The line to PostgreSQL went (false) or came back (true). */
void database_on_line(struct database *database, void (*on_line)(void *owner, bool up), void *owner);
bool database_up(const struct database *database);
/* PostgreSQL's clock, by an offset measured every few seconds against the monotonic one. */
int64_t database_now_ms(const struct database *database);

#endif
