/* SPDX-License-Identifier: Apache-2.0 */
/* The whole room against a fake database: what each subscription is shown, step by step and in random interleavings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/frame.h"
#include "common/log.h"
#include "frontdesk/v1/account.pb-c.h"
#include "server/journal/journal.h"
#include "tests/support/test.h"
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

static struct journal *journal;
static bool ready, closed;
static int jumps;
static struct listener *listeners[LISTENERS];
/* What has been shown of each place in each epoch: it may never be something else. */
static int64_t shown[FAKE_SITES][EPOCHS][FAKE_HISTORY];
static bool wild; /* callbacks resume and unsubscribe at random */
static uint32_t seed;

static unsigned chance(unsigned of) {
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 8) % of;
}

static void drop(struct listener *listener) {
    for (int i = 0; i < LISTENERS; i++)
        if (listeners[i] == listener) listeners[i] = NULL;
    journal_unsubscribe(&listener->subscription);
    journal_unsubscribe(&listener->subscription);
    memset(listener, 0xa5, sizeof(*listener));
    free(listener);
}

static bool is_there(const struct listener *listener) {
    for (int i = 0; i < LISTENERS; i++)
        if (listener != NULL && listeners[i] == listener) return true;
    return false;
}

/* True: the listener is gone. What is resumed may itself do all of this again. */
static bool run_wild(struct listener *listener) {
    if (!wild) return false;
    struct listener *other = listeners[chance(LISTENERS)];
    if (other != NULL && chance(4) == 0) journal_resume(&other->subscription);
    if (other != listener && is_there(other) && chance(60) == 0) drop(other);
    if (is_there(listener) && chance(60) == 0) drop(listener);
    return !is_there(listener);
}

static bool takes(struct listener *listener) {
    if (wild) return chance(4) != 0;
    if (listener->patience == 0) return false;
    if (listener->patience > 0) listener->patience--;
    return true;
}

static bool on_entry(struct subscription *subscription, const struct journal_entry *entry) {
    struct listener *listener = subscription->owner;
    const Fd__Event *event = entry->event;
    assert_int_equal(entry->seq, listener->seq + 1);
    assert_int_equal(event->seq, entry->seq);
    assert_false(listener->in_reset);
    assert_int_equal(event->epoch, listener->epoch);
    assert_string_equal(event->site_id, fake.sites[listener->site].id);
    assert_int_equal(entry->item, ITEM_R1);
    if (run_wild(listener)) return chance(2) == 0;
    if (!takes(listener)) return false;
    int64_t *place = &shown[listener->site][listener->epoch][entry->seq];
    if (*place != 0) assert_int_equal(*place, event->at_ms);
    *place = event->at_ms;
    listener->seq = entry->seq;
    listener->entries++;
    return true;
}

static void take_frame(struct listener *listener, const Fd__ServerFrame *frame) {
    if (frame->body_case == FD__SERVER_FRAME__BODY_RESET) {
        listener->in_reset = true;
        listener->records = 0;
        listener->epoch = frame->reset->epoch;
        listener->seq = frame->reset->seq;
        listener->reason = frame->reset->reason;
        listener->resets++;
        return;
    }
    assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_SNAPSHOT);
    assert_true(listener->in_reset);
    assert_int_equal(frame->snapshot->seq, listener->seq);
    listener->records += frame->snapshot->n_records;
    listener->in_reset = !frame->snapshot->last;
    if (frame->snapshot->last) assert_int_equal(listener->records, (size_t)(listener->seq / 100 + 1));
}

static bool on_frame(struct subscription *subscription, const struct bytes *frame) {
    struct listener *listener = subscription->owner;
    if (run_wild(listener)) return chance(2) == 0;
    if (!takes(listener)) return false;
    Fd__ServerFrame *message =
        fd__server_frame__unpack(NULL, frame->length - FRAME_HEADER_BYTES, frame->data + FRAME_HEADER_BYTES);
    assert_non_null(message);
    take_frame(listener, message);
    fd__server_frame__free_unpacked(message, NULL);
    listener->frames++;
    return true;
}

