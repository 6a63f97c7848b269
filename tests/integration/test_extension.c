/* SPDX-License-Identifier: Apache-2.0 */
/* A complex complaint with real clients (D6, D3, D16): the handler plans, asks for a later closing time, the manager is
 * alerted at once and decides, the handler sees it; the history says who asked, for when, and to whom it was given. */
#include <stdio.h>
#include <string.h>

#include "tests/support/estate.h"
#include "tests/support/test.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

enum { DAYS_MS = 24 * 60 * 60 * 1000 };

static struct estate estate;
static struct desk clerk, engineer, supervisor, manager;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &engineer, "engineer", FD__ROLE__ROLE_TEAM_MEMBER, FD__TEAM__TEAM_ENGINEERING);
    estate_person(&estate, &supervisor, "supervisor", FD__ROLE__ROLE_SUPERVISOR, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &manager, "manager", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    struct desk *const desks[] = {&clerk, &engineer, &supervisor, &manager};
    for (size_t i = 0; i < sizeof desks / sizeof desks[0]; i++) desk_close(desks[i]);
    estate_close(&estate);
    return 0;
}

static const Fd__Complaint *heard(struct desk *desk, const char *kind, const char *number) {
    desk_until(desk, desk_heard(desk, kind, number, 0) != NULL);
    return (const Fd__Complaint *)desk_heard(desk, kind, number, 0)->record;
}

/* A complex one that the engineer handles. */
static const Fd__Complaint *given_to_engineer(char number[32]) {
    const Fd__Complaint *complaint =
        estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_COMPLEX, "地库渗水，工程与绿化都有份");
    snprintf(number, 32, "%s", complaint->number);
    assert_true(complaint->plan_due_at_ms > 0);
    assert_int_equal(estate_assign(&supervisor, estate.site_id, number, engineer.person_id).status, STATUS_OK);
    return complaint;
}

static struct answer plan(struct desk *desk, const char *number, const char *text) {
    Fd__PlanComplaintRequest command = FD__PLAN_COMPLAINT_REQUEST__INIT;
    command.number = TEXT(number);
    command.plan = TEXT(text);
    return desk_call(desk, "complaint.plan", estate.site_id, NULL, &command, &fd__plan_complaint_response__descriptor);
}

static struct answer ask(struct desk *desk, const char *number, int64_t until_ms) {
    Fd__AskExtensionRequest command = FD__ASK_EXTENSION_REQUEST__INIT;
    command.number = TEXT(number);
    command.until_ms = until_ms;
    command.reason = TEXT("厂家 13912345678 下周才到");
    return desk_call(desk, "complaint.ask_extension", estate.site_id, NULL, &command,
                     &fd__ask_extension_response__descriptor);
}

static struct answer decide(struct desk *desk, const char *number, Fd__ExtensionDecision decision, const char *reason) {
    Fd__DecideExtensionRequest command = FD__DECIDE_EXTENSION_REQUEST__INIT;
    command.number = TEXT(number);
    command.decision = decision;
    command.reason = TEXT(reason);
    return desk_call(desk, "complaint.decide_extension", estate.site_id, NULL, &command,
                     &fd__decide_extension_response__descriptor);
}

