/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: argon2id (libsodium, t=2, m=19 MiB, about 16 ms) on libuv's worker threads, at most 2 at once and 8
 * waiting: more is BUSY at once. */
#ifndef FRONTDESK_ACCOUNTS_PASSWORD_H
#define FRONTDESK_ACCOUNTS_PASSWORD_H

#include <stdbool.h>
#include <uv.h>

#include "common/list.h"
#include "common/status.h"

enum { PASSWORD_HASH_BYTES = 128, PASSWORD_LIMIT_BYTES = 256 };

struct password_room; /* the queue; one per server */

struct password_work {
    struct list node;
    uv_work_t work;
    struct password_room *room;
    char password[PASSWORD_LIMIT_BYTES]; /* wiped when done */
    char hash[PASSWORD_HASH_BYTES];      /* to verify against, or the result */
    bool verify, matches, failed;
    void (*on_done)(struct password_work *work, enum status status);
};

MUST_USE enum status password_room_open(struct password_room **room, uv_loop_t *loop);
void password_room_close(struct password_room *room);      /* only when nothing is under way */
bool password_room_full(const struct password_room *room); /* more work would be BUSY */
/* The work lives in its owner until on_done. A hash of "" verifies against a dummy: same time, never matches. */
MUST_USE enum status password_verify(struct password_room *room, struct password_work *work, const char *password,
                                     const char *hash, void (*on_done)(struct password_work *, enum status));
MUST_USE enum status password_hash(struct password_room *room, struct password_work *work, const char *password,
                                   void (*on_done)(struct password_work *, enum status));
/* On this thread, at once: before the loop runs. */
MUST_USE enum status password_hash_now(const char *password, char hash[PASSWORD_HASH_BYTES]);

#endif
