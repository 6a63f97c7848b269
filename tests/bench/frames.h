/* SPDX-License-Identifier: Apache-2.0 */
/* What the bare loops speak: four bytes of length, big-endian, then a letter and the payload. */
#ifndef FRONTDESK_BENCH_FRAMES_H
#define FRONTDESK_BENCH_FRAMES_H

#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"

enum {
    FRAMES_HEADER_BYTES = 4,
    FRAMES_LIMIT_BYTES = 128 * 1024,
    FRAMES_HELLO = 'H',     /* answered with the same */
    FRAMES_SUBSCRIBE = 'S', /* answered with the same */
    FRAMES_ECHO = 'E',      /* answered with the same and its payload */
    FRAMES_PUBLISH = 'P',   /* goes to every subscriber as FRAMES_MESSAGE, answered with FRAMES_PUBLISHED */
    FRAMES_MESSAGE = 'M',
    FRAMES_PUBLISHED = 'A',
};

void frames_append(struct bytes *out, char letter, const void *payload, size_t length);
/* The bytes of the first whole frame with its header, 0 when there is none yet; aborts past the limit. */
size_t frames_whole(const uint8_t *data, size_t length);

#endif
