/* SPDX-License-Identifier: Apache-2.0 */
/* Two servers on one database: a change on one reaches the desks of the other, a request key means the same on both
 * (promise 2), and a withdrawn right ends on both (promise 16). */
#include <stdio.h>
#include <string.h>

#include "common/moment.h"
#include "common/uuid.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

static struct estate estate;
static struct daemon_process second;
static struct desk here, there;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    daemon_create_beside(&second, &estate.daemon);
    second.arguments[0] = "--node";
    second.arguments[1] = "second";
    daemon_start(&second);
    estate_person(&estate, &here, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    desk_open(&there, &estate.loop, &second, "there");
    desk_sign_in(&there, "clerk", ESTATE_PASSWORD);
    desk_subscribe(&there, estate.site_id);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&there);
    desk_close(&here);
    daemon_remove(&second);
    estate_close(&estate);
    return 0;
}

static void what_happens_here_is_heard_there(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct desk *speaker = i % 2 == 0 ? &here : &there, *listener = i % 2 == 0 ? &there : &here;
        const Fd__Complaint *complaint =
            estate_register(speaker, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "across");
        desk_until(listener, desk_heard(listener, "complaint.registered", complaint->number, 0) != NULL);
    }
    assert_true(seen_in_order(here.seen, here.seen_count));
    assert_true(seen_in_order(there.seen, there.seen_count));
}

static void ask(struct desk *desk, const char *key, struct answer *answer) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "on both";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    desk_ask(desk, "complaint.register", estate.site_id, key, &request, &fd__register_complaint_response__descriptor,
             answer);
}

static void one_key_on_both_has_one_effect(void **state) {
    (void)state;
    enum { KEYS = 40 };
    static struct answer answers[KEYS][2];
    for (int i = 0; i < KEYS; i++) {
        char key[UUID_TEXT_BYTES];
        uuid_make(key, moment_now_ms());
        ask(&here, key, &answers[i][0]);
        ask(&there, key, &answers[i][1]);
    }
    for (int i = 0; i < KEYS; i++) {
        desk_until(&here, answers[i][0].done && answers[i][1].done);
        assert_int_equal(answers[i][0].status, STATUS_OK);
        assert_int_equal(answers[i][1].status, STATUS_OK);
        assert_int_equal(answers[i][0].seq, answers[i][1].seq);
    }
    PGconn *database = daemon_database(&estate.daemon);
    assert_int_equal(database_number(database, "select count(*) from complaint where subject = 'on both'"), KEYS);
    PQfinish(database);
}

static void a_right_withdrawn_here_ends_there(void **state) {
    (void)state;
    Fd__UpdatePersonRequest request = FD__UPDATE_PERSON_REQUEST__INIT;
    Fd__Role role = FD__ROLE__ROLE_DESK_CLERK;
    request.person_id = there.person_id;
    request.name = (char *)(uintptr_t) "clerk";
    request.roles = &role;
    request.n_roles = 1;
    request.team = FD__TEAM__TEAM_DESK;
    request.active = false;
    struct answer answer = desk_call(&estate.administrator, "person.update", estate.site_id, NULL, &request,
                                     &fd__update_person_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    desk_until(&there, there.line == CLIENT_LINE_STRANGER);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_here_is_heard_there),
        cmocka_unit_test(one_key_on_both_has_one_effect),
        cmocka_unit_test(a_right_withdrawn_here_ends_there),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
