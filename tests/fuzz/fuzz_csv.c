/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever stands in a file to be imported: it is read into rows that can be written and read again as the same, or
 * refused with a sentence; and each row becomes a command that the server can decode, or a fault that names its field.
 * Input: the file. */
#include <string.h>

#include "client/cli/mapping.h"
#include "common/check.h"
#include "common/message.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/import.h"
#include "tests/fuzz/played_log.h"

static void append_row(struct bytes *out, const struct csv_row *row) {
    for (size_t i = 0; i < row->count; i++)
        CHECK(csv_append_field(out, row->fields[i], i + 1 == row->count) == STATUS_OK);
}

/* What a spreadsheet would take for a formula has got an apostrophe. */
static bool same(const char *before, const char *after) {
    bool formula = before[0] != '\0' && strchr("=+-@\t\r", before[0]) != NULL;
    if (formula && after[0] != '\'') return false;
    return strcmp(before, formula ? after + 1 : after) == 0;
}

static void check_row(const struct csv_row *before, const struct csv_row *after) {
    CHECK(before->count == after->count);
    for (size_t i = 0; i < before->count; i++) CHECK(same(before->fields[i], after->fields[i]));
}

static void write_again(const struct csv_file *file) {
    struct bytes text = {0};
    struct csv_file again;
    char why[CSV_WHY_BYTES];
    append_row(&text, &file->header);
    for (size_t i = 0; i < file->count; i++) append_row(&text, &file->rows[i]);
    CHECK(csv_file_parse(&again, (const char *)text.data, text.length, why) == STATUS_OK);
    CHECK(again.count == file->count);
    check_row(&file->header, &again.header);
    for (size_t i = 0; i < file->count; i++) check_row(&file->rows[i], &again.rows[i]);
    csv_file_free(&again);
    bytes_free(&text);
}

static void check_lines(const struct csv_file *file) {
    size_t line = file->header.line;
    for (size_t i = 0; i < file->count; i++) {
        CHECK(file->rows[i].line >= line);
        line = file->rows[i].line;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct csv_file file;
    struct mapping mapping;
    char why[CSV_WHY_BYTES] = "";
    if (csv_file_parse(&file, size == 0 ? "" : (const char *)data, size, why) != STATUS_OK) {
        CHECK(why[0] != '\0' && strnlen(why, sizeof why) < sizeof why);
        return 0;
    }
    check_lines(&file);
    write_again(&file);
    why[0] = '\0';
    if (mapping_from_header(&mapping, &file, why) == STATUS_OK) {
        CHECK(mapping_bind(&mapping, &file, why) == STATUS_OK);
        import_rows(&mapping, &file);
        mapping_free(&mapping);
    } else {
        CHECK(why[0] != '\0');
    }
    csv_file_free(&file);
    return 0;
}
