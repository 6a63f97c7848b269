/* SPDX-License-Identifier: Apache-2.0 */
/* Histories that are rewritten, cut or out of reach: nobody goes on in silence. */
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"
#include "tests/support/test.h"
#include "tests/unit/server/journal/listeners.h"

static const struct history_case {
    const char *name;
    int64_t back_to;
    int grows;
    bool raised, promoted, rings, commits;
} histories[] = {
    {"an old copy",                                 20, 0,  false, false, false, false},
    {"an old copy with a bell",                     20, 0,  false, false, true,  false},
    {"an old copy that grew past the head",         20, 30, false, false, true,  false},
    {"one that grew to the very same place",        20, 20, false, false, false, false},
    {"one whose epoch was raised by hand",          20, 5,  true,  false, true,  false},
    {"one on which we commit the next entry",       20, 20, false, false, false, true },
    {"one on which we commit far behind",           20, 0,  false, false, false, true },
    {"a standby that lacks nothing we know",        40, 0,  false, true,  false, false},
    {"a standby that lacks some",                   35, 9,  false, true,  true,  false},
    {"a standby on which we commit the next entry", 40, 0,  false, true,  false, true },
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
        if (c->promoted) fake_promote();
        for (int n = 0; n < c->grows; n++) fake_append(0);
        if (c->commits) fake_commit(journal, 0);
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
    for (int lost = 0; lost <= 2; lost++) {
        start(path);
        append(0, 10);
        finish();
        int64_t epoch = fake.sites[0].epoch;
        if (lost == 1) fake_restore(0, fake.sites[0].seq - 1, false);
        if (lost == 2) fake_promote();              /* a desk may have heard what nobody here has */
        for (int n = 0; n < 5; n++) fake_append(0); /* past the anchor again */
        start(path);
        assert_int_equal(fake.sites[0].epoch > epoch, lost > 0);
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

int main(void) {
    log_setup(LOG_ERROR, false);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_rewritten_history_resets_everybody, set_up),
        cmocka_unit_test_setup(the_anchor_remembers_across_a_restart, set_up),
        cmocka_unit_test_setup(away_for_longer_than_entries_are_kept, set_up),
        cmocka_unit_test_setup(nothing_is_lost_while_the_database_is_away, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
