/* SPDX-License-Identifier: Apache-2.0 */
/* A site's own figures (D6) on two servers: changed on one they hold on both, and every open case follows in the same
 * transaction, whoever was working on it at that moment. Time passes by moving a record's moments into the past. */
#include <stdio.h>
#include <string.h>

#include "common/moment.h"
#include "common/uuid.h"
#include "frontdesk/v1/rules.pb-c.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

#define GENERAL FD__SEVERITY__SEVERITY_GENERAL
#define SERIOUS FD__SEVERITY__SEVERITY_SERIOUS

static struct estate estate;
static struct daemon_process second;
static struct desk clerk, leader, manager, there;
static PGconn *database;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    daemon_create_beside(&second, &estate.daemon);
    daemon_call(&second, "second");
    daemon_start(&second);
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &leader, "leader", FD__ROLE__ROLE_TEAM_LEADER, FD__TEAM__TEAM_ENGINEERING);
    estate_person(&estate, &manager, "manager", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE);
    desk_open(&there, &estate.loop, &second, "there");
    desk_sign_in(&there, "clerk", ESTATE_PASSWORD);
    desk_subscribe(&there, estate.site_id);
    database = daemon_database(&estate.daemon);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    PQfinish(database);
    struct desk *const desks[] = {&there, &clerk, &leader, &manager};
    for (size_t i = 0; i < sizeof desks / sizeof desks[0]; i++) desk_close(desks[i]);
    daemon_remove(&second);
    estate_close(&estate);
    return 0;
}

/* Day and night, so that the test does not ask what time it is. */
static Fd__SetDeadlinesRequest figures(Fd__Severity severity, int32_t accept_minutes) {
    static int32_t levels[] = {1, 2, 3, 4}, minutes[] = {1000, 20, 20, 20};
    Fd__SetDeadlinesRequest request = FD__SET_DEADLINES_REQUEST__INIT;
    request.severity = severity;
    request.accept_minutes = accept_minutes;
    request.contact_minutes = 600;
    request.feedback_minutes = 1440;
    request.close_minutes = 4320;
    request.n_climb_levels = request.n_climb_minutes = 4;
    request.climb_levels = levels;
    request.climb_minutes = minutes;
    request.repeat_minutes = 15;
    request.acknowledgement_minutes = 240;
    return request;
}

static struct answer set(struct desk *desk, const char *key, const Fd__SetDeadlinesRequest *request) {
    return desk_call(desk, "rules.set_deadlines", estate.site_id, key, request,
                     &fd__set_deadlines_response__descriptor);
}

static void must_set(Fd__Severity severity, int32_t accept_minutes) {
    Fd__SetDeadlinesRequest request = figures(severity, accept_minutes);
    struct answer answer = set(&manager, NULL, &request);
    if (answer.status != STATUS_OK) fail_msg("%s: %s", answer.field, answer.message);
}

static long number_of(const char *format, const char *number) {
    char sql[512];
    snprintf(sql, sizeof sql, format, number, estate.site_id);
    return database_number(database, sql);
}

#define OF_COMPLAINT " from complaint where number = '%s' and site_id = '%s'"
#define OF_TIMER " from timer where record_id = (select id from complaint where number = '%s' and site_id = '%s')"

static long version_of(const char *number) {
    return number_of("select version" OF_COMPLAINT, number);
}

