/* SPDX-License-Identifier: Apache-2.0 */
/* A time zone of the IANA database (RFC 8536, TZif): how far civil time stands from UTC, and since when. Read once;
 * what is asked of it afterwards is arithmetic. */
#ifndef FRONTDESK_COMMON_ZONE_H
#define FRONTDESK_COMMON_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

enum { ZONE_NAME_BYTES = 64, ZONE_FILE_BYTES = 64 * 1024 };

struct zone_change {
    int64_t from_ms;        /* UTC, ascending */
    int32_t offset_seconds; /* east of UTC from then on */
};

/* From 1970 to 2199 (MOMENT_LAST_MS): the table's years and, after them, those that the footer's rule gives. */
struct zone {
    int32_t offset_seconds; /* before the first change */
    size_t count;
    const struct zone_change *changes;
};

/* Takes the bytes of a TZif file of version 1 to 4. INVALID: not one, broken, or one that counts leap seconds.
 * TOO_LARGE: no memory. Free with zone_free. */
MUST_USE enum status zone_read(const uint8_t *data, size_t length, struct zone *zone);
void zone_free(struct zone *zone);

/* "Asia/Shanghai", from the directory named in TZDIR or Debian's. NOT_FOUND: no such zone on this machine; else as
 * zone_read. Reads a small file: not for a busy loop. */
MUST_USE enum status zone_load(const char *name, struct zone *zone);
/* The form of a name: parts of letters, digits, _, + and -, each beginning with a letter. */
bool zone_name_valid(const char *name);

/* Civil time (milliseconds as if it were UTC) at a moment. */
int64_t zone_civil_ms(const struct zone *zone, int64_t at_ms);
/* The first moment at which the clock on the wall shows that time or a later one: a time that is skipped in spring
 * means the moment of the change, one that comes twice in autumn the first of the two. */
int64_t zone_moment_ms(const struct zone *zone, int64_t civil_ms);

#endif
