/* SPDX-License-Identifier: Apache-2.0 */
/* The newest entries of one site in memory, without a gap; bounded by count and bytes. All zero is empty. */
#ifndef FRONTDESK_JOURNAL_RING_H
#define FRONTDESK_JOURNAL_RING_H

#include "server/journal/packed.h"

enum { RING_ENTRIES = 256, RING_BYTES = 256 * 1024 };

struct ring {
    struct packed *slots; /* RING_ENTRIES of them, or NULL */
    size_t first, count;
    size_t bytes;
};

/* Takes the entry, which follows the last one; without memory it is freed and the ring empty. */
void ring_append(struct ring *ring, struct packed *packed);
const struct packed *ring_find(const struct ring *ring, int64_t seq); /* NULL: not here; valid until the next append */
void ring_free(struct ring *ring);                                    /* and empty again */

#endif
