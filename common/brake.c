/* SPDX-License-Identifier: Apache-2.0 */
#include "common/brake.h"

#include "common/text.h"

/* The one of the same, else the one that was said longest ago. */
static struct brake_slot *find(struct brake *brake, uint32_t what) {
    struct brake_slot *oldest = &brake->slots[0];
    for (int i = 0; i < BRAKE_SLOTS; i++) {
        struct brake_slot *slot = &brake->slots[i];
        if (slot->what == what && slot->said_ms != 0) return slot;
        if (slot->said_ms < oldest->said_ms) oldest = slot;
    }
    return oldest;
}

bool brake_allows(struct brake *brake, const char *kind, const char *subject, int64_t now_ms, int64_t *unsaid) {
    uint32_t what = text_hash(kind) * 31 + text_hash(subject);
    struct brake_slot *slot = find(brake, what);
    *unsaid = 0;
    if (slot->said_ms != 0 && now_ms - slot->said_ms < BRAKE_MS) {
        slot->unsaid++;
        return false;
    }
    if (slot->what == what) *unsaid = slot->unsaid;
    *slot = (struct brake_slot){.what = what, .said_ms = now_ms};
    return true;
}
