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

/* What is digested, in one piece. */
struct content {
    uint8_t *data;
    size_t length;
};

static void add(struct content *content, const void *data, size_t length) {
    if (length > 0) memcpy(content->data + content->length, data, length);
    content->length += length;
}

enum { CONTENT_TEXTS = 6 };

/* False: arena exhausted. */
static bool digest_change(struct arena *arena, const Fd__Change *change, const char *id, uint8_t digest[DIGEST_BYTES]) {
    const char *texts[CONTENT_TEXTS] = {change->kind,     change->record_type, id,
                                        change->actor_id, change->actor_name,  change->masked_note};
    uint64_t at = htobe64((uint64_t)change->at_ms);
    size_t length = change->salt.len + sizeof(at) + change->entry.len;
    for (int i = 0; i < CONTENT_TEXTS; i++) length += strlen(texts[i]) + 1;
    struct content content = {.data = arena_take(arena, length)};
    if (content.data == NULL) return false;
    add(&content, change->salt.data, change->salt.len);
    for (int i = 0; i < CONTENT_TEXTS; i++) add(&content, texts[i], strlen(texts[i]) + 1);
    add(&content, &at, sizeof(at));
    add(&content, change->entry.data, change->entry.len);
    digest_sha256(content.data, content.length, digest);
    return true;
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
    bool digested = digest_change(arena, change, record_id(decision->record), change->digest.data);
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
