/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/ring.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

static void append(struct ring *ring, int64_t seq, size_t size) {
    struct packed packed = {.seq = seq};
    assert_int_equal(bytes_reserve(&packed.frame, size), STATUS_OK);
    ring_append(ring, &packed);
    assert_null(packed.frame.data);
}

static void is_bounded_by_count(void **state) {
    (void)state;
    struct ring ring = {0};
    for (int64_t seq = 10; seq < 10 + 3 * RING_ENTRIES; seq++) {
        append(&ring, seq, 16);
        int64_t oldest = seq - RING_ENTRIES + 1 > 10 ? seq - RING_ENTRIES + 1 : 10;
        assert_null(ring_find(&ring, oldest - 1));
        assert_int_equal(ring_find(&ring, oldest)->seq, oldest);
        assert_int_equal(ring_find(&ring, seq)->seq, seq);
        assert_null(ring_find(&ring, seq + 1));
    }
    ring_free(&ring);
    assert_null(ring_find(&ring, 10));
    assert_int_equal(ring.bytes, 0);
}

static void is_bounded_by_bytes(void **state) {
    (void)state;
    struct ring ring = {0};
    for (int64_t seq = 1; seq <= 100; seq++) {
        append(&ring, seq, seq % 7 == 0 ? 60000 : 3000);
        assert_true(ring.bytes <= RING_BYTES);
        assert_non_null(ring_find(&ring, seq));
    }
    append(&ring, 101, (size_t)RING_BYTES * 2); /* the newest one is kept whatever its size */
    assert_int_equal(ring.count, 1);
    assert_non_null(ring_find(&ring, 101));
    append(&ring, 102, 16);
    assert_int_equal(ring.count, 1);
    ring_free(&ring);
}

static void an_empty_one_has_nothing(void **state) {
    (void)state;
    struct ring ring = {0};
    assert_null(ring_find(&ring, 0));
    ring_free(&ring);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_bounded_by_count),
        cmocka_unit_test(is_bounded_by_bytes),
        cmocka_unit_test(an_empty_one_has_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
