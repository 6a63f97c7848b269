/* SPDX-License-Identifier: Apache-2.0 */
/* What this node has committed itself is known without a look, as long as it is the entry after the last one and its
 * hash continues the chain: a database that was put back to an older copy under us would give a number that fits, but
 * not the hash. */
#include <sodium.h>
#include <string.h>

#include "server/chain/seal.h"
#include "server/journal/room.h"

static bool continues(const struct journal_site *site, const Fd__JournalRow *row) {
    uint8_t hash[DIGEST_BYTES];
    char text[ANCHOR_HASH_BYTES];
    size_t length = 0;
    if (row->digest.len != DIGEST_BYTES) return false;
    if (sodium_hex2bin(hash, sizeof hash, site->hash, strlen(site->hash), NULL, &length, NULL) != 0) return false;
    if (length != DIGEST_BYTES) return false; /* not known */
    seal_chain(hash, row->event->seq, row->digest.data);
    return strcmp(sodium_bin2hex(text, sizeof text, hash, sizeof hash), row->hash) == 0;
}

static bool take(struct journal_site *site, const Fd__JournalRow *row) {
    if (site->raising || site->epoch != row->event->epoch || site->head + 1 != row->event->seq) return false;
    if (row->timeline != site->timeline) return false; /* a standby was promoted: the look tells */
    if (!continues(site, row)) return false;
    struct arena arena;
    arena_init(&arena, READ_ARENA_BYTES);
    bool taken = follower_take(site, &arena, row);
    arena_free(&arena);
    return taken;
}

void journal_committed(struct journal *journal, const Fd__JournalRow *row) {
    if (journal->closing || !journal->following) return;
    struct journal_site *site = journal_site_find(journal, row->event->site_id);
    if (site == NULL) {
        journal->heads_due = true; /* it was just founded */
    } else if (site->epoch == row->event->epoch && site->head >= row->event->seq) {
        return; /* a look was faster */
    } else if (take(site, row)) {
        return;
    } else {
        journal_site_ring(site);
    }
    follower_look(journal);
}
