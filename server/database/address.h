/* SPDX-License-Identifier: Apache-2.0 */
/* Host names of a connection string into addresses, without blocking the loop: libpq would look them up itself, and a
 * dead name server would then stop the whole house. */
#ifndef FRONTDESK_DATABASE_ADDRESS_H
#define FRONTDESK_DATABASE_ADDRESS_H

#include <uv.h>

#include "common/bytes.h"
#include "common/status.h"

/* Parallel comma-separated lists, one entry per address, as libpq takes them, NUL at the end. Empty: nothing to look
 * up. */
struct addresses {
    struct bytes host;
    struct bytes hostaddr;
    struct bytes port;
};

struct address_search;

/* on_found exactly once, also from inside the call when there is nothing to look up. UNAVAILABLE: no host has an
 * address. `addresses` is valid during the call. INVALID: the connection string cannot be read; TOO_LARGE: no memory;
 * no call then. */
MUST_USE enum status address_search_begin(struct address_search **search, uv_loop_t *loop, const char *conninfo,
                                          void (*on_found)(void *owner, enum status, const struct addresses *),
                                          void *owner);
/* on_found will not come any more. `search` ends by itself. */
void address_search_cancel(struct address_search *search);

#endif
