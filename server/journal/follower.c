/* SPDX-License-Identifier: Apache-2.0 */
/* Looks into the database, one look at a time:
 *
 *   HEADS    at the start, every second, and when an unknown site rings: which sites stand elsewhere than we know
 *   ENTRIES  of the sites that rang, in pages, until each stands where the database does
 *
 * What rings meanwhile is in the next look, so under load one read serves many commits. A look that fails leaves
 * everything to the next second.
 *
 * What this node commits itself needs no look: journal_committed takes it as it comes back from the writer. It may
 * overtake a look under way, whose answer is then older than what we know: a site is judged by what the look was
 * asked with (`rewritten`), and entries that have been handed out are passed over. */
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "server/journal/broken.h"
#include "server/journal/room.h"
#include "server/sql/queries.h"

struct look_site {
    struct journal_site *site;
    const Fd__JournalHead *head; /* NULL: the database has no such site, or its entries are of no use */
    bool followed;               /* at least one entry */
    bool gap;
};

struct look {
    struct journal_read read;
    Fd__JournalKnown known, nothing;
    struct look_site sites[LOOK_SITES];
    size_t count;
};

#define look_of(transaction) list_item(transaction, struct look, read.transaction)

/* ---- Asking ---- */

static bool make_lists(struct look *look, size_t count) {
    struct arena *arena = &look->read.arena;
    look->known.site_ids = arena_take(arena, count * sizeof(char *));
    look->known.hashes = arena_take(arena, count * sizeof(char *));
    look->known.epochs = arena_take(arena, count * sizeof(int64_t));
    look->known.seqs = arena_take(arena, count * sizeof(int64_t));
    look->known.timelines = arena_take(arena, count * sizeof(int64_t));
    return !arena_exhausted(arena);
}

static void add_known(struct look *look, const char *site_id, int64_t epoch, int64_t seq, const char *hash,
                      int64_t timeline) {
    struct arena *arena = &look->read.arena;
    size_t at = look->known.n_site_ids++;
    look->known.n_epochs = look->known.n_seqs = look->known.n_hashes = look->known.n_site_ids;
    look->known.n_timelines = look->known.n_site_ids;
    look->known.site_ids[at] = arena_string(arena, site_id);
    look->known.hashes[at] = arena_string(arena, hash);
    look->known.epochs[at] = epoch;
    look->known.seqs[at] = seq;
    look->known.timelines[at] = broken("timeline") ? 0 : timeline;
}

static void add_known_site(struct look *look, const struct journal_site *site) {
    add_known(look, site->id, site->epoch, site->head, site->hash, site->timeline);
}

static void add_statement(struct look *look, const struct query *query, const Fd__JournalKnown *source) {
    transaction_add(&look->read.transaction, query)->sources[0] = &source->base;
}

/* Before anything is served: all sites, and whether the histories of the anchor are still theirs. */
static bool ask_first_heads(struct look *look, const struct anchor *anchor) {
    add_statement(look, &sql_journal_head, &look->nothing);
    add_statement(look, &sql_journal_head_known, &look->known);
    if (!make_lists(look, anchor->count)) return false;
    for (size_t i = 0; i < anchor->count; i++) {
        const struct anchor_head *head = &anchor->heads[i];
        add_known(look, head->site_id, head->epoch, head->seq, head->hash, head->timeline);
    }
    return true;
}

static bool ask_heads(struct look *look, struct journal *journal) {
    add_statement(look, &sql_journal_head, &look->known);
    if (!make_lists(look, journal->site_count)) return false;
    for (size_t i = 0; i < SITE_BUCKETS; i++)
        list_each(node, &journal->buckets[i]) add_known_site(look, list_item(node, struct journal_site, node));
    return true;
}

static bool ask_entries(struct look *look, struct journal *journal) {
    add_statement(look, &sql_journal_head_known, &look->known);
    add_statement(look, &sql_journal_follow, &look->known);
    if (!make_lists(look, LOOK_SITES)) return false;
    while (look->count < LOOK_SITES && !list_empty(&journal->rung)) {
        struct journal_site *site = list_item(journal->rung.next, struct journal_site, rung);
        list_remove(&site->rung);
        look->sites[look->count++].site = site;
        add_known_site(look, site);
    }
    return true;
}

static void end_look(struct look *look) {
    struct journal *journal = look->read.journal;
    journal->look = NULL;
    journal_read_end(&look->read);
    free(look);
}

