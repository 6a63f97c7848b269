/* SPDX-License-Identifier: Apache-2.0 */
/* What is known of one site, as the statements ask for it. Refers to what it was made from, and to itself. */
#ifndef FRONTDESK_JOURNAL_KNOWN_H
#define FRONTDESK_JOURNAL_KNOWN_H

#include "frontdesk/server/v1/journal.pb-c.h"

struct known_site {
    Fd__JournalKnown message;
    char *site_ids[1], *hashes[1];
    int64_t epochs[1], seqs[1], timelines[1];
};

void known_site_init(struct known_site *known, const char *site_id, int64_t epoch, int64_t seq, const char *hash,
                     int64_t timeline, int64_t limit);

#endif
