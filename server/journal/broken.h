/* SPDX-License-Identifier: Apache-2.0 */
/* For the controls of tests/fault, which must fail when a protection is missing: the test program frontdeskd-broken
 * leaves out the one that FRONTDESK_BREAK names. Everywhere else this is false at compile time. */
#ifndef FRONTDESK_JOURNAL_BROKEN_H
#define FRONTDESK_JOURNAL_BROKEN_H

#include <stdbool.h>

#ifdef FRONTDESK_BROKEN
#include <stdlib.h>
#include <string.h>

static inline bool broken(const char *protection) {
    const char *chosen = getenv("FRONTDESK_BREAK");
    return chosen != NULL && strcmp(chosen, protection) == 0;
}
#else
#define broken(protection) false
#endif

#endif
