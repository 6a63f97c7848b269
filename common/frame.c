/* SPDX-License-Identifier: Apache-2.0 */
#include "common/frame.h"

/* An idle line keeps no more than this. */
enum { IDLE_CAPACITY_BYTES = 1024 };

static size_t waiting(const struct frame_reader *reader) {
    return reader->buffer.length - reader->popped;
}

static uint32_t announced(const struct frame_reader *reader) {
    const uint8_t *header = reader->buffer.data + reader->popped;
    return (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
}

/* NOT_FOUND while the header is not there. */
static enum status judge_header(const struct frame_reader *reader) {
    if (waiting(reader) < FRAME_HEADER_BYTES) return STATUS_NOT_FOUND;
    if (announced(reader) == 0) return STATUS_INVALID;
    return announced(reader) > reader->limit ? STATUS_TOO_LARGE : STATUS_OK;
}

enum status frame_reader_push(struct frame_reader *reader, const void *data, size_t length) {
    enum status header = judge_header(reader);
    if (header == STATUS_INVALID || header == STATUS_TOO_LARGE) return STATUS_OK;
    bytes_consume(&reader->buffer, reader->popped);
    reader->popped = 0;
    return bytes_append(&reader->buffer, data, length);
}

enum status frame_reader_next(struct frame_reader *reader, const uint8_t **payload, size_t *length) {
    enum status header = judge_header(reader);
    if (header != STATUS_OK) return header;
    if (waiting(reader) - FRAME_HEADER_BYTES < announced(reader)) return STATUS_NOT_FOUND;
    *payload = reader->buffer.data + reader->popped + FRAME_HEADER_BYTES;
    *length = announced(reader);
    return STATUS_OK;
}

void frame_reader_pop(struct frame_reader *reader) {
    const uint8_t *payload;
    size_t length = 0;
    if (frame_reader_next(reader, &payload, &length) != STATUS_OK) return;
    reader->popped += FRAME_HEADER_BYTES + length;
    if (waiting(reader) > 0) return;
    reader->popped = 0;
    bytes_clear(&reader->buffer);
    if (reader->buffer.capacity > IDLE_CAPACITY_BYTES) bytes_free(&reader->buffer);
}

void frame_reader_free(struct frame_reader *reader) {
    bytes_free(&reader->buffer);
    reader->popped = 0;
}

void frame_header(uint8_t header[FRAME_HEADER_BYTES], size_t length) {
    for (int i = 0; i < FRAME_HEADER_BYTES; i++) header[i] = (uint8_t)(length >> (24 - 8 * i));
}
