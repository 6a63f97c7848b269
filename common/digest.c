/* SPDX-License-Identifier: Apache-2.0 */
#include "common/digest.h"

#include <openssl/evp.h>

#include "common/check.h"

/* Found once: OpenSSL looks it up by name for every digest otherwise, which costs more than a short one. */
static const EVP_MD *sha256(void) {
    static EVP_MD *found;
    if (found == NULL) found = EVP_MD_fetch(NULL, "SHA256", NULL);
    return found;
}

void digest_sha256(const void *data, size_t length, uint8_t digest[DIGEST_BYTES]) {
    CHECK(EVP_Digest(data, length, digest, NULL, sha256(), NULL) == 1);
}
