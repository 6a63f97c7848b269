/* SPDX-License-Identifier: Apache-2.0 */
/* From messages to parameters: text, whose type PostgreSQL infers, except bytes, which travel as they are, and moments,
 * which every store has many of: in PostgreSQL's own form, microseconds since 2000-01-01. */
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"
#include "server/database/column.h"
#include "server/database/query.h"

enum { NUMBER_BYTES = 40 }; /* of any number or moment as text, with quotes */

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), end_length = strlen(end);
    return length >= end_length && strcmp(name + length - end_length, end) == 0;
}

static bool names_a_record(const char *name) {
    return strcmp(name, "id") == 0 || ends_with(name, "_id") || ends_with(name, "_by");
}

/* The value at `at` as it stands in SQL text, written into `buffer` unless it is text already; NULL for SQL's NULL. */
static const char *scalar_text(const struct column *column, const void *at, char buffer[NUMBER_BYTES]) {
    const char *text = buffer;
    int length = 0;
    if (column->moment) {
        int64_t at_ms = *(const int64_t *)at;
        if (at_ms == 0) return NULL;
        moment_format(at_ms, buffer);
        return buffer;
    }
    switch (column->field->type) {
    case PROTOBUF_C_TYPE_BOOL: return *(const protobuf_c_boolean *)at ? "true" : "false";
    case PROTOBUF_C_TYPE_ENUM:
        text = message_enum_word(column->field->descriptor, *(const int *)at);
        CHECK(text != NULL);
        return text;
    case PROTOBUF_C_TYPE_STRING: text = *(const char *const *)at; return text != NULL ? text : "";
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: length = snprintf(buffer, NUMBER_BYTES, "%" PRIu32, *(const uint32_t *)at); break;
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: length = snprintf(buffer, NUMBER_BYTES, "%" PRIu64, *(const uint64_t *)at); break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32: length = snprintf(buffer, NUMBER_BYTES, "%" PRId32, *(const int32_t *)at); break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64: length = snprintf(buffer, NUMBER_BYTES, "%" PRId64, *(const int64_t *)at); break;
    case PROTOBUF_C_TYPE_FLOAT: length = snprintf(buffer, NUMBER_BYTES, "%.9g", (double)*(const float *)at); break;
    case PROTOBUF_C_TYPE_DOUBLE: length = snprintf(buffer, NUMBER_BYTES, "%.17g", *(const double *)at); break;
    default: CHECK(false);
    }
    CHECK(length > 0 && length < NUMBER_BYTES);
    return text;
}

/* Every element is quoted, so nothing in it (a brace, a comma, the word NULL) means anything. */
static char *append_element(char *out, const char *text) {
    if (text == NULL) {
        memcpy(out, "NULL", 4);
        return out + 4;
    }
    *out++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') *out++ = '\\';
        *out++ = *text;
    }
    *out++ = '"';
    return out;
}

static const char *array_text(struct arena *arena, const struct column *column, const void *first, size_t count) {
    size_t size = column_element_bytes(column), bound = sizeof("{}");
    char buffer[NUMBER_BYTES];
    for (size_t i = 0; i < count; i++) {
        const char *text = scalar_text(column, (const char *)first + i * size, buffer);
        bound += 2 * (text != NULL ? strlen(text) : 4) + sizeof("\"\",");
    }
    char *array = arena_take(arena, bound);
    if (array == NULL) return NULL;
    char *out = array;
    *out++ = '{';
    for (size_t i = 0; i < count; i++) {
        if (i > 0) *out++ = ',';
        out = append_element(out, scalar_text(column, (const char *)first + i * size, buffer));
    }
    *out++ = '}';
    *out = '\0';
    return array;
}

/* The message that holds the field; NULL when a submessage on the way is absent. */
static const ProtobufCMessage *holder(const ProtobufCMessage *message, const struct column *column) {
    for (int i = 0; i < column->depth && message != NULL; i++)
        message = *(ProtobufCMessage *const *)message_field(message, column->through[i]);
    return message;
}

static bool is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0) return true;
    return *(const uint32_t *)(const void *)((const char *)message + field->quantifier_offset) == field->id;
}

static void bind_bytes(struct parameters *parameters, int at, const ProtobufCBinaryData *data) {
    CHECK(data->len <= INT32_MAX);
    /* A NULL pointer would be SQL's NULL, and empty is not that. */
    parameters->values[at] = data->data != NULL ? (const char *)data->data : "";
    parameters->lengths[at] = (int)data->len;
    parameters->formats[at] = 1;
}

