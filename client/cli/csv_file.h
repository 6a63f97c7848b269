/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV file (RFC 4180) in memory: UTF-8 with or without a byte order mark, line breaks and quotes inside fields.
 * Fields are kept byte for byte. */
#ifndef FRONTDESK_CLIENT_CLI_CSV_FILE_H
#define FRONTDESK_CLIENT_CLI_CSV_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/bytes.h"

struct csv_row {
    size_t line; /* where it begins, counted from 1 */
    char **fields;
    size_t count;
    bool broken; /* a NUL inside */
};

struct csv_file {
    struct arena memory;
    struct csv_row header;
    struct csv_row *rows;
    size_t count, capacity;
};

enum { CSV_WHY_BYTES = 256 };

/* INVALID with a sentence for people in `why`. */
MUST_USE enum status csv_file_read(struct csv_file *file, const char *path, char why[CSV_WHY_BYTES]);
MUST_USE enum status csv_file_parse(struct csv_file *file, const char *data, size_t length, char why[CSV_WHY_BYTES]);
void csv_file_free(struct csv_file *file);
/* -1: no such column. */
int csv_file_column(const struct csv_file *file, const char *name);
/* Quoted where needed; what a spreadsheet would take for a formula gets an apostrophe before it. */
MUST_USE enum status csv_append_field(struct bytes *out, const char *text, bool last);

#endif
