/* SPDX-License-Identifier: Apache-2.0 */
/* What message_unpack lets through is valid text within its budget, packs to the same message again and prints as JSON.
 * Input: two bytes for the kind of message, one for the arena, then the wire. */
#include <string.h>

#include "common/check.h"
#include "common/json.h"
#include "common/message.h"
#include "tests/fuzz/every_message.h"
#include "tests/fuzz/fuzz.h"

static void print(const ProtobufCMessage *message) {
    struct bytes json = {0};
    for (int everything = 0; everything < 2; everything++) {
        bytes_clear(&json);
        CHECK(json_append_message(&json, message, everything == 1) == STATUS_OK);
        for (size_t i = 0; i < json.length; i++) CHECK(json.data[i] >= 0x20);
    }
    bytes_free(&json);
}

/* The canonical form must be taken too, and be a fixed point. */
static void pack_again(const ProtobufCMessage *message) {
    struct bytes once = {0};
    struct bytes twice = {0};
    struct arena arena;
    ProtobufCMessage *again = NULL;
    CHECK(message_append(&once, message) == STATUS_OK);
    arena_init(&arena, SIZE_MAX);
    enum status status = message_unpack(message->descriptor, &arena, once.data, once.length, &again, NULL);
    /* Packed lists take fewer bytes than they came in, so the shorter form may be over its own budget. */
    if (status == STATUS_OK) {
        CHECK(message_append(&twice, again) == STATUS_OK);
        CHECK(once.length == twice.length);
        CHECK(once.length == 0 || memcmp(once.data, twice.data, once.length) == 0);
    }
    arena_free(&arena);
    bytes_free(&twice);
    bytes_free(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3) return 0;
    size_t kind = ((size_t)data[0] << 8 | data[1]) % every_message_count;
    size_t cap = data[2] == 0 ? SIZE_MAX : (size_t)data[2] * 64;
    struct arena arena;
    struct message_fault fault;
    ProtobufCMessage *message = NULL;
    arena_init(&arena, cap);
    enum status status = message_unpack(every_message[kind], &arena, data + 3, size - 3, &message, &fault);
    CHECK(arena.used_bytes <= message_budget(size - 3));
    CHECK(!arena_exhausted(&arena)); /* the reckoning before decoding covers what decoding takes */
    CHECK((status == STATUS_OK) == (message != NULL) && (status == STATUS_OK) == (fault.why == NULL));
    if (status == STATUS_OK) {
        print(message);
        pack_again(message);
    }
    arena_free(&arena);
    return 0;
}