static const Fd__GetComplaintResponse *get(struct desk *desk, const char *number) {
    Fd__GetComplaintRequest request = FD__GET_COMPLAINT_REQUEST__INIT;
    request.number = TEXT(number);
    struct answer answer =
        desk_call(desk, "complaint.get", estate.site_id, NULL, &request, &fd__get_complaint_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    return answer.response;
}

static const Fd__Step *step_of(const Fd__GetComplaintResponse *whole, const char *kind) {
    for (size_t i = 0; i < whole->n_steps; i++)
        if (strcmp(whole->steps[i]->kind, kind) == 0) return whole->steps[i];
    fail_msg("no step %s", kind);
    return NULL;
}

static void the_manager_decides_and_the_handler_sees_it(void **state) {
    (void)state;
    char number[32];
    int64_t until_ms = given_to_engineer(number)->close_due_at_ms + 5 * (int64_t)DAYS_MS;
    assert_int_equal(plan(&engineer, number, "周六停水，换主管").status, STATUS_OK);
    assert_int_equal(ask(&engineer, number, until_ms).status, STATUS_OK);

    const Fd__Complaint *asked = heard(&manager, "complaint.extension_asked", number);
    assert_int_equal(asked->alert->reason, FD__ALERT_REASON__ALERT_REASON_EXTENSION_ASKED);
    assert_int_equal(asked->alert->acknowledged_at_ms, 0);
    bool told = false;
    for (size_t i = 0; i < asked->alert->n_person_ids; i++)
        told = told || strcmp(asked->alert->person_ids[i], manager.person_id) == 0;
    assert_true(told);
    assert_string_equal(asked->plan, "周六停水，换主管");
    assert_string_equal(asked->extension->reason, "厂家 139****5678 下周才到");
    assert_int_equal(asked->extension->until_ms, until_ms);

    /* The control: the same call by those who may not decide. */
    assert_int_equal(decide(&supervisor, number, FD__EXTENSION_DECISION__EXTENSION_DECISION_APPROVE, "").status,
                     STATUS_DENIED);
    assert_int_equal(decide(&engineer, number, FD__EXTENSION_DECISION__EXTENSION_DECISION_APPROVE, "").status,
                     STATUS_DENIED);
    assert_int_equal(decide(&manager, number, FD__EXTENSION_DECISION__EXTENSION_DECISION_APPROVE, "同意").status,
                     STATUS_OK);

    const Fd__Complaint *decided = heard(&engineer, "complaint.extension_approved", number);
    assert_int_equal(decided->close_due_at_ms, until_ms);
    assert_string_equal(decided->extension->decided_by, manager.person_id);
    assert_int_not_equal(decided->alert->ended_at_ms, 0);

    const Fd__GetComplaintResponse *whole = get(&engineer, number);
    assert_int_equal(whole->complaint->close_due_at_ms, until_ms);
    assert_int_equal(whole->complaint->extended_until_ms, until_ms);
    assert_string_equal(whole->complaint->extension->reason,
                        "厂家 13912345678 下周才到"); /* in full, to who works on it */
    assert_string_equal(whole->complaint->extension->asked_by, engineer.person_id);
    assert_string_equal(whole->complaint->extension->answer, "同意");
    assert_string_equal(step_of(whole, "complaint.assigned")->to_id, engineer.person_id);
    assert_int_equal(step_of(whole, "complaint.assigned")->to_team, FD__TEAM__TEAM_ENGINEERING);
    assert_string_equal(step_of(whole, "complaint.registered")->to_id, "");
    assert_string_equal(step_of(whole, "complaint.planned")->note, "周六停水，换主管");
    assert_int_equal(step_of(whole, "complaint.extension_asked")->until_ms, until_ms);
    assert_string_equal(step_of(whole, "complaint.extension_approved")->actor_id, manager.person_id);
}

static void one_that_was_sent_back_moves_nothing(void **state) {
    (void)state;
    char number[32];
    int64_t due_ms = given_to_engineer(number)->close_due_at_ms;
    assert_int_equal(decide(&manager, number, FD__EXTENSION_DECISION__EXTENSION_DECISION_APPROVE, "").status,
                     STATUS_CONFLICT);
    assert_int_equal(ask(&engineer, number, due_ms).status, STATUS_INVALID);
    assert_int_equal(ask(&engineer, number, due_ms + DAYS_MS).status, STATUS_OK);
    assert_int_equal(ask(&supervisor, number, due_ms + DAYS_MS).status, STATUS_CONFLICT);
    assert_int_equal(decide(&manager, number, FD__EXTENSION_DECISION__EXTENSION_DECISION_RETURN, "").status,
                     STATUS_INVALID);
    assert_int_equal(decide(&manager, number, FD__EXTENSION_DECISION__EXTENSION_DECISION_RETURN, "先出方案").status,
                     STATUS_OK);
    const Fd__Complaint *decided = heard(&engineer, "complaint.extension_returned", number);
    assert_int_equal(decided->close_due_at_ms, due_ms);
    assert_string_equal(decided->extension->answer, "先出方案");
    assert_int_not_equal(decided->alert->ended_at_ms, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manager_decides_and_the_handler_sees_it),
        cmocka_unit_test(one_that_was_sent_back_moves_nothing),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
