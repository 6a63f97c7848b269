/* SPDX-License-Identifier: Apache-2.0 */
/* The servers a client may go to: processes on one database, any of which serves as well as another. */
#ifndef FRONTDESK_CLIENT_CORE_SERVERS_H
#define FRONTDESK_CLIENT_CORE_SERVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SERVERS_LIMIT = 8, SERVER_HOST_BYTES = 256, SERVER_PORT_DEFAULT = 7443 };

struct server_address {
    char host[SERVER_HOST_BYTES];
    int port;
    int64_t not_before_ms; /* it asked to stay away until then, by the loop's clock */
};

struct servers {
    struct server_address items[SERVERS_LIMIT];
    size_t count;
};

/* "host", "host:port", "[::1]:port" or "::1", several of them with commas between. False: not of that form. */
bool servers_read(struct servers *servers, const char *text);
/* After `from`: the next in turn that may be gone to at `now_ms`; if all asked to stay away, the one that may be
 * soonest.
 */
size_t servers_next(const struct servers *servers, size_t from, int64_t now_ms);

#endif
