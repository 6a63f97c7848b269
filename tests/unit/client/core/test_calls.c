/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/calls.c: one key until answered */
#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/unit/client/core/heard.h"

static void lost_call_is_sent_again_under_its_key(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    server.drops = 3;
    heard_call(&heard, NULL, &answer);
    RUN_UNTIL(&server, answer.count == 1);
    assert_int_equal(answer.status, FD__STATUS__STATUS_OK);
    assert_int_equal(server.request_count, 4);
    assert_true(uuid_valid(server.requests[0].key));
    for (size_t i = 1; i < 4; i++) {
        assert_string_equal(server.requests[i].key, server.requests[0].key);
        assert_int_not_equal(server.requests[i].line, server.requests[i - 1].line);
    }
    assert_string_equal(server.requests[3].site_id, FAKE_SITE);
    assert_int_equal(client_waiting(heard.client), 0);
    fake_run_for(&server, 100);
    assert_int_equal(answer.count, 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void busy_server_is_asked_again_after_its_delay(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    server.busies = 1;
    server.busy_ms = 500;
    uint64_t began = uv_hrtime();
    heard_call(&heard, FAKE_SITE, &answer);
    RUN_UNTIL(&server, answer.count == 1);
    assert_true(uv_hrtime() - began >= UINT64_C(500000000));
    assert_int_equal(server.request_count, 2);
    assert_string_equal(server.requests[0].key, FAKE_SITE);
    assert_string_equal(server.requests[1].key, FAKE_SITE);
    assert_int_equal(server.line_count, 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

/* One that is wrong, or hostile, does not keep a desk away for ever. */
static void nobody_is_sent_away_for_ever(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    server.busies = 1;
    server.busy_ms = INT64_MAX;
    heard_call(&heard, NULL, &answer);
    const uv_timer_t *retry = &heard.client->calls.retry;
    RUN_UNTIL(&server, uv_is_active((const uv_handle_t *)retry));
    assert_in_range(uv_timer_get_due_in(retry), LINE_ASKED_LIMIT_MS - 10000, LINE_ASKED_LIMIT_MS);
    assert_int_equal(line_asked_ms(INT64_MIN), 0);
    assert_int_equal(line_asked_ms(500), 500);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void calls_made_while_the_line_is_down_wait_for_it(void **state) {
    (void)state;
    enum { CALLS = 20 };
    struct fake_server server;
    struct heard heard;
    struct answer answers[CALLS] = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    stream_abort(&fake_last(&server)->stream);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_DOWN);
    for (int i = 0; i < CALLS; i++) heard_call(&heard, NULL, &answers[i]);
    assert_int_equal(client_waiting(heard.client), CALLS);
    for (int i = 0; i < CALLS; i++) RUN_UNTIL(&server, answers[i].count == 1);
    assert_int_equal(server.request_count, CALLS);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void no_more_are_under_way_than_the_server_wants(void **state) {
    (void)state;
    enum { CALLS = 10, LIMIT = 4 };
    struct fake_server server;
    struct heard heard;
    struct answer answers[CALLS] = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    server.silences = LIMIT;
    for (int i = 0; i < CALLS; i++) heard_call(&heard, NULL, &answers[i]);
    fake_run_for(&server, 200);
    assert_int_equal(server.request_count, LIMIT);
    stream_abort(&fake_last(&server)->stream);
    for (int i = 0; i < CALLS; i++) RUN_UNTIL(&server, answers[i].count == 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void closing_answers_what_waits(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answers[2] = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    server.silences = 2;
    heard_call(&heard, NULL, &answers[0]);
    heard_call(&heard, NULL, &answers[1]);
    RUN_UNTIL(&server, server.request_count == 2);
    client_forget_calls(heard.client, &answers[1]);
    heard_close(&heard, &server);
    assert_int_equal(answers[0].count, 1);
    assert_int_equal(answers[0].status, FD__STATUS__STATUS_UNAVAILABLE);
    assert_int_equal(answers[1].count, 0);
    fake_close(&server);
}

static void what_one_person_asked_is_not_done_in_anothers_name(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    server.silences = 1;
    heard_call(&heard, NULL, &answer);
    RUN_UNTIL(&server, server.request_count == 1);
    server.other_person = true;
    heard_sign_in(&heard, &server);
    assert_int_equal(answer.count, 1);
    assert_int_equal(answer.status, FD__STATUS__STATUS_UNAVAILABLE);
    fake_run_for(&server, 100);
    assert_int_equal(server.request_count, 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void too_large_and_wrong_keys_are_refused_here(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    Fd__RecordActionRequest command = FD__RECORD_ACTION_REQUEST__INIT;
    fake_open(&server);
    heard_open(&heard, &server, false);
    command.note = malloc(FRAME_LIMIT + 1);
    assert_non_null(command.note);
    memset(command.note, 'x', FRAME_LIMIT);
    command.note[FRAME_LIMIT] = '\0';
    assert_int_equal(client_call(heard.client, "test.write", FAKE_SITE, NULL, &command.base,
                                 &fd__sign_out_response__descriptor, on_answer, &answer),
                     STATUS_TOO_LARGE);
    command.note[0] = '\0';
    assert_int_equal(client_call(heard.client, "test.write", FAKE_SITE, "no key", &command.base,
                                 &fd__sign_out_response__descriptor, on_answer, &answer),
                     STATUS_INVALID);
    free(command.note);
    assert_int_equal(client_waiting(heard.client), 0);
    heard_close(&heard, &server);
    assert_int_equal(answer.count, 0);
    fake_close(&server);
}

static void signing_out_forgets_the_token(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    Fd__SignOutRequest command = FD__SIGN_OUT_REQUEST__INIT;
    fake_open(&server);
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    assert_int_equal(client_call(heard.client, "session.sign_out", "", NULL, &command.base,
                                 &fd__sign_out_response__descriptor, on_answer, &answer),
                     STATUS_OK);
    RUN_UNTIL(&server, answer.count == 1);
    heard_close(&heard, &server);
    heard_open(&heard, &server, true);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    assert_int_equal(server.resumes, 0);
    heard_close(&heard, &server);
    fake_close(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_call_is_sent_again_under_its_key),
        cmocka_unit_test(busy_server_is_asked_again_after_its_delay),
        cmocka_unit_test(nobody_is_sent_away_for_ever),
        cmocka_unit_test(calls_made_while_the_line_is_down_wait_for_it),
        cmocka_unit_test(no_more_are_under_way_than_the_server_wants),
        cmocka_unit_test(closing_answers_what_waits),
        cmocka_unit_test(what_one_person_asked_is_not_done_in_anothers_name),
        cmocka_unit_test(too_large_and_wrong_keys_are_refused_here),
        cmocka_unit_test(signing_out_forgets_the_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