static const struct subscription_callbacks callbacks = {.on_entry = on_entry, .on_frame = on_frame};

static enum authority_item item_of(const char *record_type) {
    assert_string_equal(record_type, "desk");
    return ITEM_R1;
}

static void on_ready(void *owner) {
    (void)owner;
    ready = true;
}

static void on_jump(void *owner, const char *site_id) {
    (void)owner;
    (void)site_id;
    jumps++;
}

static void on_closed(void *owner) {
    (void)owner;
    closed = true;
}

static const struct query snapshot_query = {.name = "test/snapshot"};

static void answer_all(void) {
    while (fake_take(0) || fake_answer(0, false)) continue;
}

static void open_journal(const char *anchor) {
    static struct journal_topic topic = {.name = "desk", .item = ITEM_R1, .query = &snapshot_query};
    topic.record = &fd__desk__descriptor;
    struct journal_options options = {.item = item_of,
                                      .topics = &topic,
                                      .topic_count = 1,
                                      .anchor_path = anchor,
                                      .on_ready = on_ready,
                                      .on_jump = on_jump};
    ready = closed = false;
    jumps = 0;
    assert_int_equal(journal_open(&journal, NULL, NULL, &options), STATUS_OK);
}

static void start(const char *anchor) {
    open_journal(anchor);
    for (int i = 0; i < 10 && !ready; i++) {
        answer_all();
        fake_tick();
    }
    assert_true(ready);
    journal_follow(journal);
    answer_all();
}

static void finish(void) {
    for (int i = 0; i < LISTENERS; i++)
        if (listeners[i] != NULL) drop(listeners[i]);
    journal_close(journal, on_closed, NULL);
    fake_turn();
    answer_all();
    assert_true(closed);
}

static struct listener *listen_as(int slot, int site, int64_t epoch, int64_t seq, int patience) {
    struct listener *listener = calloc(1, sizeof(*listener));
    assert_non_null(listener);
    listeners[slot] = listener;
    listener->site = site;
    listener->epoch = epoch;
    listener->seq = seq;
    listener->patience = patience;
    Fd__Cursor cursor = FD__CURSOR__INIT;
    cursor.site_id = fake.sites[site].id;
    cursor.epoch = epoch;
    cursor.seq = seq;
    enum status status = journal_subscribe(journal, &listener->subscription, &cursor, &callbacks, listener);
    if (listeners[slot] == NULL) return NULL; /* it went in its own callback */
    if (status != STATUS_OK) {
        assert_int_equal(status, STATUS_NOT_FOUND);
        listeners[slot] = NULL;
        free(listener);
        return NULL;
    }
    return listener;
}

static void append(int site, int count) {
    for (int i = 0; i < count; i++) fake_append(site);
    fake_ring(site);
    answer_all();
}

static int set_up(void **state) {
    (void)state;
    wild = false;
    memset(shown, 0, sizeof(shown));
    fake_reset();
    for (int i = 0; i < 5; i++) fake.epochs++;
    fake_found(0);
    return 0;
}

/* ---- Cursors ---- */

static const struct cursor_case {
    const char *name;
    int64_t epoch_offset, seq;
    bool fresh;
    Fd__ResetReason reason;
    int entries; /* shown until the head, 400 */
} cases[] = {
    {"at the head",                 0,  400, false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 0  },
    {"in the ring",                 0,  390, false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 10 },
    {"in the database",             0,  150, false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 250},
    {"the last one before pruning", 0,  100, false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 300},
    {"pruned",                      0,  99,  false, FD__RESET_REASON__RESET_REASON_PRUNED,      0  },
    {"from the very start",         0,  0,   false, FD__RESET_REASON__RESET_REASON_PRUNED,      0  },
    {"past the head",               0,  401, false, FD__RESET_REASON__RESET_REASON_AHEAD,       0  },
    {"an older epoch",              -1, 390, false, FD__RESET_REASON__RESET_REASON_EPOCH,       0  },
    {"an epoch yet to come",        1,  390, false, FD__RESET_REASON__RESET_REASON_EPOCH,       0  },
    {"nothing",                     0,  0,   true,  FD__RESET_REASON__RESET_REASON_FRESH,       0  },
    {"before everything",           0,  -5,  false, FD__RESET_REASON__RESET_REASON_PRUNED,      0  },
};

