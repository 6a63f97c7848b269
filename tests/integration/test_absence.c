/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts reach people who are there (promise 8), through a real server and over its restart. */
#include <stdio.h>
#include <string.h>

#include "common/moment.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

static struct estate estate;
static struct desk clerk, supervisor, manager;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &supervisor, "supervisor", FD__ROLE__ROLE_SUPERVISOR, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &manager, "manager", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&clerk);
    desk_close(&supervisor);
    desk_close(&manager);
    estate_close(&estate);
    return 0;
}

static enum status goes_away(struct desk *who, const struct desk *whom, const char *substitute_id) {
    Fd__SetAbsenceRequest request = FD__SET_ABSENCE_REQUEST__INIT;
    request.person_id = (char *)(uintptr_t)whom->person_id;
    request.absent_until_ms = moment_now_ms() + (int64_t)DAY_MS;
    request.substitute_id = (char *)(uintptr_t)substitute_id;
    return desk_call(who, "person.set_absence", estate.site_id, NULL, &request, &fd__set_absence_response__descriptor)
        .status;
}

static enum status comes_back(struct desk *who, const struct desk *whom) {
    Fd__ClearAbsenceRequest request = FD__CLEAR_ABSENCE_REQUEST__INIT;
    request.person_id = (char *)(uintptr_t)whom->person_id;
    return desk_call(who, "person.clear_absence", estate.site_id, NULL, &request,
                     &fd__clear_absence_response__descriptor)
        .status;
}

/* As the whole record tells it, on disk and back. */
static const Fd__Alert *alert_of(const char *number) {
    Fd__GetComplaintRequest request = FD__GET_COMPLAINT_REQUEST__INIT;
    request.number = (char *)(uintptr_t)number;
    struct answer answer =
        desk_call(&manager, "complaint.get", estate.site_id, NULL, &request, &fd__get_complaint_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    return ((const Fd__GetComplaintResponse *)answer.response)->complaint->alert;
}

static void assert_told(const Fd__Alert *alert, const struct desk *who) {
    assert_int_equal(alert->n_person_ids, 1);
    assert_string_equal(alert->person_ids[0], who->person_id);
}

static const char *a_serious_one(void) {
    return estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_SERIOUS, "who hears it")->number;
}

static void repeat_now(const char *number) {
    char sql[256];
    PGconn *database = daemon_database(&estate.daemon);
    snprintf(sql, sizeof sql, "update complaint set alert_repeat_at = now() where number = '%s'", number);
    PQclear(PQexec(database, sql));
    snprintf(sql, sizeof sql,
             "update timer set due_at = now() where record_id = (select id from complaint where number = '%s')",
             number);
    PQclear(PQexec(database, sql));
    PQfinish(database);
    desk_until(&manager, desk_heard(&manager, "complaint.alert_repeated", number, 0) != NULL);
}

static void rights_of_absence(void **state) {
    (void)state;
    assert_int_equal(goes_away(&clerk, &supervisor, ""), STATUS_DENIED);
    assert_int_equal(goes_away(&supervisor, &manager, ""), STATUS_DENIED);
    assert_int_equal(goes_away(&supervisor, &clerk, ""), STATUS_OK);
    assert_int_equal(comes_back(&clerk, &clerk), STATUS_OK);
    assert_int_equal(comes_back(&clerk, &clerk), STATUS_CONFLICT);
    assert_int_equal(goes_away(&clerk, &clerk, estate.site_id), STATUS_INVALID); /* nobody of that id */
}

static void the_substitute_hears_and_acknowledges(void **state) {
    (void)state;
    assert_int_equal(goes_away(&supervisor, &supervisor, clerk.person_id), STATUS_OK);
    const char *number = a_serious_one();
    const Fd__Alert *alert = alert_of(number);
    assert_told(alert, &clerk);
    assert_int_equal(alert->n_addressee_ids, 1);
    assert_string_equal(alert->addressee_ids[0], supervisor.person_id);
    assert_string_equal(alert->stand_in_ids[0], clerk.person_id);
    assert_int_equal(estate_acknowledge(&clerk, estate.site_id, number).status, STATUS_OK);
}

static void a_repeat_goes_to_who_is_there_by_then(void **state) {
    (void)state;
    static char number[32];
    snprintf(number, sizeof number, "%s", a_serious_one());
    assert_told(alert_of(number), &clerk);
    assert_int_equal(comes_back(&supervisor, &supervisor), STATUS_OK);
    repeat_now(number);
    assert_told(alert_of(number), &supervisor);
    assert_int_equal(alert_of(number)->n_addressee_ids, 0);
}

static void an_absence_outlives_the_server(void **state) {
    (void)state;
    static char listen[32];
    assert_int_equal(goes_away(&manager, &supervisor, clerk.person_id), STATUS_OK);
    snprintf(listen, sizeof listen, "127.0.0.1:%d", estate.daemon.port);
    estate.daemon.arguments[0] = "--listen";
    estate.daemon.arguments[1] = listen;
    daemon_stop(&estate.daemon);
    daemon_start(&estate.daemon);
    desk_until(&clerk, clerk.line == CLIENT_LINE_UP);
    assert_told(alert_of(a_serious_one()), &clerk);
    Fd__ListPeopleRequest request = FD__LIST_PEOPLE_REQUEST__INIT;
    struct answer answer =
        desk_call(&clerk, "person.list", estate.site_id, NULL, &request, &fd__list_people_response__descriptor);
    const Fd__ListPeopleResponse *people = answer.response;
    int absent = 0;
    for (size_t i = 0; i < people->n_people; i++)
        absent += people->people[i]->absent_until_ms > moment_now_ms() &&
                  strcmp(people->people[i]->substitute_id, clerk.person_id) == 0;
    assert_int_equal(absent, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rights_of_absence),
        cmocka_unit_test(the_substitute_hears_and_acknowledges),
        cmocka_unit_test(a_repeat_goes_to_who_is_there_by_then),
        cmocka_unit_test(an_absence_outlives_the_server),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
