/* SPDX-License-Identifier: Apache-2.0 */
#include "common/text.h"

#include <stdio.h>
#include <string.h>

#include "common/check.h"

enum { REPLACEMENT = 0xfffd, ESCAPE_BYTES = 8 /* "\u0085" and NUL */ };

/* Length of the code point at `bytes`, of which `available` may be read; 0 when it is not UTF-8 (RFC 3629 table). */
static size_t decode(const uint8_t *bytes, size_t available, uint32_t *code_point) {
    static const struct {
        uint8_t mask, lead;
        uint32_t least; /* a smaller one is over-long */
    } forms[] = {
        {0x80, 0x00, 0      },
        {0xe0, 0xc0, 0x80   },
        {0xf0, 0xe0, 0x800  },
        {0xf8, 0xf0, 0x10000}
    };

    for (size_t length = 1; length <= 4; length++) {
        if ((bytes[0] & forms[length - 1].mask) != forms[length - 1].lead) continue;
        if (length > available) return 0;
        uint32_t value = bytes[0] & (uint8_t)~forms[length - 1].mask;
        for (size_t i = 1; i < length; i++) {
            if ((bytes[i] & 0xc0) != 0x80) return 0;
            value = value << 6 | (bytes[i] & 0x3f);
        }
        if (value < forms[length - 1].least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
        *code_point = value;
        return length;
    }
    return 0;
}

static bool is_control(uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0);
}

static bool is_bidi(uint32_t code_point) {
    return (code_point >= 0x202a && code_point <= 0x202e) || (code_point >= 0x2066 && code_point <= 0x2069);
}

bool text_valid(const char *text, size_t length) {
    for (size_t at = 0; at < length;) {
        uint32_t code_point = 0;
        size_t step = decode((const uint8_t *)text + at, length - at, &code_point);
        if (step == 0 || is_bidi(code_point)) return false;
        if (is_control(code_point) && code_point != '\t' && code_point != '\n') return false;
        at += step;
    }
    return true;
}

/* Like text_next, and tells a byte that is no UTF-8 by returning false (one byte is passed over). */
static bool next(const char **text, uint32_t *code_point) {
    size_t step = decode((const uint8_t *)*text, strnlen(*text, 4), code_point);
    bool valid = step != 0;
    if (!valid) *code_point = REPLACEMENT;
    *text += valid ? step : 1;
    return valid;
}

uint32_t text_next(const char **text) {
    if (**text == '\0') return 0;
    uint32_t code_point = 0;
    (void)next(text, &code_point);
    return code_point;
}

size_t text_code_points(const char *text) {
    size_t count = 0;
    if (text == NULL) return 0;
    while (text_next(&text) != 0) count++;
    return count;
}

size_t text_columns(const char *text) {
    size_t columns = 0;
    if (text == NULL) return 0;
    for (uint32_t code_point; (code_point = text_next(&text)) != 0;) columns += text_width(code_point);
    return columns;
}

char *text_fit(struct arena *arena, const char *text, size_t columns) {
    static const char ellipsis[] = "…"; /* one column */
    if (text_columns(text) <= columns) return arena_string(arena, text);
    if (columns == 0) return arena_string(arena, "");
    size_t used = 0;
    const char *end = text;
    for (const char *cursor = text;; end = cursor) {
        used += text_width(text_next(&cursor));
        if (used > columns - 1) break;
    }
    size_t length = (size_t)(end - text);
    char *cut = arena_take(arena, length + sizeof ellipsis);
    if (cut == NULL) return NULL;
    memcpy(cut, text, length);
    memcpy(cut + length, ellipsis, sizeof ellipsis);
    return cut;
}

/* Writes what stands for the code point (`length` bytes at `from`) to `shown`; returns how long that is. */
static size_t show(uint32_t code_point, bool valid, const char *from, size_t length, char shown[ESCAPE_BYTES]) {
    int written = 0;
    if (!valid) {
        written = snprintf(shown, ESCAPE_BYTES, "\\x%02x", (unsigned)(uint8_t)*from);
    } else if (code_point == '\n' || code_point == '\t') {
        written = snprintf(shown, ESCAPE_BYTES, " ");
    } else if (code_point < 0x80 && is_control(code_point)) {
        written = snprintf(shown, ESCAPE_BYTES, "\\x%02x", (unsigned)code_point);
    } else if (is_control(code_point) || is_bidi(code_point)) {
        written = snprintf(shown, ESCAPE_BYTES, "\\u%04x", (unsigned)(code_point & 0xffff));
    } else {
        memcpy(shown, from, length);
        return length;
    }
    CHECK(written > 0 && written < ESCAPE_BYTES);
    return (size_t)written;
}

/* Writes to `out` unless it is NULL; the length either way. */
static size_t print_text(const char *text, char *out) {
    size_t total = 0;
    while (*text != '\0') {
        char shown[ESCAPE_BYTES];
        const char *from = text;
        uint32_t code_point = 0;
        bool valid = next(&text, &code_point);
        size_t length = show(code_point, valid, from, (size_t)(text - from), shown);
        if (out != NULL) memcpy(out + total, shown, length);
        total += length;
    }
    return total;
}

char *text_printable(struct arena *arena, const char *text) {
    if (text == NULL) text = "";
    char *printable = arena_take(arena, print_text(text, NULL) + 1);
    if (printable != NULL) (void)print_text(text, printable);
    return printable;
}

uint32_t text_hash(const char *text) {
    uint32_t hash = UINT32_C(2166136261);
    for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * UINT32_C(16777619);
    return hash;
}

bool text_equal(const char *a, const char *b) {
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}
