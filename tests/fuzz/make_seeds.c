/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the seeds of the fuzz targets: every message filled with values of its fields' kinds and as a memory bomb,
 * the same in frames, settings files, and what make_room_seeds.c has for the rooms.
 * usage: fuzz-make-seeds FOLDER, which has a folder for each target */
#include <stdio.h>
#include <string.h>

#include "common/bytes.h"
#include "common/check.h"
#include "common/frame.h"
#include "common/message.h"
#include "tests/fuzz/every_message.h"
#include "tests/fuzz/seeds.h"

void save(const char *folder, const char *topic, size_t number, const struct bytes *seed) {
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s/%04zu", folder, topic, number);
    CHECK(length > 0 && length < (int)sizeof path);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(seed->length == 0 || fwrite(seed->data, 1, seed->length, file) == seed->length);
    CHECK(fclose(file) == 0);
}

static bool ends_with(const char *text, const char *end) {
    size_t length = strlen(text);
    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static const char *sample_text(const char *name) {
    if (strcmp(name, "id") == 0 || ends_with(name, "_id") || ends_with(name, "_ids") || strcmp(name, "key") == 0) {
        return "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    }
    return strcmp(name, "number") == 0 ? "C-1024" : "电梯停在三楼\n3栋-1单元";
}

static void set_element(struct arena *arena, const ProtobufCFieldDescriptor *field, void *address) {
    static const uint8_t blob[] = {0x08, 0x05, 0x00, 0xff};
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        char *text = arena_string(arena, sample_text(field->name));
        memcpy(address, &text, sizeof text);
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        ProtobufCMessage *message = sample(arena, field->descriptor, 0);
        memcpy(address, &message, sizeof message);
    } else if (field->type == PROTOBUF_C_TYPE_BYTES) {
        ProtobufCBinaryData binary = {sizeof blob, arena_copy(arena, blob, sizeof blob)};
        memcpy(address, &binary, sizeof binary);
    } else if (field->type == PROTOBUF_C_TYPE_INT64) {
        int64_t value = message_is_moment(field) ? INT64_C(1795434127125) : 7;
        memcpy(address, &value, sizeof value);
    } else {
        /* one serves every other kind: the first named value of an enum, true, a small number */
        *(uint8_t *)address = 1;
    }
}

static void set_field(struct arena *arena, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
    enum { ELEMENTS = 2 };
    size_t *count = message_count(message, field);
    if (count == NULL) {
        set_element(arena, field, message_field(message, field));
        return;
    }
    uint8_t *elements = arena_take(arena, ELEMENTS * message_element_bytes(field));
    CHECK(elements != NULL);
    for (size_t i = 0; i < ELEMENTS; i++) set_element(arena, field, elements + i * message_element_bytes(field));
    memcpy(message_field(message, field), &elements, sizeof elements);
    *count = ELEMENTS;
}

/* Of a oneof it has the member with index `chosen`. */
ProtobufCMessage *sample(struct arena *arena, const ProtobufCMessageDescriptor *descriptor, unsigned chosen) {
    ProtobufCMessage *message = message_new(arena, descriptor);
    CHECK(message != NULL);
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        bool one_of = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
        if (one_of && i != chosen) continue;
        if (one_of) memcpy((uint8_t *)message + field->quantifier_offset, &field->id, sizeof field->id);
        set_field(arena, message, field);
    }
    return message;
}

struct seeds {
    const char *folder;
    size_t messages, frames;
    struct bytes stream; /* many frames after another */
};

/* The two bytes say which message, the third that the arena has no cap; see fuzz_message.c. */
static void save_message(struct seeds *seeds, size_t kind, unsigned chosen) {
    struct arena arena;
    struct bytes seed = {0};
    uint8_t head[] = {(uint8_t)(kind >> 8), (uint8_t)kind, 0};
    arena_init(&arena, 1 << 20);
    ProtobufCMessage *message = sample(&arena, every_message[kind], chosen);
    CHECK(bytes_append(&seed, head, sizeof head) == STATUS_OK && message_append(&seed, message) == STATUS_OK);
    CHECK(message_unpack(every_message[kind], &arena, seed.data + sizeof head, seed.length - sizeof head, &message,
                         NULL) == STATUS_OK);
    CHECK(message_append_frame(&seeds->stream, message) == STATUS_OK);
    save(seeds->folder, "message", seeds->messages++, &seed);
    bytes_free(&seed);
    arena_free(&arena);
}

static void save_messages(struct seeds *seeds) {
    for (size_t kind = 0; kind < every_message_count; kind++) {
        const ProtobufCMessageDescriptor *descriptor = every_message[kind];
        bool one_of = descriptor->n_fields > 0 && (descriptor->fields[0].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
        for (unsigned chosen = 0; chosen < (one_of ? descriptor->n_fields : 1); chosen++) {
            save_message(seeds, kind, chosen);
        }
    }
}

/* A kilobyte of the first field of each message, empty: little on the wire, much in memory. */
static void save_bombs(struct seeds *seeds) {
    for (size_t kind = 0; kind < every_message_count; kind++) {
        struct bytes seed = {0};
        uint8_t head[] = {(uint8_t)(kind >> 8), (uint8_t)kind, 0};
        CHECK(bytes_append(&seed, head, sizeof head) == STATUS_OK);
        for (int i = 0; i < 512; i++) CHECK(bytes_append(&seed, "\x0a", 2) == STATUS_OK);
        save(seeds->folder, "message", seeds->messages++, &seed);
        bytes_free(&seed);
    }
}

/* The first byte is the limit, the second the cut; see fuzz_frame.c. */
static void save_frames(struct seeds *seeds) {
    static const uint8_t heads[][2] = {
        {255, 0  },
        {255, 7  },
        {255, 255},
        {1,   3  }
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct bytes seed = {0};
        size_t length = seeds->stream.length < 4000 ? seeds->stream.length : 4000;
        CHECK(bytes_append(&seed, heads[i], 2) == STATUS_OK);
        CHECK(bytes_append(&seed, seeds->stream.data, length) == STATUS_OK);
        save(seeds->folder, "frame", seeds->frames++, &seed);
        bytes_free(&seed);
    }
}

static void save_settings(const struct seeds *seeds) {
    static const char *const files[] = {
        "[server]\nhost = ::\nport = 7443\ntimeout = 5s\n\n[database]\nurl = host=/run/a dbname=b\nembedded = yes\n"
        "limit = 64KiB\n",
        "\xef\xbb\xbf# comment\n; comment\n[server]\r\n  port: 1 ; said so\r\n",
        "[server]\nport = 0\n[sever]\nprot\n",
        "[database]\nurl = a very long line "
        "................................................................................"
        ".............................................................................................................."
        "..\n",
        "",
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct bytes seed = {0};
        CHECK(bytes_append_text(&seed, files[i]) == STATUS_OK);
        save(seeds->folder, "settings", i, &seed);
        bytes_free(&seed);
    }
}

int main(int count, char **arguments) {
    if (count != 2) {
        (void)fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
        return 2;
    }
    struct seeds seeds = {.folder = arguments[1]};
    save_messages(&seeds);
    save_bombs(&seeds);
    save_frames(&seeds);
    save_settings(&seeds);
    save_rooms(seeds.folder);
    bytes_free(&seeds.stream);
    return 0;
}
