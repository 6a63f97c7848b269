/* SPDX-License-Identifier: Apache-2.0 */
/* The readers: a few connections that see one snapshot per transaction and can change nothing. A transaction goes to
 * the one with the fewest under way; past that it waits, and past the limit it is BUSY. */
#ifndef FRONTDESK_DATABASE_POOL_H
#define FRONTDESK_DATABASE_POOL_H

#include "server/database/database.h"

enum { POOL_DEPTH = 4, POOL_WAITING_LIMIT = 1024 };

struct pool;

struct pool_callbacks {
    void (*on_change)(void *owner); /* a reader came or went, or a transaction ended: from inside the call's turn */
};

MUST_USE enum status pool_open(struct pool **pool, uv_loop_t *loop, const struct database_options *options,
                               const struct pool_callbacks *callbacks, void *owner);
/* Only when idle. */
void pool_close(struct pool *pool, void (*on_closed)(void *owner));
/* OK: on_done will come, later. BUSY, UNAVAILABLE: it will not. */
MUST_USE enum status pool_read(struct pool *pool, struct transaction *transaction);
bool pool_ready(const struct pool *pool); /* at least one reader is */
bool pool_idle(const struct pool *pool);

#endif