static void every_cursor_is_followed_or_told_reset(void **state) {
    (void)state;
    start(NULL);
    append(0, 400);
    fake_prune(0, 101);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct cursor_case *c = &cases[i];
        int64_t epoch = c->fresh ? 0 : fake.sites[0].epoch + c->epoch_offset;
        struct listener *listener = listen_as(0, 0, epoch, c->seq, -1);
        answer_all();
        if (listener->reason != c->reason || listener->entries != c->entries || listener->seq != 400 ||
            !listener->subscription.live)
            fail_msg("%s: reason %d, %d entries, at %lld", c->name, (int)listener->reason, listener->entries,
                     (long long)listener->seq);
        drop(listener);
    }
    finish();
}

static void a_cursor_that_another_node_gave_is_good(void **state) {
    (void)state;
    start(NULL);
    append(0, 10);
    fake_append(0); /* this node has not heard of it */
    struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 11, -1);
    answer_all();
    append(0, 1);
    assert_int_equal(listener->resets, 0);
    assert_int_equal(listener->seq, 12);
    assert_int_equal(listener->entries, 1);
    finish();
}

static void a_site_that_is_founded_is_found_and_no_other(void **state) {
    (void)state;
    start(NULL);
    assert_null(listen_as(0, 1, 0, 0, -1));
    fake_found(1);
    append(1, 3);
    struct listener *listener = listen_as(0, 1, fake.sites[1].epoch, 0, -1);
    assert_non_null(listener);
    answer_all();
    assert_int_equal(listener->entries, 3);
    fake_found(2);
    fake_append(2); /* and no bell: the look each second is the net */
    fake_tick();
    answer_all();
    assert_non_null(listen_as(1, 2, 0, 0, -1));
    finish();
}

/* ---- Live ---- */

static void live_costs_one_read_however_many_listen(void **state) {
    (void)state;
    start(NULL);
    for (int i = 0; i < LISTENERS; i++) listen_as(i, 0, fake.sites[0].epoch, 0, -1);
    answer_all();
    int before = fake.reads;
    append(0, 20);
    assert_int_equal(fake.reads - before, 1);
    for (int i = 0; i < LISTENERS; i++) assert_int_equal(listeners[i]->entries, 20);
    finish();
}

static void what_rings_meanwhile_is_one_read_more(void **state) {
    (void)state;
    start(NULL);
    struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 0, -1);
    answer_all();
    int before = fake.reads;
    for (int i = 0; i < 50; i++) {
        fake_append(0);
        fake_ring(0);
    }
    answer_all();
    assert_in_range(fake.reads - before, 1, 2);
    assert_int_equal(listener->entries, 50);
    finish();
}

static void one_that_stands_costs_nothing_and_goes_on_exactly_there(void **state) {
    (void)state;
    start(NULL);
    struct listener *slow = listen_as(0, 0, fake.sites[0].epoch, 0, 3);
    struct listener *quick = listen_as(1, 0, fake.sites[0].epoch, 0, -1);
    answer_all();
    append(0, 10);
    assert_int_equal(slow->entries, 3);
    assert_true(slow->subscription.standing);
    int before = fake.reads;
    append(0, 10);
    assert_int_equal(fake.reads - before, 1);
    assert_int_equal(quick->entries, 20);
    slow->patience = 5;
    journal_resume(&slow->subscription);
    assert_int_equal(slow->seq, 8);
    slow->patience = -1;
    journal_resume(&slow->subscription);
    assert_int_equal(slow->seq, 20);
    assert_true(slow->subscription.live);
    assert_int_equal(fake.reads - before, 1); /* all of it was in memory */
    finish();
}

