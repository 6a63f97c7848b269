/* SPDX-License-Identifier: Apache-2.0 */
#include "common/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"

enum { SMALLEST_CAPACITY = 64 };

void bytes_free(struct bytes *bytes) {
    free(bytes->data);
    *bytes = (struct bytes){0};
}

void bytes_clear(struct bytes *bytes) {
    bytes->length = 0;
}

enum status bytes_reserve(struct bytes *bytes, size_t more) {
    if (more <= bytes->capacity - bytes->length) return STATUS_OK;
    if (more > SIZE_MAX / 2 - bytes->length) return STATUS_TOO_LARGE;
    size_t needed = bytes->length + more;
    size_t capacity = bytes->capacity < SMALLEST_CAPACITY ? SMALLEST_CAPACITY : bytes->capacity;
    while (capacity < needed) capacity *= 2;
    uint8_t *data = realloc(bytes->data, capacity);
    if (data == NULL) return STATUS_TOO_LARGE;
    bytes->data = data;
    bytes->capacity = capacity;
    return STATUS_OK;
}

enum status bytes_append(struct bytes *bytes, const void *data, size_t length) {
    enum status status = bytes_reserve(bytes, length);
    if (status != STATUS_OK || length == 0) return status;
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
    return STATUS_OK;
}

enum status bytes_append_text(struct bytes *bytes, const char *text) {
    return bytes_append(bytes, text, strlen(text));
}

static enum status print(struct bytes *bytes, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    CHECK(length >= 0);
    /* vsnprintf wants room for a NUL, which is not part of the contents. */
    enum status status = bytes_reserve(bytes, (size_t)length + 1);
    if (status == STATUS_OK) {
        (void)vsnprintf((char *)bytes->data + bytes->length, (size_t)length + 1, format, again);
        bytes->length += (size_t)length;
    }
    va_end(again);
    return status;
}

enum status bytes_printf(struct bytes *bytes, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    enum status status = print(bytes, format, arguments);
    va_end(arguments);
    return status;
}

void bytes_consume(struct bytes *bytes, size_t length) {
    CHECK(length <= bytes->length);
    if (length == 0) return;
    bytes->length -= length;
    memmove(bytes->data, bytes->data + length, bytes->length);
}
