/* SPDX-License-Identifier: Apache-2.0 */
/* A growable buffer: the owner of its memory. */
#ifndef FRONTDESK_COMMON_BYTES_H
#define FRONTDESK_COMMON_BYTES_H

#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

struct bytes {
    uint8_t *data;
    size_t length;
    size_t capacity;
};

/* All zero is an empty buffer. */
void bytes_free(struct bytes *bytes);
void bytes_clear(struct bytes *bytes); /* keeps the memory */
/* TOO_LARGE when there is no memory for it; the buffer is then unchanged. */
MUST_USE enum status bytes_reserve(struct bytes *bytes, size_t more);
MUST_USE enum status bytes_append(struct bytes *bytes, const void *data, size_t length);
MUST_USE enum status bytes_append_text(struct bytes *bytes, const char *text);
MUST_USE enum status bytes_printf(struct bytes *bytes, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Drops `length` bytes from the front. */
void bytes_consume(struct bytes *bytes, size_t length);

#endif
