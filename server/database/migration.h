/* SPDX-License-Identifier: Apache-2.0 */
/* The migrations that are built into the program (server/sql/embed.py writes them), and the work of applying a list. */
#ifndef FRONTDESK_DATABASE_MIGRATION_H
#define FRONTDESK_DATABASE_MIGRATION_H

#include <stddef.h>

#include "common/status.h"

struct migration {
    int number;
    const char *name;     /* "0001_records" */
    const char *text;     /* the file as it is */
    const char *checksum; /* SHA-256 of the file, 64 hex digits */
};

extern const struct migration sql_migrations[]; /* ascending by number */
extern const size_t sql_migration_count;

/* schema_migrate with a list of its own; same outcomes. */
MUST_USE enum status migrations_apply(const char *conninfo, const struct migration *migrations, size_t count,
                                      char *why);

#endif