/* False: arena exhausted. */
static bool bind_moment(struct arena *arena, struct parameters *parameters, int at, int64_t at_ms) {
    if (at_ms == 0) return true;
    uint64_t microseconds = htobe64((uint64_t)((at_ms - column_epoch_ms) * 1000));
    parameters->values[at] = arena_copy(arena, &microseconds, sizeof(microseconds));
    parameters->lengths[at] = sizeof(microseconds);
    parameters->formats[at] = 1;
    return parameters->values[at] != NULL;
}

/* False: arena exhausted. */
static bool bind_field(struct arena *arena, const ProtobufCMessage *message, const struct column *column,
                       struct parameters *parameters, int at) {
    const ProtobufCFieldDescriptor *field = column->field;
    if (message == NULL || !is_set(message, field)) return true;
    const void *value = message_field(message, field);
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        parameters->values[at] = array_text(arena, column, *(const void *const *)value, *message_count(message, field));
        return parameters->values[at] != NULL;
    }
    if (field->type == PROTOBUF_C_TYPE_BYTES) {
        bind_bytes(parameters, at, value);
        return true;
    }
    if (column->moment) return bind_moment(arena, parameters, at, *(const int64_t *)value);
    char buffer[NUMBER_BYTES];
    const char *text = scalar_text(column, value, buffer);
    if (text[0] == '\0' && names_a_record(field->name)) return true;
    parameters->values[at] = text == buffer ? arena_string(arena, buffer) : text;
    return parameters->values[at] != NULL;
}

struct parameter_place {
    int source;
    struct column column;
};

static struct parameter_place find_place(const struct statement *statement, const char *name) {
    struct parameter_place place;
    for (place.source = 0; place.source < STATEMENT_SOURCES; place.source++) {
        const ProtobufCMessage *source = statement->sources[place.source];
        if (source != NULL && column_find(source->descriptor, name, &place.column)) return place;
    }
    LOG(ERROR, "a parameter has no field", LOG_TEXT("statement", statement->query->name), LOG_TEXT("parameter", name));
    check_failed("a parameter has a field", __FILE__, __LINE__);
}

static const ProtobufCMessageDescriptor *kind_of(const ProtobufCMessage *source) {
    return source != NULL ? source->descriptor : NULL;
}

static bool plan_fits(const struct parameters_plan *plan, const struct statement *statement) {
    if (plan->places == NULL) return false;
    for (int i = 0; i < STATEMENT_SOURCES; i++)
        if (plan->sources[i] != kind_of(statement->sources[i])) return false;
    return true;
}

/* False: no memory. */
static bool plan_make(struct parameters_plan *plan, const struct statement *statement) {
    const struct query *query = statement->query;
    parameters_plan_free(plan);
    plan->places = calloc((size_t)query->parameter_count + 1, sizeof(*plan->places));
    if (plan->places == NULL) return false;
    for (int i = 0; i < STATEMENT_SOURCES; i++) plan->sources[i] = kind_of(statement->sources[i]);
    for (int i = 0; i < query->parameter_count; i++) plan->places[i] = find_place(statement, query->parameters[i]);
    return true;
}

void parameters_plan_free(struct parameters_plan *plan) {
    free(plan->places);
    *plan = (struct parameters_plan){0};
}

enum status parameters_bind(struct parameters_plan *plan, struct arena *arena, const struct statement *statement,
                            struct parameters *parameters) {
    const struct query *query = statement->query;
    size_t count = (size_t)query->parameter_count;
    if (!plan_fits(plan, statement) && !plan_make(plan, statement)) arena_starve(arena);
    parameters->count = query->parameter_count;
    parameters->values = arena_take(arena, count * sizeof(*parameters->values));
    parameters->lengths = arena_take(arena, count * sizeof(*parameters->lengths));
    parameters->formats = arena_take(arena, count * sizeof(*parameters->formats));
    if (arena_exhausted(arena)) return STATUS_TOO_LARGE;
    for (int i = 0; i < query->parameter_count; i++) {
        const struct parameter_place *place = &plan->places[i];
        const ProtobufCMessage *message = holder(statement->sources[place->source], &place->column);
        if (!bind_field(arena, message, &place->column, parameters, i)) return STATUS_TOO_LARGE;
    }
    return STATUS_OK;
}
