/* SPDX-License-Identifier: Apache-2.0 */
/* A table for people: aligned by columns on the terminal (East Asian wide = 2), cut to its width, nothing printed that
 * a terminal would obey. */
#ifndef FRONTDESK_CLIENT_CLI_TABLE_H
#define FRONTDESK_CLIENT_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/bytes.h"

enum paint { PAINT_NONE, PAINT_RED, PAINT_YELLOW, PAINT_GREEN, PAINT_BLUE, PAINT_DIM, PAINT_BOLD };
enum { TABLE_COLUMNS_LIMIT = 12 };

struct table_column {
    const char *title;
    bool right;    /* aligned */
    bool flexible; /* gives way first when the terminal is narrow */
};

struct table_cell {
    const char *text;
    enum paint paint;
};

struct table {
    struct arena *arena;
    const struct table_column *columns;
    size_t column_count;
    struct table_cell *cells; /* row by row */
    size_t count, capacity;
};

void table_init(struct table *table, struct arena *arena, const struct table_column *columns, size_t column_count);
void table_add(struct table *table, const char *text, enum paint paint); /* the next cell; NULL is "" */
/* width 0: as wide as it is. Whole lines of at most `width` columns are appended. */
MUST_USE enum status table_append(const struct table *table, struct bytes *out, size_t width, bool colour);

/* The text between its colour and the end of it; nothing around it when `colour` is false. */
MUST_USE enum status paint_append(struct bytes *out, const char *text, enum paint paint, bool colour);
/* Columns of the terminal, 0 when it is none. */
size_t terminal_columns(void);
size_t terminal_rows(void);

#endif
