/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/password.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"

enum { RUNNING_LIMIT = 2, WAITING_LIMIT = 8, PASSES = 2, MEMORY_BYTES = 19 * 1024 * 1024 };

_Static_assert((int)PASSWORD_HASH_BYTES == (int)crypto_pwhash_STRBYTES, "a hash fits");

struct password_room {
    uv_loop_t *loop;
    struct list waiting;
    int running, waiting_count;
    char dummy[PASSWORD_HASH_BYTES]; /* of a password nobody knows */
};

static int make_hash(char hash[PASSWORD_HASH_BYTES], const char *password, size_t length) {
    return crypto_pwhash_str_alg(hash, password, length, PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13);
}

enum status password_room_open(struct password_room **room, uv_loop_t *loop) {
    CHECK(sodium_init() >= 0);
    struct password_room *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->loop = loop;
    list_init(&made->waiting);
    char nobody[32];
    randombytes_buf(nobody, sizeof(nobody));
    if (make_hash(made->dummy, nobody, sizeof(nobody)) != 0) {
        free(made);
        return STATUS_TOO_LARGE;
    }
    *room = made;
    return STATUS_OK;
}

void password_room_close(struct password_room *room) {
    if (room == NULL) return;
    CHECK(room->running == 0 && room->waiting_count == 0);
    free(room);
}

/* What a hash says of itself: "$argon2id$v=19$m=KIB,t=PASSES,p=1$SALT$HASH" (RFC 9106, the reference's notation). */
struct parts {
    unsigned memory_kib, passes;
    uint8_t salt[crypto_pwhash_SALTBYTES], hash[32];
};

static bool decode(uint8_t *out, size_t length, const char *text, const char **end) {
    size_t got = 0;
    int result =
        sodium_base642bin(out, length, text, strlen(text), NULL, &got, end, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    return result == 0 && got == length;
}

static bool take_apart(const char *hash, struct parts *parts) {
    int head = 0;
    const char *end;
    if (sscanf(hash, "$argon2id$v=19$m=%u,t=%u,p=1$%n", &parts->memory_kib, &parts->passes, &head) != 2 || head == 0)
        return false;
    return decode(parts->salt, sizeof(parts->salt), hash + head, &end) && *end == '$' &&
           decode(parts->hash, sizeof(parts->hash), end + 1, &end) && *end == '\0';
}

/* Not by crypto_pwhash_str_verify: it takes a want of memory for a wrong password. */
static void verify(struct password_work *work, size_t length) {
    struct parts parts;
    uint8_t mine[sizeof(parts.hash)];
    if (!take_apart(work->hash, &parts)) return;
    work->failed = crypto_pwhash(mine, sizeof(mine), work->password, length, parts.salt, parts.passes,
                                 (size_t)parts.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0;
    work->matches = !work->failed && sodium_memcmp(mine, parts.hash, sizeof(mine)) == 0;
    sodium_memzero(mine, sizeof(mine));
}

/* On a worker thread: touches nothing but the work. */
static void on_work(uv_work_t *handle) {
    struct password_work *work = handle->data;
    size_t length = strlen(work->password);
    if (work->verify) {
        verify(work, length);
    } else {
        work->failed = make_hash(work->hash, work->password, length) != 0;
    }
}

static void on_worked(uv_work_t *handle, int status);

static enum status start(struct password_work *work) {
    work->work.data = work;
    if (uv_queue_work(work->room->loop, &work->work, on_work, on_worked) != 0) {
        sodium_memzero(work->password, sizeof(work->password));
        return STATUS_UNAVAILABLE;
    }
    work->room->running++;
    return STATUS_OK;
}

static void start_next(struct password_room *room) {
    while (!list_empty(&room->waiting) && room->running < RUNNING_LIMIT) {
        struct password_work *next = list_item(room->waiting.next, struct password_work, node);
        list_remove(&next->node);
        room->waiting_count--;
        if (start(next) != STATUS_OK) next->on_done(next, STATUS_UNAVAILABLE);
    }
}

static void on_worked(uv_work_t *handle, int status) {
    struct password_work *work = handle->data;
    sodium_memzero(work->password, sizeof(work->password));
    work->room->running--;
    start_next(work->room);
    work->on_done(work, status == 0 && !work->failed ? STATUS_OK : STATUS_UNAVAILABLE);
}

bool password_room_full(const struct password_room *room) {
    return room->running >= RUNNING_LIMIT && room->waiting_count >= WAITING_LIMIT;
}

static enum status accept_work(struct password_room *room, struct password_work *work, const char *password,
                               void (*on_done)(struct password_work *, enum status)) {
    size_t length = strlen(password);
    if (length >= PASSWORD_LIMIT_BYTES) return STATUS_TOO_LARGE;
    if (password_room_full(room)) return STATUS_BUSY;
    memcpy(work->password, password, length + 1);
    work->room = room;
    work->on_done = on_done;
    work->matches = work->failed = false;
    list_init(&work->node);
    if (room->running < RUNNING_LIMIT) return start(work);
    list_append(&room->waiting, &work->node);
    room->waiting_count++;
    return STATUS_OK;
}

enum status password_verify(struct password_room *room, struct password_work *work, const char *password,
                            const char *hash, void (*on_done)(struct password_work *, enum status)) {
    bool usable = hash[0] != '\0' && strlen(hash) < PASSWORD_HASH_BYTES;
    const char *against = usable ? hash : room->dummy;
    memset(work->hash, 0, sizeof(work->hash));
    memcpy(work->hash, against, strlen(against));
    work->verify = true;
    return accept_work(room, work, password, on_done);
}

enum status password_hash(struct password_room *room, struct password_work *work, const char *password,
                          void (*on_done)(struct password_work *, enum status)) {
    work->verify = false;
    return accept_work(room, work, password, on_done);
}

enum status password_hash_now(const char *password, char hash[PASSWORD_HASH_BYTES]) {
    CHECK(sodium_init() >= 0);
    return make_hash(hash, password, strlen(password)) == 0 ? STATUS_OK : STATUS_TOO_LARGE;
}
