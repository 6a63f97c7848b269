/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit/key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/check.h"

enum { SEED_BYTES = crypto_sign_SEEDBYTES, SEED_TEXT = 2 * SEED_BYTES };

_Static_assert(sizeof(((struct audit_key *)0)->secret) == crypto_sign_SECRETKEYBYTES, "Ed25519");
_Static_assert(sizeof(((struct audit_key *)0)->public) == crypto_sign_PUBLICKEYBYTES, "Ed25519");
_Static_assert(AUDIT_SIGNATURE_TEXT_BYTES == 2 * crypto_sign_BYTES + 1, "Ed25519");

static enum status fail(char *why, enum status status, const char *path, const char *what) {
    (void)snprintf(why, WHY_BYTES, "%.300s: %s", path, what); /* the beginning says what is wrong */
    return status;
}

/* Exactly `size` bytes in hexadecimal. */
static bool read_hex(uint8_t *bytes, size_t size, const char *text) {
    size_t length = 0;
    return strlen(text) == 2 * size && sodium_hex2bin(bytes, size, text, 2 * size, NULL, &length, NULL) == 0 &&
           length == size;
}

static enum status make_file(const char *path, char *why) {
    uint8_t seed[SEED_BYTES];
    char text[SEED_TEXT + 2];
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) return fail(why, STATUS_UNAVAILABLE, path, strerror(errno));
    randombytes_buf(seed, sizeof(seed));
    sodium_bin2hex(text, sizeof(text), seed, sizeof(seed));
    text[SEED_TEXT] = '\n';
    bool written = write(file, text, SEED_TEXT + 1) == SEED_TEXT + 1 && fsync(file) == 0;
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(text, sizeof(text));
    close(file);
    if (written) return STATUS_OK;
    (void)unlink(path);
    return fail(why, STATUS_UNAVAILABLE, path, "the key could not be written");
}

static enum status read_file(struct audit_key *key, const char *path, char *why) {
    uint8_t seed[SEED_BYTES];
    char text[SEED_TEXT + 1] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return fail(why, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_UNAVAILABLE, path, strerror(errno));
    bool whole = read(file, text, SEED_TEXT) == SEED_TEXT && read_hex(seed, sizeof(seed), text);
    close(file);
    if (whole) whole = crypto_sign_seed_keypair(key->public, key->secret, seed) == 0;
    sodium_memzero(seed, sizeof(seed));
    sodium_memzero(text, sizeof(text));
    key->signs = whole;
    if (whole) return STATUS_OK;
    return fail(why, STATUS_INVALID, path,
                "this is no key of ours: put the right one back, or move it away for a new one");
}

enum status audit_key_open(struct audit_key *key, const char *path, bool make, char *why) {
    CHECK(sodium_init() >= 0);
    memset(key, 0, sizeof(*key));
    if (make && access(path, F_OK) != 0) {
        enum status status = make_file(path, why);
        if (status != STATUS_OK) return status;
    }
    return read_file(key, path, why);
}

bool audit_key_read(struct audit_key *key, const char *text) {
    CHECK(sodium_init() >= 0);
    memset(key, 0, sizeof(*key));
    return read_hex(key->public, sizeof(key->public), text);
}

void audit_key_forget(struct audit_key *key) {
    sodium_memzero(key, sizeof(*key));
}

void audit_key_text(const struct audit_key *key, char text[AUDIT_KEY_TEXT_BYTES]) {
    sodium_bin2hex(text, AUDIT_KEY_TEXT_BYTES, key->public, sizeof(key->public));
}

void audit_key_sign(const struct audit_key *key, const char *text, size_t length,
                    char signature[AUDIT_SIGNATURE_TEXT_BYTES]) {
    uint8_t bytes[crypto_sign_BYTES];
    CHECK(key->signs && crypto_sign_detached(bytes, NULL, (const uint8_t *)text, length, key->secret) == 0);
    sodium_bin2hex(signature, AUDIT_SIGNATURE_TEXT_BYTES, bytes, sizeof(bytes));
}

bool audit_key_verify(const struct audit_key *key, const char *text, size_t length, const char *signature) {
    uint8_t bytes[crypto_sign_BYTES];
    return read_hex(bytes, sizeof(bytes), signature) &&
           crypto_sign_verify_detached(bytes, (const uint8_t *)text, length, key->public) == 0;
}
