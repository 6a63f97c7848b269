/* SPDX-License-Identifier: Apache-2.0 */
/* The main job, with real processes: several desks, an escalation that reaches supervisor and manager, a reassignment
 * that everybody sees, a visitor whose host is told (D16). */
#include <stdio.h>
#include <string.h>

#include "tests/support/estate.h"
#include "tests/support/test.h"

static struct estate estate;
static struct desk desks[4], leader, supervisor, manager, engineer;
static struct desk *const everybody[] = {&desks[0], &desks[1],   &desks[2], &desks[3],
                                         &leader,   &supervisor, &manager,  &engineer};
enum { PEOPLE = sizeof everybody / sizeof everybody[0] };

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    for (int i = 0; i < 4; i++) {
        char login[16];
        snprintf(login, sizeof login, "desk%d", i + 1);
        estate_person(&estate, &desks[i], login, FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    }
    estate_person(&estate, &leader, "leader", FD__ROLE__ROLE_TEAM_LEADER, FD__TEAM__TEAM_ENGINEERING);
    estate_person(&estate, &supervisor, "supervisor", FD__ROLE__ROLE_SUPERVISOR, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &manager, "manager", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE);
    estate_person(&estate, &engineer, "engineer", FD__ROLE__ROLE_TEAM_MEMBER, FD__TEAM__TEAM_ENGINEERING);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    for (int i = 0; i < PEOPLE; i++) desk_close(everybody[i]);
    estate_close(&estate);
    return 0;
}

static const Fd__Complaint *heard_complaint(struct desk *desk, const char *kind, const char *number) {
    desk_until(desk, desk_heard(desk, kind, number, 0) != NULL);
    return (const Fd__Complaint *)desk_heard(desk, kind, number, 0)->record;
}

static bool alerts(const Fd__Complaint *complaint, const struct desk *desk) {
    if (complaint->alert == NULL) return false;
    for (size_t i = 0; i < complaint->alert->n_person_ids; i++) {
        if (strcmp(complaint->alert->person_ids[i], desk->person_id) == 0) return true;
    }
    return false;
}

static void a_major_complaint_alerts_supervisor_and_manager(void **state) {
    (void)state;
    const Fd__Complaint *complaint =
        estate_register(&desks[0], estate.site_id, FD__SEVERITY__SEVERITY_MAJOR, "电梯困人");
    for (int i = 0; i < PEOPLE; i++) {
        const Fd__Complaint *heard = heard_complaint(everybody[i], "complaint.registered", complaint->number);
        assert_string_equal(heard->subject, "电梯困人");
        assert_true(alerts(heard, &supervisor));
        assert_true(alerts(heard, &manager));
        assert_false(alerts(heard, &desks[0]));
    }
    assert_int_equal(estate_acknowledge(&desks[1], estate.site_id, complaint->number).status, STATUS_DENIED);
    assert_int_equal(estate_acknowledge(&supervisor, estate.site_id, complaint->number).status, STATUS_OK);
    const Fd__Complaint *heard = heard_complaint(&manager, "complaint.acknowledged", complaint->number);
    assert_string_equal(heard->alert->acknowledged_by, supervisor.person_id);
}

static void everybody_sees_a_reassignment(void **state) {
    (void)state;
    const Fd__Complaint *complaint =
        estate_register(&desks[1], estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "厨房水管漏水");
    struct answer refused = estate_assign(&desks[2], estate.site_id, complaint->number, engineer.person_id);
    assert_int_equal(refused.status, STATUS_DENIED);
    struct answer answer = estate_assign(&supervisor, estate.site_id, complaint->number, engineer.person_id);
    assert_int_equal(answer.status, STATUS_OK);
    for (int i = 0; i < PEOPLE; i++) {
        const Fd__Complaint *heard = heard_complaint(everybody[i], "complaint.assigned", complaint->number);
        assert_string_equal(heard->handler_id, engineer.person_id);
        assert_true(alerts(heard, &engineer));
    }
}