static void one_that_stood_for_long_reads_the_database_page_by_page(void **state) {
    (void)state;
    start(NULL);
    struct listener *slow = listen_as(0, 0, fake.sites[0].epoch, 0, 0);
    answer_all();
    append(0, 700);
    slow->patience = 100;
    journal_resume(&slow->subscription);
    answer_all();
    assert_int_equal(slow->seq, 100);
    slow->patience = -1;
    journal_resume(&slow->subscription);
    answer_all();
    assert_int_equal(slow->seq, 700);
    assert_int_equal(slow->resets, 0);
    finish();
}

static void a_page_that_comes_too_late_is_forgotten(void **state) {
    (void)state;
    start(NULL);
    append(0, 500);
    struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 1, -1);
    assert_true(fake_take(0));
    drop(listener);
    answer_all();
    listener = listen_as(0, 0, fake.sites[0].epoch, 1, -1);
    finish(); /* with a page under way */
}

/* ---- Snapshots ---- */

static void a_snapshot_is_read_once_and_resumed_in_the_middle(void **state) {
    (void)state;
    start(NULL);
    append(0, 300);
    int before = fake.reads;
    for (int i = 0; i < LISTENERS; i++) listen_as(i, 0, 0, 0, i % 3 == 0 ? 1 : -1);
    answer_all();
    assert_int_equal(fake.reads - before, 1);
    append(0, 2);
    for (int i = 0; i < LISTENERS; i++) {
        if (i % 3 != 0) assert_int_equal(listeners[i]->seq, 302);
        if (i % 3 == 0) assert_int_equal(listeners[i]->frames, 1);
        listeners[i]->patience = -1;
        journal_resume(&listeners[i]->subscription);
        assert_int_equal(listeners[i]->seq, 302);
        assert_int_equal(listeners[i]->entries, 2);
        assert_int_equal(listeners[i]->frames, 3); /* reset, records, last */
    }
    finish();
}

static bool sees_nothing(struct subscription *subscription, enum authority_item item) {
    (void)subscription;
    assert_int_equal(item, ITEM_R1);
    return false;
}

static void a_snapshot_leaves_out_what_may_not_be_seen(void **state) {
    (void)state;
    static const struct subscription_callbacks blind = {
        .on_entry = on_entry, .on_frame = on_frame, .may_see = sees_nothing};
    static struct listener listener;
    Fd__Cursor cursor = FD__CURSOR__INIT;
    start(NULL);
    append(0, 1);
    memset(&listener, 0, sizeof(listener));
    listener.patience = 1;
    cursor.site_id = fake.sites[0].id;
    assert_int_equal(journal_subscribe(journal, &listener.subscription, &cursor, &blind, &listener), STATUS_OK);
    answer_all();
    assert_int_equal(listener.frames, 1);
    assert_true(listener.in_reset);
    assert_int_equal(listener.subscription.frames_sent, 2); /* the records are passed over */
    journal_unsubscribe(&listener.subscription);
    finish();
}

/* ---- Histories ---- */

static const struct history_case {
    const char *name;
    int64_t back_to;
    int grows;
    bool raised, rings;
} histories[] = {
    {"an old copy",                          20, 0,  false, false},
    {"an old copy with a bell",              20, 0,  false, true },
    {"an old copy that grew past the head",  20, 30, false, true },
    {"one that grew to the very same place", 20, 20, false, false},
    {"one whose epoch was raised by hand",   20, 5,  true,  true },
};

static void a_rewritten_history_resets_everybody(void **state) {
    for (size_t i = 0; i < sizeof(histories) / sizeof(histories[0]); i++) {
        const struct history_case *c = &histories[i];
        set_up(state);
        start(NULL);
        append(0, 40);
        int64_t epoch = fake.sites[0].epoch;
        for (int l = 0; l < 3; l++) listen_as(l, 0, epoch, 40, l == 2 ? 0 : -1);
        answer_all();
        fake_restore(0, c->back_to, c->raised);
        for (int n = 0; n < c->grows; n++) fake_append(0);
        if (c->rings) fake_ring(0);
        answer_all();
        fake_tick();
        answer_all();
        listeners[2]->patience = -1;
        journal_resume(&listeners[2]->subscription);
        answer_all();
        for (int l = 0; l < 3; l++) {
            if (listeners[l]->reason != FD__RESET_REASON__RESET_REASON_EPOCH || listeners[l]->epoch <= epoch ||
                listeners[l]->seq != fake.sites[0].seq || listeners[l]->entries != 0)
                fail_msg("%s: listener %d is at %lld/%lld after %d entries", c->name, l, (long long)listeners[l]->epoch,
                         (long long)listeners[l]->seq, listeners[l]->entries);
        }
        assert_true(jumps > 0);
        finish();
    }
}

