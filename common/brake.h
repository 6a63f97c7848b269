/* SPDX-License-Identifier: Apache-2.0 */
/* A log that a fault cannot flood: what is the same is said once a second, with how often it was not said. */
#ifndef FRONTDESK_COMMON_BRAKE_H
#define FRONTDESK_COMMON_BRAKE_H

#include <stdbool.h>
#include <stdint.h>

enum { BRAKE_SLOTS = 16, BRAKE_MS = 1000 };

/* All zero: nothing said yet. */
struct brake {
    struct brake_slot {
        uint32_t what; /* a hash */
        int64_t said_ms, unsaid;
    } slots[BRAKE_SLOTS];
};

/* Whether to say it now; *unsaid is how often the same was not said since. `kind` and `subject` tell what is the same.
 * More than BRAKE_SLOTS different ones in a second are not said either. */
bool brake_allows(struct brake *brake, const char *kind, const char *subject, int64_t now_ms, int64_t *unsaid);

#endif
