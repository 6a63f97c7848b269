/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/journal.h"

#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/text.h"
#include "server/journal/broken.h"
#include "server/journal/prune.h"
#include "server/journal/room.h"

static size_t bucket_of(const char *site_id) {
    return text_hash(site_id) % SITE_BUCKETS;
}

struct journal_site *journal_site_find(struct journal *journal, const char *site_id) {
    list_each(node, &journal->buckets[bucket_of(site_id)]) {
        struct journal_site *site = list_item(node, struct journal_site, node);
        if (strcmp(site->id, site_id) == 0) return site;
    }
    return NULL;
}

struct journal_site *journal_site_add(struct journal *journal, const Fd__JournalHead *head) {
    struct journal_site *site = calloc(1, sizeof(*site));
    if (site == NULL) return NULL;
    site->journal = journal;
    list_init(&site->rung);
    list_init(&site->subscriptions);
    CHECK(strlen(head->site_id) < sizeof(site->id));
    memcpy(site->id, head->site_id, strlen(head->site_id) + 1);
    site->epoch = head->epoch;
    site->timeline = head->timeline;
    list_append(&journal->buckets[bucket_of(site->id)], &site->node);
    journal->site_count++;
    return site;
}

void journal_site_ring(struct journal_site *site) {
    list_remove(&site->rung);
    list_append(&site->journal->rung, &site->rung);
}

/* It may not add sites. */
static void each_site(struct journal *journal, void (*visit)(struct journal_site *site)) {
    for (size_t i = 0; i < SITE_BUCKETS; i++)
        list_each(node, &journal->buckets[i]) visit(list_item(node, struct journal_site, node));
}

void journal_read_init(struct journal_read *read, struct journal *journal, const char *site_id,
                       void (*on_done)(struct transaction *, enum status)) {
    read->journal = journal;
    journal->under_way++;
    arena_init(&read->arena, READ_ARENA_BYTES);
    transaction_init(&read->transaction, &read->arena, site_id, on_done);
}

void journal_read_start(struct journal_read *read) {
    database_read(read->journal->database, &read->transaction);
}

static void drop_subscriptions(struct journal_site *site) {
    list_each_safe(node, &site->subscriptions) journal_unsubscribe(list_item(node, struct subscription, node));
}

static void free_site(struct journal_site *site) {
    drop_subscriptions(site);
    CHECK(site->snapshot == NULL && site->snapshot_read == NULL);
    ring_free(&site->ring);
    list_remove(&site->node);
    free(site);
}

static void end_if_closed(struct journal *journal) {
    if (!journal->closing || journal->timer_open || journal->under_way > 0) return;
    for (size_t i = 0; i < SITE_BUCKETS; i++)
        list_each_safe(node, &journal->buckets[i]) free_site(list_item(node, struct journal_site, node));
    anchor_free(&journal->anchor);
    void (*on_closed)(void *owner) = journal->on_closed;
    void *owner = journal->closed_owner;
    free(journal);
    if (on_closed != NULL) on_closed(owner);
}

void journal_read_end(struct journal_read *read) {
    struct journal *journal = read->journal;
    transaction_clear(&read->transaction);
    arena_free(&read->arena);
    journal->under_way--;
    end_if_closed(journal);
}

static void forget_idle(struct journal_site *site) {
    int64_t idle_ms = (int64_t)uv_now(site->journal->loop) - site->active_at_ms;
    if (list_empty(&site->subscriptions) && idle_ms > RING_IDLE_MS) ring_free(&site->ring);
}

static void tick(struct journal *journal) {
    int64_t now_ms = (int64_t)uv_now(journal->loop);
    if (journal->retry) {
        journal->retry = false;
        each_site(journal, subscriptions_advance);
    }
    journal->heads_due = !journal->ready || !broken("net");
    follower_look(journal);
    each_site(journal, forget_idle);
    if (now_ms - journal->anchor_at_ms >= ANCHOR_INTERVAL_MS) {
        journal->anchor_at_ms = now_ms;
        history_write_anchor(journal);
    }
    if (journal->following && now_ms - journal->prune_at_ms >= PRUNE_INTERVAL_MS) {
        journal->prune_at_ms = now_ms;
        prune_start(journal);
    }
}

static void on_timer(uv_timer_t *timer) {
    struct journal *journal = timer->data;
    if (!journal->closing) tick(journal);
}

static void on_bell(void *owner, const char *site_id) {
    struct journal *journal = owner;
    struct journal_site *site = site_id != NULL ? journal_site_find(journal, site_id) : NULL;
    if (journal->closing || !journal->following || broken("bell")) return;
    if (site != NULL)
        journal_site_ring(site);
    else
        journal->heads_due = true; /* a site that was just founded */
    follower_look(journal);
}

enum status journal_open(struct journal **journal, uv_loop_t *loop, struct database *database,
                         const struct journal_options *options) {
    CHECK(options->item != NULL && options->topic_count < TRANSACTION_STATEMENTS);
    struct journal *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->loop = loop;
    made->database = database;
    made->options = *options;
    for (size_t i = 0; i < SITE_BUCKETS; i++) list_init(&made->buckets[i]);
    list_init(&made->rung);
    if (options->anchor_path != NULL && anchor_read(&made->anchor, options->anchor_path) != STATUS_OK)
        LOG(WARNING, "the anchor can't be read: an older copy of the database would not be noticed",
            LOG_TEXT("path", options->anchor_path));
    CHECK(uv_timer_init(loop, &made->timer) == 0);
    made->timer.data = made;
    made->timer_open = true;
    CHECK(uv_timer_start(&made->timer, on_timer, START_INTERVAL_MS, START_INTERVAL_MS) == 0);
    database_on_bell(database, on_bell, made);
    *journal = made;
    made->heads_due = true;
    follower_look(made);
    return STATUS_OK;
}

void journal_follow(struct journal *journal) {
    CHECK(journal->ready);
    journal->following = true;
    journal->anchor_at_ms = journal->prune_at_ms = (int64_t)uv_now(journal->loop);
    CHECK(uv_timer_start(&journal->timer, on_timer, LOOK_INTERVAL_MS, LOOK_INTERVAL_MS) == 0);
    journal->heads_due = true;
    follower_look(journal);
}

bool journal_seen(struct journal *journal, const char *site_id, int64_t *epoch, int64_t *seq) {
    const struct journal_site *site = journal_site_find(journal, site_id);
    if (site == NULL) return false;
    *epoch = site->epoch;
    *seq = site->head;
    return true;
}

static void on_timer_closed(uv_handle_t *handle) {
    struct journal *journal = handle->data;
    journal->timer_open = false;
    end_if_closed(journal);
}

void journal_close(struct journal *journal, void (*on_closed)(void *owner), void *owner) {
    CHECK(!journal->closing);
    journal->closing = true;
    journal->on_closed = on_closed;
    journal->closed_owner = owner;
    database_on_bell(journal->database, NULL, NULL);
    each_site(journal, drop_subscriptions);
    history_write_anchor(journal);
    uv_close((uv_handle_t *)&journal->timer, on_timer_closed);
}
