/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as PostgreSQL would send them in binary, made from messages: one column for each field but submessages. */
#ifndef FRONTDESK_TESTS_FAKE_ROWS_H
#define FRONTDESK_TESTS_FAKE_ROWS_H

#include <endian.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/message.h"

enum { ROW_BYTES = 64 * 1024, ROW_COLUMNS = 64 };

static inline bool row_is_moment(const ProtobufCFieldDescriptor *field) {
    size_t length = strlen(field->name);
    return length > 3 && strcmp(field->name + length - 3, "_ms") == 0;
}

static inline bool row_has(const ProtobufCFieldDescriptor *field) {
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) return false;
    if (field->label != PROTOBUF_C_LABEL_REPEATED) return true;
    return field->type == PROTOBUF_C_TYPE_ENUM || field->type == PROTOBUF_C_TYPE_STRING ||
           field->type == PROTOBUF_C_TYPE_INT32 || row_is_moment(field);
}

static inline Oid row_type(const ProtobufCFieldDescriptor *field) {
    bool many = field->label == PROTOBUF_C_LABEL_REPEATED;
    if (row_is_moment(field)) return many ? 1185 : 1184;                 /* timestamptz[] */
    if (many) return field->type == PROTOBUF_C_TYPE_INT32 ? 1007 : 1009; /* integer[], text[] */
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL: return 16;
    case PROTOBUF_C_TYPE_BYTES: return 17;
    case PROTOBUF_C_TYPE_INT64: return 20;
    case PROTOBUF_C_TYPE_INT32: return 23;
    default: return 25;
    }
}

static inline PGresult *rows_new(const ProtobufCMessageDescriptor *descriptor) {
    static char names[ROW_COLUMNS][64];
    PGresAttDesc columns[ROW_COLUMNS] = {0};
    int count = 0;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (!row_has(field)) continue;
        size_t length = strlen(field->name) - (row_is_moment(field) ? 3 : 0);
        memcpy(names[count], field->name, length);
        names[count][length] = '\0';
        columns[count].name = names[count];
        columns[count].format = 1;
        columns[count].typid = row_type(field);
        count++;
    }
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    CHECK(result != NULL && PQsetResultAttrs(result, count, columns));
    return result;
}

static inline void row_put_text(PGresult *result, int row, int column, const char *text) {
    CHECK(PQsetvalue(result, row, column, (char *)(uintptr_t)text, (int)strlen(text)));
}

struct row_array {
    char data[ROW_BYTES];
    size_t used;
};

static inline void row_append(struct row_array *array, const void *bytes, size_t length) {
    uint32_t big = htobe32((uint32_t)length);
    CHECK(array->used + sizeof(big) + length <= sizeof(array->data));
    memcpy(array->data + array->used, &big, sizeof(big));
    memcpy(array->data + array->used + sizeof(big), bytes, length);
    array->used += sizeof(big) + length;
}

static inline void row_append_element(struct row_array *array, const ProtobufCFieldDescriptor *field, const void *first,
                                      size_t i) {
    if (row_is_moment(field)) {
        uint64_t big = htobe64((uint64_t)((((const int64_t *)first)[i] - INT64_C(946684800000)) * 1000));
        row_append(array, &big, sizeof(big));
    } else if (field->type == PROTOBUF_C_TYPE_INT32) {
        uint32_t big = htobe32(((const uint32_t *)first)[i]);
        row_append(array, &big, sizeof(big));
    } else {
        const char *text = field->type == PROTOBUF_C_TYPE_ENUM
                               ? message_enum_word(field->descriptor, ((const int *)first)[i])
                               : ((char *const *)first)[i];
        row_append(array, text, strlen(text));
    }
}

static inline void row_put_array(PGresult *result, int row, int column, const ProtobufCMessage *message,
                                 const ProtobufCFieldDescriptor *field) {
    static struct row_array array;
    size_t count = *message_count(message, field);
    const void *first = *(void *const *)message_field(message, field);
    uint32_t type = row_is_moment(field) ? 1184 : field->type == PROTOBUF_C_TYPE_INT32 ? 23 : 25;
    uint32_t header[] = {htobe32(1), 0, htobe32(type), htobe32((uint32_t)count), htobe32(1)};
    memcpy(array.data, header, sizeof(header));
    array.used = sizeof(header);
    for (size_t i = 0; i < count; i++) row_append_element(&array, field, first, i);
    CHECK(PQsetvalue(result, row, column, array.data, (int)array.used));
}

static inline void row_put_number(PGresult *result, int row, int column, const ProtobufCFieldDescriptor *field,
                                  const void *value) {
    if (field->type == PROTOBUF_C_TYPE_INT32) {
        uint32_t big = htobe32(*(const uint32_t *)value);
        CHECK(PQsetvalue(result, row, column, (char *)&big, sizeof(big)));
        return;
    }
    int64_t number = *(const int64_t *)value;
    if (row_is_moment(field)) number = (number - INT64_C(946684800000)) * 1000;
    uint64_t big = htobe64((uint64_t)number);
    if (row_is_moment(field) && *(const int64_t *)value == 0)
        CHECK(PQsetvalue(result, row, column, NULL, -1));
    else
        CHECK(PQsetvalue(result, row, column, (char *)&big, sizeof(big)));
}

static inline void row_put(PGresult *result, int row, int column, const ProtobufCMessage *message,
                           const ProtobufCFieldDescriptor *field) {
    const void *value = message_field(message, field);
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        row_put_array(result, row, column, message, field);
        return;
    }
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: row_put_text(result, row, column, *(const char *const *)value); return;
    case PROTOBUF_C_TYPE_ENUM:
        row_put_text(result, row, column, message_enum_word(field->descriptor, *(const int *)value));
        return;
    case PROTOBUF_C_TYPE_BOOL: {
        char truth = *(const protobuf_c_boolean *)value ? 1 : 0;
        CHECK(PQsetvalue(result, row, column, &truth, 1));
        return;
    }
    case PROTOBUF_C_TYPE_BYTES: {
        const ProtobufCBinaryData *bytes = value;
        char nothing = 0;
        CHECK(PQsetvalue(result, row, column, bytes->len > 0 ? (char *)bytes->data : &nothing, (int)bytes->len));
        return;
    }
    default: row_put_number(result, row, column, field, value); return;
    }
}

static inline void rows_add(PGresult *result, const ProtobufCMessage *message) {
    int row = PQntuples(result), column = 0;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        if (row_has(&message->descriptor->fields[i]))
            row_put(result, row, column++, message, &message->descriptor->fields[i]);
}

#endif
