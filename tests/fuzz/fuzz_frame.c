/* SPDX-License-Identifier: Apache-2.0 */
/* However a stream of bytes is cut, the reader finds the frames that a plain walk over the whole finds.
 * Input: one byte for the limit, one for how the rest is cut, then the stream. */
#include <string.h>

#include "common/check.h"
#include "common/frame.h"
#include "tests/fuzz/fuzz.h"

struct walk {
    const uint8_t *data;
    size_t size, at, limit;
};

static enum status walk_next(struct walk *walk, const uint8_t **payload, size_t *length) {
    const uint8_t *header = walk->data + walk->at;
    size_t left = walk->size - walk->at;
    if (left < FRAME_HEADER_BYTES) return STATUS_NOT_FOUND;
    size_t announced = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
    if (announced == 0) return STATUS_INVALID;
    if (announced > walk->limit) return STATUS_TOO_LARGE;
    if (left - FRAME_HEADER_BYTES < announced) return STATUS_NOT_FOUND;
    *payload = header + FRAME_HEADER_BYTES;
    *length = announced;
    return STATUS_OK;
}

/* Takes what is whole by now; NOT_FOUND, or the verdict on a bad header. */
static enum status drain(struct frame_reader *reader, struct walk *walk) {
    for (;;) {
        const uint8_t *payload = NULL;
        const uint8_t *expected = NULL;
        size_t length = 0;
        size_t expected_length = 0;
        enum status status = frame_reader_next(reader, &payload, &length);
        if (status != STATUS_OK) return status;
        CHECK(walk_next(walk, &expected, &expected_length) == STATUS_OK);
        CHECK(length == expected_length && memcmp(payload, expected, length) == 0);
        walk->at += FRAME_HEADER_BYTES + length;
        frame_reader_pop(reader);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    struct frame_reader reader = {.limit = (size_t)data[0] * 257};
    struct walk walk = {.data = data + 2, .size = size - 2, .limit = reader.limit};
    enum status status = STATUS_NOT_FOUND;
    uint32_t cut = data[1];
    for (size_t at = 0; at < walk.size;) {
        cut = cut * 1103515245 + 12345;
        size_t piece = 1 + (cut >> 16) % (1 + (size_t)data[1] * 4);
        if (piece > walk.size - at) piece = walk.size - at;
        CHECK(frame_reader_push(&reader, walk.data + at, piece) == STATUS_OK);
        at += piece;
        status = drain(&reader, &walk);
    }
    const uint8_t *payload = NULL;
    size_t length = 0;
    CHECK(walk_next(&walk, &payload, &length) == status);
    frame_reader_free(&reader);
    return 0;
}
