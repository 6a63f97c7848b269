/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/check.h"
#include "common/message.h"

/* protobuf-c takes const messages for reading; who asks for an address may write to it. */
static uint8_t *base(const ProtobufCMessage *message) {
    return (uint8_t *)(uintptr_t)message;
}

void *message_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
    return base(message) + field->offset;
}

size_t *message_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
    if (field->label != PROTOBUF_C_LABEL_REPEATED) return NULL;
    return (size_t *)(void *)(base(message) + field->quantifier_offset);
}

bool message_present(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0) return true;
    const uint32_t *chosen = (const uint32_t *)(const void *)(base(message) + field->quantifier_offset);
    return *chosen == field->id;
}

size_t message_element_bytes(const ProtobufCFieldDescriptor *field) {
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE: return sizeof(int64_t);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_ENUM: return sizeof(int32_t);
    case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
    }
    check_failed("a field type of the list above", __FILE__, __LINE__);
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text);
    size_t end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

bool message_is_moment(const ProtobufCFieldDescriptor *field) {
    return field->type == PROTOBUF_C_TYPE_INT64 && ends_with(field->name, "_ms") &&
           !ends_with(field->name, "_after_ms");
}
