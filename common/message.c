/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message.h"

#include <stdint.h>
#include <string.h>

#include "common/check.h"
#include "common/frame.h"
#include "common/message_check.h"

struct message_bytes {
    const uint8_t *data;
    size_t length;
};

static enum status unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena, struct message_bytes bytes,
                          enum message_peer peer, ProtobufCMessage **message, struct message_fault *fault) {
    struct message_fault unused;
    if (fault == NULL) fault = &unused;
    *fault = (struct message_fault){0};
    CHECK(arena->allocator.allocator_data == arena); /* not copied since arena_init */

    size_t room = arena->cap_bytes - arena->used_bytes;
    size_t budget = message_budget(bytes.length);
    enum status status =
        message_check_wire(descriptor, bytes.data, bytes.length, budget < room ? budget : room, peer, fault);
    if (status != STATUS_OK) return status;
    ProtobufCMessage *unpacked = protobuf_c_message_unpack(descriptor, &arena->allocator, bytes.length, bytes.data);
    if (unpacked == NULL) {
        fault->why = arena_exhausted(arena) ? "no memory left for it" : "does not decode";
        return STATUS_INVALID;
    }
    status = message_check_values(unpacked, peer, fault);
    if (status == STATUS_OK) *message = unpacked;
    return status;
}

enum status message_unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena, const void *data,
                           size_t length, ProtobufCMessage **message, struct message_fault *fault) {
    return unpack(descriptor, arena, (struct message_bytes){data, length}, MESSAGE_PEER_SAME, message, fault);
}

enum status message_unpack_newer(const ProtobufCMessageDescriptor *descriptor, struct arena *arena, const void *data,
                                 size_t length, ProtobufCMessage **message, struct message_fault *fault) {
    return unpack(descriptor, arena, (struct message_bytes){data, length}, MESSAGE_PEER_NEWER, message, fault);
}

enum status message_append(struct bytes *out, const ProtobufCMessage *message) {
    size_t length = protobuf_c_message_get_packed_size(message);
    enum status status = bytes_reserve(out, length);
    if (status != STATUS_OK || length == 0) return status;
    CHECK(protobuf_c_message_pack(message, out->data + out->length) == length);
    out->length += length;
    return STATUS_OK;
}

enum status message_append_frame(struct bytes *out, const ProtobufCMessage *message) {
    size_t length = protobuf_c_message_get_packed_size(message);
    if (length > FRAME_LIMIT) return STATUS_TOO_LARGE;
    enum status status = bytes_reserve(out, FRAME_HEADER_BYTES + length);
    if (status != STATUS_OK) return status;
    frame_header(out->data + out->length, length);
    out->length += FRAME_HEADER_BYTES;
    return message_append(out, message);
}

void *message_new(struct arena *arena, const ProtobufCMessageDescriptor *descriptor) {
    void *message = arena_take(arena, descriptor->sizeof_message);
    if (message != NULL) protobuf_c_message_init(descriptor, message);
    return message;
}

void *message_copy(struct arena *arena, const ProtobufCMessage *source) {
    return arena_copy(arena, source, source->descriptor->sizeof_message);
}

bool message_equal(struct arena *arena, const ProtobufCMessage *a, const ProtobufCMessage *b) {
    size_t length = protobuf_c_message_get_packed_size(a);
    if (a->descriptor != b->descriptor || length != protobuf_c_message_get_packed_size(b)) return false;
    uint8_t *packed = arena_take(arena, 2 * length + 1);
    if (packed == NULL) return false;
    CHECK(protobuf_c_message_pack(a, packed) == length && protobuf_c_message_pack(b, packed + length) == length);
    return memcmp(packed, packed + length, length) == 0;
}

char *message_no_text(void) {
    return (char *)(uintptr_t)protobuf_c_empty_string;
}
