/* SPDX-License-Identifier: Apache-2.0 */
/* The room's own view of the journal: what its files share, and which file has which function. */
#ifndef FRONTDESK_JOURNAL_ROOM_H
#define FRONTDESK_JOURNAL_ROOM_H

#include "common/uuid.h"
#include "server/journal/anchor.h"
#include "server/journal/journal.h"
#include "server/journal/ring.h"

enum {
    LOOK_SITES = 32,           /* in one read */
    LOOK_ENTRIES = 64,         /* of each site in one read */
    PAGE_ENTRIES = 64,         /* of one subscription that catches up */
    LOOK_INTERVAL_MS = 1000,   /* the net under the bell */
    START_INTERVAL_MS = 100,   /* until the heads are known */
    RING_IDLE_MS = 60 * 1000,  /* a site without subscribers keeps its ring this long */
    ANCHOR_INTERVAL_MS = 1000, /* a copy restored is noticed if it is older than this at a crash */
    PRUNE_INTERVAL_MS = 60 * 1000,
    SITE_BUCKETS = 256,
    READ_ARENA_BYTES = 64 * 1024 * 1024,
};

struct journal_site {
    struct list node; /* in its bucket */
    struct list rung; /* among those to be looked at */
    struct journal *journal;
    struct list subscriptions;
    char id[UUID_TEXT_BYTES];
    int64_t epoch;
    int64_t head;                 /* last entry followed */
    char hash[ANCHOR_HASH_BYTES]; /* of that entry; empty: not known */
    int64_t timeline;             /* of PostgreSQL, on which all this was read */
    struct ring ring;
    int64_t active_at_ms;      /* last entry or subscription, by the loop's clock */
    struct snapshot *snapshot; /* the newest, shared while it has readers */
    struct snapshot_read *snapshot_read;
    bool raising;        /* the database has another history: nothing is served until its epoch is raised */
    struct raise *raise; /* the write that does it */
    bool unsure;         /* a read saw more or other than we know: subscriptions go on after the next look */
};

/* The subscription whose callback runs; journal_unsubscribe takes it out, so that the caller sees that it went. */
struct delivery {
    struct subscription *subscription;
    struct delivery *outer;
};

struct journal {
    uv_loop_t *loop;
    struct database *database;
    struct journal_options options;
    uv_timer_t timer;
    struct list buckets[SITE_BUCKETS];
    size_t site_count;
    struct list rung;
    struct anchor anchor; /* as read at the start */
    struct delivery *deliveries;
    struct look *look; /* the one under way */
    int under_way;     /* reads and writes that have not ended */
    bool heads_due, ready, following, closing, timer_open;
    bool retry;   /* a read failed or found no memory: its subscriptions go on at the next tick */
    bool changed; /* since the anchor was written */
    int64_t anchor_at_ms, prune_at_ms;
    void (*on_closed)(void *owner);
    void *closed_owner;
};

/* What every read and write of the room has; from init to end the journal can't close. */
struct journal_read {
    struct journal *journal;
    struct arena arena;
    struct transaction transaction;
};

/* journal.c */
void journal_read_init(struct journal_read *read, struct journal *journal, const char *site_id,
                       void (*on_done)(struct transaction *, enum status));
void journal_read_start(struct journal_read *read);
void journal_read_end(struct journal_read *read); /* results and arena go; may end a journal that is closing */
struct journal_site *journal_site_find(struct journal *journal, const char *site_id);
struct journal_site *journal_site_add(struct journal *journal, const Fd__JournalHead *head); /* NULL: no memory */
void journal_site_ring(struct journal_site *site);

/* follower.c */
void follower_look(struct journal *journal); /* unless a look is under way */
/* The next entry of the site goes to everybody. False: without memory, and nothing has happened. */
MUST_USE bool follower_take(struct journal_site *site, struct arena *arena, const Fd__JournalRow *row);
/* A read saw more or other than we know. One of the two is behind: the next look tells, then subscriptions go on. */
void follower_doubt(struct journal_site *site);

/* history.c */
/* The database lost or changed what was known in this epoch: gives the site a new one, then looks again. */
void history_raise(struct journal_site *site, int64_t known_epoch);
void history_write_anchor(struct journal *journal); /* where something changed */

/* subscription.c */
enum taken { TAKEN, REFUSED, GONE };

enum taken subscription_give(struct subscription *subscription, const struct packed *packed, const Fd__Event *event);
enum taken subscription_give_frame(struct subscription *subscription, const struct bytes *frame);
/* On from where it stands, as far as it goes. The subscription may be gone afterwards. */
void subscription_advance(struct subscription *subscription);
void subscription_reset(struct subscription *subscription, Fd__ResetReason reason);
/* All of a site's, each exactly once, whatever the callbacks do. */
void subscriptions_offer(struct journal_site *site, const struct packed *packed, const Fd__Event *event);
void subscriptions_advance(struct journal_site *site);
void subscriptions_reset(struct journal_site *site, Fd__ResetReason reason);

/* catch_up.c */
void catch_up_start(struct subscription *subscription);
void catch_up_detach(struct subscription *subscription);

/* snapshot.c */
/* True: all is sent, and the subscription stands at the snapshot's entry. False: waits, stands still, or is gone. */
bool snapshot_feed(struct subscription *subscription);
void snapshot_leave(struct subscription *subscription);

#endif
