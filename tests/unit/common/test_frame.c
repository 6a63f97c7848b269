/* SPDX-License-Identifier: Apache-2.0 */
#include "common/frame.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

static void push(struct frame_reader *reader, const void *data, size_t length) {
    assert_int_equal(frame_reader_push(reader, data, length), STATUS_OK);
}

static void expect_frame(struct frame_reader *reader, const char *text) {
    const uint8_t *payload = NULL;
    size_t length = 0;
    assert_int_equal(frame_reader_next(reader, &payload, &length), STATUS_OK);
    assert_int_equal(length, strlen(text));
    assert_memory_equal(payload, text, length);
    frame_reader_pop(reader);
}

static enum status next(struct frame_reader *reader) {
    const uint8_t *payload = NULL;
    size_t length = 0;
    return frame_reader_next(reader, &payload, &length);
}

static void the_header_is_big_endian(void **state) {
    (void)state;
    static const struct {
        size_t length;
        uint8_t header[4];
    } rows[] = {
        {1,          {0, 0, 0, 1}            },
        {0x1234,     {0, 0, 0x12, 0x34}      },
        {0xfedcba98, {0xfe, 0xdc, 0xba, 0x98}}
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t header[FRAME_HEADER_BYTES];
        frame_header(header, rows[i].length);
        assert_memory_equal(header, rows[i].header, sizeof header);
    }
}

static const char two_frames[] = "\0\0\0\5hello\0\0\0\1x";

static void frames_come_whole_however_they_are_cut(void **state) {
    (void)state;
    const size_t total = sizeof two_frames - 1;
    for (size_t cut = 0; cut <= total; cut++) {
        struct frame_reader reader = {.limit = 5};
        push(&reader, two_frames, cut);
        if (cut < 9) assert_int_equal(next(&reader), STATUS_NOT_FOUND);
        push(&reader, two_frames + cut, total - cut);
        expect_frame(&reader, "hello");
        expect_frame(&reader, "x");
        assert_int_equal(next(&reader), STATUS_NOT_FOUND);
        assert_int_equal(reader.buffer.length, 0);
        frame_reader_free(&reader);
    }
}

static void a_byte_at_a_time(void **state) {
    (void)state;
    struct frame_reader reader = {.limit = 5};
    for (size_t i = 0; i < sizeof two_frames - 1; i++) {
        push(&reader, two_frames + i, 1);
        if (i == 8) expect_frame(&reader, "hello");
    }
    expect_frame(&reader, "x");
    frame_reader_free(&reader);
}

static void asking_twice_gives_the_same(void **state) {
    (void)state;
    struct frame_reader reader = {.limit = 5};
    push(&reader, two_frames, sizeof two_frames - 1);
    assert_int_equal(next(&reader), STATUS_OK);
    expect_frame(&reader, "hello");
    frame_reader_pop(&reader);
    frame_reader_pop(&reader); /* nothing whole is left */
    assert_int_equal(next(&reader), STATUS_NOT_FOUND);
    frame_reader_free(&reader);
}

static void bad_headers_are_for_ever(void **state) {
    (void)state;
    static const struct {
        uint8_t header[4];
        enum status status;
    } rows[] = {
        {{0, 0, 0, 0},             STATUS_INVALID  },
        {{0, 0, 0x10, 1},          STATUS_TOO_LARGE},
        {{0x80, 0, 0, 0},          STATUS_TOO_LARGE},
        {{0xff, 0xff, 0xff, 0xff}, STATUS_TOO_LARGE},
        {{'G', 'E', 'T', ' '},     STATUS_TOO_LARGE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct frame_reader reader = {.limit = FRAME_LIMIT_STRANGER};
        static const uint8_t flood[100000];
        push(&reader, rows[i].header, 4);
        assert_int_equal(next(&reader), rows[i].status);
        size_t capacity = reader.buffer.capacity;
        push(&reader, flood, sizeof flood);
        assert_int_equal(reader.buffer.capacity, capacity); /* nothing more is kept */
        frame_reader_pop(&reader);
        assert_int_equal(next(&reader), rows[i].status);
        frame_reader_free(&reader);
    }
}

static void the_limit_is_of_the_payload(void **state) {
    (void)state;
    struct frame_reader reader = {.limit = 5};
    push(&reader, "\0\0\0\6", 4);
    assert_int_equal(next(&reader), STATUS_TOO_LARGE);
    reader.limit = 6; /* signed in meanwhile */
    assert_int_equal(next(&reader), STATUS_NOT_FOUND);
    push(&reader, "worlds", 6);
    expect_frame(&reader, "worlds");
    frame_reader_free(&reader);
}

static void an_idle_reader_keeps_little(void **state) {
    (void)state;
    struct frame_reader reader = {.limit = FRAME_LIMIT};
    uint8_t *frame = calloc(1, FRAME_HEADER_BYTES + FRAME_LIMIT);
    assert_non_null(frame);
    frame_header(frame, FRAME_LIMIT);
    push(&reader, frame, FRAME_HEADER_BYTES + FRAME_LIMIT);
    assert_int_equal(next(&reader), STATUS_OK);
    frame_reader_pop(&reader);
    assert_in_range(reader.buffer.capacity, 0, 1024);
    free(frame);
    frame_reader_free(&reader);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_big_endian),
        cmocka_unit_test(frames_come_whole_however_they_are_cut),
        cmocka_unit_test(a_byte_at_a_time),
        cmocka_unit_test(asking_twice_gives_the_same),
        cmocka_unit_test(bad_headers_are_for_ever),
        cmocka_unit_test(the_limit_is_of_the_payload),
        cmocka_unit_test(an_idle_reader_keeps_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
