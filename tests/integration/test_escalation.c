/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines and alerts through the timers of a real server (D6; promises 7 and 8, short form). Time passes by moving
 * all moments of a record into the past: the rules see what they would have seen later. */
#include <stdio.h>
#include <string.h>

#include "tests/support/estate.h"
#include "tests/support/test.h"

static struct estate estate;
static struct desk clerk, leader, supervisor, manager, head_office;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &leader, "leader", FD__ROLE__ROLE_TEAM_LEADER, FD__TEAM__TEAM_ENGINEERING);
    estate_person(&estate, &supervisor, "supervisor", FD__ROLE__ROLE_SUPERVISOR, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &manager, "manager", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE);
    estate_person(&estate, &head_office, "hq", FD__ROLE__ROLE_HQ_VIEWER, FD__TEAM__TEAM_OFFICE);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    struct desk *const desks[] = {&clerk, &leader, &supervisor, &manager, &head_office};
    for (size_t i = 0; i < sizeof desks / sizeof desks[0]; i++) desk_close(desks[i]);
    estate_close(&estate);
    return 0;
}

/* Every timestamptz column of the complaint, its arrays of them, and its timer go `minutes` back. */
static const char move_back[] =
    "do $$ declare setting text; begin "
    "select string_agg(case when data_type = 'ARRAY' "
    "  then format('%%1$I = array(select x - interval ''%2$d min'' from unnest(%%1$I) with ordinality as t(x, n) "
    "order by n)', column_name) "
    "  else format('%%1$I = %%1$I - interval ''%2$d min''', column_name) end, ', ') into setting "
    "from information_schema.columns where table_name = 'complaint' and udt_name in ('timestamptz', '_timestamptz'); "
    "execute format('update complaint set %%s where number = %%L', setting, '%1$s'); "
    "update timer set due_at = due_at - interval '%2$d min' "
    "where record_id = (select id from complaint where number = '%1$s'); end $$";

