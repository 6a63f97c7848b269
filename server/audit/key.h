/* SPDX-License-Identifier: Apache-2.0 */
/* The node's own key, with which it signs the anchors (Ed25519): a file of one line, 0600, made at the first start. */
#ifndef FRONTDESK_AUDIT_KEY_H
#define FRONTDESK_AUDIT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

enum { AUDIT_KEY_TEXT_BYTES = 65, AUDIT_SIGNATURE_TEXT_BYTES = 129 };

struct audit_key {
    uint8_t secret[64], public[32];
    bool signs; /* the secret half is there */
};

/* Reads the file; makes it if `make`. NOT_FOUND: not there. `why` (WHY_BYTES) names the mend. */
MUST_USE enum status audit_key_open(struct audit_key *key, const char *path, bool make, char *why);
/* The public half alone, from its hexadecimal text. False: it is none. */
bool audit_key_read(struct audit_key *key, const char *text);
void audit_key_forget(struct audit_key *key);

void audit_key_text(const struct audit_key *key, char text[AUDIT_KEY_TEXT_BYTES]); /* the public half */
void audit_key_sign(const struct audit_key *key, const char *text, size_t length,
                    char signature[AUDIT_SIGNATURE_TEXT_BYTES]);
bool audit_key_verify(const struct audit_key *key, const char *text, size_t length, const char *signature);

#endif
