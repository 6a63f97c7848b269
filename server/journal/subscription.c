/* SPDX-License-Identifier: Apache-2.0 */
/* A subscription's way along its site's entries:
 *
 *   CATCHING UP --at the head--> LIVE --refused an entry--> STANDING --journal_resume--> CATCHING UP
 *   any --cursor of another history, pruned--> RESET (snapshot.c) --all frames sent--> CATCHING UP
 *
 * Whatever happens, an entry is given only when it is the one after the last: seq grows by exactly one. */
#include <string.h>

#include "common/check.h"
#include "server/journal/broken.h"
#include "server/journal/room.h"

enum { EVENT_ARENA_BYTES = 1024 * 1024 };

static bool is_being_given(const struct subscription *subscription) {
    for (struct delivery *d = subscription->site->journal->deliveries; d != NULL; d = d->outer)
        if (d->subscription == subscription) return true;
    return false;
}

static enum taken settle(struct journal *journal, const struct delivery *delivery, bool taken) {
    journal->deliveries = delivery->outer;
    if (delivery->subscription == NULL) return GONE;
    if (taken) return TAKEN;
    delivery->subscription->standing = true;
    delivery->subscription->live = false;
    return REFUSED;
}

enum taken subscription_give(struct subscription *subscription, const struct packed *packed, const Fd__Event *event) {
    CHECK(packed->seq == subscription->seq + 1);
    struct journal *journal = subscription->site->journal;
    struct delivery delivery = {.subscription = subscription, .outer = journal->deliveries};
    struct journal_entry entry = packed_entry(packed, event);
    journal->deliveries = &delivery;
    enum taken taken = settle(journal, &delivery, subscription->callbacks->on_entry(subscription, &entry));
    if (taken == TAKEN) subscription->seq++;
    return taken;
}

enum taken subscription_give_frame(struct subscription *subscription, const struct bytes *frame) {
    struct journal *journal = subscription->site->journal;
    struct delivery delivery = {.subscription = subscription, .outer = journal->deliveries};
    journal->deliveries = &delivery;
    return settle(journal, &delivery, subscription->callbacks->on_frame(subscription, frame));
}

/* An entry from before the epoch was raised is of no use to whoever has a cursor of the new one. */
static enum taken offer(struct subscription *subscription, const struct packed *packed, const Fd__Event *event) {
    if (event->epoch == subscription->epoch) return subscription_give(subscription, packed, event);
    subscription_reset(subscription, FD__RESET_REASON__RESET_REASON_EPOCH);
    return GONE;
}

/* False: it does not go on. */
static bool give_from_ring(struct subscription *subscription, const struct packed *packed) {
    struct arena arena;
    arena_init(&arena, EVENT_ARENA_BYTES);
    const Fd__Event *event = packed_unpack(&arena, packed);
    if (event == NULL) subscription->site->journal->retry = true;
    bool taken = event != NULL && offer(subscription, packed, event) == TAKEN;
    arena_free(&arena);
    return taken;
}

static bool at_head(const struct subscription *subscription) {
    return subscription->epoch == subscription->site->epoch && subscription->seq == subscription->site->head;
}

void subscription_advance(struct subscription *subscription) {
    while (!subscription->live && !subscription->standing && subscription->catch_up == NULL) {
        const struct journal_site *site = subscription->site;
        if (site->journal->closing || site->raising) return;
        if (subscription->reset != FD__RESET_REASON__RESET_REASON_UNSPECIFIED) {
            if (!snapshot_feed(subscription)) return;
            continue;
        }
        if (at_head(subscription)) {
            subscription->live = true;
            return;
        }
        const struct packed *packed =
            subscription->epoch == site->epoch ? ring_find(&site->ring, subscription->seq + 1) : NULL;
        if (packed == NULL) {
            catch_up_start(subscription);
            return;
        }
        if (!give_from_ring(subscription, packed)) return;
    }
}

