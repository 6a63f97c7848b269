/* SPDX-License-Identifier: Apache-2.0 */
/* What each subscription is shown of a site: cursors, live delivery, standing still, snapshots. */
#include <string.h>

#include "common/log.h"
#include "tests/support/test.h"
#include "tests/unit/server/journal/listeners.h"

/* ---- Cursors ---- */

static const struct cursor_case {
    const char *name;
    int64_t epoch_offset, seq;
    bool fresh;
    Fd__ResetReason reason;
    int entries; /* shown until the head, 400 */
} cases[] = {
    {"at the head",                 0,  400,       false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 0  },
    {"in the ring",                 0,  390,       false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 10 },
    {"in the database",             0,  150,       false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 250},
    {"the last one before pruning", 0,  100,       false, FD__RESET_REASON__RESET_REASON_UNSPECIFIED, 300},
    {"pruned",                      0,  99,        false, FD__RESET_REASON__RESET_REASON_PRUNED,      0  },
    {"from the very start",         0,  0,         false, FD__RESET_REASON__RESET_REASON_PRUNED,      0  },
    {"past the head",               0,  401,       false, FD__RESET_REASON__RESET_REASON_AHEAD,       0  },
    {"past every head",             0,  INT64_MAX, false, FD__RESET_REASON__RESET_REASON_AHEAD,       0  },
    {"an older epoch",              -1, 390,       false, FD__RESET_REASON__RESET_REASON_EPOCH,       0  },
    {"an epoch yet to come",        1,  390,       false, FD__RESET_REASON__RESET_REASON_EPOCH,       0  },
    {"nothing",                     0,  0,         true,  FD__RESET_REASON__RESET_REASON_FRESH,       0  },
    {"before everything",           0,  -5,        false, FD__RESET_REASON__RESET_REASON_PRUNED,      0  },
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

/* ---- What this node commits itself ---- */

static void our_own_entries_need_no_read(void **state) {
    (void)state;
    start(NULL);
    append(0, 1);
    struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 1, -1);
    answer_all();
    int reads = fake.reads;
    for (int i = 0; i < 5; i++) fake_commit(journal, 0);
    assert_int_equal(listener->entries, 5);
    assert_int_equal(fake.reads, reads);
    finish();
}

/* The look sees the database before our commit and is answered after it, or sees it and finds that it was handed out.
 */
static void our_own_entries_overtake_a_look(void **state) {
    (void)state;
    for (int seen = 0; seen <= 1; seen++) {
        set_up(state);
        start(NULL);
        append(0, 1);
        struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 1, -1);
        answer_all();
        if (seen == 0) fake_append(0); /* another node's, so that the look has something to tell */
        fake_ring(0);
        if (seen == 0) assert_true(fake_take(0));
        fake_commit(journal, 0);
        if (seen == 1) assert_true(fake_take(0));
        while (fake_answer(0, false)) {
        }
        answer_all();
        assert_int_equal(listener->resets, 0);
        assert_int_equal(listener->seq, fake.sites[0].seq);
        finish();
    }
}

static void what_lies_between_is_read(void **state) {
    (void)state;
    start(NULL);
    append(0, 1);
    struct listener *listener = listen_as(0, 0, fake.sites[0].epoch, 1, -1);
    answer_all();
    fake_append(0); /* by another node, and its bell is not heard yet */
    fake_commit(journal, 0);
    assert_int_equal(listener->entries, 0);
    answer_all();
    assert_int_equal(listener->entries, 2);
    finish();
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
        cmocka_unit_test_setup(our_own_entries_need_no_read, set_up),
        cmocka_unit_test_setup(our_own_entries_overtake_a_look, set_up),
        cmocka_unit_test_setup(what_lies_between_is_read, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