static void run(const char *format, const char *number) {
    char sql[1024];
    snprintf(sql, sizeof sql, format, number, estate.site_id);
    PGresult *result = PQexec(database, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
}

/* Every moment that its deadlines are derived from goes six minutes back, and they with it. */
static void pass_six_minutes(const char *number) {
    run("update complaint set registered_at = registered_at - interval '6 min', "
        "active_from = array[active_from[1] - interval '6 min'], accept_due_at = accept_due_at - interval '6 min', "
        "contact_due_at = contact_due_at - interval '6 min', feedback_due_at = feedback_due_at - interval '6 min', "
        "close_due_at = close_due_at - interval '6 min' where number = '%s' and site_id = '%s'",
        number);
}

static void registered(struct desk *desk, Fd__Severity severity, char number[32]) {
    snprintf(number, 32, "%s", estate_register(desk, estate.site_id, severity, "figures")->number);
}

static const Fd__Complaint *heard(const struct desk *desk, const char *kind, const char *number) {
    const struct seen *seen = desk_heard(desk, kind, number, 0);
    return seen != NULL ? (const Fd__Complaint *)seen->record : NULL;
}

static void everybody_may_look(void **state) {
    (void)state;
    Fd__GetRulesRequest request = FD__GET_RULES_REQUEST__INIT;
    struct answer answer =
        desk_call(&clerk, "rules.get", estate.site_id, NULL, &request, &fd__get_rules_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    const Fd__GetRulesResponse *rules = answer.response;
    assert_int_equal(rules->n_deadlines, 5);
    for (size_t i = 0; i < rules->n_deadlines; i++) {
        assert_false(rules->deadlines[i]->own);
        assert_int_equal(rules->deadlines[i]->severity, i + 1);
        assert_string_equal(rules->deadlines[i]->site_id, estate.site_id);
    }
    assert_int_equal(rules->deadlines[GENERAL - 1]->accept_minutes, 20);
    assert_false(rules->calendar->own);
    assert_int_equal(rules->calendar->n_monday, 2);
    assert_string_equal(rules->calendar->monday[0], "09:00-12:00");
}

static void only_the_manager_and_head_office_set(void **state) {
    (void)state;
    Fd__SetDeadlinesRequest request = figures(SERIOUS, 10);
    assert_int_equal(set(&clerk, NULL, &request).status, STATUS_DENIED);
    assert_int_equal(set(&leader, NULL, &request).status, STATUS_DENIED);
    assert_int_equal(set(&estate.administrator, NULL, &request).status, STATUS_OK); /* holds hq_admin */
    request.version = 7;
    assert_int_equal(set(&manager, NULL, &request).status, STATUS_CONFLICT);
    request.version = 1;
    request.accept_minutes = -1;
    struct answer answer = set(&manager, NULL, &request);
    assert_int_equal(answer.status, STATUS_INVALID);
    assert_string_equal(answer.field, "accept_minutes");
}

static void one_key_has_one_effect(void **state) {
    (void)state;
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    Fd__SetDeadlinesRequest request = figures(GENERAL, 30);
    struct answer first = set(&manager, key, &request), again = set(&manager, key, &request);
    assert_int_equal(first.status, STATUS_OK);
    assert_int_equal(again.status, STATUS_OK);
    assert_int_equal(first.seq, again.seq);
    request.accept_minutes = 31;
    assert_int_equal(set(&manager, key, &request).status, STATUS_CONFLICT);
    assert_int_equal(number_of("select version from deadlines where severity = '%s' and site_id = '%s'", "general"), 1);
}

static void a_shorter_deadline_alerts_within_a_second(void **state) {
    (void)state;
    char late[32], other[32];
    registered(&clerk, GENERAL, late);
    registered(&there, SERIOUS, other);
    pass_six_minutes(late);
    must_set(GENERAL, 5);
    desk_until(&there, heard(&there, "complaint.rescheduled", late) != NULL);
    desk_until(&clerk, heard(&clerk, "complaint.rescheduled", late) != NULL);
    desk_until(&leader, heard(&leader, "complaint.rescheduled", late) != NULL);
    const Fd__Complaint *complaint = heard(&leader, "complaint.rescheduled", late);
    assert_true(complaint->past_deadline);
    assert_int_equal(complaint->alert->reason, FD__ALERT_REASON__ALERT_REASON_NOT_ACCEPTED);
    assert_int_equal(complaint->alert->n_person_ids, 1);
    assert_string_equal(complaint->alert->person_ids[0], leader.person_id);
    long waited_ms = number_of("select (extract(epoch from at - (select max(at) from step where kind = 'deadlines.set')"
                               ") * 1000)::bigint from step where kind = 'complaint.rescheduled' and record_id = "
                               "(select id from complaint where number = '%s' and site_id = '%s')",
                               late);
    assert_in_range(waited_ms, 0, 1000);
    /* What is not concerned has no entry. */
    assert_int_equal(version_of(other), 1);
    assert_int_equal(version_of(late), 2);
}

static void a_longer_one_takes_the_alert_back(void **state) {
    (void)state;
    char number[32];
    registered(&clerk, GENERAL, number);
    pass_six_minutes(number);
    must_set(GENERAL, 4);
    desk_until(&clerk, heard(&clerk, "complaint.rescheduled", number) != NULL);
    assert_true(heard(&clerk, "complaint.rescheduled", number)->past_deadline);
    size_t from = clerk.seen_count;
    must_set(GENERAL, 60);
    desk_until(&clerk, desk_heard(&clerk, "complaint.rescheduled", number, from) != NULL);
    const Fd__Complaint *complaint =
        (const Fd__Complaint *)desk_heard(&clerk, "complaint.rescheduled", number, from)->record;
    assert_false(complaint->past_deadline);
    assert_int_not_equal(complaint->alert->ended_at_ms, 0);
}

static void no_deadline_means_that_nothing_fires(void **state) {
    (void)state;
    char number[32];
    Fd__SetDeadlinesRequest none = FD__SET_DEADLINES_REQUEST__INIT;
    registered(&clerk, GENERAL, number);
    none.severity = GENERAL;
    none.first_level = 1;
    none.repeat_minutes = 15;
    size_t from = clerk.seen_count;
    assert_int_equal(set(&manager, NULL, &none).status, STATUS_OK);
    desk_until(&clerk, desk_heard(&clerk, "complaint.rescheduled", number, from) != NULL);
    assert_int_equal(number_of("select count(*)" OF_COMPLAINT " and accept_due_at is null and contact_due_at is null "
                               "and feedback_due_at is null and close_due_at is null",
                               number),
                     1);
    desk_until(&clerk, number_of("select count(*)" OF_TIMER, number) == 0);
    for (int i = 0; i < 3; i++) pass_six_minutes(number);
    desk_idle(&estate.loop, 1000);
    assert_int_equal(version_of(number), 2);
    /* And it is due again when there is one again: it had no timer that somebody could have moved. */
    must_set(GENERAL, 5);
    desk_until(&clerk, number_of("select count(*)" OF_COMPLAINT " and past_deadline", number) == 1);
}

/* A server that has not read the new figures yet: for the test, the site has had a change that no server will ever read
 * of. Neither its stores nor its turns for nothing may put a timer off. */
static void nobody_who_is_behind_puts_a_timer_off(void **state) {
    (void)state;
    char before[32], during[32];
    registered(&clerk, GENERAL, before);
    assert_int_equal(number_of("select count(*)" OF_TIMER " and due_at > now()", before), 1);
    run("update site set rules = rules + 1 where '%s' <> '' and id = '%s'", before);
    run("update timer set due_at = now() where record_id = "
        "(select id from complaint where number = '%s' and site_id = '%s')",
        before);
    registered(&there, GENERAL, during);
    desk_idle(&estate.loop, 1500);
    assert_int_equal(number_of("select count(*)" OF_TIMER " and due_at <= now()", before), 1);
    assert_int_equal(number_of("select count(*)" OF_TIMER " and due_at <= now()", during), 1);
    assert_int_equal(version_of(during), 1);
    /* Once they are no longer behind, both are put off to when something is due. */
    run("update site set rules = rules - 1 where '%s' <> '' and id = '%s'", before);
    desk_until(&clerk, number_of("select count(*)" OF_TIMER " and due_at > now()", before) == 1);
    desk_until(&clerk, number_of("select count(*)" OF_TIMER " and due_at > now()", during) == 1);
}

static void ask_to_register(struct desk *desk, struct answer *answer) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "in the storm";
    request.severity = GENERAL;
    desk_ask(desk, "complaint.register", estate.site_id, NULL, &request, &fd__register_complaint_response__descriptor,
             answer);
}

/* Registered on both servers while the figures change: in the end all have the last ones. */
static void a_storm_of_changes_and_registrations_ends_well(void **state) {
    (void)state;
    enum { ROUNDS = 12, EACH = 8 };
    static struct answer answers[ROUNDS][2 * EACH];
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < 2 * EACH; i++) ask_to_register(i % 2 == 0 ? &clerk : &there, &answers[round][i]);
        must_set(GENERAL, 200 + round);
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < 2 * EACH; i++) {
            desk_until(&clerk, answers[round][i].done);
            assert_int_equal(answers[round][i].status, STATUS_OK);
        }
    desk_until(&clerk, number_of("select count(*) from complaint where subject = 'in the %s' and site_id = '%s' and "
                                 "accept_due_at <> registered_at + interval '211 min'",
                                 "storm") == 0);
    desk_until(&clerk, number_of("select count(*) from timer where due_at <= now() and '%s' <> '' and site_id = '%s'",
                                 "none") == 0);
    assert_int_equal(number_of("select rules - (select sum(version) from (select version, site_id from deadlines union "
                               "all select version, site_id from calendar) as own where site_id = site.id) from site "
                               "where '%s' <> '' and id = '%s'",
                               "sum"),
                     0);
}

