/* SPDX-License-Identifier: Apache-2.0 */
/* Moments as people write and read them: civil time of the site, or of this machine where TZ says so. */
#ifndef FRONTDESK_CLIENT_CLI_TIMES_H
#define FRONTDESK_CLIENT_CLI_TIMES_H

#include <stdbool.h>
#include <stdint.h>

enum { TIMES_TEXT_BYTES = 40 };

/* An explicit TZ in the environment wins. */
void times_set_zone(const char *name);
/* "2026-11-23 13:00[:07]", "13:00" (today), "+30min", "+2h", "+1d", or RFC 3339. */
bool times_parse(const char *text, int64_t now_ms, int64_t *at_ms);
/* Empty for 0. */
void times_full(int64_t at_ms, char text[TIMES_TEXT_BYTES]);                  /* 2026-11-23 11:42:07 */
void times_short(int64_t at_ms, int64_t now_ms, char text[TIMES_TEXT_BYTES]); /* 11:42, or 11-23 11:42 */
/* How long until then, with its sign: "04:55", "-03:12", "2d 04:55". */
void times_left(int64_t due_ms, int64_t now_ms, char text[TIMES_TEXT_BYTES]);

#endif
