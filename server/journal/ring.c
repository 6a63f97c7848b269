/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/ring.h"

#include <stdlib.h>
#include <string.h>

#include "common/check.h"

static void drop_first(struct ring *ring) {
    struct packed *slot = &ring->slots[ring->first];
    ring->bytes -= packed_bytes(slot);
    packed_free(slot);
    ring->first = (ring->first + 1) % RING_ENTRIES;
    ring->count--;
}

void ring_append(struct ring *ring, struct packed *packed) {
    if (ring->slots == NULL) ring->slots = calloc(RING_ENTRIES, sizeof(*ring->slots));
    if (ring->slots == NULL) {
        packed_free(packed);
        return;
    }
    if (ring->count > 0) CHECK(ring->slots[ring->first].seq + (int64_t)ring->count == packed->seq);
    size_t size = packed_bytes(packed);
    while (ring->count > 0 && (ring->count == RING_ENTRIES || ring->bytes + size > RING_BYTES)) drop_first(ring);
    ring->slots[(ring->first + ring->count) % RING_ENTRIES] = *packed;
    ring->count++;
    ring->bytes += size;
    memset(packed, 0, sizeof(*packed));
}

const struct packed *ring_find(const struct ring *ring, int64_t seq) {
    if (ring->count == 0) return NULL;
    int64_t oldest = ring->slots[ring->first].seq;
    if (seq < oldest || seq >= oldest + (int64_t)ring->count) return NULL;
    return &ring->slots[(ring->first + (size_t)(seq - oldest)) % RING_ENTRIES];
}

void ring_free(struct ring *ring) {
    while (ring->count > 0) drop_first(ring);
    free(ring->slots);
    memset(ring, 0, sizeof(*ring));
}