static void back_to_the_defaults(void **state) {
    (void)state;
    Fd__ResetDeadlinesRequest request = FD__RESET_DEADLINES_REQUEST__INIT;
    Fd__GetRulesRequest get = FD__GET_RULES_REQUEST__INIT;
    request.severity = GENERAL;
    struct answer answer = desk_call(&manager, "rules.reset_deadlines", estate.site_id, NULL, &request,
                                     &fd__reset_deadlines_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    int64_t version = ((const Fd__ResetDeadlinesResponse *)answer.response)->deadlines->version;
    answer = desk_call(&there, "rules.get", estate.site_id, NULL, &get, &fd__get_rules_response__descriptor);
    const Fd__Deadlines *general = ((const Fd__GetRulesResponse *)answer.response)->deadlines[GENERAL - 1];
    assert_false(general->own);
    assert_int_equal(general->version, version);
    assert_int_equal(general->accept_minutes, 20);
    assert_true(general->working_time);
    answer = desk_call(&manager, "rules.reset_deadlines", estate.site_id, NULL, &request,
                       &fd__reset_deadlines_response__descriptor);
    assert_int_equal(answer.status, STATUS_CONFLICT);
}

static struct answer found(const char *code, const char *zone) {
    Fd__CreateSiteRequest request = FD__CREATE_SITE_REQUEST__INIT;
    request.code = (char *)(uintptr_t)code;
    request.name = (char *)(uintptr_t)code;
    request.time_zone = (char *)(uintptr_t)zone;
    return desk_call(&estate.administrator, "site.create", "", NULL, &request, &fd__create_site_response__descriptor);
}

static const char *civil_close(const char *site_id) {
    char sql[256];
    snprintf(sql, sizeof sql,
             "select to_char(close_due_at at time zone 'Europe/Berlin', 'HH24:MI') from complaint where site_id = '%s'",
             site_id);
    return database_value(database, sql);
}

/* PostgreSQL is the judge of Berlin's time. Working days end in the evening there. */
static void a_site_in_berlin(void **state) {
    (void)state;
    static char *hours[] = {(char *)"06:00-20:15"};
    struct answer answer = found("mars-1", "Mars/Base");
    assert_int_equal(answer.status, STATUS_INVALID);
    assert_string_equal(answer.field, "time_zone");
    answer = found("berlin-1", "Europe/Berlin");
    if (answer.status != STATUS_OK) fail_msg("%s", answer.message);
    char site_id[37], person_id[37];
    snprintf(site_id, sizeof site_id, "%s", ((const Fd__CreateSiteResponse *)answer.response)->site->id);
    Fd__ListPeopleRequest people = FD__LIST_PEOPLE_REQUEST__INIT;
    desk_until(&clerk, desk_call(&estate.administrator, "person.list", site_id, NULL, &people,
                                 &fd__list_people_response__descriptor)
                               .status == STATUS_OK);
    estate_hire(&estate, site_id, "hans", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK, person_id);
    (void)estate_register(&estate.administrator, site_id, GENERAL, "kalt");
    assert_string_equal(civil_close(site_id), "18:00");
    Fd__SetCalendarRequest calendar = FD__SET_CALENDAR_REQUEST__INIT;
    calendar.n_monday = calendar.n_tuesday = calendar.n_wednesday = calendar.n_thursday = calendar.n_friday = 1;
    calendar.monday = calendar.tuesday = calendar.wednesday = calendar.thursday = calendar.friday = hours;
    calendar.follow_up_minutes = 2880;
    calendar.next_level_minutes = 15;
    calendar.entered_in_time_minutes = 30;
    calendar.visit_repeat_minutes = 5;
    answer = desk_call(&estate.administrator, "rules.set_calendar", site_id, NULL, &calendar,
                       &fd__set_calendar_response__descriptor);
    if (answer.status != STATUS_OK) fail_msg("%s: %s", answer.field, answer.message);
    desk_until(&clerk, strcmp(civil_close(site_id), "20:15") == 0);
    /* Nobody else's calendar moved. */
    assert_int_equal(number_of("select count(*) from calendar where '%s' <> '' and site_id = '%s'", "none"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_may_look),
        cmocka_unit_test(only_the_manager_and_head_office_set),
        cmocka_unit_test(one_key_has_one_effect),
        cmocka_unit_test(a_shorter_deadline_alerts_within_a_second),
        cmocka_unit_test(a_longer_one_takes_the_alert_back),
        cmocka_unit_test(no_deadline_means_that_nothing_fires),
        cmocka_unit_test(nobody_who_is_behind_puts_a_timer_off),
        cmocka_unit_test(a_storm_of_changes_and_registrations_ends_well),
        cmocka_unit_test(back_to_the_defaults),
        cmocka_unit_test(a_site_in_berlin),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
