/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the anchors (anchors.h): at an interval, and at the stop, one line for each site whose chains have moved. The
 * database keeps up to which line it has seen the file, so neither of the two can be shortened alone. */
#ifndef FRONTDESK_AUDIT_ANCHORING_H
#define FRONTDESK_AUDIT_ANCHORING_H

#include <uv.h>

#include "server/audit/key.h"
#include "server/database/database.h"

struct anchoring;

struct anchoring_options {
    const char *path; /* of the file; the full one before it lies beside it, ".old" */
    const struct audit_key *key;
    int64_t interval_ms;
    int64_t file_bytes; /* then a new file begins */
    bool log;           /* each anchor into the log, too */
};

/* Reads the file that is there. `why` (WHY_BYTES) names the mend. */
MUST_USE enum status anchoring_open(struct anchoring **anchoring, uv_loop_t *loop, struct database *database,
                                    const struct anchoring_options *options, char *why);
/* Anchors once more, if the database answers, and ends. */
void anchoring_close(struct anchoring *anchoring, void (*on_closed)(void *owner), void *owner);

#endif
