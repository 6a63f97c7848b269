/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the other nodes that a site's journal has grown, hears it from them, and measures PostgreSQL's clock: one
 * connection that is nobody's way to a reply. A lost ring is harmless, since the journal looks every second anyway. */
#ifndef FRONTDESK_DATABASE_BELL_H
#define FRONTDESK_DATABASE_BELL_H

#include "server/database/database.h"

struct bell;

struct bell_callbacks {
    void (*on_heard)(void *owner, const char *site_id); /* another node's */
    void (*on_change)(void *owner);                     /* the first measurement is there */
};

MUST_USE enum status bell_open(struct bell **bell, uv_loop_t *loop, const struct database_options *options,
                               const struct bell_callbacks *callbacks, void *owner);
void bell_close(struct bell *bell, void (*on_closed)(void *owner));
/* Rings for the other nodes, if there are any, within a few milliseconds, together with other sites. */
void bell_ring(struct bell *bell, const char *site_id);
/* Whether another node has been heard. */
bool bell_accompanied(const struct bell *bell);
/* False: not measured yet. */
bool bell_now_ms(const struct bell *bell, int64_t *now_ms);

#endif
