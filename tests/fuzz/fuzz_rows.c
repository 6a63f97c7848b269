/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in PostgreSQL's binary form as messages. Values that a server sends, also one with a newer schema (unknown
 * words, NULL in arrays, moments at the ends of time), always become a message; any other bytes do, or end in a CHECK,
 * and are never read past their end.
 * Input: one byte for the message, one whether all is sound; then columns: the field, how, the length and the value. */
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "common/message.h"
#include "frontdesk/server/v1/journal.pb-c.h"
#include "frontdesk/server/v1/session.pb-c.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "server/database/query.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/played_log.h"

#undef CHECK /* a failed check of the code under test comes back to us; our own end the run */
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) (void)fprintf(stderr, "%s\n", #condition), abort();                                          \
    } while (0)

enum { COLUMNS = 16, NAME_BYTES = 96, ROW_ARENA_BYTES = 1024 * 1024 };

struct value {
    char name[NAME_BYTES];
    Oid type;
    bool null;
    char *data; /* of its exact size */
    size_t length;
};

static struct value row[COLUMNS];
static int columns;
static jmp_buf back;
static bool armed;

_Noreturn void check_failed(const char *condition, const char *file, int line) {
    if (armed) longjmp(back, 1);
    (void)fprintf(stderr, "%s, %s:%d\n", condition, file, line);
    abort();
}

/* --- libpq, as far as rows.c asks it --- */

int PQnfields(const PGresult *result) {
    (void)result;
    return columns;
}

char *PQfname(const PGresult *result, int column) {
    (void)result;
    return row[column].name;
}

Oid PQftype(const PGresult *result, int column) {
    (void)result;
    return row[column].type;
}

int PQfformat(const PGresult *result, int column) {
    (void)result;
    (void)column;
    return 1;
}

int PQgetisnull(const PGresult *result, int number, int column) {
    (void)result;
    (void)number;
    return row[column].null;
}

char *PQgetvalue(const PGresult *result, int number, int column) {
    (void)result;
    (void)number;
    return row[column].data;
}

int PQgetlength(const PGresult *result, int number, int column) {
    (void)result;
    (void)number;
    return (int)row[column].length;
}

/* --- values --- */

static void put_number(struct bytes *out, uint64_t value, int bytes) {
    while (bytes-- > 0) {
        uint8_t byte = (uint8_t)(value >> (8 * bytes));
        CHECK(bytes_append(out, &byte, 1) == STATUS_OK);
    }
}

static bool is_moment(const ProtobufCFieldDescriptor *field) {
    size_t length = strlen(field->name);
    return field->type == PROTOBUF_C_TYPE_INT64 && length > 3 && strcmp(field->name + length - 3, "_ms") == 0;
}

/* A type that a column for such a field may have. */
static Oid sound_type(const ProtobufCFieldDescriptor *field, uint8_t how) {
    static const Oid texts[] = {25, 1043, 1042, 19}, large[] = {20, 23, 21}, small[] = {23, 21};
    if (is_moment(field)) return 1184;
    switch (field->type) {
    case PROTOBUF_C_TYPE_BOOL: return 16;
    case PROTOBUF_C_TYPE_BYTES: return 17;
    case PROTOBUF_C_TYPE_STRING: return how % 8 == 7 ? 2950 : texts[how % 4];
    case PROTOBUF_C_TYPE_ENUM: return texts[how % 4];
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64: return large[how % 3];
    case PROTOBUF_C_TYPE_DOUBLE: return 701;
    case PROTOBUF_C_TYPE_FLOAT: return 700;
    default: return small[how % 2];
    }
}

/* What that type sends, made from the tape. */
static void put_sound(struct bytes *out, Oid type, struct input *input, size_t length) {
    static const uint8_t sizes[][2] = {
        {16,        1},
        {20,        8},
        {21,        2},
        {23,        4},
        {700 % 256, 4},
        {701 % 256, 8}
    };
    size_t fixed = type == 1184 ? 8 : type == 2950 ? 16 : 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (type == sizes[i][0] || (type >= 700 && type < 702 && type % 256 == sizes[i][0])) fixed = sizes[i][1];
    if (fixed > 0) length = fixed;
    for (; length > 0; length--) {
        uint8_t byte = input_byte(input);
        if (fixed == 0 && type != 17 && byte == 0) byte = 'x'; /* a text has no NUL */
        CHECK(bytes_append(out, &byte, 1) == STATUS_OK);
    }
}

