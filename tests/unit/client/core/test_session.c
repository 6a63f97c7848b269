/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/client.c and line.c: greeting, pin, signing in, resuming, silence, coming back */
#include "tests/unit/client/core/heard.h"

static void stranger_signs_in_and_later_resumes(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    heard_open(&heard, &server, true);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    assert_int_equal(server.resumes, 0);
    heard_sign_in(&heard, &server);
    assert_string_equal(client_person(heard.client)->name, "李娜");
    assert_in_range(client_clock_ahead_ms(heard.client), 4000, 6500);
    heard_close(&heard, &server);
    assert_int_equal(server.goodbyes, 1);

    heard_open(&heard, &server, true);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_UP);
    heard_close(&heard, &server);
    heard_open(&heard, &server, true);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_UP);
    heard_close(&heard, &server);
    assert_int_equal(server.sign_ins, 1);
    assert_int_equal(server.resumes, 2);
    assert_int_equal(server.stale_tokens, 0);
    fake_close(&server);
}

static void wrong_password_is_told_and_may_be_mended(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    fake_open(&server);
    heard_open(&heard, &server, false);
    assert_int_equal(client_sign_in(heard.client, "lina", "wrong", on_answer, &answer), STATUS_OK);
    RUN_UNTIL(&server, answer.count == 1);
    assert_int_equal(answer.status, FD__STATUS__STATUS_UNAUTHENTICATED);
    assert_int_equal(heard.line, CLIENT_LINE_STRANGER);
    heard_sign_in(&heard, &server);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void stranger_whom_the_server_sends_away_does_not_come_back_before_signing_in(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    heard_open(&heard, &server, false);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    stream_close(&fake_last(&server)->stream);
    fake_run_for(&server, 300);
    assert_int_equal(server.line_count, 1);
    assert_int_equal(heard.line, CLIENT_LINE_STRANGER);
    heard_sign_in(&heard, &server);
    assert_int_equal(server.line_count, 2);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void refused_token_is_forgotten(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    server.refuse_resume = true;
    stream_abort(&fake_last(&server)->stream);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    assert_string_equal(heard.why, "because");
    heard_close(&heard, &server);
    heard_open(&heard, &server, true);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    assert_int_equal(server.resumes, 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void another_certificate_is_refused_before_a_word_is_said(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    heard_close(&heard, &server);
    int hellos = server.hellos;

    fake_use_certificate(&server, "second");
    heard_open(&heard, &server, true);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_REFUSED);
    assert_true(client_certificate_changed(heard.client));
    fake_run_for(&server, 200);
    assert_int_equal(server.hellos, hellos);
    assert_int_equal(server.resumes, 0);
    heard_close(&heard, &server);

    /* Trusting it on purpose mends it. */
    heard_open(&heard, &server, true);
    client_forget_pin(heard.client);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_UP);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void another_version_is_refused(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    server.version = 2;
    heard_open(&heard, &server, false);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_REFUSED);
    assert_false(client_certificate_changed(heard.client));
    heard_close(&heard, &server);
    fake_close(&server);
}

static void lost_line_comes_back_and_resumes(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    for (int i = 2; i < 6; i++) {
        stream_abort(&fake_last(&server)->stream);
        RUN_UNTIL(&server, heard.ups == i && heard.line == CLIENT_LINE_UP);
    }
    assert_int_equal(server.resumes, 4);
    assert_int_equal(server.stale_tokens, 0);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void goodbye_says_when_to_come_back(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    Fd__Goodbye goodbye = FD__GOODBYE__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    goodbye.status = FD__STATUS__STATUS_UNAVAILABLE;
    goodbye.message = (char *)"back soon";
    goodbye.retry_after_ms = 600;
    frame.body_case = FD__SERVER_FRAME__BODY_GOODBYE;
    frame.goodbye = &goodbye;
    fake_send(fake_last(&server), &frame);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_DOWN);
    assert_string_equal(heard.why, "back soon");
    fake_run_for(&server, 400);
    assert_int_equal(server.line_count, 1);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_UP);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void silence_is_asked_about_and_then_ends_the_line(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard.client->line.figures.ping_ms = 100;
    heard.client->line.figures.dead_ms = 300;
    heard_sign_in(&heard, &server);
    RUN_UNTIL(&server, server.pings >= 4); /* answered: the line stays */
    assert_int_equal(server.line_count, 1);
    server.mute = true;
    RUN_UNTIL(&server, server.line_count >= 2);
    server.mute = false;
    heard.client->line.figures.connect_ms = 300;
    RUN_UNTIL(&server, heard.ups == 2);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void ping_is_answered(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    Fd__Ping ping = FD__PING__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    fake_open(&server);
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    frame.body_case = FD__SERVER_FRAME__BODY_PING;
    frame.ping = &ping;
    fake_send(fake_last(&server), &frame);
    RUN_UNTIL(&server, server.pongs == 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void greeting_that_does_not_come_ends_the_line(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    server.mute = true;
    heard_open(&heard, &server, false);
    heard.client->line.figures.connect_ms = 100;
    RUN_UNTIL(&server, server.line_count == 3);
    server.mute = false;
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    heard_close(&heard, &server);
    fake_close(&server);
}

/* Two programs of one person: a token that is used twice would end the session. */
static void programs_that_share_a_token_wait_for_each_other(void **state) {
    (void)state;
    enum { PROGRAMS = 6 };
    struct fake_server server;
    struct heard heard[PROGRAMS];
    fake_open(&server);
    heard_open(&heard[0], &server, true);
    heard_sign_in(&heard[0], &server);
    for (int i = 1; i < PROGRAMS; i++) heard_open(&heard[i], &server, true);
    for (int i = 1; i < PROGRAMS; i++) RUN_UNTIL(&server, heard[i].line == CLIENT_LINE_UP);
    for (size_t i = 0; i < server.line_count; i++) stream_abort(&server.lines[i].stream);
    for (int i = 0; i < PROGRAMS; i++) RUN_UNTIL(&server, heard[i].ups == 2);
    assert_int_equal(server.resumes, 2 * PROGRAMS - 1);
    assert_int_equal(server.stale_tokens, 0);
    for (int i = 0; i < PROGRAMS; i++) heard_close(&heard[i], &server);
    fake_close(&server);
}

static void delays_double_with_jitter_up_to_a_limit(void **state) {
    (void)state;
    static const struct {
        int failures;
        int64_t least, most;
    } cases[] = {
        {0,   250,   500  },
        {1,   250,   500  },
        {2,   500,   1000 },
        {3,   1000,  2000 },
        {7,   15000, 30000},
        {900, 15000, 30000}
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (int round = 0; round < 200; round++)
            assert_in_range(line_delay_ms(&line_figures_default, cases[i].failures), cases[i].least, cases[i].most);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stranger_signs_in_and_later_resumes),
        cmocka_unit_test(wrong_password_is_told_and_may_be_mended),
        cmocka_unit_test(stranger_whom_the_server_sends_away_does_not_come_back_before_signing_in),
        cmocka_unit_test(refused_token_is_forgotten),
        cmocka_unit_test(another_certificate_is_refused_before_a_word_is_said),
        cmocka_unit_test(another_version_is_refused),
        cmocka_unit_test(lost_line_comes_back_and_resumes),
        cmocka_unit_test(goodbye_says_when_to_come_back),
        cmocka_unit_test(silence_is_asked_about_and_then_ends_the_line),
        cmocka_unit_test(ping_is_answered),
        cmocka_unit_test(greeting_that_does_not_come_ends_the_line),
        cmocka_unit_test(programs_that_share_a_token_wait_for_each_other),
        cmocka_unit_test(delays_double_with_jitter_up_to_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
