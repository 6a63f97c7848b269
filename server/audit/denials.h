/* SPDX-License-Identifier: Apache-2.0 */
/* What people were denied, into their site's access log. The first attempt is written at once; further ones of the same
 * person at the same operation are counted and written as one line a minute, so that a flood of them writes no more. */
#ifndef FRONTDESK_AUDIT_DENIALS_H
#define FRONTDESK_AUDIT_DENIALS_H

#include <stdint.h>
#include <uv.h>

#include "server/database/database.h"

enum { DENIALS_KEPT = 1024, DENIALS_MINUTE_MS = 60 * 1000 };

struct denials;

struct denied {
    const char *site_id, *person_id, *person_name;
    const char *operation; /* a text that stays */
};

MUST_USE enum status denials_open(struct denials **denials, uv_loop_t *loop, struct database *database);
/* Writes what is counted, then ends. */
void denials_close(struct denials *denials, void (*on_closed)(void *owner), void *owner);
void denials_note(struct denials *denials, const struct denied *denied);

#endif
