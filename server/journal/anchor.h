/* SPDX-License-Identifier: Apache-2.0 */
/* The heads this node has seen, in a file: a database that stands behind them, or has another entry at the same place,
 * is an older copy or another history, and a cursor of ours must not be accepted by it. */
#ifndef FRONTDESK_JOURNAL_ANCHOR_H
#define FRONTDESK_JOURNAL_ANCHOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"
#include "common/status.h"
#include "common/uuid.h"

enum { ANCHOR_HASH_BYTES = 65 }; /* SHA-256 in hexadecimal */

struct anchor_head {
    char site_id[UUID_TEXT_BYTES];
    int64_t epoch, seq;
    char hash[ANCHOR_HASH_BYTES]; /* empty: not known */
    int64_t timeline;             /* of PostgreSQL; 0: not known */
};

struct anchor {
    struct anchor_head *heads;
    size_t count;
};

/* A file that is absent gives no heads; so does one that is torn or foreign, and `INVALID` says so. */
MUST_USE enum status anchor_read(struct anchor *anchor, const char *path);
void anchor_free(struct anchor *anchor);
int64_t anchor_epoch(const struct anchor *anchor, const char *site_id); /* 0: not in it */

/* The file's text, head by head; anchor_write closes it and puts it in place of the old one at once (rename). */
MUST_USE enum status anchor_begin(struct bytes *text);
MUST_USE enum status anchor_add(struct bytes *text, const struct anchor_head *head);
MUST_USE enum status anchor_write(struct bytes *text, size_t count, const char *path);

#endif
