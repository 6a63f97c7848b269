/* SPDX-License-Identifier: Apache-2.0 */
/* The authority table is the only way in (promise 16): every role tries every operation on a real server, and a right
 * that is withdrawn ends on open lines. */
#include <stdio.h>
#include <string.h>

#include "common/message.h"
#include "server/request/table.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

static struct estate estate;
static struct desk desks[FD__ROLE__ROLE_HQ_ADMIN + 1]; /* by role */

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    for (int role = FD__ROLE__ROLE_DESK_CLERK; role <= FD__ROLE__ROLE_HQ_ADMIN; role++) {
        char login[16];
        snprintf(login, sizeof login, "role%d", role);
        estate_person(&estate, &desks[role], login, (Fd__Role)role, FD__TEAM__TEAM_DESK);
    }
    return 0;
}

static int close_house(void **state) {
    (void)state;
    for (int role = FD__ROLE__ROLE_DESK_CLERK; role <= FD__ROLE__ROLE_HQ_ADMIN; role++) desk_close(&desks[role]);
    estate_close(&estate);
    return 0;
}

static void every_role_tries_every_operation(void **state) {
    (void)state;
    struct arena arena;
    int allowed = 0, denied = 0;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        if (operation->before_sign_in || operation->action == ACTION_SELF) continue;
        for (int r = FD__ROLE__ROLE_DESK_CLERK; r <= FD__ROLE__ROLE_HQ_ADMIN; r++) {
            Fd__Role role = (Fd__Role)r;
            bool may = authority_allows(operation->item, operation->action, &role, 1);
            struct answer answer = desk_call(&desks[r], operation->name, estate.site_id, NULL,
                                             message_new(&arena, operation->request), operation->response);
            if ((answer.status == STATUS_DENIED) == may) {
                fail_msg("%s by role %d: %s", operation->name, r, status_name(answer.status));
            }
            allowed += may;
            denied += !may;
        }
    }
    assert_true(allowed > 50);
    assert_true(denied > 50);
    arena_free(&arena);
}

static void a_withdrawn_right_ends_on_open_lines(void **state) {
    (void)state;
    struct desk *clerk = &desks[FD__ROLE__ROLE_DESK_CLERK];
    estate_register(clerk, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "still allowed");
    Fd__UpdatePersonRequest request = FD__UPDATE_PERSON_REQUEST__INIT;
    Fd__Role viewer = FD__ROLE__ROLE_HQ_VIEWER;
    request.person_id = clerk->person_id;
    request.name = (char *)(uintptr_t) "role1";
    request.roles = &viewer;
    request.n_roles = 1;
    request.team = FD__TEAM__TEAM_DESK;
    request.active = true;
    struct answer answer = desk_call(&desks[FD__ROLE__ROLE_HQ_ADMIN], "person.update", estate.site_id, NULL, &request,
                                     &fd__update_person_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    desk_idle(&estate.loop, 1000);
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    command.anonymous = true;
    command.subject = (char *)(uintptr_t) "not any more";
    command.severity = FD__SEVERITY__SEVERITY_GENERAL;
    answer = desk_call(clerk, "complaint.register", estate.site_id, NULL, &command,
                       &fd__register_complaint_response__descriptor);
    assert_int_equal(answer.status, STATUS_DENIED);
}

static void somebody_who_left_is_signed_out(void **state) {
    (void)state;
    struct desk *finance = &desks[FD__ROLE__ROLE_FINANCE_CLERK];
    Fd__UpdatePersonRequest request = FD__UPDATE_PERSON_REQUEST__INIT;
    Fd__Role role = FD__ROLE__ROLE_FINANCE_CLERK;
    request.person_id = finance->person_id;
    request.name = (char *)(uintptr_t) "role7";
    request.roles = &role;
    request.n_roles = 1;
    request.active = false;
    struct answer answer = desk_call(&estate.administrator, "person.update", estate.site_id, NULL, &request,
                                     &fd__update_person_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    desk_until(finance, finance->line != CLIENT_LINE_UP);
    desk_idle(&estate.loop, 3000); /* its token opens nothing any more */
    assert_int_not_equal(finance->line, CLIENT_LINE_UP);
}

/* A new password, and a sign-out everywhere, end the lines that are open on other devices. */
static void a_reset_password_ends_open_lines(void **state) {
    (void)state;
    struct desk *leader = &desks[FD__ROLE__ROLE_TEAM_LEADER];
    Fd__ResetPasswordRequest request = FD__RESET_PASSWORD_REQUEST__INIT;
    request.person_id = leader->person_id;
    request.password = (char *)(uintptr_t) "another-first-1";
    struct answer answer = desk_call(&estate.administrator, "person.reset_password", estate.site_id, NULL, &request,
                                     &fd__reset_password_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    desk_until(leader, leader->line != CLIENT_LINE_UP);
    desk_until(leader, leader->line == CLIENT_LINE_STRANGER);
}

static void signing_out_everywhere_ends_open_lines(void **state) {
    (void)state;
    struct desk other;
    Fd__SignOutRequest request = FD__SIGN_OUT_REQUEST__INIT;
    struct desk *manager = &desks[FD__ROLE__ROLE_MANAGER];
    desk_open(&other, &estate.loop, &estate.daemon, "other-device");
    desk_sign_in(&other, "role5", ESTATE_PASSWORD);
    request.everywhere = true;
    struct answer answer =
        desk_call(&other, "session.sign_out", "", NULL, &request, &fd__sign_out_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    desk_until(manager, manager->line != CLIENT_LINE_UP);
    desk_until(manager, manager->line == CLIENT_LINE_STRANGER);
    desk_close(&other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_tries_every_operation),
        cmocka_unit_test(a_withdrawn_right_ends_on_open_lines),
        cmocka_unit_test(somebody_who_left_is_signed_out),
        cmocka_unit_test(a_reset_password_ends_open_lines),
        cmocka_unit_test(signing_out_everywhere_ends_open_lines),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
