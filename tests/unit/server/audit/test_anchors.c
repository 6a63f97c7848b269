/* SPDX-License-Identifier: Apache-2.0 */
/* covers server/audit/key.c and anchors.c: what is written reads back, and what was touched does not */
#include "server/audit/anchors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES = 5 };

#define SITE "00000000-0000-7000-8000-00000000000a"
#define HASH "7ff5ad195f31ef6750dfb52f0a64cfde9172aaff82e23f315400444eb258a657"

static char directory[64], key_path[96], path[96];
static struct audit_key key;

static int set_up(void **state) {
    char why[WHY_BYTES];
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/frontdesk-test-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(key_path, sizeof key_path, "%s/key", directory);
    snprintf(path, sizeof path, "%s/anchors", directory);
    assert_int_equal(audit_key_open(&key, key_path, true, why), STATUS_OK);
    return 0;
}

static int tear_down(void **state) {
    char old[PATH_MAX];
    (void)state;
    anchors_old_path(path, old);
    (void)unlink(key_path);
    (void)unlink(path);
    (void)unlink(old);
    return rmdir(directory);
}

static void put(const char *where, const struct bytes *text) {
    FILE *file = fopen(where, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text->data, 1, text->length, file), text->length);
    assert_int_equal(fclose(file), 0);
}

static void make_lines(struct bytes *out, struct anchor_line *line, int count) {
    for (int i = 0; i < count; i++) {
        memcpy(line->before, line->own, sizeof line->before);
        line->line++;
        line->at_ms = INT64_C(1795436798877) + i;
        line->epoch = 1;
        line->seq = 10 + i;
        line->accesses = i;
        snprintf(line->site_id, sizeof line->site_id, SITE);
        snprintf(line->hash, sizeof line->hash, HASH);
        snprintf(line->access_hash, sizeof line->access_hash, HASH);
        assert_int_equal(anchor_line_append(out, line, &key), STATUS_OK);
    }
}

static void count_line(void *owner, const struct anchor_line *line) {
    ++*(int *)owner;
    assert_string_equal(line->site_id, SITE);
    assert_string_equal(line->hash, HASH);
}

static enum anchor_fault fault_of(int *lines, int64_t *at_line) {
    enum anchor_fault fault;
    struct anchor_reader reader = {.key = &key, .on_line = count_line, .owner = lines};
    *lines = 0;
    assert_int_equal(anchors_read_both(&reader, path, &fault), STATUS_OK);
    *at_line = reader.at_line;
    return fault;
}

