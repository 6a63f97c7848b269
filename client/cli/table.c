/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/table.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/text.h"

enum { GAP = 2, LEAST_FLEXIBLE = 6 };

void table_init(struct table *table, struct arena *arena, const struct table_column *columns, size_t column_count) {
    *table = (struct table){.arena = arena, .columns = columns, .column_count = column_count};
}

void table_add(struct table *table, const char *text, enum paint paint) {
    if (table->count == table->capacity) {
        size_t wanted = table->capacity == 0 ? 128 : table->capacity * 2;
        struct table_cell *cells = arena_take(table->arena, wanted * sizeof *cells);
        if (cells == NULL) return;
        if (table->count > 0) memcpy(cells, table->cells, table->count * sizeof *cells);
        table->cells = cells;
        table->capacity = wanted;
    }
    const char *safe = text_printable(table->arena, text == NULL ? "" : text);
    table->cells[table->count++] = (struct table_cell){.text = safe == NULL ? "" : safe, .paint = paint};
}

static void measure(const struct table *table, size_t widths[TABLE_COLUMNS_LIMIT]) {
    for (size_t i = 0; i < table->column_count; i++) widths[i] = text_columns(table->columns[i].title);
    for (size_t i = 0; i < table->count; i++) {
        size_t columns = text_columns(table->cells[i].text);
        size_t *width = &widths[i % table->column_count];
        if (columns > *width) *width = columns;
    }
}

/* Takes what is too much from the flexible columns, the widest first. */
static void squeeze(const struct table *table, size_t widths[TABLE_COLUMNS_LIMIT], size_t limit) {
    size_t total = GAP * (table->column_count - 1);
    for (size_t i = 0; i < table->column_count; i++) total += widths[i];
    while (total > limit) {
        size_t widest = table->column_count;
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].flexible && widths[i] > LEAST_FLEXIBLE &&
                (widest == table->column_count || widths[i] > widths[widest]))
                widest = i;
        if (widest == table->column_count) return;
        widths[widest]--;
        total--;
    }
}

enum status paint_append(struct bytes *out, const char *text, enum paint paint, bool colour) {
    static const char *const codes[] = {
        [PAINT_NONE] = "",   [PAINT_RED] = "1;31", [PAINT_YELLOW] = "33", [PAINT_GREEN] = "32",
        [PAINT_BLUE] = "36", [PAINT_DIM] = "2",    [PAINT_BOLD] = "1",
    };
    if (!colour || paint == PAINT_NONE) return bytes_append_text(out, text);
    return bytes_printf(out, "\033[%sm%s\033[0m", codes[paint], text);
}

static enum status append_spaces(struct bytes *out, size_t count) {
    return count == 0 ? STATUS_OK : bytes_printf(out, "%*s", (int)count, "");
}

static enum status append_cell(const struct table *table, struct bytes *out, size_t column, size_t width,
                               const struct table_cell *cell, bool colour) {
    const char *text = text_fit(table->arena, cell->text, width);
    if (text == NULL) text = "";
    size_t columns = text_columns(text), padding = columns < width ? width - columns : 0;
    bool right = table->columns[column].right, last = column + 1 == table->column_count;
    enum status status = right ? append_spaces(out, padding) : STATUS_OK;
    if (status == STATUS_OK) status = paint_append(out, text, cell->paint, colour);
    if (status == STATUS_OK && !right && !last) status = append_spaces(out, padding);
    if (status == STATUS_OK && !last) status = append_spaces(out, GAP);
    return status;
}

/* Without the spaces that padding left behind. */
static enum status end_line(struct bytes *out) {
    while (out->length > 0 && out->data[out->length - 1] == ' ') out->length--;
    return bytes_append(out, "\n", 1);
}

/* Nothing when no column has a title. */
static enum status append_titles(const struct table *table, struct bytes *out, const size_t *widths, bool colour) {
    bool any = false;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < table->column_count; i++) any = any || table->columns[i].title[0] != '\0';
    for (size_t i = 0; any && i < table->column_count && status == STATUS_OK; i++) {
        struct table_cell title = {.text = table->columns[i].title, .paint = PAINT_BOLD};
        status = append_cell(table, out, i, widths[i], &title, colour);
    }
    return any && status == STATUS_OK ? end_line(out) : status;
}

enum status table_append(const struct table *table, struct bytes *out, size_t width, bool colour) {
    size_t widths[TABLE_COLUMNS_LIMIT];
    measure(table, widths);
    if (width > 0) squeeze(table, widths, width);
    enum status status = append_titles(table, out, widths, colour);
    for (size_t i = 0; i < table->count && status == STATUS_OK; i++) {
        size_t column = i % table->column_count;
        status = append_cell(table, out, column, widths[column], &table->cells[i], colour);
        if (status == STATUS_OK && column + 1 == table->column_count) status = end_line(out);
    }
    return status;
}

size_t terminal_columns(void) {
    struct winsize size;
    if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

size_t terminal_rows(void) {
    struct winsize size;
    if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_row;
}
