/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to messages. Values arrive in PostgreSQL's binary form: big-endian numbers, moments as microseconds since
 * 2000-01-01, arrays as a small header and length-prefixed elements. */
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "server/database/column.h"
#include "server/database/query.h"

/* Object ids of the built-in types (pg_type.dat); they never change. */
enum type {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_UUID = 2950,
};

enum { ARRAY_HEADER_BYTES = 12, ARRAY_DIMENSION_BYTES = 8, UUID_BYTES = 16 };

/* One value as it came: NULL when data is. */
struct cell {
    Oid type;
    const char *data;
    size_t length;
};

static uint32_t read_u32(const char *data) {
    uint32_t value;
    memcpy(&value, data, sizeof(value));
    return be32toh(value);
}

static uint64_t read_u64(const char *data) {
    uint64_t value;
    memcpy(&value, data, sizeof(value));
    return be64toh(value);
}

static _Noreturn void misfit(const char *name, Oid type) {
    LOG(ERROR, "a column does not fit its field", LOG_TEXT("column", name), LOG_NUMBER("type", type));
    check_failed("a column fits its field", __FILE__, __LINE__);
}

/* PostgreSQL sends every value of such a type in so many bytes. */
static void expect_bytes(const struct cell *cell, size_t bytes, const char *name) {
    if (cell->length != bytes) misfit(name, cell->type);
}

static int64_t read_integer(const struct cell *cell, const char *name) {
    switch (cell->type) {
    case TYPE_INT2: {
        uint16_t value;
        expect_bytes(cell, sizeof(value), name);
        memcpy(&value, cell->data, sizeof(value));
        return (int16_t)be16toh(value);
    }
    case TYPE_INT4: expect_bytes(cell, sizeof(uint32_t), name); return (int32_t)read_u32(cell->data);
    case TYPE_INT8: expect_bytes(cell, sizeof(uint64_t), name); return (int64_t)read_u64(cell->data);
    default: misfit(name, cell->type);
    }
}

static int64_t read_moment(const struct cell *cell, const char *name) {
    if (cell->type != TYPE_TIMESTAMPTZ) misfit(name, cell->type);
    expect_bytes(cell, sizeof(uint64_t), name);
    int64_t microseconds = (int64_t)read_u64(cell->data);
    if (microseconds == INT64_MAX || microseconds == INT64_MIN) return 0; /* infinity: no moment */
    int64_t ms = microseconds / 1000;
    if (microseconds % 1000 < 0) ms--;
    return ms + column_epoch_ms;
}

static double read_float(const struct cell *cell, const char *name) {
    if (cell->type == TYPE_FLOAT8) {
        expect_bytes(cell, sizeof(uint64_t), name);
        uint64_t bits = read_u64(cell->data);
        double value;
        memcpy(&value, &bits, sizeof(value));
        return value;
    }
    if (cell->type != TYPE_FLOAT4) misfit(name, cell->type);
    expect_bytes(cell, sizeof(uint32_t), name);
    uint32_t bits = read_u32(cell->data);
    float value;
    memcpy(&value, &bits, sizeof(value));
    return (double)value;
}

static char *uuid_text(struct arena *arena, const char *data) {
    char *text = arena_take(arena, 37);
    if (text == NULL) return NULL;
    static const char digits[] = "0123456789abcdef";
    char *out = text;
    for (int i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        unsigned byte = (unsigned char)data[i];
        *out++ = digits[byte >> 4];
        *out++ = digits[byte & 15];
    }
    return text;
}

/* NULL: arena exhausted. */
static char *read_text(struct arena *arena, const struct cell *cell, const char *name) {
    switch (cell->type) {
    case TYPE_UUID: expect_bytes(cell, UUID_BYTES, name); return uuid_text(arena, cell->data);
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_BPCHAR:
    case TYPE_NAME: return arena_string_n(arena, cell->data, cell->length);
    default: misfit(name, cell->type);
    }
}

/* An unknown word can only come from a newer program on the same database: the record stays readable. */
static bool read_word(struct arena *arena, const struct cell *cell, const ProtobufCFieldDescriptor *field, int *value) {
    char *word = read_text(arena, cell, field->name);
    if (word == NULL) return false;
    if (!message_enum_parse(field->descriptor, word, value)) {
        LOG(ERROR, "unknown word in the database", LOG_TEXT("column", field->name));
        *value = 0;
    }
    return true;
}

static bool read_bytes(struct arena *arena, const struct cell *cell, const char *name, ProtobufCBinaryData *out) {
    if (cell->type != TYPE_BYTEA) misfit(name, cell->type);
    out->data = arena_copy(arena, cell->data, cell->length);
    out->len = cell->length;
    return out->data != NULL;
}

