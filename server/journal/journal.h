/* SPDX-License-Identifier: Apache-2.0 */
/* The journal's reader: follows every site's entries in order and hands each, packed once, to its subscriptions.
 *
 * A subscription is one session following one site from a cursor. It is either catching up (from the ring of the newest
 * entries in memory, else from the database, page by page) or live. When its session cannot take more it stands still
 * at its cursor and costs nothing until journal_resume. So a slow reader never makes anything grow. */
#ifndef FRONTDESK_JOURNAL_JOURNAL_H
#define FRONTDESK_JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "common/bytes.h"
#include "common/list.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "server/database/database.h"
#include "server/domain/authority.h"

struct journal;
struct journal_site;
struct snapshot;
struct subscription;

struct journal_entry {
    int64_t seq;
    enum authority_item item; /* who sees it: authority_allows(item, ACTION_SEE) */
    const Fd__Event *event;   /* valid during the call */
    struct bytes frame;       /* a whole frame with the Event */
    struct bytes blank;       /* the same with an empty kind, for those who may not see it */
};

/* They may call journal_unsubscribe and even free the subscription; journal_resume of the same one does nothing. */
struct subscription_callbacks {
    /* False: no room now, the subscription stands still at the entry before this one. */
    bool (*on_entry)(struct subscription *subscription, const struct journal_entry *entry);
    /* One whole frame of Reset or Snapshot; same rule. */
    bool (*on_frame)(struct subscription *subscription, const struct bytes *frame);
    /* Whether its person sees the item: snapshot frames of others are left out. NULL: sees all. */
    bool (*may_see)(struct subscription *subscription, enum authority_item item);
};

struct subscription {
    struct list node; /* among its site's */
    struct journal_site *site;
    const struct subscription_callbacks *callbacks;
    void *owner;
    int64_t epoch;
    int64_t seq; /* last entry delivered */
    bool live, standing;
    struct catch_up *catch_up; /* a read under way; survives the subscription, detached */
    /* Of a reset under way; reset 0: none. */
    Fd__ResetReason reset;
    struct snapshot *snapshot; /* NULL: not there yet */
    struct list reader;        /* among the snapshot's */
    size_t frames_sent;        /* of Reset and snapshot */
};

/* A kind of record that belongs into a snapshot: what its open records of a site are. */
struct journal_topic {
    const char *name; /* Snapshot.record_type */
    enum authority_item item;
    const ProtobufCMessageDescriptor *record;
    const struct query *query; /* by :site_id */
};

struct journal_options {
    /* The item that a record type belongs to. */
    enum authority_item (*item)(const char *record_type);
    const struct journal_topic *topics; /* kept; at most TRANSACTION_STATEMENTS - 1 */
    size_t topic_count;
    const char *anchor_path; /* where the heads that were seen are kept; NULL: nowhere */
    int64_t keep_ms;         /* entries older than this go to the archive; 0: never */
    /* Every entry of every site, before the subscriptions see it: for the directory (people, sites). */
    void (*on_entry)(void *owner, const struct journal_entry *entry);
    /* Entries of the site were lost, rewritten or missed: what was built from them is to be loaded again. */
    void (*on_jump)(void *owner, const char *site_id);
    /* Once: the heads are known, and where the database is an older copy than the anchor says, the epoch was raised. */
    void (*on_ready)(void *owner);
    void *owner;
};

/* Reads where every site stands, trying again until the database answers. */
MUST_USE enum status journal_open(struct journal **journal, uv_loop_t *loop, struct database *database,
                                  const struct journal_options *options);
/* Begins to follow from the heads that on_ready found, so nothing since then is missed. */
void journal_follow(struct journal *journal);
/* An entry that this node has just committed: handed out without being read when it is the next one of its site and
 * continues the chain; else the site is looked at. */
void journal_committed(struct journal *journal, const Fd__JournalRow *row);
void journal_close(struct journal *journal, void (*on_closed)(void *owner), void *owner);

/* Up to where the site's entries were followed; false: no such site. */
bool journal_seen(struct journal *journal, const char *site_id, int64_t *epoch, int64_t *seq);

/* Starts from the cursor. One that is of another epoch, past the head or pruned gets Reset and a snapshot.
 * NOT_FOUND: no such site. Callbacks may come from inside the call. */
MUST_USE enum status journal_subscribe(struct journal *journal, struct subscription *subscription,
                                       const Fd__Cursor *cursor, const struct subscription_callbacks *callbacks,
                                       void *owner);
void journal_unsubscribe(struct subscription *subscription); /* idempotent; all zero is unsubscribed */
void journal_resume(struct subscription *subscription);      /* the session has room again */

#endif
