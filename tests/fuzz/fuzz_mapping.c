/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever stands in a mapping file: it is read or refused with a sentence, from a text and from a file alike, and with
 * it every row of a file becomes a command that the server can decode or a fault that names its field.
 * Input: the mapping file. */
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/import.h"
#include "tests/fuzz/played_log.h"

static const char letters[] = "id,title,name,phone,when,kind,text\r\n"
                              "1,漏水,王小明,138 0013 8000,2011/8/3 18:24,engineering,\"厨房\r\n水管\"\r\n"
                              "2,噪声,,,2026-11-23 13:00:05,major,=1+1\r\n"
                              "3,停电,李四,+8613912345678,2026-11-23T05:00:00Z,phone,yes\r\n"
                              ",,,,,,\r\n"
                              "5,\xff\x01,x,x,9999-99-99 99:99,否,letter\r\n";

static void apply(struct mapping *mapping) {
    struct csv_file file;
    char why[CSV_WHY_BYTES] = "";
    CHECK(csv_file_parse(&file, letters, sizeof letters - 1, why) == STATUS_OK);
    if (mapping_bind(mapping, &file, why) == STATUS_OK)
        import_rows(mapping, &file);
    else
        CHECK(why[0] != '\0');
    csv_file_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct mapping mapping, from_file;
    char why[MAPPING_WHY_BYTES], path[FILE_PATH_BYTES];
    char *text = malloc(size + 1);
    CHECK(text != NULL);
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    int file = file_open(text, strlen(text), path);
    enum status status = mapping_parse(&mapping, text, why);
    CHECK(status == STATUS_OK || (why[0] != '\0' && strnlen(why, sizeof why) < sizeof why));
    if (status == STATUS_OK) {
        CHECK(mapping.count <= MAPPING_FIELDS_LIMIT && mapping.key[0] != '\0');
        CHECK(abs(mapping.offset_minutes) <= 14 * 60);
        apply(&mapping);
    }
    CHECK(mapping_read(&from_file, path, why) == status);
    if (status == STATUS_OK) {
        CHECK(from_file.count == mapping.count && strcmp(from_file.key, mapping.key) == 0);
        mapping_free(&from_file);
        mapping_free(&mapping);
    }
    file_close(file);
    free(text);
    return 0;
}
