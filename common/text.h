/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as people's text. Lengths are in bytes unless a name says otherwise. */
#ifndef FRONTDESK_COMMON_TEXT_H
#define FRONTDESK_COMMON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

/* Well-formed UTF-8 (RFC 3629), no NUL, no C0/C1 control but tab and newline, no bidi override or isolate
 * (U+202A–202E, U+2066–2069). A carriage return is a control character: clients normalise line ends. */
bool text_valid(const char *text, size_t length);

/* Next code point at *text (valid UTF-8), advancing it; 0 at the end. */
uint32_t text_next(const char **text);

size_t text_code_points(const char *text);
/* Columns of one code point on a terminal: 0 (combining), 1 or 2 (East Asian wide). Needs no locale. */
size_t text_width(uint32_t code_point);
/* Columns on a terminal. */
size_t text_columns(const char *text);
/* At most `columns` wide, cut at a code point with "…" when something was left out. */
char *text_fit(struct arena *arena, const char *text, size_t columns);
/* For a terminal: controls as visible escapes, newline and tab as a space. */
char *text_printable(struct arena *arena, const char *text);
bool text_equal(const char *a, const char *b); /* NULL equals "" */
uint32_t text_hash(const char *text);          /* FNV-1a: to spread, not to protect */
static inline bool text_empty(const char *text) {
    return text == NULL || text[0] == '\0';
}

#endif
