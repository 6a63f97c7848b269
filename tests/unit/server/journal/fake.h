/* SPDX-License-Identifier: Apache-2.0 */
/* A database of journals and a clock, in place of PostgreSQL and libuv's timers, for tests of the journal's reader.
 * A read is taken at one step and answered at a later one, so every interleaving can be played. */
#ifndef FRONTDESK_TESTS_UNIT_JOURNAL_FAKE_H
#define FRONTDESK_TESTS_UNIT_JOURNAL_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/database/database.h"

enum { FAKE_SITES = 3, FAKE_HISTORY = 4096 };

struct fake_entry {
    int64_t epoch;
    int64_t content; /* what only this entry has */
    uint8_t digest[32];
    char hash[65]; /* of the chain */
};

struct fake_site {
    char id[37];
    bool exists;
    int64_t epoch, seq, oldest;              /* entries oldest to seq are kept */
    struct fake_entry entries[FAKE_HISTORY]; /* by seq; [0] is what the chain begins with */
};

struct fake {
    struct fake_site sites[FAKE_SITES];
    int64_t content, epochs; /* used so far */
    int64_t timeline;
    struct list asked, taken;
    int64_t now_ms;
    void (*on_bell)(void *owner, const char *site_id);
    void *bell_owner;
    int reads, writes;
};

extern struct fake fake;

void fake_reset(void);
void fake_found(int site); /* creates it, empty */
void fake_append(int site);
struct journal;
/* As fake_append, by this node itself: the journal is told what was committed. */
void fake_commit(struct journal *journal, int site);
void fake_prune(int site, int64_t oldest);
/* Back to `seq`, as an old copy; the epoch stays unless `raise`. */
void fake_restore(int site, int64_t seq, bool raise);
void fake_promote(void); /* another PostgreSQL goes on from here */
void fake_ring(int site);
int fake_site_of(const char *site_id);

bool fake_take(unsigned which);                 /* one read sees the database as it is now; false: none waits */
bool fake_answer(unsigned which, bool failing); /* one that was taken is told; false: none */
void fake_tick(void);                           /* the journal's timer */
void fake_turn(void);                           /* handles that were closed are told */

#endif
