/* SPDX-License-Identifier: Apache-2.0 */
#include "common/digest.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdbool.h>

/* Found once: OpenSSL looks it up by name for every digest otherwise, which costs more than a short one. */
static const EVP_MD *sha256(void) {
    static EVP_MD *found;
    if (found == NULL) found = EVP_MD_fetch(NULL, "SHA256", NULL);
    return found;
}

/* Kept, because OpenSSL takes memory for each new one. */
static EVP_MD_CTX *work(void) {
    static EVP_MD_CTX *kept;
    if (kept == NULL) kept = EVP_MD_CTX_new();
    return kept;
}

void digest_sha256(const void *data, size_t length, uint8_t digest[DIGEST_BYTES]) {
    EVP_MD_CTX *context = work();
    const EVP_MD *method = sha256();
    bool done = context != NULL && method != NULL && EVP_DigestInit_ex(context, method, NULL) == 1 &&
                EVP_DigestUpdate(context, data, length) == 1 && EVP_DigestFinal_ex(context, digest, NULL) == 1;
    if (!done) crypto_hash_sha256(digest, data, length); /* slower, and needs no memory */
}
