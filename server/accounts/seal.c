/* SPDX-License-Identifier: Apache-2.0 */
#include "server/accounts/seal.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

#include "common/check.h"
#include "common/message.h"
#include "server/domain/privacy.h"

static ProtobufCBinaryData pack(struct arena *arena, const ProtobufCMessage *message) {
    ProtobufCBinaryData packed = {.len = protobuf_c_message_get_packed_size(message)};
    packed.data = arena_take(arena, packed.len);
    if (packed.data != NULL) protobuf_c_message_pack(message, packed.data);
    return packed;
}

static const char *record_id(const ProtobufCMessage *record) {
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(record->descriptor, 1);
    CHECK(field != NULL && field->type == PROTOBUF_C_TYPE_STRING);
    return *(char *const *)message_field(record, field);
}

static void add_text(crypto_hash_sha256_state *state, const char *text) {
    crypto_hash_sha256_update(state, (const uint8_t *)text, strlen(text) + 1);
}

static void add_bytes(crypto_hash_sha256_state *state, const ProtobufCBinaryData *bytes) {
    if (bytes->len > 0) crypto_hash_sha256_update(state, bytes->data, bytes->len);
}

static void digest_change(const Fd__Change *change, const char *id, uint8_t digest[DIGEST_BYTES]) {
    const char *texts[] = {change->kind,     change->record_type, id,
                           change->actor_id, change->actor_name,  change->masked_note};
    uint64_t at = htobe64((uint64_t)change->at_ms);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    add_bytes(&state, &change->salt);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) add_text(&state, texts[i]);
    crypto_hash_sha256_update(&state, (const uint8_t *)&at, sizeof(at));
    add_bytes(&state, &change->entry);
    crypto_hash_sha256_final(&state, digest);
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
    change->wake_at_ms = decision->wake_at_ms;
    change->salt = (ProtobufCBinaryData){SALT_BYTES, arena_take(arena, SALT_BYTES)};
    change->digest = (ProtobufCBinaryData){DIGEST_BYTES, arena_take(arena, DIGEST_BYTES)};
    if (arena_exhausted(arena)) return STATUS_TOO_LARGE;
    change->entry = pack(arena, *masked);
    if (arena_exhausted(arena)) return STATUS_TOO_LARGE;
    randombytes_buf(change->salt.data, SALT_BYTES);
    digest_change(change, record_id(decision->record), change->digest.data);
    return STATUS_OK;
}

enum status change_request_digest(struct arena *arena, const char *operation, const char *site_id,
                                  ProtobufCBinaryData body, ProtobufCBinaryData *digest) {
    *digest = (ProtobufCBinaryData){DIGEST_BYTES, arena_take(arena, DIGEST_BYTES)};
    if (digest->data == NULL) return STATUS_TOO_LARGE;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    add_text(&state, operation);
    add_text(&state, site_id);
    add_bytes(&state, &body);
    crypto_hash_sha256_final(&state, digest->data);
    return STATUS_OK;
}
