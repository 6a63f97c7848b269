/* SPDX-License-Identifier: Apache-2.0 */
#include "common/bytes.h"

#include <string.h>

#include "tests/support/test.h"

/* Sizes that no machine has are asked for on purpose. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

static void an_empty_buffer_is_all_zero(void **state) {
    (void)state;
    struct bytes bytes = {0};
    assert_int_equal(bytes_append(&bytes, NULL, 0), STATUS_OK);
    assert_int_equal(bytes_reserve(&bytes, 0), STATUS_OK);
    bytes_consume(&bytes, 0);
    assert_int_equal(bytes.length, 0);
    bytes_free(&bytes);
    bytes_free(&bytes);
}

static void appends_in_order(void **state) {
    (void)state;
    struct bytes bytes = {0};
    assert_int_equal(bytes_append(&bytes, "ab\0c", 4), STATUS_OK);
    assert_int_equal(bytes_append_text(&bytes, "前台"), STATUS_OK);
    assert_int_equal(bytes_printf(&bytes, "%s=%d", "n", 7), STATUS_OK);
    assert_int_equal(bytes.length, 4 + 6 + 3);
    assert_memory_equal(bytes.data, "ab\0c前台n=7", bytes.length);
    bytes_free(&bytes);
    assert_null(bytes.data);
    assert_int_equal(bytes.capacity, 0);
}

static void grows_past_every_size(void **state) {
    (void)state;
    struct bytes bytes = {0};
    for (size_t i = 0; i < 100000; i++) {
        uint8_t byte = (uint8_t)(i * 7);
        assert_int_equal(bytes_append(&bytes, &byte, 1), STATUS_OK);
    }
    for (size_t i = 0; i < 100000; i++) assert_int_equal(bytes.data[i], (uint8_t)(i * 7));
    assert_true(bytes.capacity < 4 * bytes.length);
    bytes_free(&bytes);
}

static void prints_at_the_edge_of_the_capacity(void **state) {
    (void)state;
    for (int width = 0; width < 300; width++) {
        struct bytes bytes = {0};
        assert_int_equal(bytes_printf(&bytes, "%*s", width, ""), STATUS_OK);
        assert_int_equal(bytes.length, width);
        assert_true(bytes.capacity > bytes.length);
        bytes_free(&bytes);
    }
}

static void consumes_from_the_front(void **state) {
    (void)state;
    static const struct {
        size_t consumed;
        const char *left;
    } rows[] = {
        {0, "abcdef"},
        {1, "bcdef" },
        {5, "f"     },
        {6, ""      }
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes bytes = {0};
        assert_int_equal(bytes_append_text(&bytes, "abcdef"), STATUS_OK);
        bytes_consume(&bytes, rows[i].consumed);
        assert_int_equal(bytes.length, strlen(rows[i].left));
        assert_memory_equal(bytes.data, rows[i].left, bytes.length);
        bytes_free(&bytes);
    }
}

static void clearing_keeps_the_memory(void **state) {
    (void)state;
    struct bytes bytes = {0};
    assert_int_equal(bytes_append_text(&bytes, "abc"), STATUS_OK);
    uint8_t *data = bytes.data;
    bytes_clear(&bytes);
    assert_int_equal(bytes.length, 0);
    assert_ptr_equal(bytes.data, data);
    bytes_free(&bytes);
}

static void no_memory_leaves_the_buffer_unchanged(void **state) {
    (void)state;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX / 2, SIZE_MAX / 2 - 3};
    struct bytes bytes = {0};
    assert_int_equal(bytes_append_text(&bytes, "abc"), STATUS_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(bytes_reserve(&bytes, sizes[i]), STATUS_TOO_LARGE);
        assert_int_equal(bytes.length, 3);
        assert_memory_equal(bytes.data, "abc", 3);
    }
    bytes_free(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_all_zero),
        cmocka_unit_test(appends_in_order),
        cmocka_unit_test(grows_past_every_size),
        cmocka_unit_test(prints_at_the_edge_of_the_capacity),
        cmocka_unit_test(consumes_from_the_front),
        cmocka_unit_test(clearing_keeps_the_memory),
        cmocka_unit_test(no_memory_leaves_the_buffer_unchanged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
