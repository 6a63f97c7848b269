/* SPDX-License-Identifier: Apache-2.0 */
/* Subscribing, standing, resuming, appending, pruning, restoring, failing reads in random order, thousands of times. */
#include <stdlib.h>

#include "common/log.h"
#include "tests/support/test.h"
#include "tests/unit/server/journal/listeners.h"

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
        if (fake.epochs >= EPOCHS - 12) break;
        fake_restore(site, of->seq - (int64_t)chance(20), chance(2) == 0);
        if (chance(4) == 0) fake_promote();
        break;
    case 1: fake_prune(site, of->seq - (int64_t)chance(30)); break;
    case 2: fake_found(site); break;
    case 3:
        for (unsigned n = chance(400); n > 0; n--) fake_append(site);
        break;
    case 4:
    case 5:
    case 6: fake_commit(journal, site); break;
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
        cmocka_unit_test_setup(every_interleaving_shows_each_entry_once_and_in_order, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
