/* SPDX-License-Identifier: Apache-2.0 */
/* One entry as it goes over the line: packed once, sent to many. */
#ifndef FRONTDESK_JOURNAL_PACKED_H
#define FRONTDESK_JOURNAL_PACKED_H

#include "common/arena.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "server/journal/journal.h"

struct packed {
    int64_t seq;
    enum authority_item item;
    struct bytes frame, blank;
};

/* The row's event with the number put into its record. NULL: arena exhausted. */
const Fd__Event *packed_event(struct arena *arena, const Fd__JournalRow *row);
/* TOO_LARGE: without memory; *packed is then empty. */
MUST_USE enum status packed_make(struct packed *packed, const Fd__Event *event, enum authority_item item);
void packed_free(struct packed *packed);
size_t packed_bytes(const struct packed *packed);
/* The event again, from the frame. NULL: arena exhausted. */
const Fd__Event *packed_unpack(struct arena *arena, const struct packed *packed);
/* What a subscription is shown; shares everything. */
struct journal_entry packed_entry(const struct packed *packed, const Fd__Event *event);

#endif