static void on_first_heads(struct transaction *transaction, enum status status);
static void on_heads(struct transaction *transaction, enum status status);
static void on_entries(struct transaction *transaction, enum status status);

void follower_look(struct journal *journal) {
    if (journal->look != NULL || journal->closing) return;
    if (journal->ready && !journal->following) return;
    bool heads = journal->heads_due || !journal->ready;
    if (!heads && list_empty(&journal->rung)) return;
    struct look *look = calloc(1, sizeof(*look));
    if (look == NULL) return;
    look->known = look->nothing = (Fd__JournalKnown)FD__JOURNAL_KNOWN__INIT;
    look->known.limit = LOOK_ENTRIES;
    journal->look = look;
    if (heads) journal->heads_due = false;
    journal_read_init(&look->read, journal, NULL, !journal->ready ? on_first_heads : heads ? on_heads : on_entries);
    bool asked = !journal->ready ? ask_first_heads(look, &journal->anchor)
                 : heads         ? ask_heads(look, journal)
                                 : ask_entries(look, journal);
    if (asked && !arena_exhausted(&look->read.arena))
        journal_read_start(&look->read);
    else
        look->read.transaction.on_done(&look->read.transaction, STATUS_TOO_LARGE);
}

void follower_doubt(struct journal_site *site) {
    site->unsure = true;
    journal_site_ring(site);
    follower_look(site->journal);
}

/* ---- Heads ---- */

static const Fd__JournalHead *head_at(struct look *look, int statement, int row) {
    return (const Fd__JournalHead *)row_to_message(
        &look->read.arena, look->read.transaction.statements[statement].result, row, &fd__journal_head__descriptor);
}

static int rows_of(const struct look *look, int statement) {
    return PQntuples(look->read.transaction.statements[statement].result);
}

static void set_head(struct journal_site *site, int64_t epoch, int64_t seq, const char *hash) {
    CHECK(strlen(hash) < sizeof(site->hash));
    site->epoch = epoch;
    site->head = seq;
    memcpy(site->hash, hash, strlen(hash) + 1);
    site->journal->changed = true;
}

/* What was known is of no use any more: everybody starts anew from what the database has. */
static void jump(struct journal_site *site, const Fd__JournalHead *head, Fd__ResetReason reason) {
    struct journal *journal = site->journal;
    LOG(WARNING, "site starts anew", LOG_TEXT("site", site->id), LOG_NUMBER("epoch", head->epoch),
        LOG_NUMBER("seq", head->seq), LOG_NUMBER("known_epoch", site->epoch), LOG_NUMBER("known_seq", site->head),
        LOG_NUMBER("reason", reason));
    set_head(site, head->epoch, head->seq, head->hash);
    site->timeline = head->timeline;
    site->raising = false;
    ring_free(&site->ring);
    if (journal->options.on_jump != NULL) journal->options.on_jump(journal->options.owner, site->id);
    subscriptions_reset(site, reason);
}

static bool take_first_heads(struct look *look) {
    struct journal *journal = look->read.journal;
    for (int row = 0; row < rows_of(look, 0); row++) {
        const Fd__JournalHead *head = head_at(look, 0, row);
        if (head == NULL) return false;
        struct journal_site *site = journal_site_find(journal, head->site_id);
        if (site == NULL) site = journal_site_add(journal, head);
        if (site == NULL) return false;
        set_head(site, head->epoch, head->seq, head->hash);
        site->timeline = head->timeline;
    }
    bool sound = true;
    for (int row = 0; row < rows_of(look, 1); row++) {
        const Fd__JournalHead *head = head_at(look, 1, row);
        if (head == NULL) return false;
        struct journal_site *site = journal_site_find(journal, head->site_id);
        if (!head->rewritten || site == NULL) continue;
        sound = false;
        history_raise(site, anchor_epoch(&journal->anchor, site->id));
    }
    return sound;
}

static void on_first_heads(struct transaction *transaction, enum status status) {
    struct look *look = look_of(transaction);
    struct journal *journal = look->read.journal;
    bool ready = status == STATUS_OK && !journal->closing && take_first_heads(look);
    if (ready) journal->ready = true;
    end_look(look);
    if (ready && journal->options.on_ready != NULL) journal->options.on_ready(journal->options.owner);
}

