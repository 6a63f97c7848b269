/* SPDX-License-Identifier: Apache-2.0 */
/* A journal over the fake database, and listeners that hold it to its promise: each entry of a site once and in order,
 * the same one for everybody, or RESET. */
#ifndef FRONTDESK_TESTS_UNIT_JOURNAL_LISTENERS_H
#define FRONTDESK_TESTS_UNIT_JOURNAL_LISTENERS_H

#include "server/journal/journal.h"
#include "tests/unit/server/journal/fake.h"

enum { LISTENERS = 12, EPOCHS = 40 };

struct listener {
    struct subscription subscription;
    int site;
    int64_t epoch, seq; /* where it is */
    bool in_reset;
    Fd__ResetReason reason;
    int entries, frames, resets;
    size_t records;
    int patience; /* what it still takes before it refuses; negative: everything */
};

extern struct journal *journal;
extern int jumps;
extern struct listener *listeners[LISTENERS];
extern bool wild; /* callbacks refuse, resume and unsubscribe at random */
extern uint32_t seed;

unsigned chance(unsigned of); /* 0 to of - 1 */
int set_up(void **state);     /* one site that is empty */
void start(const char *anchor);
void finish(void); /* fails unless everything ends */
void answer_all(void);
void append(int site, int count); /* with a bell, and heard by everybody */

/* NULL: no such site, or it went in its own callback. `patience` is what it takes before it refuses; negative: all. */
struct listener *listen_as(int slot, int site, int64_t epoch, int64_t seq, int patience);
void drop(struct listener *listener);

bool on_entry(struct subscription *subscription, const struct journal_entry *entry);
bool on_frame(struct subscription *subscription, const struct bytes *frame);

#endif
