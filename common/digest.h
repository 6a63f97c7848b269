/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) by OpenSSL, which has it for the processor at hand. */
#ifndef FRONTDESK_COMMON_DIGEST_H
#define FRONTDESK_COMMON_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_BYTES = 32 };

/* Of one thread at a time. */
void digest_sha256(const void *data, size_t length, uint8_t digest[DIGEST_BYTES]);

#endif