/* Writes one value at `at`, which has the field's C type. False: arena exhausted. */
static bool read_scalar(struct arena *arena, const struct column *column, const struct cell *cell, void *at) {
    const ProtobufCFieldDescriptor *field = column->field;
    if (column->moment) {
        *(int64_t *)at = read_moment(cell, field->name);
        return true;
    }
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL:
        if (cell->type != TYPE_BOOL) misfit(field->name, cell->type);
        expect_bytes(cell, 1, field->name);
        *(protobuf_c_boolean *)at = cell->data[0] != 0;
        return true;
    case PROTOBUF_C_TYPE_ENUM: return read_word(arena, cell, field, at);
    case PROTOBUF_C_TYPE_STRING: return (*(char **)at = read_text(arena, cell, field->name)) != NULL;
    case PROTOBUF_C_TYPE_BYTES: return read_bytes(arena, cell, field->name, at);
    case PROTOBUF_C_TYPE_FLOAT: *(float *)at = (float)read_float(cell, field->name); return true;
    case PROTOBUF_C_TYPE_DOUBLE: *(double *)at = read_float(cell, field->name); return true;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: *(int64_t *)at = read_integer(cell, field->name); return true;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: {
        int64_t value = read_integer(cell, field->name);
        CHECK(value >= INT32_MIN && value <= UINT32_MAX);
        *(int32_t *)at = (int32_t)value;
        return true;
    }
    default: misfit(field->name, cell->type);
    }
}

/* Elements that are NULL become the type's empty value: a repeated field has no other way to say it. */
static bool read_elements(struct arena *arena, const struct column *column, const struct cell *array, char *out,
                          size_t count, size_t from) {
    static char empty[] = "";
    size_t size = column_element_bytes(column);
    for (size_t i = 0; i < count; i++, out += size) {
        CHECK(from + 4 <= array->length);
        int32_t length = (int32_t)read_u32(array->data + from);
        from += 4;
        if (length < 0) {
            if (column->field->type == PROTOBUF_C_TYPE_STRING) *(char **)(void *)out = empty;
            continue;
        }
        CHECK((size_t)length <= array->length - from);
        struct cell cell = {(Oid)read_u32(array->data + 8), array->data + from, (size_t)length};
        if (!read_scalar(arena, column, &cell, out)) return false;
        from += (size_t)length;
    }
    return true;
}

static bool read_array(struct arena *arena, const struct column *column, const struct cell *cell, void *at,
                       size_t *count) {
    *count = 0;
    if (cell->length < ARRAY_HEADER_BYTES) misfit(column->field->name, cell->type);
    uint32_t dimensions = read_u32(cell->data);
    if (dimensions == 0) return true;
    if (dimensions != 1 || cell->length < ARRAY_HEADER_BYTES + ARRAY_DIMENSION_BYTES)
        misfit(column->field->name, cell->type);
    size_t elements = read_u32(cell->data + ARRAY_HEADER_BYTES);
    /* Each element has four bytes of length at least, so the reply itself bounds what is taken here. */
    CHECK(elements <= cell->length / 4);
    char *out = arena_take(arena, elements * column_element_bytes(column));
    if (out == NULL) return false;
    *(void **)at = out;
    *count = elements;
    return read_elements(arena, column, cell, out, elements, ARRAY_HEADER_BYTES + ARRAY_DIMENSION_BYTES);
}

/* The message that holds the field, with the submessages on the way made. NULL: arena exhausted. */
static ProtobufCMessage *make_holder(struct arena *arena, ProtobufCMessage *message, const struct column *column) {
    for (int i = 0; i < column->depth; i++) {
        ProtobufCMessage **inner = message_field(message, column->through[i]);
        if (*inner == NULL) *inner = message_new(arena, column->through[i]->descriptor);
        if (*inner == NULL) return NULL;
        message = *inner;
    }
    return message;
}

static bool read_column(struct arena *arena, ProtobufCMessage *message, const struct column *column,
                        const struct cell *cell) {
    ProtobufCMessage *target = make_holder(arena, message, column);
    if (target == NULL) return false;
    const ProtobufCFieldDescriptor *field = column->field;
    void *at = message_field(target, field);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_array(arena, column, cell, at, message_count(target, field));
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
        *(uint32_t *)(void *)((char *)target + field->quantifier_offset) = field->id;
    return read_scalar(arena, column, cell, at);
}

ProtobufCMessage *row_to_message(struct arena *arena, const PGresult *result, int row,
                                 const ProtobufCMessageDescriptor *descriptor) {
    ProtobufCMessage *message = message_new(arena, descriptor);
    if (message == NULL) return NULL;
    int columns = PQnfields(result);
    for (int i = 0; i < columns; i++) {
        struct column column;
        const char *name = PQfname(result, i);
        if (!column_find(descriptor, name, &column)) misfit(name, PQftype(result, i));
        if (PQgetisnull(result, row, i)) continue;
        CHECK(PQfformat(result, i) == 1);
        struct cell cell = {PQftype(result, i), PQgetvalue(result, row, i), (size_t)PQgetlength(result, row, i)};
        if (!read_column(arena, message, &column, &cell)) return NULL;
    }
    return message;
}
