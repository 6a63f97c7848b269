/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever stands in the file of signed heads: the lines that are taken follow each other, what is counted as whole is
 * read again as the same, a further line can be put behind it, and with the key nothing is taken that it did not sign.
 * Input: the file; seeds are signed with the key of the 32 bytes `seed_of_key`. */
#include <string.h>

#include "common/check.h"
#include "server/audit/anchors.h"
#include "tests/fuzz/audit_key.h"
#include "tests/fuzz/file.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/played_log.h"

struct seen {
    int64_t count;
    struct anchor_line last;
};

static void on_line(void *owner, const struct anchor_line *line) {
    struct seen *seen = owner;
    CHECK(line->line >= 1 && uuid_valid(line->site_id));
    CHECK(strlen(line->hash) == 64 && strlen(line->access_hash) == 64 && strlen(line->own) == 64);
    if (seen->count > 0) CHECK(line->line - 1 == seen->last.line && strcmp(line->before, seen->last.own) == 0);
    seen->last = *line;
    seen->count++;
}

static struct anchor_reader read_it(const void *data, size_t size, const struct audit_key *key, struct seen *seen,
                                    enum anchor_fault *fault) {
    char path[FILE_PATH_BYTES];
    int file = file_open(data, size, path);
    *seen = (struct seen){0};
    struct anchor_reader reader = {.key = key, .on_line = on_line, .owner = seen};
    CHECK(anchors_read(&reader, path, fault) == STATUS_OK);
    file_close(file);
    CHECK(reader.whole_bytes >= 0 && (size_t)reader.whole_bytes <= size && seen->count <= reader.at_line);
    CHECK(!reader.torn || *fault == ANCHOR_SOUND);
    return reader;
}

/* The whole lines, and one more behind them as the server would write it. */
static void write_on(const uint8_t *data, const struct anchor_reader *reader, const struct audit_key *key) {
    struct bytes text = {0};
    struct seen seen;
    enum anchor_fault fault;
    struct anchor_line line = reader->last;
    if (line.line == INT64_MAX) return;
    memcpy(line.before, reader->last.own, sizeof line.before);
    line.line++;
    if (line.line == 1) {
        memcpy(line.site_id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", UUID_TEXT_BYTES);
        line.at_ms = INT64_C(1795434127125);
        memset(line.hash, 'a', sizeof line.hash - 1);
        memset(line.access_hash, 'b', sizeof line.access_hash - 1);
    }
    CHECK(bytes_append(&text, data, (size_t)reader->whole_bytes) == STATUS_OK);
    CHECK(anchor_line_append(&text, &line, key) == STATUS_OK);
    struct anchor_reader again = read_it(text.data, text.length, NULL, &seen, &fault);
    CHECK(fault == ANCHOR_SOUND && !again.torn && again.last.line == line.line);
    CHECK((size_t)again.whole_bytes == text.length && strcmp(again.last.own, line.own) == 0);
    bytes_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct seen loose, strict;
    enum anchor_fault loose_fault, strict_fault;
    struct audit_key key;
    audit_key_of_seeds(&key);
    struct anchor_reader reader = read_it(data, size, NULL, &loose, &loose_fault);
    (void)read_it(data, size, &key, &strict, &strict_fault);
    CHECK(strict.count <= loose.count && (loose_fault == ANCHOR_SOUND || strict_fault != ANCHOR_SOUND));
    CHECK(strict.count == loose.count || strict_fault == ANCHOR_UNSIGNED);
    write_on(data, &reader, &key);
    return 0;
}
