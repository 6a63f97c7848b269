/* SPDX-License-Identifier: Apache-2.0 */
/* A listening socket: hands each newcomer to sessions_take. */
#ifndef FRONTDESK_NETWORK_LISTENER_H
#define FRONTDESK_NETWORK_LISTENER_H

#include <stdbool.h>
#include <uv.h>

#include "common/list.h"
#include "common/status.h"

struct sessions;

struct listener {
    uv_tcp_t tcp;
    struct list node;
    struct sessions *sessions;
    bool waiting; /* a newcomer was not taken: too many in one turn, or no memory */
};

/* On every address of the host; *port 0 is replaced by the one taken. INVALID with `why` (WHY_BYTES). */
MUST_USE enum status listeners_open(struct sessions *sessions, const char *host, int *port, char *why);
void listener_retry(struct listener *listener);
void listener_close(struct listener *listener); /* frees it; sessions_part_closed follows */

#endif
