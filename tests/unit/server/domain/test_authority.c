/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/authority.h"

#include <string.h>

#include "server/domain/words.h"
#include "tests/support/test.h"

/* D3 typed in again: staff, supervisor, manager. -, assist, execute, draft, responsible, approve */
static const struct {
    enum authority_item item;
    const char *id, *rights;
} lines[] = {
    {ITEM_P1, "P1", "EDA"},
    {ITEM_P2, "P2", "EDA"},
    {ITEM_P3, "P3", "-DA"},
    {ITEM_P4, "P4", "-sA"},
    {ITEM_S1, "S1", "sDA"},
    {ITEM_S2, "S2", "ERA"},
    {ITEM_S3, "S3", "ERA"},
    {ITEM_S4, "S4", "ERA"},
    {ITEM_S5, "S5", "ERA"},
    {ITEM_E1, "E1", "ERA"},
    {ITEM_E2, "E2", "ERA"},
    {ITEM_E3, "E3", "ERA"},
    {ITEM_M1, "M1", "sDA"},
    {ITEM_M2, "M2", "sRA"},
    {ITEM_M3, "M3", "-RA"},
    {ITEM_Q1, "Q1", "sDA"},
    {ITEM_Q2, "Q2", "sDA"},
    {ITEM_Q3, "Q3", "sDA"},
    {ITEM_G1, "G1", "-DA"},
    {ITEM_R1, "R1", "ERA"},
};

/* What a letter allows. "a" is approve on the day-to-day items, where the manager also works and decides. */
static const struct {
    char right;
    const char *actions; /* see contribute work submit decide approve administer found */
} allowed[] = {
    {'-', "........"},
    {'s', "SC......"},
    {'E', "SCW....."},
    {'D', "SCWs...."},
    {'R', "SCWsd..."},
    {'A', "SC...A.."},
    {'a', "SCW.dA.."},
    {'h', "S......."},
};

static const enum authority_action order[] = {ACTION_SEE,    ACTION_CONTRIBUTE, ACTION_WORK,       ACTION_SUBMIT,
                                              ACTION_DECIDE, ACTION_APPROVE,    ACTION_ADMINISTER, ACTION_FOUND};

static Fd__Right right_of(char letter) {
    switch (letter) {
    case 's': return RIGHT(ASSIST);
    case 'E': return RIGHT(EXECUTE);
    case 'D': return RIGHT(DRAFT);
    case 'R': return RIGHT(RESPONSIBLE);
    case 'A': return RIGHT(APPROVE);
    default: return RIGHT(UNSPECIFIED);
    }
}

static const char *actions_of(char right) {
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (allowed[i].right == right) return allowed[i].actions;
    fail();
    return "";
}

/* 0 staff, 1 supervisor, 2 manager, 3 head office */
static int column_of(Fd__Role role) {
    switch (role) {
    case ROLE(SUPERVISOR): return 1;
    case ROLE(MANAGER): return 2;
    case ROLE(HQ_VIEWER):
    case ROLE(HQ_ADMIN): return 3;
    default: return 0;
    }
}

static void twenty_lines_as_in_the_domain(void **state) {
    (void)state;
    assert_int_equal(sizeof lines / sizeof lines[0], 20);
    assert_int_equal(ITEM_COUNT, 21);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const struct authority_line *line = &authority_table[lines[i].item];
        assert_string_equal(line->id, lines[i].id);
        assert_int_equal(line->staff, right_of(lines[i].rights[0]));
        assert_int_equal(line->supervisor, right_of(lines[i].rights[1]));
        assert_int_equal(line->manager, right_of(lines[i].rights[2]));
        assert_true(strlen(line->name) > 0 && strlen(line->name_zh) > 0);
        assert_true(strlen(line->element) > 0 && strlen(line->element_zh) > 0);
    }
}

static void every_role_on_every_item_for_every_action(void **state) {
    (void)state;
    int cells = 0;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        for (int r = ROLE(DESK_CLERK); r <= ROLE(HQ_ADMIN); r++) {
            Fd__Role role = (Fd__Role)r;
            int column = column_of(role);
            char right = column == 3 ? 'h' : lines[i].rights[column];
            if (right == 'A' && strchr("SER", lines[i].id[0]) != NULL) right = 'a';
            const char *actions = actions_of(right);
            for (size_t a = 0; a < sizeof order / sizeof order[0]; a++, cells++)
                assert_int_equal(authority_allows(lines[i].item, order[a], &role, 1), actions[a] != '.');
            assert_true(authority_allows(lines[i].item, ACTION_SELF, &role, 1));
            assert_int_equal(authority_right(lines[i].item, &role, 1),
                             column == 3 ? 0 : right_of(lines[i].rights[column]));
        }
    }
    assert_int_equal(cells, 20 * 9 * 8);
}

static void outside_the_table(void **state) {
    (void)state;
    for (int r = ROLE(DESK_CLERK); r <= ROLE(HQ_ADMIN); r++) {
        Fd__Role role = (Fd__Role)r;
        bool keeps = role == ROLE(ADMINISTRATOR) || role == ROLE(MANAGER) || role == ROLE(HQ_ADMIN);
        for (int action = 0; action < ACTION_COUNT; action++) {
            bool wanted = action == ACTION_SELF || action == ACTION_SEE || (action == ACTION_ADMINISTER && keeps) ||
                          (action == ACTION_FOUND && role == ROLE(HQ_ADMIN)) ||
                          (action == ACTION_GOVERN && (role == ROLE(HQ_ADMIN) || role == ROLE(MANAGER)));
            assert_int_equal(authority_allows(ITEM_NONE, (enum authority_action)action, &role, 1), wanted);
        }
    }
}

static void several_roles_add_up(void **state) {
    (void)state;
    const Fd__Role roles[] = {ROLE(MANAGER), ROLE(SUPERVISOR), ROLE(HQ_VIEWER)};
    assert_int_equal(authority_right(ITEM_P1, roles, 3), RIGHT(APPROVE));
    assert_true(authority_allows(ITEM_P1, ACTION_SUBMIT, roles, 3)); /* as supervisor */
    assert_true(authority_allows(ITEM_P1, ACTION_APPROVE, roles, 3));
    assert_true(authority_allows(ITEM_P3, ACTION_SEE, roles, 3));
}

static void nobody_without_a_role(void **state) {
    (void)state;
    const Fd__Role none = ROLE(UNSPECIFIED);
    for (int item = 0; item < ITEM_COUNT; item++)
        for (int action = ACTION_SEE; action < ACTION_COUNT; action++) {
            assert_false(authority_allows((enum authority_item)item, (enum authority_action)action, NULL, 0));
            assert_false(authority_allows((enum authority_item)item, (enum authority_action)action, &none, 1));
        }
    const Fd__Role manager = ROLE(MANAGER);
    assert_false(authority_allows(ITEM_COUNT, ACTION_SEE, &manager, 1));
    assert_false(authority_allows(ITEM_S3, ACTION_COUNT, &manager, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twenty_lines_as_in_the_domain),
        cmocka_unit_test(every_role_on_every_item_for_every_action),
        cmocka_unit_test(outside_the_table),
        cmocka_unit_test(several_roles_add_up),
        cmocka_unit_test(nobody_without_a_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
