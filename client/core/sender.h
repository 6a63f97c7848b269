/* SPDX-License-Identifier: Apache-2.0 */
/* Takes what waits in the outbox to the server, one after the other, while the line is UP. */
#ifndef FRONTDESK_CLIENT_CORE_SENDER_H
#define FRONTDESK_CLIENT_CORE_SENDER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/core/frontdesk.h"
#include "client/core/outbox.h"
#include "common/list.h"

/* A clerk is told after this time that the line is not there; a server that only starts again is waited for. */
enum { SENDER_PATIENCE_MS = 3000 };

struct sender {
    struct client *client;
    struct outbox *outbox; /* NULL: nothing is kept */
    struct list submissions;
    uv_timer_t look;
    int64_t patience_ms;
    int64_t sending;       /* the place under way; 0: none */
    int64_t not_before_ms; /* after trouble with the disk, by the loop's clock */
    bool timer_open, locked;
    bool rests; /* the server knows the session no more: until the next sign-in */
};

MUST_USE enum status sender_open(struct sender *sender, struct client *client, const char *directory,
                                 const char *server, char *why);
void sender_start(struct sender *sender); /* its timer */
/* Tells those who wait that it is kept. The timer's close callback is the caller's. */
void sender_close(struct sender *sender, uv_close_cb on_timer_closed);
void sender_free(struct sender *sender); /* after the timer is closed, or was never started */

void sender_on_up(struct sender *sender);
void sender_on_lost(struct sender *sender);
void sender_look_soon(struct sender *sender);
void sender_tell_item(struct sender *sender, int64_t position); /* to on_outbox */
int64_t sender_now_ms(const struct sender *sender);             /* the loop's clock */
void sender_turn(struct sender *sender);                        /* sends the next one, if there is one and it may go */

#endif