static void the_anchor_remembers_across_a_restart(void **state) {
    (void)state;
    char path[] = "/tmp/frontdesk-anchor-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    for (int lost = 0; lost <= 1; lost++) {
        start(path);
        append(0, 10);
        finish();
        int64_t epoch = fake.sites[0].epoch;
        if (lost) fake_restore(0, fake.sites[0].seq - 1, false);
        for (int n = 0; n < 5; n++) fake_append(0); /* past the anchor again */
        start(path);
        assert_int_equal(fake.sites[0].epoch > epoch, lost);
        struct listener *listener = listen_as(0, 0, epoch, 10, -1);
        answer_all();
        assert_int_equal(listener->reason, lost ? FD__RESET_REASON__RESET_REASON_EPOCH : 0);
        finish();
    }
    unlink(path);
}

static void away_for_longer_than_entries_are_kept(void **state) {
    (void)state;
    start(NULL);
    append(0, 10);
    struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 10, -1);
    answer_all();
    for (int i = 0; i < 50; i++) fake_append(0);
    fake_prune(0, 30);
    fake_ring(0);
    answer_all();
    assert_int_equal(listener->reason, FD__RESET_REASON__RESET_REASON_PRUNED);
    assert_int_equal(listener->seq, 60);
    assert_int_equal(jumps, 1);
    finish();
}

static void nothing_is_lost_while_the_database_is_away(void **state) {
    (void)state;
    start(NULL);
    append(0, 300);
    struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 10, -1);
    struct listener *fresh = listen_as(1, 0, 0, 0, -1);
    for (int i = 0; i < 5; i++) {
        while (fake_take(0)) continue;
        while (fake_answer(0, true)) continue;
        fake_append(0);
        fake_ring(0);
        fake_tick();
    }
    assert_int_equal(listener->entries, 0);
    assert_int_equal(fresh->frames, 0);
    answer_all();
    fake_tick();
    answer_all();
    assert_int_equal(listener->seq, 305);
    assert_int_equal(listener->resets, 0);
    assert_int_equal(fresh->seq, 305);
    finish();
}

/* ---- Every interleaving ---- */

static void random_cursor(int slot) {
    int site = (int)chance(FAKE_SITES);
    const struct fake_site *of = &fake.sites[site];
    const struct listener *other = listeners[chance(LISTENERS)];
    if (listeners[slot] != NULL) return;
    switch (chance(5)) {
    case 0: listen_as(slot, site, 0, 0, -1); break;
    case 1: listen_as(slot, site, of->epoch, of->seq, -1); break;
    case 2: listen_as(slot, site, of->epoch, (int64_t)chance((unsigned)of->seq + 5), -1); break;
    case 3: listen_as(slot, site, (int64_t)chance(EPOCHS), (int64_t)chance(50), -1); break;
    default:
        if (other != NULL && !other->in_reset) listen_as(slot, other->site, other->epoch, other->seq, -1);
        break;
    }
}

static void random_history(int site) {
    struct fake_site *of = &fake.sites[site];
    switch (chance(12)) {
    case 0:
        if (fake.epochs < EPOCHS - 12) fake_restore(site, of->seq - (int64_t)chance(20), chance(2) == 0);
        break;
    case 1: fake_prune(site, of->seq - (int64_t)chance(30)); break;
    case 2: fake_found(site); break;
    case 3:
        for (unsigned n = chance(400); n > 0; n--) fake_append(site);
        break;
    default: fake_append(site); break;
    }
    if (chance(2) == 0) fake_ring(site);
}