static void a_key_is_made_once_and_kept_private(void **state) {
    (void)state;
    struct audit_key again, public_half;
    struct stat found;
    char why[WHY_BYTES], text[AUDIT_KEY_TEXT_BYTES], other[AUDIT_KEY_TEXT_BYTES], signature[AUDIT_SIGNATURE_TEXT_BYTES];
    assert_int_equal(stat(key_path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(audit_key_open(&again, key_path, true, why), STATUS_OK);
    audit_key_text(&key, text);
    audit_key_text(&again, other);
    assert_string_equal(text, other);
    assert_true(audit_key_read(&public_half, text));
    audit_key_sign(&key, "words", 5, signature);
    assert_true(audit_key_verify(&public_half, "words", 5, signature));
    assert_false(audit_key_verify(&public_half, "worts", 5, signature));
    assert_false(audit_key_read(&public_half, "abc"));
    assert_int_equal(unlink(key_path), 0);
    assert_int_equal(audit_key_open(&again, key_path, false, why), STATUS_NOT_FOUND);
    put(key_path, &(struct bytes){.data = (uint8_t *)"nonsense\n", .length = 9});
    assert_int_equal(audit_key_open(&again, key_path, true, why), STATUS_INVALID);
}

static void lines_read_back_over_two_files(void **state) {
    (void)state;
    struct bytes text = {0};
    struct anchor_line line = {0};
    char old[PATH_MAX];
    int lines;
    int64_t at_line;
    make_lines(&text, &line, LINES);
    anchors_old_path(path, old);
    put(old, &text);
    bytes_clear(&text);
    make_lines(&text, &line, LINES);
    put(path, &text);
    assert_int_equal(fault_of(&lines, &at_line), ANCHOR_SOUND);
    assert_int_equal(lines, 2 * LINES);
    assert_int_equal(unlink(old), 0); /* the oldest that is kept begins anywhere */
    assert_int_equal(fault_of(&lines, &at_line), ANCHOR_SOUND);
    assert_int_equal(lines, LINES);
    bytes_free(&text);
}

/* Each byte of the file, one after the other: no change goes unseen. */
static void every_touched_byte_is_seen(void **state) {
    (void)state;
    struct bytes text = {0};
    struct anchor_line line = {0};
    int lines;
    int64_t at_line;
    make_lines(&text, &line, 2);
    for (size_t i = 0; i + 1 < text.length; i++) {
        uint8_t kept = text.data[i];
        text.data[i] = kept == '1' ? '2' : '1';
        put(path, &text);
        if (fault_of(&lines, &at_line) == ANCHOR_SOUND) fail_msg("byte %zu", i);
        text.data[i] = kept;
    }
    put(path, &text);
    assert_int_equal(fault_of(&lines, &at_line), ANCHOR_SOUND);
    bytes_free(&text);
}

static void a_crash_in_the_middle_of_a_line_is_none(void **state) {
    (void)state;
    struct bytes text = {0};
    struct anchor_line line = {0};
    enum anchor_fault fault;
    int lines = 0;
    make_lines(&text, &line, 2);
    text.length -= 30;
    put(path, &text);
    struct anchor_reader reader = {.key = &key, .on_line = count_line, .owner = &lines};
    assert_int_equal(anchors_read(&reader, path, &fault), STATUS_OK);
    assert_int_equal(fault, ANCHOR_SOUND);
    assert_true(reader.torn);
    assert_int_equal(lines, 1);
    assert_int_equal(truncate(path, reader.whole_bytes), 0);
    reader = (struct anchor_reader){.key = &key, .on_line = count_line, .owner = &lines};
    assert_int_equal(anchors_read(&reader, path, &fault), STATUS_OK);
    assert_false(reader.torn);
    bytes_free(&text);
}

static void absurd_files_are_harmless(void **state) {
    (void)state;
    static const char *const files[] = {"\n", "x\n", "1 1 1 1 1 1 1 1 1 1 1\n", "\0\n", "1 9999999999999999999999 x\n"};
    enum anchor_fault fault;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct anchor_reader reader = {.key = &key};
        put(path, &(struct bytes){.data = (uint8_t *)(uintptr_t)files[i], .length = i == 3 ? 2 : strlen(files[i])});
        assert_int_equal(anchors_read(&reader, path, &fault), STATUS_OK);
        assert_int_not_equal(fault, ANCHOR_SOUND);
    }
    char endless[4096];
    memset(endless, '1', sizeof endless);
    struct anchor_reader reader = {.key = &key};
    put(path, &(struct bytes){.data = (uint8_t *)endless, .length = sizeof endless});
    assert_int_equal(anchors_read(&reader, path, &fault), STATUS_OK);
    assert_int_equal(fault, ANCHOR_UNREADABLE);
}

/* Behind the last number that there is, nothing follows. */
static void the_numbers_of_lines_come_to_an_end(void **state) {
    (void)state;
    struct bytes text = {0};
    struct anchor_line line = {.line = INT64_MAX - 1};
    int lines;
    int64_t at_line;
    make_lines(&text, &line, 1);
    line.line = INT64_MIN;
    memcpy(line.before, line.own, sizeof line.before);
    assert_int_equal(anchor_line_append(&text, &line, &key), STATUS_OK);
    put(path, &text);
    assert_int_equal(fault_of(&lines, &at_line), ANCHOR_BROKEN);
    assert_int_equal(lines, 1);
    assert_int_equal(at_line, 2);
    bytes_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_is_made_once_and_kept_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_read_back_over_two_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_touched_byte_is_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crash_in_the_middle_of_a_line_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_numbers_of_lines_come_to_an_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(absurd_files_are_harmless, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
