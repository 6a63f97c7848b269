/* SPDX-License-Identifier: Apache-2.0 */
/* Forward-only migrations: server/sql/schema/NNNN_name.sql, embedded. Blocking: before the loop. */
#ifndef FRONTDESK_DATABASE_SCHEMA_H
#define FRONTDESK_DATABASE_SCHEMA_H

#include "common/status.h"

/* Brings the database up to this program's version under an advisory lock, each file in its own transaction.
 * CONFLICT: the database is newer than this program. UNAVAILABLE, INTERNAL: `why` (WHY_BYTES) says what to do. */
MUST_USE enum status schema_migrate(const char *conninfo, char *why);

#endif
