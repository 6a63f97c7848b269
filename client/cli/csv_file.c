/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/csv_file.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cli/language.h"

enum { COLUMNS_LIMIT = 256, ARENA_FACTOR = 8, ARENA_LEAST_BYTES = 1024 * 1024 };

struct reading {
    struct csv_file *file;
    char *fields[COLUMNS_LIMIT];
    size_t count, line, begun_at_line;
    bool broken, header_read, too_wide;
};

static void on_field(void *data, size_t length, void *owner) {
    struct reading *reading = owner;
    if (reading->count == COLUMNS_LIMIT) {
        reading->too_wide = true;
        return;
    }
    const char *text = data == NULL ? "" : data;
    if (memchr(text, '\0', length) != NULL) reading->broken = true;
    reading->fields[reading->count++] = arena_string_n(&reading->file->memory, text, length);
}

static struct csv_row *next_row(struct reading *reading) {
    struct csv_file *file = reading->file;
    if (!reading->header_read) {
        reading->header_read = true;
        return &file->header;
    }
    if (file->count == file->capacity) {
        size_t wanted = file->capacity == 0 ? 256 : file->capacity * 2;
        struct csv_row *rows = realloc(file->rows, wanted * sizeof *rows);
        if (rows == NULL) return NULL;
        file->rows = rows;
        file->capacity = wanted;
    }
    return file->rows == NULL ? NULL : &file->rows[file->count++];
}

static void on_row(int end, void *owner) {
    (void)end;
    struct reading *reading = owner;
    struct csv_row *row = next_row(reading);
    if (row == NULL) {
        reading->file->memory.exhausted = true;
        return;
    }
    *row = (struct csv_row){.line = reading->begun_at_line, .count = reading->count, .broken = reading->broken};
    row->fields = arena_copy(&reading->file->memory, reading->fields, reading->count * sizeof *reading->fields);
    reading->count = 0;
    reading->broken = false;
}

static int no_space(unsigned char character) {
    (void)character;
    return 0;
}

static enum status complain(char why[CSV_WHY_BYTES], size_t line, const char *text) {
    (void)snprintf(why, CSV_WHY_BYTES, _("line %zu: %s"), line, text);
    return STATUS_INVALID;
}

/* Line by line, so that each row knows where it begins. */
static enum status feed(struct csv_parser *parser, struct reading *reading, const char *data, size_t length,
                        char why[CSV_WHY_BYTES]) {
    size_t at = 0;
    while (at < length) {
        const char *newline = memchr(data + at, '\n', length - at);
        size_t part = newline == NULL ? length - at : (size_t)(newline - (data + at)) + 1;
        reading->line++;
        /* pstate 0: no row has begun (blank lines are none). */
        if (parser->pstate == 0) reading->begun_at_line = reading->line;
        if (csv_parse(parser, data + at, part, on_field, on_row, reading) != part)
            return complain(why, reading->line, _("a quote stands where none may be: double quotes inside fields"));
        if (reading->too_wide) return complain(why, reading->line, _("too many columns"));
        at += part;
    }
    if (csv_fini(parser, on_field, on_row, reading) != 0)
        return complain(why, reading->begun_at_line, _("a quoted field does not end"));
    return STATUS_OK;
}

enum status csv_file_parse(struct csv_file *file, const char *data, size_t length, char why[CSV_WHY_BYTES]) {
    static const char mark[] = "\xEF\xBB\xBF";
    if (length >= 3 && memcmp(data, mark, 3) == 0) {
        data += 3;
        length -= 3;
    }
    *file = (struct csv_file){0};
    arena_init(&file->memory, length * ARENA_FACTOR + ARENA_LEAST_BYTES);
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) return complain(why, 0, _("out of memory"));
    csv_set_space_func(&parser, no_space);
    struct reading reading = {.file = file};
    enum status status = feed(&parser, &reading, data, length, why);
    csv_free(&parser);
    if (status == STATUS_OK && arena_exhausted(&file->memory)) status = complain(why, reading.line, _("out of memory"));
    if (status == STATUS_OK && !reading.header_read) status = complain(why, 1, _("the file is empty"));
    if (status != STATUS_OK) csv_file_free(file);
    return status;
}

static enum status cannot_read(char why[CSV_WHY_BYTES]) {
    (void)snprintf(why, CSV_WHY_BYTES, "%s", strerror(errno));
    return STATUS_INVALID;
}

enum status csv_file_read(struct csv_file *file, const char *path, char why[CSV_WHY_BYTES]) {
    struct stat about;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return cannot_read(why);
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(descriptor);
        (void)snprintf(why, CSV_WHY_BYTES, "%s", _("not a file"));
        return STATUS_INVALID;
    }
    if (about.st_size == 0) {
        close(descriptor);
        return complain(why, 1, _("the file is empty"));
    }
    void *data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    if (data == MAP_FAILED) return cannot_read(why);
    enum status status = csv_file_parse(file, data, (size_t)about.st_size, why);
    munmap(data, (size_t)about.st_size);
    return status;
}

void csv_file_free(struct csv_file *file) {
    arena_free(&file->memory);
    free(file->rows);
    *file = (struct csv_file){0};
}

int csv_file_column(const struct csv_file *file, const char *name) {
    for (size_t i = 0; i < file->header.count; i++)
        if (strcmp(file->header.fields[i], name) == 0) return (int)i;
    return -1;
}

enum status csv_append_field(struct bytes *out, const char *text, bool last) {
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    enum status status = bytes_append_text(out, formula ? "\"'" : "\"");
    for (const char *at = text; *at != '\0' && status == STATUS_OK; at++)
        status = *at == '"' ? bytes_append_text(out, "\"\"") : bytes_append(out, at, 1);
    return status == STATUS_OK ? bytes_append_text(out, last ? "\"\r\n" : "\",") : status;
}
