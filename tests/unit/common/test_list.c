/* SPDX-License-Identifier: Apache-2.0 */
#include "common/list.h"

#include "tests/support/test.h"

struct item {
    int number;
    struct list node;
};

static void keeps_the_order(void **state) {
    (void)state;
    struct list head;
    struct item items[] = {{.number = 0}, {.number = 1}, {.number = 2}};
    int expected = 0;
    list_init(&head);
    assert_true(list_empty(&head));
    for (int i = 0; i < 3; i++) list_append(&head, &items[i].node);
    assert_false(list_empty(&head));
    list_each(node, &head) assert_int_equal(list_item(node, struct item, node)->number, expected++);
    assert_int_equal(expected, 3);
}

static void removing_twice_is_harmless(void **state) {
    (void)state;
    struct list head;
    struct item items[] = {{.number = 0}, {.number = 1}};
    list_init(&head);
    for (int i = 0; i < 2; i++) list_append(&head, &items[i].node);
    list_remove(&items[0].node);
    list_remove(&items[0].node);
    assert_ptr_equal(head.next, &items[1].node);
    assert_ptr_equal(head.previous, &items[1].node);
}

static void may_remove_while_walking(void **state) {
    (void)state;
    struct list head;
    struct item items[] = {{.number = 0}, {.number = 1}, {.number = 2}};
    int seen = 0;
    list_init(&head);
    for (int i = 0; i < 3; i++) list_append(&head, &items[i].node);
    list_each_safe(node, &head) {
        assert_int_equal(list_item(node, struct item, node)->number, seen++);
        list_remove(node);
    }
    assert_int_equal(seen, 3);
    assert_true(list_empty(&head));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_order),
        cmocka_unit_test(removing_twice_is_harmless),
        cmocka_unit_test(may_remove_while_walking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
