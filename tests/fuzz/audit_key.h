/* SPDX-License-Identifier: Apache-2.0 */
/* The key that signs the seeds of fuzz_audit_anchors: always the same one, so that mutated lines meet it. */
#ifndef FRONTDESK_TESTS_FUZZ_AUDIT_KEY_H
#define FRONTDESK_TESTS_FUZZ_AUDIT_KEY_H

#include <sodium.h>
#include <string.h>

#include "server/audit/key.h"

static inline void audit_key_of_seeds(struct audit_key *key) {
    uint8_t seed_of_key[crypto_sign_SEEDBYTES];
    memset(seed_of_key, 7, sizeof seed_of_key);
    crypto_sign_seed_keypair(key->public, key->secret, seed_of_key);
    key->signs = true;
}

#endif
