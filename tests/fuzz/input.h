/* SPDX-License-Identifier: Apache-2.0 */
/* An input as a tape that is read from its beginning; behind its end there are zeros. */
#ifndef FRONTDESK_TESTS_FUZZ_INPUT_H
#define FRONTDESK_TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input {
    const uint8_t *at;
    size_t left;
};

static inline uint8_t input_byte(struct input *input) {
    if (input->left == 0) return 0;
    input->left--;
    return *input->at++;
}

/* Of so many bytes, big-endian. */
static inline size_t input_number(struct input *input, int bytes) {
    size_t number = 0;
    for (; bytes > 0; bytes--) number = number << 8 | input_byte(input);
    return number;
}

/* As many as there are, up to *length, which says how many. */
static inline const uint8_t *input_bytes(struct input *input, size_t *length) {
    const uint8_t *at = input->at;
    if (*length > input->left) *length = input->left;
    input->at += *length;
    input->left -= *length;
    return at;
}

#endif
