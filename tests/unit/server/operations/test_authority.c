/* SPDX-License-Identifier: Apache-2.0 */
#include "server/operations/authority.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const Fd__AuthorityItem *find(const Fd__ListAuthorityResponse *response, const char *id) {
    for (size_t i = 0; i < response->n_items; i++)
        if (strcmp(response->items[i]->id, id) == 0) return response->items[i];
    return NULL;
}

/* D3: eighteen printed lines and two from its text. */
static void the_whole_table_is_shown(void **state) {
    (void)state;
    static const struct {
        const char *id;
        Fd__Right staff, supervisor, manager;
    } some[] = {
        {"S3", FD__RIGHT__RIGHT_EXECUTE,     FD__RIGHT__RIGHT_RESPONSIBLE, FD__RIGHT__RIGHT_APPROVE},
        {"R1", FD__RIGHT__RIGHT_EXECUTE,     FD__RIGHT__RIGHT_RESPONSIBLE, FD__RIGHT__RIGHT_APPROVE},
        {"P4", FD__RIGHT__RIGHT_UNSPECIFIED, FD__RIGHT__RIGHT_ASSIST,      FD__RIGHT__RIGHT_APPROVE},
        {"M1", FD__RIGHT__RIGHT_ASSIST,      FD__RIGHT__RIGHT_DRAFT,       FD__RIGHT__RIGHT_APPROVE},
    };
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    const Fd__ListAuthorityResponse *response = authority_list(&arena, false);
    assert_non_null(response);
    assert_int_equal(response->n_items, 20);
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        const Fd__AuthorityItem *item = find(response, some[i].id);
        assert_non_null(item);
        assert_int_equal(item->staff, some[i].staff);
        assert_int_equal(item->supervisor, some[i].supervisor);
        assert_int_equal(item->manager, some[i].manager);
    }
    arena_free(&arena);
}

static void in_both_languages(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    assert_string_equal(find(authority_list(&arena, true), "S3")->name, "客户抱怨处理");
    assert_string_equal(find(authority_list(&arena, false), "S3")->name, "complaint handling");
    arena_free(&arena);
}

static void a_full_arena_gives_nothing(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 512);
    assert_null(authority_list(&arena, true));
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_table_is_shown),
        cmocka_unit_test(in_both_languages),
        cmocka_unit_test(a_full_arena_gives_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
