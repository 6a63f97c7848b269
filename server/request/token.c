/* SPDX-License-Identifier: Apache-2.0 */
#include "server/request/token.h"

#include <sodium.h>
#include <string.h>

#include "common/check.h"

enum { ID_LENGTH = UUID_TEXT_BYTES - 1 };

void token_make(char token[TOKEN_TEXT_BYTES], const char *session_id) {
    CHECK(strlen(session_id) == ID_LENGTH);
    uint8_t secret[TOKEN_SECRET_BYTES];
    randombytes_buf(secret, sizeof(secret));
    memcpy(token, session_id, ID_LENGTH);
    token[ID_LENGTH] = '.';
    sodium_bin2hex(token + ID_LENGTH + 1, 2 * TOKEN_SECRET_BYTES + 1, secret, sizeof(secret));
    sodium_memzero(secret, sizeof(secret));
}

void token_hash(const char *token, uint8_t hash[TOKEN_HASH_BYTES]) {
    crypto_hash_sha256(hash, (const uint8_t *)token, strlen(token));
}

bool token_session(const char *token, char session_id[UUID_TEXT_BYTES]) {
    if (strlen(token) != TOKEN_TEXT_BYTES - 1 || token[ID_LENGTH] != '.') return false;
    memcpy(session_id, token, ID_LENGTH);
    session_id[ID_LENGTH] = '\0';
    return uuid_valid(session_id);
}
