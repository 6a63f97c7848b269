/* SPDX-License-Identifier: Apache-2.0 */
/* What a client keeps between two runs, in one SQLite file (survives power loss): the certificates it has met, its
 * device id, its token for each server, its cursors. Without a directory everything lives in memory only. */
#ifndef FRONTDESK_CLIENT_CORE_STORE_H
#define FRONTDESK_CLIENT_CORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/bytes.h"
#include "common/status.h"
#include "common/tls.h"
#include "common/uuid.h"

struct store;

enum { STORE_TOKEN_BYTES = 256 };

/* `server` is "host:port": everything but the device is kept for each server. directory NULL: memory.
 * Errors: INVALID with a sentence for people in `why` (256 bytes). */
MUST_USE enum status store_open(struct store **store, const char *directory, const char *server, char *why);
void store_close(struct store *store);

const char *store_device(const struct store *store); /* UUID, made at the first start */

bool store_pin(struct store *store, uint8_t pin[TLS_PIN_BYTES]);
void store_keep_pin(struct store *store, const uint8_t pin[TLS_PIN_BYTES]);
void store_forget_pin(struct store *store);

/* Where this device stands, as said at the last sign-in; "" when nothing was said. Valid until the next call. */
const char *store_desk(struct store *store);
void store_keep_desk(struct store *store, const char *name);

/* A token is used once: between reading it and keeping the one that follows, other programs of this person wait.
 * False: another holds it, ask again in a moment. store_unlock_token is idempotent. */
bool store_lock_token(struct store *store);
void store_unlock_token(struct store *store);
bool store_token(struct store *store, char token[STORE_TOKEN_BYTES]); /* false: none */
void store_keep_token(struct store *store, const char *token);        /* NULL: forget it */

/* What the server said and is good to know while it is away: who is signed in, who else is there. Replaces what was
 * said under that name before. store_recall appends to `out`; false: nothing was said. */
void store_remember(struct store *store, const char *name, const void *data, size_t length);
bool store_recall(struct store *store, const char *name, struct bytes *out);
void store_forget_all(struct store *store);

/* False: none. */
bool store_cursor(struct store *store, const char *site_id, int64_t *epoch, int64_t *seq);
void store_keep_cursor(struct store *store, const char *site_id, int64_t epoch, int64_t seq); /* epoch 0: forget */

#endif
