/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/frames.h"

#include "common/check.h"

void frames_append(struct bytes *out, char letter, const void *payload, size_t length) {
    size_t size = length + 1;
    uint8_t head[FRAMES_HEADER_BYTES + 1] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                                             (uint8_t)size, (uint8_t)letter};
    CHECK(bytes_append(out, head, sizeof head) == STATUS_OK && bytes_append(out, payload, length) == STATUS_OK);
}

size_t frames_whole(const uint8_t *data, size_t length) {
    if (length < FRAMES_HEADER_BYTES) return 0;
    size_t size = (size_t)data[0] << 24 | (size_t)data[1] << 16 | (size_t)data[2] << 8 | data[3];
    CHECK(size > 0 && size <= FRAMES_LIMIT_BYTES);
    return FRAMES_HEADER_BYTES + size <= length ? FRAMES_HEADER_BYTES + size : 0;
}
