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
#include "frontdesk/v1/wire.pb-c.h"
#include "server/database/database.h"
#include "server/domain/authority.h"

struct journal;
struct journal_site;
struct subscription;

struct journal_entry {
    int64_t seq;
    enum authority_item item; /* who sees it: authority_allows(item, ACTION_SEE) */
    const Fd__Event *event;   /* valid during the call */
    struct bytes frame;       /* a whole frame with the Event */
    struct bytes blank;       /* the same with an empty kind, for those who may not see it */
};

struct subscription_callbacks {
    /* False: no room now, the subscription stands still at the entry before this one. */
    bool (*on_entry)(struct subscription *subscription, const struct journal_entry *entry);
    /* One whole frame of Reset or Snapshot; same rule. */
    bool (*on_frame)(struct subscription *subscription, const struct bytes *frame);
};

struct subscription {
    struct list node; /* among its site's */
    struct journal_site *site;
    const struct subscription_callbacks *callbacks;
    void *owner;
    int64_t seq; /* last entry delivered */
    bool live, standing;
    struct catch_up *catch_up; /* a read under way; survives the subscription, detached */
};

MUST_USE enum status journal_open(struct journal **journal, uv_loop_t *loop, struct database *database);
void journal_close(struct journal *journal, void (*on_closed)(void *owner), void *owner);

/* Every entry of every site, before the subscriptions see it: for the directory (people, sites). */
void journal_on_entry(struct journal *journal, void (*on_entry)(void *owner, const struct journal_entry *entry),
                      void *owner);

/* Starts from the cursor. One that is of another epoch, past the head or pruned gets Reset and a snapshot. */
MUST_USE enum status journal_subscribe(struct journal *journal, struct subscription *subscription,
                                       const Fd__Cursor *cursor, const struct subscription_callbacks *callbacks,
                                       void *owner);
void journal_unsubscribe(struct subscription *subscription); /* idempotent */
void journal_resume(struct subscription *subscription);      /* the session has room again */

#endif
