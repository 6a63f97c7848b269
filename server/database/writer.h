/* SPDX-License-Identifier: Apache-2.0 */
/* Adaptive group commit. Each site has its lane, a lane one connection. While a lane's batch commits, everything that
 * arrives for it is collected, and committed together in the next: alone a write costs one commit, under load one
 * commit serves many. Inside a batch the sites are in order, so that several servers never lock them crosswise. */
#ifndef FRONTDESK_DATABASE_WRITER_H
#define FRONTDESK_DATABASE_WRITER_H

#include "server/database/database.h"

enum { WRITER_WAITING_LIMIT = 4096 };

struct writer;

struct writer_callbacks {
    void (*on_committed)(void *owner, const char *site_id); /* once per site of a committed batch */
    void (*on_change)(void *owner);                         /* a lane came or went, or a batch ended */
};

MUST_USE enum status writer_open(struct writer **writer, uv_loop_t *loop, const struct database_options *options,
                                 const struct writer_callbacks *callbacks, void *owner);
/* Only when idle. */
void writer_close(struct writer *writer, void (*on_closed)(void *owner));
/* OK: on_done will come, later. BUSY, UNAVAILABLE: it will not. */
MUST_USE enum status writer_write(struct writer *writer, struct transaction *transaction);
/* At the end of a turn of the loop: sends what has been collected on every lane that is free. `in_turn`: other servers
 * write to the same sites, and one at a time works on a site. */
void writer_turn(struct writer *writer, bool in_turn);
bool writer_ready(const struct writer *writer); /* all lanes are */
bool writer_idle(const struct writer *writer);

#endif