static void random_step(void) {
    struct listener *listener = listeners[chance(LISTENERS)];
    switch (chance(8)) {
    case 0: random_history((int)chance(FAKE_SITES)); break;
    case 1: random_cursor((int)chance(LISTENERS)); break;
    case 2:
        if (listener != NULL && chance(6) == 0) drop(listener);
        break;
    case 3:
        if (listener != NULL) journal_resume(&listener->subscription);
        break;
    case 4: fake_tick(); break;
    case 5: fake_take(chance(100)); break;
    default: fake_answer(chance(100), chance(10) == 0); break;
    }
}

static void come_to_rest(void) {
    wild = false;
    for (int round = 0; round < 12; round++) {
        for (int i = 0; i < LISTENERS; i++) {
            if (listeners[i] == NULL) continue;
            listeners[i]->patience = -1;
            journal_resume(&listeners[i]->subscription);
        }
        answer_all();
        fake_tick();
        answer_all();
    }
    for (int i = 0; i < LISTENERS; i++) {
        const struct listener *listener = listeners[i];
        if (listener == NULL) continue;
        if (listener->in_reset || !listener->subscription.live)
            fail_msg("seed %u: listener at %lld/%lld (site %lld/%lld) is not live: standing %d, reading %d, reset %d",
                     seed, (long long)listener->epoch, (long long)listener->seq,
                     (long long)fake.sites[listener->site].epoch, (long long)fake.sites[listener->site].seq,
                     listener->subscription.standing, listener->subscription.catch_up != NULL,
                     (int)listener->subscription.reset);
        assert_int_equal(listener->epoch, fake.sites[listener->site].epoch);
        assert_int_equal(listener->seq, fake.sites[listener->site].seq);
    }
}

static void every_interleaving_shows_each_entry_once_and_in_order(void **state) {
    int runs = getenv("FRONTDESK_TEST_RUNS") != NULL ? (int)strtol(getenv("FRONTDESK_TEST_RUNS"), NULL, 10) : 4000;
    uint32_t base =
        getenv("FRONTDESK_TEST_SEED") != NULL ? (uint32_t)strtoul(getenv("FRONTDESK_TEST_SEED"), NULL, 10) : 0;
    for (int run = 1; run <= runs; run++) {
        set_up(state);
        seed = (uint32_t)run + base;
        start(NULL);
        wild = true;
        for (int step = 0; step < 400; step++) random_step();
        come_to_rest();
        finish();
    }
}

int main(void) {
    log_setup(LOG_ERROR, false);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_cursor_is_followed_or_told_reset, set_up),
        cmocka_unit_test_setup(a_cursor_that_another_node_gave_is_good, set_up),
        cmocka_unit_test_setup(a_site_that_is_founded_is_found_and_no_other, set_up),
        cmocka_unit_test_setup(live_costs_one_read_however_many_listen, set_up),
        cmocka_unit_test_setup(what_rings_meanwhile_is_one_read_more, set_up),
        cmocka_unit_test_setup(one_that_stands_costs_nothing_and_goes_on_exactly_there, set_up),
        cmocka_unit_test_setup(one_that_stood_for_long_reads_the_database_page_by_page, set_up),
        cmocka_unit_test_setup(a_page_that_comes_too_late_is_forgotten, set_up),
        cmocka_unit_test_setup(a_snapshot_is_read_once_and_resumed_in_the_middle, set_up),
        cmocka_unit_test_setup(a_snapshot_leaves_out_what_may_not_be_seen, set_up),
        cmocka_unit_test_setup(a_rewritten_history_resets_everybody, set_up),
        cmocka_unit_test_setup(the_anchor_remembers_across_a_restart, set_up),
        cmocka_unit_test_setup(away_for_longer_than_entries_are_kept, set_up),
        cmocka_unit_test_setup(nothing_is_lost_while_the_database_is_away, set_up),
        cmocka_unit_test_setup(every_interleaving_shows_each_entry_once_and_in_order, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
