/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines live in the database: one row of `timer` per record that wants to be woken. A record's store sets it to the
 * decision's wake_at_ms. Any node may fire it: the record's version makes it happen once. */
#ifndef FRONTDESK_TIMERS_TIMERS_H
#define FRONTDESK_TIMERS_TIMERS_H

#include "server/request/request.h"

struct timers;

/* Looks every 250 ms (one indexed read) for what is due by PostgreSQL's clock, at most 100 under way. */
MUST_USE enum status timers_open(struct timers **timers, struct services *services);
/* The last look that the database answered, by the loop's clock; when they were opened before there was one. */
int64_t timers_looked_at_ms(const struct timers *timers);
void timers_close(struct timers *timers, void (*on_closed)(void *owner), void *owner);

#endif