static void take_head(struct journal *journal, const Fd__JournalHead *head) {
    struct journal_site *site = journal_site_find(journal, head->site_id);
    if (site == NULL) {
        site = journal_site_add(journal, head);
        if (site != NULL) journal_site_ring(site);
    } else if (head->epoch > site->epoch) {
        jump(site, head, FD__RESET_REASON__RESET_REASON_EPOCH);
    } else if (head->rewritten) {
        history_raise(site, site->epoch);
    } else if (head->seq > site->head || (head->seq == site->head && strcmp(head->hash, site->hash) != 0)) {
        journal_site_ring(site); /* more entries; or another one in the same place, which the next look tells */
    }
}

static void on_heads(struct transaction *transaction, enum status status) {
    struct look *look = look_of(transaction);
    struct journal *journal = look->read.journal;
    for (int row = 0; status == STATUS_OK && row < rows_of(look, 0) && !journal->closing; row++) {
        const Fd__JournalHead *head = head_at(look, 0, row);
        if (head == NULL) break;
        take_head(journal, head);
    }
    bool again = status == STATUS_OK && !journal->closing;
    end_look(look);
    if (again) follower_look(journal);
}

/* ---- Entries ---- */

static struct look_site *look_site_of(struct look *look, const char *site_id) {
    for (size_t i = 0; i < look->count; i++)
        if (strcmp(look->sites[i].site->id, site_id) == 0) return &look->sites[i];
    return NULL;
}

/* False: without memory. */
static bool take_entry_heads(struct look *look) {
    for (int row = 0; row < rows_of(look, 0); row++) {
        const Fd__JournalHead *head = head_at(look, 0, row);
        if (head == NULL) return false;
        struct look_site *of = look_site_of(look, head->site_id);
        CHECK(of != NULL);
        if (head->rewritten)
            history_raise(of->site, of->site->epoch);
        else if (head->epoch > of->site->epoch)
            jump(of->site, head, FD__RESET_REASON__RESET_REASON_EPOCH);
        else if (of->site->raise == NULL)
            of->head = head;
    }
    return true;
}

bool follower_take(struct journal_site *site, struct arena *arena, const Fd__JournalRow *row) {
    struct journal *journal = site->journal;
    struct packed packed;
    const Fd__Event *event = packed_event(arena, row);
    if (event == NULL) return false;
    if (packed_make(&packed, event, journal->options.item(event->record_type)) != STATUS_OK) return false;
    set_head(site, site->epoch, event->seq, row->hash);
    site->active_at_ms = (int64_t)uv_now(journal->loop);
    struct journal_entry entry = packed_entry(&packed, event);
    if (journal->options.on_entry != NULL) journal->options.on_entry(journal->options.owner, &entry);
    subscriptions_offer(site, &packed, event);
    ring_append(&site->ring, &packed);
    return true;
}

/* False: without memory. */
static bool take_entries(struct look *look) {
    struct look_site *of = NULL;
    for (int row = 0; row < rows_of(look, 1) && !look->read.journal->closing; row++) {
        const Fd__JournalRow *entry = (const Fd__JournalRow *)row_to_message(
            &look->read.arena, look->read.transaction.statements[1].result, row, &fd__journal_row__descriptor);
        if (entry == NULL) return false;
        CHECK(entry->event != NULL);
        if (of == NULL || strcmp(of->site->id, entry->event->site_id) != 0)
            of = look_site_of(look, entry->event->site_id);
        CHECK(of != NULL);
        if (of->head == NULL || of->gap) continue;
        of->followed = true;
        if (entry->event->seq <= of->site->head) continue; /* our own, committed while we looked */
        of->gap = entry->event->seq != of->site->head + 1;
        if (!of->gap && !follower_take(of->site, &look->read.arena, entry)) return false;
    }
    return true;
}

static void settle(const struct look_site *of) {
    struct journal_site *site = of->site;
    if (of->head != NULL) site->raising = false;
    if (of->head != NULL && of->head->seq > site->head) {
        if (of->gap || !of->followed) /* away for longer than entries are kept */
            jump(site, of->head, FD__RESET_REASON__RESET_REASON_PRUNED);
        else
            journal_site_ring(site);
    }
    if (site->unsure) {
        site->unsure = false;
        subscriptions_advance(site);
    }
}

static void on_entries(struct transaction *transaction, enum status status) {
    struct look *look = look_of(transaction);
    struct journal *journal = look->read.journal;
    bool whole = status == STATUS_OK && take_entry_heads(look) && take_entries(look);
    for (size_t i = 0; i < look->count && !journal->closing; i++) {
        if (whole)
            settle(&look->sites[i]);
        else
            journal_site_ring(look->sites[i].site);
    }
    bool again = whole && !journal->closing;
    end_look(look);
    if (again) follower_look(journal);
}
