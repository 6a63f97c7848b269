/* SPDX-License-Identifier: Apache-2.0 */
/* The room's own view: what its files share. */
#ifndef FRONTDESK_CONTROL_ROOM_H
#define FRONTDESK_CONTROL_ROOM_H

#include <stdbool.h>
#include <sys/un.h>

#include "common/bytes.h"
#include "common/list.h"
#include "server/control/control.h"

enum {
    CONTROL_LINE_BYTES = 256,
    CONTROL_VISITORS = 8,
    CONTROL_STEP_MS = 5 * 1000,  /* to send the request, and to take the answer */
    CONTROL_WORK_MS = 30 * 1000, /* for the answer to be there */
    CONTROL_SWEEP_MS = 500,
};

struct control {
    uv_loop_t *loop;
    struct control_options options;
    int file; /* listening */
    uv_poll_t listener;
    uv_timer_t sweep;
    struct list visitors;
    int count;
    int handles; /* open ones, the visitors' too */
    bool closing;
    void (*on_closed)(void *owner);
    void *closed_owner;
};

/* visitor.c */
bool visitor_welcome(struct control *control, int file); /* takes the file; false: not one of ours, or no memory */
void visitors_sweep(struct control *control);
void visitors_leave(struct control *control);

/* control.c */
void control_handle_closed(struct control *control);
void control_expect_visitors(struct control *control); /* listens while there is room */

/* socket.c */
/* Binds and listens, 0600. */
MUST_USE enum status socket_listen(const char *path, int *file, char *why);

#endif
