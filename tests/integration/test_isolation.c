/* SPDX-License-Identifier: Apache-2.0 */
/* Site A cannot read, change or detect site B's records (promise 15): every operation with a foreign site, and
 * row-level security when the server's own filter is taken away. */
#include <stdio.h>
#include <string.h>

#include "common/message.h"
#include "server/request/table.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

static struct estate estate;
static struct desk supervisor, manager;
static char foreign_site[37], foreign_number[32], foreign_person[37];

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &supervisor, "supervisor", FD__ROLE__ROLE_SUPERVISOR, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &manager, "manager", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE);
    estate_found(&estate, "foreign", foreign_site);
    estate_hire(&estate, foreign_site, "stranger", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE, foreign_person);
    for (int i = 0; i < 3; i++) {
        snprintf(
            foreign_number, sizeof foreign_number, "%s",
            estate_register(&estate.administrator, foreign_site, FD__SEVERITY__SEVERITY_GENERAL, "theirs")->number);
    }
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&supervisor);
    desk_close(&manager);
    estate_close(&estate);
    return 0;
}

/* An empty command of the operation, with the number where it has one. */
static ProtobufCMessage *command_of(struct arena *arena, const struct operation *operation, const char *number) {
    ProtobufCMessage *command = message_new(arena, operation->request);
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(operation->request, "number");
    if (field != NULL) *(char **)message_field(command, field) = (char *)(uintptr_t)number;
    return command;
}

static bool about_a_site(const struct operation *operation) {
    return !operation->before_sign_in && operation->action != ACTION_SELF;
}

static void no_operation_reaches_a_foreign_site(void **state) {
    (void)state;
    struct arena arena;
    int tried = 0;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        if (!about_a_site(operation)) continue;
        struct answer answer = desk_call(&supervisor, operation->name, foreign_site, NULL,
                                         command_of(&arena, operation, foreign_number), operation->response);
        if (answer.status != STATUS_NOT_FOUND) fail_msg("%s: %s", operation->name, status_name(answer.status));
        tried++;
    }
    assert_true(tried > 20);
    arena_free(&arena);
}

static void a_foreign_site_looks_like_none(void **state) {
    (void)state;
    Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
    struct answer foreign =
        desk_call(&supervisor, "complaint.list", foreign_site, NULL, &list, &fd__list_complaints_response__descriptor);
    struct answer none = desk_call(&supervisor, "complaint.list", "01900000-0000-7000-8000-00000000dead", NULL, &list,
                                   &fd__list_complaints_response__descriptor);
    assert_int_equal(foreign.status, none.status);
    assert_string_equal(foreign.message, none.message);
}

/* Who is let in by the authority table, so that it is the number that is looked at. */
static struct desk *whoever_may(const struct operation *operation) {
    static const Fd__Role role = FD__ROLE__ROLE_SUPERVISOR;
    return authority_allows(operation->item, operation->action, &role, 1) ? &supervisor : &manager;
}

/* The foreign site has C-3, ours has none: the same number finds nothing here. */
static void a_foreign_number_is_not_found(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        bool numbered = protobuf_c_message_descriptor_get_field_by_name(operation->request, "number") != NULL;
        if (!numbered) continue;
        struct answer answer = desk_call(whoever_may(operation), operation->name, estate.site_id, NULL,
                                         command_of(&arena, operation, foreign_number), operation->response);
        if (answer.status != STATUS_NOT_FOUND && answer.status != STATUS_INVALID) {
            fail_msg("%s: %s", operation->name, status_name(answer.status));
        }
    }
    arena_free(&arena);
}

static void a_foreign_person_cannot_be_given_a_case(void **state) {
    (void)state;
    const Fd__Complaint *ours = estate_register(&supervisor, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "ours");
    struct answer answer = estate_assign(&supervisor, estate.site_id, ours->number, foreign_person);
    assert_int_not_equal(answer.status, STATUS_OK);
}

static long count_as(PGconn *database, const char *site) {
    char sql[160];
    snprintf(sql, sizeof sql, "select set_config('frontdesk.site', '%s', false)", site);
    PQclear(PQexec(database, sql));
    return database_number(database, "select count(*) from complaint where subject in ('ours', 'theirs')");
}

static struct answer reset_password(struct desk *desk, char *person_id) {
    Fd__ResetPasswordRequest command = FD__RESET_PASSWORD_REQUEST__INIT;
    command.person_id = person_id;
    command.password = (char *)(uintptr_t) "another-first-1";
    return desk_call(desk, "person.reset_password", estate.site_id, NULL, &command,
                     &fd__reset_password_response__descriptor);
}

/* A clerk here who is manager there: who resets the password here could sign in as manager there. */
static void no_password_leads_to_a_foreign_site(void **state) {
    (void)state;
    struct desk local;
    char person_id[37];
    estate_person(&estate, &local, "local-administrator", FD__ROLE__ROLE_ADMINISTRATOR, FD__TEAM__TEAM_OFFICE);
    estate_hire(&estate, estate.site_id, "shared", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK, person_id);
    assert_int_equal(reset_password(&local, person_id).status, STATUS_OK);
    estate_hire(&estate, foreign_site, "shared", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE, person_id);
    desk_idle(&estate.loop, 1000); /* the directory follows the journal */
    assert_int_equal(reset_password(&local, person_id).status, STATUS_DENIED);
    assert_int_equal(reset_password(&estate.administrator, person_id).status, STATUS_OK);
    desk_close(&local);
}

/* No where clause at all: the fence alone must hold. The control steps over it and sees both. */
static void row_level_security_holds_without_our_filter(void **state) {
    (void)state;
    PGconn *database = daemon_database(&estate.daemon);
    assert_int_equal(count_as(database, estate.site_id), 4);
    PGresult *result = PQexec(database, "set role frontdesk_app");
    assert_int_equal(PQresultStatus(result), PGRES_COMMAND_OK);
    PQclear(result);
    assert_int_equal(count_as(database, estate.site_id), 1);
    assert_int_equal(count_as(database, foreign_site), 3);
    assert_int_equal(count_as(database, ""), 0);
    assert_int_equal(count_as(database, "01900000-0000-7000-8000-00000000dead"), 0);
    assert_int_equal(count_as(database, "*"), 0); /* the service's own view is not for cases */
    PQfinish(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_operation_reaches_a_foreign_site),
        cmocka_unit_test(a_foreign_site_looks_like_none),
        cmocka_unit_test(a_foreign_number_is_not_found),
        cmocka_unit_test(a_foreign_person_cannot_be_given_a_case),
        cmocka_unit_test(no_password_leads_to_a_foreign_site),
        cmocka_unit_test(row_level_security_holds_without_our_filter),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
