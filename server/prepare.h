/* SPDX-License-Identifier: Apache-2.0 */
/* What must stand before the loop turns: state directory, certificate, database, schema, first site. Blocking. */
#ifndef FRONTDESK_SERVER_PREPARE_H
#define FRONTDESK_SERVER_PREPARE_H

#include <limits.h>

#include "common/tls.h"
#include "server/arguments.h"
#include "server/audit/key.h"
#include "server/config.h"
#include "server/database/embedded.h"

struct ground {
    struct tls_context *tls;
    struct embedded *embedded; /* NULL: an external PostgreSQL */
    const char *conninfo;      /* of the schema's owner */
    struct audit_key audit_key;
    char anchor[PATH_MAX], port[PATH_MAX], control[PATH_MAX], audit_anchors[PATH_MAX];
};

/* On failure everything is taken back and `why` (WHY_BYTES) names the mend. */
MUST_USE enum status prepare(struct ground *ground, const struct config *config, const struct arguments *arguments,
                             char *why);
void prepare_undo(struct ground *ground);
/* One line into a file, put in its place at once. */
MUST_USE enum status prepare_write_line(const char *path, const char *line, char *why);

#endif
