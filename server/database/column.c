/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/column.h"

#include <string.h>

static bool is_moment(const ProtobufCFieldDescriptor *field) {
    size_t length = strlen(field->name);
    return field->type == PROTOBUF_C_TYPE_INT64 && length > 3 && strcmp(field->name + length - 3, "_ms") == 0;
}

static bool find_own(const ProtobufCMessageDescriptor *descriptor, const char *name, struct column *column) {
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
    if (field != NULL && field->type != PROTOBUF_C_TYPE_MESSAGE && !is_moment(field)) {
        column->field = field;
        column->moment = false;
        return true;
    }
    char moment[80];
    size_t length = strlen(name);
    if (length + sizeof("_ms") > sizeof(moment)) return false;
    memcpy(moment, name, length);
    memcpy(moment + length, "_ms", sizeof("_ms"));
    field = protobuf_c_message_descriptor_get_field_by_name(descriptor, moment);
    if (field == NULL || !is_moment(field)) return false;
    column->field = field;
    column->moment = true;
    return true;
}

static bool find_below(const ProtobufCMessageDescriptor *descriptor, const char *name, struct column *column) {
    if (column->depth == COLUMN_DEPTH) return false;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (field->type != PROTOBUF_C_TYPE_MESSAGE || field->label == PROTOBUF_C_LABEL_REPEATED) continue;
        size_t length = strlen(field->name);
        if (strncmp(name, field->name, length) != 0 || name[length] != '_') continue;
        column->through[column->depth++] = field;
        const ProtobufCMessageDescriptor *inner = field->descriptor;
        const char *rest = name + length + 1;
        if (find_own(inner, rest, column) || find_below(inner, rest, column)) return true;
        column->depth--;
    }
    return false;
}

bool column_find(const ProtobufCMessageDescriptor *descriptor, const char *name, struct column *column) {
    memset(column, 0, sizeof(*column));
    return find_own(descriptor, name, column) || find_below(descriptor, name, column);
}

size_t column_element_bytes(const struct column *column) {
    switch (column->field->type) {
    case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_STRING: return sizeof(char *);
    case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_ENUM: return sizeof(int);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: return sizeof(int64_t);
    case PROTOBUF_C_TYPE_DOUBLE: return sizeof(double);
    case PROTOBUF_C_TYPE_MESSAGE: return sizeof(ProtobufCMessage *);
    default: return sizeof(int32_t);
    }
}