static void a_visitor_alerts_host_and_supervisor(void **state) {
    (void)state;
    Fd__WalkInVisitRequest request = FD__WALK_IN_VISIT_REQUEST__INIT;
    request.visitor_name = (char *)(uintptr_t) "陈先生";
    request.visitor_phone = (char *)(uintptr_t) "13800138000";
    request.party = 2;
    request.purpose = (char *)(uintptr_t) "检修";
    request.host_id = engineer.person_id;
    struct answer answer =
        desk_call(&desks[3], "visit.walk_in", estate.site_id, NULL, &request, &fd__walk_in_visit_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    const Fd__Visit *visit = ((const Fd__WalkInVisitResponse *)answer.response)->visit;
    struct desk *told[] = {&engineer, &supervisor};
    for (int i = 0; i < 2; i++) {
        desk_until(told[i], desk_heard(told[i], "visit.walked_in", visit->number, 0) != NULL);
        const Fd__Visit *heard = (const Fd__Visit *)desk_heard(told[i], "visit.walked_in", visit->number, 0)->record;
        assert_int_equal(heard->alert->n_person_ids, 2);
        assert_string_equal(heard->visitor_phone, "138****8000");
    }
}

/* D14: an emergency that nobody has acknowledged stays with those it was reported to, also when the visitor has left.
 */
static void an_emergency_outlives_the_visit(void **state) {
    (void)state;
    struct desk late;
    Fd__WalkInVisitRequest walk_in = FD__WALK_IN_VISIT_REQUEST__INIT;
    Fd__RaiseEmergencyRequest emergency = FD__RAISE_EMERGENCY_REQUEST__INIT;
    Fd__LeaveVisitRequest leave = FD__LEAVE_VISIT_REQUEST__INIT;
    walk_in.visitor_name = (char *)(uintptr_t) "赵女士";
    walk_in.purpose = (char *)(uintptr_t) "探访";
    walk_in.host_unit = (char *)(uintptr_t) "3-1-0402";
    struct answer answer =
        desk_call(&desks[0], "visit.walk_in", estate.site_id, NULL, &walk_in, &fd__walk_in_visit_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    emergency.number = leave.number = ((const Fd__WalkInVisitResponse *)answer.response)->visit->number;
    emergency.reason = (char *)(uintptr_t) "晕倒";
    answer = desk_call(&desks[0], "visit.emergency", estate.site_id, NULL, &emergency,
                       &fd__raise_emergency_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    answer = desk_call(&desks[0], "visit.leave", estate.site_id, NULL, &leave, &fd__leave_visit_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    Fd__ListVisitsRequest list = FD__LIST_VISITS_REQUEST__INIT;
    list.open_only = true;
    answer = desk_call(&supervisor, "visit.list", estate.site_id, NULL, &list, &fd__list_visits_response__descriptor);
    const Fd__ListVisitsResponse *open = answer.response;
    assert_string_equal(open->visits[open->n_visits - 1]->number, leave.number);
    desk_open(&late, &estate.loop, &estate.daemon, "late");
    desk_sign_in(&late, "manager", ESTATE_PASSWORD);
    desk_subscribe(&late, estate.site_id);
    assert_true(late.snapshot_records > open->n_visits); /* the complaints beside them */
    desk_close(&late);
}

static void everybody_hears_everything_once_and_in_order(void **state) {
    (void)state;
    for (int i = 0; i < 40; i++) {
        char subject[32];
        snprintf(subject, sizeof subject, "第%d件", i);
        estate_register(&desks[i % 4], estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, subject);
    }
    int64_t head = 0;
    for (int i = 0; i < PEOPLE; i++) {
        struct desk *desk = everybody[i];
        if (i == 0) head = desk->seen[desk->seen_count - 1].seq;
        desk_until(desk, desk->seen[desk->seen_count - 1].seq >= head);
        assert_true(seen_in_order(desk->seen, desk->seen_count));
        assert_int_equal(desk->resets, 1);
    }
}

/* The control: what the line could do to a stream of events shows. */
static void a_hole_a_double_and_a_swap_show(void **state) {
    (void)state;
    struct seen seen[] = {{.seq = 7}, {.seq = 8}, {.seq = 9}, {.seq = 10}};
    assert_true(seen_in_order(seen, 4));
    seen[2].seq = 10;
    seen[3].seq = 11;
    assert_false(seen_in_order(seen, 4));
    seen[2].seq = 8;
    seen[3].seq = 9;
    assert_false(seen_in_order(seen, 4));
    seen[1].seq = 9;
    seen[2].seq = 8;
    seen[3].seq = 10;
    assert_false(seen_in_order(seen, 4));
}

static void a_desk_that_was_away_has_everything_it_missed(void **state) {
    (void)state;
    struct desk away;
    desk_open(&away, &estate.loop, &estate.daemon, "desk3-again");
    desk_sign_in(&away, "desk3", ESTATE_PASSWORD);
    desk_subscribe(&away, estate.site_id);
    int64_t left_at = away.reset_seq;
    desk_close(&away);
    for (int i = 0; i < 5; i++) estate_register(&desks[0], estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "离线时");
    desk_open(&away, &estate.loop, &estate.daemon, "desk3-again");
    desk_until(&away, away.line == CLIENT_LINE_UP);
    assert_int_equal(client_subscribe(away.client, estate.site_id), STATUS_OK);
    desk_until(&away, away.seen_count >= 5);
    assert_int_equal(away.resets, 0);
    for (size_t i = 0; i < away.seen_count; i++) assert_int_equal(away.seen[i].seq, left_at + 1 + (int64_t)i);
    desk_close(&away);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_major_complaint_alerts_supervisor_and_manager),
        cmocka_unit_test(everybody_sees_a_reassignment),
        cmocka_unit_test(a_visitor_alerts_host_and_supervisor),
        cmocka_unit_test(an_emergency_outlives_the_visit),
        cmocka_unit_test(everybody_hears_everything_once_and_in_order),
        cmocka_unit_test(a_hole_a_double_and_a_swap_show),
        cmocka_unit_test(a_desk_that_was_away_has_everything_it_missed),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
