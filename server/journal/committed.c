/* SPDX-License-Identifier: Apache-2.0 */
/* What this node has committed itself is known without a look, as long as it is the entry after the last one and its
 * hash continues the chain: a database that was put back to an older copy under us would give a number that fits, but
 * not the hash. */
#include <endian.h>
#include <sodium.h>
#include <string.h>

#include "common/digest.h"
#include "server/journal/room.h"

/* sha256(hash of the entry before || number, eight bytes big-endian || digest), as journal/count.sql has it. */
static bool continues(const struct journal_site *site, const Fd__JournalRow *row) {
    uint8_t link[DIGEST_BYTES + sizeof(uint64_t) + DIGEST_BYTES], hash[DIGEST_BYTES];
    char text[ANCHOR_HASH_BYTES];
    size_t length = 0;
    uint64_t seq = htobe64((uint64_t)row->event->seq);
    if (row->digest.len != DIGEST_BYTES) return false;
    if (sodium_hex2bin(link, DIGEST_BYTES, site->hash, strlen(site->hash), NULL, &length, NULL) != 0) return false;
    if (length != DIGEST_BYTES) return false; /* not known */
    memcpy(link + DIGEST_BYTES, &seq, sizeof seq);
    memcpy(link + DIGEST_BYTES + sizeof seq, row->digest.data, DIGEST_BYTES);
    digest_sha256(link, sizeof link, hash);
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
