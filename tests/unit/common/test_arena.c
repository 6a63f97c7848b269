/* SPDX-License-Identifier: Apache-2.0 */
#include "common/arena.h"

#include <string.h>

#include "tests/support/test.h"

/* Sizes that no machine has are asked for on purpose. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

static void memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 1024, 5000, 100000};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *memory = arena_take(&arena, sizes[i]);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        for (size_t j = 0; j < sizes[i]; j++) assert_int_equal(memory[j], 0);
        memset(memory, 0xff, sizes[i]);
    }
    assert_false(arena_exhausted(&arena));
    arena_free(&arena);
}

static void pieces_do_not_overlap(void **state) {
    (void)state;
    enum { PIECES = 500 };
    struct arena arena;
    uint8_t *pieces[PIECES];
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = arena_take(&arena, i % 97 + 1);
        assert_non_null(pieces[i]);
        memset(pieces[i], (int)(i % 251), i % 97 + 1);
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t j = 0; j < i % 97 + 1; j++) assert_int_equal(pieces[i][j], i % 251);
    }
    arena_free(&arena);
}

static void the_cap_holds_and_sticks(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 64);
    assert_non_null(arena_take(&arena, 48));
    assert_int_equal(arena.used_bytes, 48);
    assert_null(arena_take(&arena, 17));
    assert_true(arena_exhausted(&arena));
    assert_null(arena_take(&arena, 1)); /* would fit: one check at the end is enough */
    arena_free(&arena);
    assert_false(arena_exhausted(&arena));
    assert_non_null(arena_take(&arena, 64));
    assert_null(arena_take(&arena, 0));
    arena_free(&arena);
}

static void absurd_sizes_are_refused(void **state) {
    (void)state;
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct arena arena;
        arena_init(&arena, SIZE_MAX);
        assert_null(arena_take(&arena, sizes[i]));
        assert_true(arena_exhausted(&arena));
        arena_free(&arena);
    }
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    assert_null(arena_string_n(&arena, "", SIZE_MAX));
    assert_true(arena_exhausted(&arena));
}

static void copies_are_their_own(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    char source[] = "前台";
    char *text = arena_string(&arena, source);
    char *part = arena_string_n(&arena, source, 3);
    char *bytes = arena_copy(&arena, source, sizeof source);
    memset(source, 'x', sizeof source - 1);
    assert_string_equal(text, "前台");
    assert_string_equal(part, "前");
    assert_memory_equal(bytes, "前台", sizeof source);
    assert_string_equal(arena_string(&arena, NULL), "");
    assert_non_null(arena_copy(&arena, NULL, 0));
    assert_string_equal(arena_printf(&arena, "%s-%d", "C", 1024), "C-1024");
    assert_string_equal(arena_printf(&arena, "%s", ""), "");
    arena_free(&arena);
}

static void everything_gives_null_past_the_cap(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    assert_null(arena_take(&arena, 1));
    assert_null(arena_copy(&arena, "a", 1));
    assert_null(arena_string(&arena, "a"));
    assert_null(arena_string_n(&arena, "a", 1));
    assert_null(arena_printf(&arena, "%d", 1));
    assert_null(arena.allocator.alloc(arena.allocator.allocator_data, 1));
    arena_free(&arena);
}

static void the_allocator_takes_from_the_arena(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    char *memory = arena.allocator.alloc(arena.allocator.allocator_data, 10);
    assert_non_null(memory);
    memory[9] = 'x';
    arena.allocator.free(arena.allocator.allocator_data, memory);
    assert_int_equal(memory[9], 'x'); /* still the arena's */
    assert_int_equal(arena.used_bytes, 16);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(the_cap_holds_and_sticks),
        cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(copies_are_their_own),
        cmocka_unit_test(everything_gives_null_past_the_cap),
        cmocka_unit_test(the_allocator_takes_from_the_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