static void put_array(struct bytes *out, const ProtobufCFieldDescriptor *field, struct input *input, uint8_t how) {
    size_t count = how % 6;
    Oid type = sound_type(field, how / 8);
    put_number(out, count > 0 ? 1 : 0, 4); /* an empty one has no dimension */
    put_number(out, 0, 4);
    put_number(out, type, 4);
    if (count == 0) return;
    put_number(out, count, 4);
    put_number(out, 1, 4);
    for (size_t i = 0; i < count; i++) {
        struct bytes element = {0};
        uint8_t length = input_byte(input);
        if (length < 250) put_sound(&element, type, input, length % 32);
        put_number(out, length < 250 ? element.length : UINT32_MAX, 4);
        if (element.length > 0) CHECK(bytes_append(out, element.data, element.length) == STATUS_OK);
        bytes_free(&element);
    }
}

/* --- columns --- */

static void name_column(struct value *value, const ProtobufCFieldDescriptor *through,
                        const ProtobufCFieldDescriptor *field) {
    int length = (int)strlen(field->name) - (is_moment(field) ? 3 : 0);
    (void)snprintf(value->name, sizeof value->name, "%s%s%.*s", through == NULL ? "" : through->name,
                   through == NULL ? "" : "_", length, field->name);
}

static void fill(struct value *value, const ProtobufCFieldDescriptor *field, struct input *input, bool sound) {
    static const Oid types[] = {16, 17, 19, 20, 21, 23, 25, 700, 701, 1042, 1043, 1184, 2950, 1009, 0};
    struct bytes data = {0};
    uint8_t how = input_byte(input);
    size_t length = input_byte(input);
    value->null = how == 255;
    value->type = sound ? sound_type(field, how) : types[how % (sizeof types / sizeof types[0])];
    if (sound && field->label == PROTOBUF_C_LABEL_REPEATED) {
        put_array(&data, field, input, how);
    } else if (sound) {
        put_sound(&data, value->type, input, length);
    } else {
        const uint8_t *bytes = input_bytes(input, &length);
        CHECK(length == 0 || bytes_append(&data, bytes, length) == STATUS_OK);
    }
    value->length = data.length;
    value->data = malloc(data.length + 1); /* libpq ends each value with a NUL */
    CHECK(value->data != NULL);
    if (data.length > 0) memcpy(value->data, data.data, data.length);
    value->data[data.length] = '\0';
    bytes_free(&data);
}

static void add_column(const ProtobufCMessageDescriptor *descriptor, struct input *input, bool sound) {
    const ProtobufCFieldDescriptor *through = NULL;
    const ProtobufCFieldDescriptor *field = &descriptor->fields[input_byte(input) % descriptor->n_fields];
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED) {
        const ProtobufCMessageDescriptor *inner = field->descriptor;
        through = field;
        field = &inner->fields[input_byte(input) % inner->n_fields];
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) return;
    name_column(&row[columns], through, field);
    fill(&row[columns++], field, input, sound);
}

static void check_message(const ProtobufCMessage *message) {
    struct bytes packed = {0};
    CHECK(message_append(&packed, message) == STATUS_OK);
    ProtobufCMessage *again = protobuf_c_message_unpack(message->descriptor, NULL, packed.length, packed.data);
    CHECK(again != NULL);
    protobuf_c_message_free_unpacked(again, NULL);
    bytes_free(&packed);
}

/* What is not sound may end in a CHECK, which ends here. */
static void take_row(struct arena *arena, const ProtobufCMessageDescriptor *kind, bool sound) {
    armed = !sound;
    if (!armed || setjmp(back) == 0) {
        ProtobufCMessage *message = row_to_message(arena, NULL, 0, kind);
        armed = false;
        CHECK(message != NULL || arena_exhausted(arena));
        if (message != NULL) check_message(message);
    }
    armed = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const ProtobufCMessageDescriptor *const kinds[] = {
        &fd__complaint__descriptor, &fd__visit__descriptor,       &fd__person__descriptor, &fd__site__descriptor,
        &fd__account__descriptor,   &fd__journal_row__descriptor, &fd__step__descriptor,
    };
    struct input input = {data, size};
    struct arena arena;
    const ProtobufCMessageDescriptor *kind = kinds[input_byte(&input) % (sizeof kinds / sizeof kinds[0])];
    bool sound = input_byte(&input) % 2 == 0;
    columns = 0;
    while (input.left > 0 && columns < COLUMNS) add_column(kind, &input, sound);
    arena_init(&arena, ROW_ARENA_BYTES);
    take_row(&arena, kind, sound);
    arena_free(&arena);
    for (int i = 0; i < columns; i++) free(row[i].data);
    return 0;
}
