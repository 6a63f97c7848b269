/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/throttle.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/moment.h"

/* A name is known by its keyed hash: a stranger can neither choose a slot nor find names in memory. */
struct slot {
    uint8_t name[crypto_shorthash_BYTES];
    int64_t failed_at_ms; /* 0: free */
    int failures;
};

struct throttle {
    uint8_t key[crypto_shorthash_KEYBYTES];
    struct slot slots[THROTTLE_SLOTS];
};

enum { FORGET_MS = 15 * MINUTE_MS, DELAY_LIMIT_MS = 5 * MINUTE_MS, SHARED_LIMIT_MS = 30 * SECOND_MS };

struct throttle *throttle_new(void) {
    CHECK(sodium_init() >= 0);
    struct throttle *throttle = calloc(1, sizeof(*throttle));
    if (throttle != NULL) crypto_shorthash_keygen(throttle->key);
    return throttle;
}

void throttle_free(struct throttle *throttle) {
    free(throttle);
}

static void hash_name(const struct throttle *throttle, const char *name, uint8_t hash[crypto_shorthash_BYTES]) {
    crypto_shorthash(hash, (const uint8_t *)name, strlen(name), throttle->key);
}

/* NULL: nothing known of the name. Every slot is looked at: signing in costs a password hash anyway. */
static const struct slot *find(const struct throttle *throttle, const char *name) {
    uint8_t hash[crypto_shorthash_BYTES];
    hash_name(throttle, name, hash);
    for (size_t i = 0; i < THROTTLE_SLOTS; i++) {
        const struct slot *slot = &throttle->slots[i];
        if (slot->failed_at_ms != 0 && memcmp(slot->name, hash, sizeof(hash)) == 0) return slot;
    }
    return NULL;
}

static struct slot *find_mutable(struct throttle *throttle, const char *name) {
    const struct slot *slot = find(throttle, name);
    return slot != NULL ? &throttle->slots[slot - throttle->slots] : NULL;
}

static struct slot *oldest(struct throttle *throttle) {
    struct slot *oldest = &throttle->slots[0];
    for (size_t i = 1; i < THROTTLE_SLOTS; i++)
        if (throttle->slots[i].failed_at_ms < oldest->failed_at_ms) oldest = &throttle->slots[i];
    return oldest;
}

static int64_t delay_ms(int failures, int64_t limit_ms) {
    if (failures <= 0) return 0;
    int64_t delay = SECOND_MS;
    for (int i = 1; i < failures && delay < limit_ms; i++) delay *= 2;
    return delay < limit_ms ? delay : limit_ms;
}

static int64_t wait_ms(const struct throttle *throttle, const char *name, int64_t now_ms, int free_tries,
                       int64_t limit_ms) {
    const struct slot *slot = find(throttle, name);
    if (slot == NULL || now_ms - slot->failed_at_ms >= FORGET_MS) return 0;
    int64_t wait = slot->failed_at_ms + delay_ms(slot->failures - free_tries, limit_ms) - now_ms;
    return wait > 0 ? wait : 0;
}

int64_t throttle_wait_ms(const struct throttle *throttle, const char *name, int64_t now_ms) {
    return wait_ms(throttle, name, now_ms, 0, DELAY_LIMIT_MS);
}

int64_t throttle_shared_wait_ms(const struct throttle *throttle, const char *name, int64_t now_ms) {
    return wait_ms(throttle, name, now_ms, THROTTLE_SHARED_FREE, SHARED_LIMIT_MS);
}

void throttle_failed(struct throttle *throttle, const char *name, int64_t now_ms) {
    struct slot *slot = find_mutable(throttle, name);
    if (slot == NULL) {
        slot = oldest(throttle);
        memset(slot, 0, sizeof(*slot));
        hash_name(throttle, name, slot->name);
    }
    if (now_ms - slot->failed_at_ms >= FORGET_MS) slot->failures = 0;
    slot->failures++;
    slot->failed_at_ms = now_ms > 0 ? now_ms : 1;
}

void throttle_succeeded(struct throttle *throttle, const char *name) {
    struct slot *slot = find_mutable(throttle, name);
    if (slot != NULL) memset(slot, 0, sizeof(*slot));
}