static void pass_time(const char *number, int minutes) {
    char sql[1536];
    PGconn *database = daemon_database(&estate.daemon);
    snprintf(sql, sizeof sql, move_back, number, minutes);
    PGresult *result = PQexec(database, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
    PQfinish(database);
}

static const Fd__Complaint *last_heard(struct desk *desk, const char *number) {
    for (size_t i = desk->seen_count; i > 0; i--) {
        const struct seen *seen = &desk->seen[i - 1];
        if (seen->record == NULL || strcmp(seen->record_type, "complaint") != 0) continue;
        const Fd__Complaint *complaint = (const Fd__Complaint *)seen->record;
        if (strcmp(complaint->number, number) == 0) return complaint;
    }
    return NULL;
}

static bool alerts(const struct desk *desk, const char *number, const struct desk *person) {
    const Fd__Complaint *complaint = last_heard((struct desk *)(uintptr_t)desk, number);
    if (complaint == NULL || complaint->alert == NULL) return false;
    const Fd__Alert *alert = complaint->alert;
    if (alert->raised_at_ms == 0 || alert->acknowledged_at_ms != 0 || alert->ended_at_ms != 0) return false;
    for (size_t i = 0; i < alert->n_person_ids; i++) {
        if (strcmp(alert->person_ids[i], person->person_id) == 0) return true;
    }
    return false;
}

static void copy_number(char number[32], Fd__Severity severity, const char *subject) {
    snprintf(number, 32, "%s", estate_register(&clerk, estate.site_id, severity, subject)->number);
}

static void a_deaf_house_climbs_to_head_office(void **state) {
    (void)state;
    char number[32];
    copy_number(number, FD__SEVERITY__SEVERITY_MAJOR, "nobody answers");
    desk_until(&clerk, alerts(&clerk, number, &supervisor) && alerts(&clerk, number, &manager));
    pass_time(number, 6);
    desk_until(&manager, last_heard(&manager, number)->alert->repeats >= 1);
    pass_time(number, 26);
    desk_until(&head_office, alerts(&head_office, number, &head_office));
}

static void an_acknowledged_alert_is_silent_until_it_expires(void **state) {
    (void)state;
    char number[32];
    copy_number(number, FD__SEVERITY__SEVERITY_MAJOR, "answered");
    desk_until(&supervisor, alerts(&supervisor, number, &supervisor));
    assert_int_equal(estate_acknowledge(&supervisor, estate.site_id, number).status, STATUS_OK);
    Fd__AcceptComplaintRequest accept = FD__ACCEPT_COMPLAINT_REQUEST__INIT;
    Fd__RecordActionRequest contact = FD__RECORD_ACTION_REQUEST__INIT;
    accept.number = contact.number = number;
    contact.kind = FD__ACTION_KIND__ACTION_KIND_CONTACT;
    contact.note = (char *)(uintptr_t) "on the way";
    assert_int_equal(desk_call(&supervisor, "complaint.accept", estate.site_id, NULL, &accept,
                               &fd__accept_complaint_response__descriptor)
                         .status,
                     STATUS_OK);
    assert_int_equal(desk_call(&supervisor, "complaint.record_action", estate.site_id, NULL, &contact,
                               &fd__record_action_response__descriptor)
                         .status,
                     STATUS_OK);
    desk_until(&manager, last_heard(&manager, number)->first_contact_at_ms != 0);
    pass_time(number, 12);
    desk_idle(&estate.loop, 1500);
    assert_false(alerts(&manager, number, &supervisor));
    assert_false(alerts(&manager, number, &manager));
}

static void serious_goes_from_supervisor_to_manager(void **state) {
    (void)state;
    char number[32];
    copy_number(number, FD__SEVERITY__SEVERITY_SERIOUS, "serious");
    desk_until(&clerk, alerts(&clerk, number, &supervisor));
    assert_false(alerts(&clerk, number, &manager));
    pass_time(number, 16);
    desk_until(&clerk, alerts(&clerk, number, &manager));
}

static void a_missed_deadline_goes_up_a_level(void **state) {
    (void)state;
    char number[32];
    copy_number(number, FD__SEVERITY__SEVERITY_SERIOUS, "late");
    desk_until(&supervisor, alerts(&supervisor, number, &supervisor));
    pass_time(number, 3 * 24 * 60);
    desk_until(&manager, last_heard(&manager, number)->past_deadline);
    assert_true(last_heard(&manager, number)->level >= 3);
}

static void closing_cancels_every_timer(void **state) {
    (void)state;
    char number[32], sql[160];
    Fd__CloseComplaintRequest close = FD__CLOSE_COMPLAINT_REQUEST__INIT;
    copy_number(number, FD__SEVERITY__SEVERITY_MAJOR, "soon over");
    close.number = number;
    close.cause = close.remedy = (char *)(uintptr_t) "mended";
    close.verdict = FD__VERDICT__VERDICT_JUSTIFIED;
    assert_int_equal(desk_call(&supervisor, "complaint.close", estate.site_id, NULL, &close,
                               &fd__close_complaint_response__descriptor)
                         .status,
                     STATUS_OK);
    desk_until(&manager, desk_heard(&manager, "complaint.closed", number, 0) != NULL);
    pass_time(number, 40);
    desk_idle(&estate.loop, 1500);
    assert_false(alerts(&manager, number, &manager));
    PGconn *database = daemon_database(&estate.daemon);
    snprintf(sql, sizeof sql, "select version from complaint where number = '%s'", number);
    assert_int_equal(database_number(database, sql), 2);
    PQfinish(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deaf_house_climbs_to_head_office),
        cmocka_unit_test(an_acknowledged_alert_is_silent_until_it_expires),
        cmocka_unit_test(serious_goes_from_supervisor_to_manager),
        cmocka_unit_test(a_missed_deadline_goes_up_a_level),
        cmocka_unit_test(closing_cancels_every_timer),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
