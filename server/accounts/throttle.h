/* SPDX-License-Identifier: Apache-2.0 */
/* Growing delay after wrong passwords: of an account 1 s, 2 s, 4 s … 5 min; of an address, which a whole office may
 * share, only after the first eight, and 30 s at most; forgotten after 15 min.
 * A bounded table; a stranger's flood pushes out only the oldest. Pure: the caller gives the time. */
#ifndef FRONTDESK_ACCOUNTS_THROTTLE_H
#define FRONTDESK_ACCOUNTS_THROTTLE_H

#include <stddef.h>
#include <stdint.h>

enum { THROTTLE_SLOTS = 4096, THROTTLE_SHARED_FREE = 8 };

struct throttle;

struct throttle *throttle_new(void);
void throttle_free(struct throttle *throttle);
/* 0: may try now; else milliseconds to wait. */
int64_t throttle_wait_ms(const struct throttle *throttle, const char *name, int64_t now_ms);
/* The same for a name that many share. */
int64_t throttle_shared_wait_ms(const struct throttle *throttle, const char *name, int64_t now_ms);
void throttle_failed(struct throttle *throttle, const char *name, int64_t now_ms);
void throttle_succeeded(struct throttle *throttle, const char *name);

#endif