void subscription_reset(struct subscription *subscription, Fd__ResetReason reason) {
    subscription->live = false;
    catch_up_detach(subscription);
    snapshot_leave(subscription);
    subscription->reset = reason;
    subscription_advance(subscription);
}

/* Callbacks may take any subscription out and put new ones in, so those still to be visited wait in a list apart. */
static struct subscription *next_waiting(struct journal_site *site, struct list *waiting) {
    if (list_empty(waiting)) return NULL;
    struct subscription *subscription = list_item(waiting->next, struct subscription, node);
    list_remove(&subscription->node);
    list_append(&site->subscriptions, &subscription->node);
    return subscription;
}

static void set_apart(struct journal_site *site, struct list *waiting) {
    list_init(waiting);
    if (list_empty(&site->subscriptions)) return;
    list_append(&site->subscriptions, waiting);
    list_remove(&site->subscriptions);
}

void subscriptions_offer(struct journal_site *site, const struct packed *packed, const Fd__Event *event) {
    struct list waiting;
    set_apart(site, &waiting);
    for (struct subscription *s; (s = next_waiting(site, &waiting)) != NULL;)
        if (s->live && s->seq + 1 == packed->seq) (void)offer(s, packed, event);
}

void subscriptions_advance(struct journal_site *site) {
    struct list waiting;
    set_apart(site, &waiting);
    for (struct subscription *s; (s = next_waiting(site, &waiting)) != NULL;) subscription_advance(s);
}

void subscriptions_reset(struct journal_site *site, Fd__ResetReason reason) {
    struct list waiting;
    set_apart(site, &waiting);
    for (struct subscription *s; (s = next_waiting(site, &waiting)) != NULL;) subscription_reset(s, reason);
}

enum status journal_subscribe(struct journal *journal, struct subscription *subscription, const Fd__Cursor *cursor,
                              const struct subscription_callbacks *callbacks, void *owner) {
    struct journal_site *site = journal_site_find(journal, cursor->site_id);
    if (site == NULL) return STATUS_NOT_FOUND;
    if (journal->closing) return STATUS_UNAVAILABLE;
    memset(subscription, 0, sizeof(*subscription));
    subscription->site = site;
    subscription->callbacks = callbacks;
    subscription->owner = owner;
    subscription->epoch = cursor->epoch;
    subscription->seq = cursor->seq < INT64_MAX ? cursor->seq : INT64_MAX - 1; /* past every head, and has a next */
    if (broken("catching up")) subscription->seq = site->head;
    list_init(&subscription->reader);
    list_append(&site->subscriptions, &subscription->node);
    site->active_at_ms = (int64_t)uv_now(journal->loop);
    /* An epoch or a place that is ahead of what this node has read may still be true: the database is asked. */
    if (cursor->epoch <= 0)
        subscription->reset = FD__RESET_REASON__RESET_REASON_FRESH;
    else if (cursor->epoch < site->epoch)
        subscription->reset = FD__RESET_REASON__RESET_REASON_EPOCH;
    else if (cursor->seq < 0)
        subscription->reset = FD__RESET_REASON__RESET_REASON_PRUNED;
    subscription_advance(subscription);
    return STATUS_OK;
}

void journal_unsubscribe(struct subscription *subscription) {
    struct journal_site *site = subscription->site;
    if (site == NULL) return;
    for (struct delivery *d = site->journal->deliveries; d != NULL; d = d->outer)
        if (d->subscription == subscription) d->subscription = NULL;
    catch_up_detach(subscription);
    snapshot_leave(subscription);
    list_remove(&subscription->node);
    site->active_at_ms = (int64_t)uv_now(site->journal->loop);
    subscription->site = NULL;
    subscription->live = false;
}

void journal_resume(struct subscription *subscription) {
    if (subscription->site == NULL || !subscription->standing || is_being_given(subscription)) return;
    subscription->standing = false;
    subscription_advance(subscription);
}
