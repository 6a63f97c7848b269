/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/known.h"

#include <stdint.h>

#include "server/journal/broken.h"

void known_site_init(struct known_site *known, const char *site_id, int64_t epoch, int64_t seq, const char *hash,
                     int64_t timeline, int64_t limit) {
    /* The generated messages know no const, and the statements only read. */
    known->site_ids[0] = (char *)(uintptr_t)site_id;
    known->hashes[0] = (char *)(uintptr_t)hash;
    known->epochs[0] = epoch;
    known->seqs[0] = seq;
    known->timelines[0] = broken("timeline") ? 0 : timeline;
    known->message = (Fd__JournalKnown)FD__JOURNAL_KNOWN__INIT;
    known->message.n_site_ids = known->message.n_hashes = known->message.n_epochs = known->message.n_seqs = 1;
    known->message.n_timelines = 1;
    known->message.site_ids = known->site_ids;
    known->message.hashes = known->hashes;
    known->message.epochs = known->epochs;
    known->message.seqs = known->seqs;
    known->message.timelines = known->timelines;
    known->message.limit = limit;
}
