/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/subscriptions.c: every entry once and in order, or asked for again */
#include "tests/unit/client/core/heard.h"

static void follow(struct heard *heard, struct fake_server *server, bool kept) {
    heard_open(heard, server, kept);
    heard_sign_in(heard, server);
    assert_int_equal(client_subscribe(heard->client, FAKE_SITE), STATUS_OK);
    RUN_UNTIL(server, server->subscribes == 1);
    assert_int_equal(server->epoch_asked, 0);
    fake_reset(fake_last(server), 7, 10);
    fake_snapshot(fake_last(server), 10, false);
    fake_snapshot(fake_last(server), 10, true);
    RUN_UNTIL(server, heard->snapshots == 2);
    assert_int_equal(heard->resets, 1);
}

static void assert_heard(const struct heard *heard, const int64_t *seqs, size_t count) {
    assert_int_equal(heard->seq_count, count);
    for (size_t i = 0; i < count; i++) assert_int_equal(heard->seqs[i], seqs[i]);
}

static void gap_makes_the_client_ask_again_and_hear_each_once(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    follow(&heard, &server, false);
    struct fake_line *line = fake_last(&server);
    fake_event(line, 7, 11, "complaint.registered");
    fake_event(line, 7, 12, "complaint.registered");
    fake_event(line, 7, 14, "complaint.registered");
    fake_event(line, 7, 15, "complaint.registered");
    RUN_UNTIL(&server, server.subscribes == 2);
    assert_int_equal(server.epoch_asked, 7);
    assert_int_equal(server.seq_asked, 12);
    for (int64_t seq = 11; seq <= 16; seq++) fake_event(line, 7, seq, "complaint.registered");
    RUN_UNTIL(&server, heard.seq_count == 6);
    assert_heard(&heard, (const int64_t[]){11, 12, 13, 14, 15, 16}, 6);
    fake_run_for(&server, 50);
    assert_int_equal(server.subscribes, 2);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void blank_entries_count_and_are_not_shown(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    follow(&heard, &server, false);
    fake_event(fake_last(&server), 7, 11, "");
    fake_event(fake_last(&server), 7, 12, "complaint.registered");
    RUN_UNTIL(&server, heard.seq_count == 1);
    assert_heard(&heard, (const int64_t[]){12}, 1);
    assert_int_equal(server.subscribes, 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void another_epoch_is_not_mixed_in(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    follow(&heard, &server, false);
    fake_event(fake_last(&server), 8, 11, "complaint.registered");
    RUN_UNTIL(&server, server.subscribes == 2);
    fake_reset(fake_last(&server), 8, 20);
    fake_snapshot(fake_last(&server), 20, true);
    fake_event(fake_last(&server), 8, 21, "complaint.registered");
    RUN_UNTIL(&server, heard.seq_count == 1);
    assert_heard(&heard, (const int64_t[]){21}, 1);
    assert_int_equal(heard.resets, 2);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void new_line_goes_on_from_the_cursor(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    follow(&heard, &server, false);
    fake_event(fake_last(&server), 7, 11, "complaint.registered");
    RUN_UNTIL(&server, heard.seq_count == 1);
    stream_abort(&fake_last(&server)->stream);
    RUN_UNTIL(&server, server.subscribes == 2);
    assert_int_equal(server.epoch_asked, 7);
    assert_int_equal(server.seq_asked, 11);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void half_a_snapshot_is_none(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    follow(&heard, &server, false);
    fake_reset(fake_last(&server), 9, 30);
    fake_snapshot(fake_last(&server), 30, false);
    RUN_UNTIL(&server, heard.snapshots == 3);
    stream_abort(&fake_last(&server)->stream);
    RUN_UNTIL(&server, server.subscribes == 2);
    assert_int_equal(server.epoch_asked, 0);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void cursor_outlives_the_program(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    follow(&heard, &server, true);
    fake_event(fake_last(&server), 7, 11, "complaint.registered");
    RUN_UNTIL(&server, heard.seq_count == 1);
    heard_close(&heard, &server);

    heard_open(&heard, &server, true);
    assert_int_equal(client_subscribe(heard.client, FAKE_SITE), STATUS_OK);
    RUN_UNTIL(&server, server.subscribes == 2);
    assert_int_equal(server.epoch_asked, 7);
    assert_int_equal(server.seq_asked, 11);
    heard_close(&heard, &server);

    /* Who only looks begins with nothing and leaves the cursor alone. */
    heard_open(&heard, &server, true);
    assert_int_equal(client_observe(heard.client, FAKE_SITE), STATUS_OK);
    RUN_UNTIL(&server, server.subscribes == 3);
    assert_int_equal(server.epoch_asked, 0);
    fake_reset(fake_last(&server), 7, 40);
    fake_snapshot(fake_last(&server), 40, true);
    RUN_UNTIL(&server, heard.snapshots == 1);
    heard_close(&heard, &server);
    heard_open(&heard, &server, true);
    assert_int_equal(client_subscribe(heard.client, FAKE_SITE), STATUS_OK);
    RUN_UNTIL(&server, server.subscribes == 4);
    assert_int_equal(server.seq_asked, 11);
    heard_close(&heard, &server);

    heard_open(&heard, &server, true);
    client_forget_cursor(heard.client, FAKE_SITE);
    assert_int_equal(client_subscribe(heard.client, FAKE_SITE), STATUS_OK);
    RUN_UNTIL(&server, server.subscribes == 5);
    assert_int_equal(server.epoch_asked, 0);
    heard_close(&heard, &server);
    fake_close(&server);
}

static void nothing_is_followed_before_the_first_password_was_changed(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    struct answer answer = {0};
    Fd__ChangePasswordRequest command = FD__CHANGE_PASSWORD_REQUEST__INIT;
    fake_open(&server);
    server.must_change = true;
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    assert_int_equal(client_subscribe(heard.client, FAKE_SITE), STATUS_OK);
    fake_run_for(&server, 100);
    assert_int_equal(server.subscribes, 0);
    assert_int_equal(client_call(heard.client, "session.change_password", "", NULL, &command.base,
                                 &fd__change_password_response__descriptor, on_answer, &answer),
                     STATUS_OK);
    RUN_UNTIL(&server, server.subscribes == 1);
    heard_close(&heard, &server);
    fake_close(&server);
}

/* The server ends a line that asks for a foreign site: asking again and again would never end. */
static void site_without_a_place_is_not_asked_for(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    fake_open(&server);
    follow(&heard, &server, false);
    server.no_place = true;
    stream_abort(&fake_last(&server)->stream);
    RUN_UNTIL(&server, heard.ups == 2);
    fake_run_for(&server, 100);
    assert_int_equal(server.subscribes, 1);
    assert_int_equal(client_subscribe(heard.client, FAKE_SITE), STATUS_OK); /* asked for in so many words */
    RUN_UNTIL(&server, server.subscribes == 2);
    heard_close(&heard, &server);
    fake_close(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gap_makes_the_client_ask_again_and_hear_each_once),
        cmocka_unit_test(blank_entries_count_and_are_not_shown),
        cmocka_unit_test(another_epoch_is_not_mixed_in),
        cmocka_unit_test(new_line_goes_on_from_the_cursor),
        cmocka_unit_test(half_a_snapshot_is_none),
        cmocka_unit_test(cursor_outlives_the_program),
        cmocka_unit_test(site_without_a_place_is_not_asked_for),
        cmocka_unit_test(nothing_is_followed_before_the_first_password_was_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
