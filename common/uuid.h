/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs as 36 characters of text (RFC 9562). */
#ifndef FRONTDESK_COMMON_UUID_H
#define FRONTDESK_COMMON_UUID_H

#include <stdbool.h>
#include <stdint.h>

enum { UUID_TEXT_BYTES = 37 }; /* with the NUL */

/* Version 7: time-ordered, so that new rows lie together in an index. now_ms is UTC; the rest is random. */
void uuid_make(char text[UUID_TEXT_BYTES], int64_t now_ms);
bool uuid_valid(const char *text); /* lower-case canonical form, any version */

#endif
