/* SPDX-License-Identifier: Apache-2.0 */
/* Two servers on one database: a change on one reaches the desks of the other, and a withdrawn right ends on both
 * (promise 16). That a request key means the same on both: tests/fault/once.c. */
#include <stdio.h>
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "common/uuid.h"
#include "tests/support/estate.h"
#include "tests/support/raw.h"
#include "tests/support/test.h"

static struct estate estate;
static struct daemon_process second;
static struct desk here, there;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    daemon_create_beside(&second, &estate.daemon);
    daemon_call(&second, "second");
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

static void signing_out_everywhere_ends_lines_there(void **state) {
    (void)state;
    struct desk one, other;
    Fd__SignOutRequest request = FD__SIGN_OUT_REQUEST__INIT;
    estate_person(&estate, &one, "leader", FD__ROLE__ROLE_TEAM_LEADER, FD__TEAM__TEAM_DESK);
    desk_open(&other, &estate.loop, &second, "leader-there");
    desk_sign_in(&other, "leader", ESTATE_PASSWORD);
    request.everywhere = true;
    struct answer answer = desk_call(&one, "session.sign_out", "", NULL, &request, &fd__sign_out_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
    uint64_t answered = uv_hrtime();
    desk_until(&other, other.line != CLIENT_LINE_UP);
    assert_true(uv_hrtime() - answered < UINT64_C(1000000000));
    desk_until(&other, other.line == CLIENT_LINE_STRANGER);
    desk_close(&other);
    desk_close(&one);
}

/* Signs in on a fresh device and gives the token. */
static void sign_in_raw(struct raw *raw, int port, const char *login, char token[128]) {
    Fd__SignInRequest request = FD__SIGN_IN_REQUEST__INIT;
    char device[UUID_TEXT_BYTES];
    ProtobufCMessage *message = NULL;
    uuid_make(device, moment_now_ms());
    raw_connect(raw, port);
    assert_true(raw_start_tls(raw, 0));
    raw_hello(raw);
    request.login = (char *)(uintptr_t)login;
    request.password = (char *)(uintptr_t)ESTATE_PASSWORD;
    request.device_id = device;
    raw_request(raw, 1, "session.sign_in", "", "", &request.base);
    const Fd__Reply *reply = raw_reply(raw, 1);
    assert_non_null(reply);
    assert_int_equal(reply->status, FD__STATUS__STATUS_OK);
    assert_int_equal(message_unpack(&fd__sign_in_response__descriptor, &raw->arena, reply->body.data, reply->body.len,
                                    &message, NULL),
                     STATUS_OK);
    snprintf(token, 128, "%s", ((Fd__SignInResponse *)message)->token);
}

static void show_on_another_device(int port, const char *token) {
    Fd__ResumeSessionRequest request = FD__RESUME_SESSION_REQUEST__INIT;
    char device[UUID_TEXT_BYTES];
    struct raw raw = {0};
    uuid_make(device, moment_now_ms());
    raw_connect(&raw, port);
    assert_true(raw_start_tls(&raw, 0));
    raw_hello(&raw);
    request.token = (char *)(uintptr_t)token;
    request.device_id = device;
    raw_request(&raw, 1, "session.resume", "", "", &request.base);
    const Fd__Reply *reply = raw_reply(&raw, 1);
    assert_non_null(reply);
    assert_int_equal(reply->status, FD__STATUS__STATUS_UNAUTHENTICATED);
    raw_close(&raw);
}

static void a_copied_token_ends_its_line_there(void **state) {
    (void)state;
    struct desk guard;
    struct raw copied = {0};
    char token[128];
    int goodbye;
    estate_person(&estate, &guard, "guard", FD__ROLE__ROLE_TEAM_MEMBER, FD__TEAM__TEAM_SECURITY);
    sign_in_raw(&copied, second.port, "guard", token);
    show_on_another_device(estate.daemon.port, token);
    assert_true(raw_closed(&copied, 1000, &goodbye));
    raw_close(&copied);
    /* The same person's other device proves its own sign-in, which is still good, and goes on. */
    desk_until(&guard, guard.line == CLIENT_LINE_UP);
    estate_register(&guard, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "still signed in");
    desk_close(&guard);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_here_is_heard_there),
        cmocka_unit_test(a_right_withdrawn_here_ends_there),
        cmocka_unit_test(signing_out_everywhere_ends_lines_there),
        cmocka_unit_test(a_copied_token_ends_its_line_there),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
