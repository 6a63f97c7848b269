/* SPDX-License-Identifier: Apache-2.0 */
/* Lengths of time in whole minutes, as people write and read them. */
#ifndef FRONTDESK_CLIENT_CLI_SPANS_H
#define FRONTDESK_CLIENT_CLI_SPANS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"

/* "20min", "20", "2h", "3d", "1h30min", or "none" and "0" for 0. */
bool spans_parse(const char *text, int32_t *minutes);
/* "1 h 30 min", "3 d"; "—" for 0. In the arena or static. */
const char *spans_text(struct arena *arena, int32_t minutes);

#endif
