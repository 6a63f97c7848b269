/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/anchor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"

#define SITE "01a20860-6bb2-761a-8930-61a0dd115a40"
#define HASH "ade236bed35c513497c5b83efeeff873d1b18ccf762e6bc9520cbc1aa56fdb44"
#define HEAD "frontdesk anchor 1\n"

static char path[] = "/tmp/frontdesk-anchor-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int file = mkstemp(path);
    return file >= 0 ? close(file) : -1;
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static void write_text(const char *text) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

static const struct text_case {
    const char *name, *text;
    enum status status;
    size_t count;
} cases[] = {
    {"nobody",              HEAD "end 0\n",                                                                              STATUS_OK,      0},
    {"one",                 HEAD SITE " 7 12 " HASH "\nend 1\n",                                                         STATUS_OK,      1},
    {"without a hash",      HEAD SITE " 7 12 -\nend 1\n",                                                                STATUS_OK,      1},
    {"empty file",          "",                                                                                          STATUS_INVALID, 0},
    {"title only",          HEAD,                                                                                        STATUS_INVALID, 0},
    {"torn",                HEAD SITE " 7 12 " HASH "\n",                                                                STATUS_INVALID, 0},
    {"torn in the middle",  HEAD SITE " 7 12 ade",                                                                       STATUS_INVALID, 0},
    {"wrong count",         HEAD SITE " 7 12 " HASH "\nend 2\n",                                                         STATUS_INVALID, 0},
    {"another format",      "frontdesk anchor 2\nend 0\n",                                                               STATUS_INVALID, 0},
    {"no site",             HEAD "nonsense 7 12 -\nend 1\n",                                                             STATUS_INVALID, 0},
    {"short hash",          HEAD SITE " 7 12 abcd\nend 1\n",                                                             STATUS_INVALID, 0},
    {"not hexadecimal",     HEAD SITE " 7 12 zde236bed35c513497c5b83efeeff873d1b18ccf762e6bc9520cbc1aa56fdb44\nend 1\n",
     STATUS_INVALID,                                                                                                                     0},
    {"hash too long",       HEAD SITE " 7 12 " HASH "0\nend 1\n",                                                        STATUS_INVALID, 0},
    {"below zero",          HEAD SITE " -7 12 -\nend 1\n",                                                               STATUS_INVALID, 0},
    {"with a timeline",     HEAD SITE " 7 12 " HASH " 3\nend 1\n",                                                       STATUS_OK,      1},
    {"timeline below zero", HEAD SITE " 7 12 - -3\nend 1\n",                                                             STATUS_INVALID, 0},
    {"behind a timeline",   HEAD SITE " 7 12 - 3 4\nend 1\n",                                                            STATUS_INVALID, 0},
    {"something behind",    HEAD SITE " 7 12 - more\nend 1\n",                                                           STATUS_INVALID, 0},
};

static void only_a_whole_file_is_believed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct anchor anchor;
        write_text(cases[i].text);
        enum status status = anchor_read(&anchor, path);
        if (status != cases[i].status || anchor.count != cases[i].count)
            fail_msg("%s: %s, %zu heads", cases[i].name, status_name(status), anchor.count);
        if (anchor.count == 1) {
            assert_string_equal(anchor.heads[0].site_id, SITE);
            assert_int_equal(anchor.heads[0].epoch, 7);
            assert_int_equal(anchor.heads[0].seq, 12);
            assert_int_equal(anchor_epoch(&anchor, SITE), 7);
        }
        assert_int_equal(anchor_epoch(&anchor, "01a20860-0000-761a-8930-61a0dd115a40"), 0);
        anchor_free(&anchor);
    }
}

static void what_is_written_is_read(void **state) {
    (void)state;
    struct bytes text = {0};
    struct anchor anchor;
    assert_int_equal(anchor_begin(&text), STATUS_OK);
    for (int i = 0; i < 100; i++) {
        struct anchor_head head = {.epoch = INT64_MAX - i, .seq = i, .timeline = i % 3};
        snprintf(head.site_id, sizeof(head.site_id), "01a20860-6bb2-761a-8930-61a0dd115a%02x", (unsigned)i);
        if (i % 2 == 0) memcpy(head.hash, HASH, sizeof(head.hash));
        assert_int_equal(anchor_add(&text, &head), STATUS_OK);
    }
    assert_int_equal(anchor_write(&text, 100, path), STATUS_OK);
    bytes_free(&text);
    assert_int_equal(anchor_read(&anchor, path), STATUS_OK);
    assert_int_equal(anchor.count, 100);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(anchor.heads[i].epoch, INT64_MAX - i);
        assert_int_equal(anchor.heads[i].seq, i);
        assert_int_equal(anchor.heads[i].timeline, i % 3);
        assert_string_equal(anchor.heads[i].hash, i % 2 == 0 ? HASH : "");
    }
    anchor_free(&anchor);
}

static void an_absent_file_is_no_fault_and_a_lost_folder_is(void **state) {
    (void)state;
    struct anchor anchor;
    struct bytes text = {0};
    assert_int_equal(anchor_read(&anchor, "/tmp/frontdesk-anchor-nowhere/anchor"), STATUS_OK);
    assert_int_equal(anchor.count, 0);
    assert_int_equal(anchor_begin(&text), STATUS_OK);
    assert_int_equal(anchor_write(&text, 0, "/tmp/frontdesk-anchor-nowhere/anchor"), STATUS_UNAVAILABLE);
    bytes_free(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_whole_file_is_believed),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(an_absent_file_is_no_fault_and_a_lost_folder_is),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
