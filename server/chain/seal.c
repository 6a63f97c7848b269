/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/seal.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

#include "server/domain/privacy.h"
#include "server/domain/record.h"

static ProtobufCBinaryData pack(struct arena *arena, const ProtobufCMessage *message) {
    ProtobufCBinaryData packed = {.len = protobuf_c_message_get_packed_size(message)};
    packed.data = arena_take(arena, packed.len);
    if (packed.data != NULL) protobuf_c_message_pack(message, packed.data);
    return packed;
}

/* What is digested, in one piece. */
struct content {
    uint8_t *data;
    size_t length;
};

static void add(struct content *content, const void *data, size_t length) {
    if (length > 0) memcpy(content->data + content->length, data, length);
    content->length += length;
}

bool seal_digest(struct arena *arena, const struct sealed *sealed, uint8_t digest[DIGEST_BYTES]) {
    uint64_t at = htobe64((uint64_t)sealed->at_ms);
    size_t length = sealed->salt.len + sizeof(at) + sealed->entry.len;
    for (int i = 0; i < SEALED_TEXTS; i++) length += strlen(sealed->texts[i]) + 1;
    struct content content = {.data = arena_take(arena, length)};
    if (content.data == NULL) return false;
    add(&content, sealed->salt.data, sealed->salt.len);
    for (int i = 0; i < SEALED_TEXTS; i++) add(&content, sealed->texts[i], strlen(sealed->texts[i]) + 1);
    add(&content, &at, sizeof(at));
    add(&content, sealed->entry.data, sealed->entry.len);
    digest_sha256(content.data, content.length, digest);
    return true;
}

void seal_chain(uint8_t hash[DIGEST_BYTES], int64_t seq, const uint8_t digest[DIGEST_BYTES]) {
    uint8_t bytes[DIGEST_BYTES + sizeof(uint64_t) + DIGEST_BYTES];
    uint64_t number = htobe64((uint64_t)seq);
    struct content content = {.data = bytes};
    add(&content, hash, DIGEST_BYTES);
    add(&content, &number, sizeof(number));
    add(&content, digest, DIGEST_BYTES);
    digest_sha256(bytes, sizeof(bytes), hash);
}

/* False: arena exhausted. */
static bool digest_change(struct arena *arena, const Fd__Change *change, const char *id, uint8_t digest[DIGEST_BYTES]) {
    const struct sealed sealed = {
        .salt = change->salt,
        .texts = {change->kind, change->record_type, id, change->actor_id, change->actor_name, change->masked_note},
        .at_ms = change->at_ms,
        .entry = change->entry,
    };
    return seal_digest(arena, &sealed, digest);
}

enum status change_seal(struct arena *arena, const struct decision *decision, const struct change_of *of,
                        Fd__Change *change, ProtobufCMessage **masked) {
    static const char nothing[] = "";
    *masked = privacy_mask(arena, decision->record);
    const char *note = decision->note != NULL ? decision->note : nothing;
    change->kind = arena_string(arena, decision->kind);
    change->record_type = arena_string(arena, of->record_type);
    change->note = arena_string(arena, note);
    change->masked_note = privacy_mask_numbers(arena, note);
    change->actor_id = arena_string(arena, of->actor != NULL ? of->actor->id : nothing);
    change->actor_name = arena_string(arena, of->actor != NULL ? of->actor->name : nothing);
    change->at_ms = of->at_ms;
    change->step_to_id = arena_string(arena, decision->to_id != NULL ? decision->to_id : nothing);
    change->step_to_team = decision->to_team;
    change->step_until_ms = decision->until_ms;
    change->wake_at_ms = decision->wake_at_ms;
    change->salt = (ProtobufCBinaryData){SALT_BYTES, arena_take(arena, SALT_BYTES)};
    change->digest = (ProtobufCBinaryData){DIGEST_BYTES, arena_take(arena, DIGEST_BYTES)};
    if (arena_exhausted(arena)) return STATUS_TOO_LARGE;
    change->entry = pack(arena, *masked);
    if (arena_exhausted(arena)) return STATUS_TOO_LARGE;
    randombytes_buf(change->salt.data, SALT_BYTES);
    bool digested = digest_change(arena, change, *record_id(decision->record), change->digest.data);
    return digested ? STATUS_OK : STATUS_TOO_LARGE;
}

enum status change_request_digest(struct arena *arena, const char *operation, const char *site_id,
                                  ProtobufCBinaryData body, ProtobufCBinaryData *digest) {
    size_t operation_bytes = strlen(operation) + 1, site_bytes = strlen(site_id) + 1;
    struct content content = {.data = arena_take(arena, operation_bytes + site_bytes + body.len)};
    *digest = (ProtobufCBinaryData){DIGEST_BYTES, arena_take(arena, DIGEST_BYTES)};
    if (arena_exhausted(arena)) return STATUS_TOO_LARGE;
    add(&content, operation, operation_bytes);
    add(&content, site_id, site_bytes);
    add(&content, body.data, body.len);
    digest_sha256(content.data, content.length, digest->data);
    return STATUS_OK;
}
