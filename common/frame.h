/* SPDX-License-Identifier: Apache-2.0 */
/* Frames: four bytes of length, big-endian, then that many bytes. The limit is checked before anything is allocated. */
#ifndef FRONTDESK_COMMON_FRAME_H
#define FRONTDESK_COMMON_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"
#include "common/status.h"

enum {
    FRAME_HEADER_BYTES = 4,
    FRAME_LIMIT_STRANGER = 4 * 1024, /* before sign-in */
    FRAME_LIMIT = 64 * 1024,
    FRAME_LIMIT_ANSWER = 1024 * 1024, /* from a server: an answer may be longer than what a client may send */
};

/* Collects bytes until frames are whole. All zero plus limit is a fresh reader. */
struct frame_reader {
    struct bytes buffer; /* empty when nothing has come since the last whole frame */
    size_t limit;        /* of one payload */
    size_t popped;       /* bytes at the buffer's front that are done with; a frame's header follows */
};

/* Copies what came. TOO_LARGE: no memory. Behind a refused header nothing is kept any more. */
MUST_USE enum status frame_reader_push(struct frame_reader *reader, const void *data, size_t length);
/* OK: *payload (length > 0) is the next frame's, inside the reader's buffer, valid until frame_reader_pop.
 * NOT_FOUND: not whole yet. TOO_LARGE: length over the limit. INVALID: length 0. The last two are for ever. */
MUST_USE enum status frame_reader_next(struct frame_reader *reader, const uint8_t **payload, size_t *length);
void frame_reader_pop(struct frame_reader *reader);
void frame_reader_free(struct frame_reader *reader);

/* Writes the four bytes. */
void frame_header(uint8_t header[FRAME_HEADER_BYTES], size_t length);

#endif
