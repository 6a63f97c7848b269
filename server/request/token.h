/* SPDX-License-Identifier: Apache-2.0 */
/* Session tokens: the session's id and 32 random bytes. Only their SHA-256 is stored. */
#ifndef FRONTDESK_REQUEST_TOKEN_H
#define FRONTDESK_REQUEST_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/uuid.h"

enum {
    TOKEN_SECRET_BYTES = 32,
    TOKEN_TEXT_BYTES = UUID_TEXT_BYTES + 1 + 2 * TOKEN_SECRET_BYTES,
    TOKEN_HASH_BYTES = 32
};

/* "<session id>.<64 hexadecimal digits>" */
void token_make(char token[TOKEN_TEXT_BYTES], const char *session_id);
void token_hash(const char *token, uint8_t hash[TOKEN_HASH_BYTES]);
/* False: not the form of a token. */
bool token_session(const char *token, char session_id[UUID_TEXT_BYTES]);

#endif
