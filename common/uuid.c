/* SPDX-License-Identifier: Apache-2.0 */
#include "common/uuid.h"

#include <stddef.h>
#include <string.h>
#include <sys/random.h>

#include "common/check.h"

enum { UUID_BYTES = 16 };

static bool dash_before(size_t byte) {
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void uuid_make(char text[UUID_TEXT_BYTES], int64_t now_ms) {
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[UUID_BYTES];
    /* Up to 256 bytes come whole once the kernel's pool is ready (getrandom(2)). */
    CHECK(getrandom(bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes);
    for (int i = 0; i < 6; i++) bytes[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
    bytes[6] = (uint8_t)(0x70 | (bytes[6] & 0x0f)); /* version 7 */
    bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3f)); /* variant of RFC 9562 */
    char *out = text;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (dash_before(i)) *out++ = '-';
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 0x0f];
    }
    *out = '\0';
}

bool uuid_valid(const char *text) {
    if (text == NULL || strnlen(text, UUID_TEXT_BYTES) != UUID_TEXT_BYTES - 1) return false;
    for (size_t i = 0; i < UUID_TEXT_BYTES - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (dash ? text[i] != '-' : !digit) return false;
    }
    return true;
}
