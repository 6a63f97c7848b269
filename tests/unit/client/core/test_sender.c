/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/sender.c and submission.c: what waits goes out in order, once, whatever breaks on the way (D16) */
#include "client/core/outbox_file.h"
#include "tests/unit/client/core/submitting.h"

static void with_the_line_there_it_is_a_call(void **state) {
    (void)state;
    struct outcome outcome;
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    assert_int_equal(submit(&heard, "one", &outcome), STATUS_OK);
    RUN_UNTIL(&server, outcome.replies == 1);
    assert_string_equal(outcome.number, "C-1");
    server.refusals = 1;
    server.refuse_with = FD__STATUS__STATUS_INVALID;
    assert_int_equal(submit(&heard, "two", &outcome), STATUS_OK);
    RUN_UNTIL(&server, outcome.replies == 1);
    assert_int_equal(outcome.status, FD__STATUS__STATUS_INVALID);
    /* Told to whoever asked: nothing stays. */
    assert_int_equal(client_waiting_counts(heard.client).refused, 0);
    assert_int_equal(outcome.kept, 0);
    heard_close(&heard, &server);
}

static void what_was_kept_goes_out_in_order_when_the_line_is_back(void **state) {
    (void)state;
    struct outcome outcomes[4];
    char local[32];
    open_offline();
    int64_t before_ms = moment_now_ms();
    keep("one", &outcomes[0]);
    keep("two", &outcomes[1]);
    (void)snprintf(local, sizeof local, "W-%lld", (long long)outcomes[1].position);
    keep_note(local, "three", &outcomes[2]);
    keep("four", &outcomes[3]);
    assert_int_equal(server.request_count, 0);
    assert_int_equal(client_waiting_counts(heard.client).waiting, 4);
    assert_true(heard.outbox_changes >= 4);
    fake_run_for(&server, 300);
    come_back();
    assert_int_equal(server.request_count, 4);
    assert_said(0, "one", "");
    assert_said(1, "two", "");
    assert_said(2, "three", "C-2");
    assert_said(3, "four", "");
    /* When the customer spoke, by the server's clock, which is 5 s behind; not when the line was back. */
    Fd__RegisterComplaintRequest *first =
        fd__register_complaint_request__unpack(NULL, server.requests[0].length, server.requests[0].body);
    assert_non_null(first);
    assert_in_range(first->received_at_ms, before_ms - 5500, before_ms - 4700);
    fd__register_complaint_request__free_unpacked(first, NULL);
    heard_close(&heard, &server);
}

static void a_line_that_breaks_before_the_answer_keeps_it_under_its_key(void **state) {
    (void)state;
    struct outcome outcome;
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    server.drops = 1;
    assert_int_equal(submit(&heard, "one", &outcome), STATUS_OK);
    RUN_UNTIL(&server, server.request_count == 1);
    server.shut = true;
    RUN_UNTIL(&server, outcome.kept == 1);
    assert_int_equal(outcome.state, OUTBOX_SENT);
    come_back();
    assert_int_equal(server.request_count, 2);
    assert_int_equal(fake_effects(&server, 2), 1);
    assert_same_bytes();
    heard_close(&heard, &server);
}

static void a_busy_server_is_asked_again_and_nothing_overtakes(void **state) {
    (void)state;
    struct outcome outcomes[2];
    open_offline();
    keep("one", &outcomes[0]);
    keep("two", &outcomes[1]);
    server.busies = 2;
    come_back();
    assert_int_equal(server.request_count, 4);
    assert_int_equal(fake_effects(&server, 3), 1);
    assert_said(1, "two", "");
    assert_same_bytes();
    heard_close(&heard, &server);
}

static void a_refused_one_is_set_aside_with_what_names_it_and_the_others_go_on(void **state) {
    (void)state;
    struct outcome outcomes[3];
    char local[32];
    open_offline();
    keep("one", &outcomes[0]);
    (void)snprintf(local, sizeof local, "~%lld", (long long)outcomes[0].position);
    keep_note(local, "two", &outcomes[1]);
    keep("three", &outcomes[2]);
    server.refusals = 1;
    server.refuse_with = FD__STATUS__STATUS_INVALID;
    come_back();
    assert_int_equal(server.request_count, 2);
    assert_said(1, "three", "");
    assert_int_equal(client_waiting_counts(heard.client).refused, 2);
    /* Mended, it goes out under a new key, and what names it after it. */
    struct bytes body = {0};
    Fd__RegisterComplaintRequest mended = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    mended.subject = (char *)(uintptr_t) "one, mended";
    assert_int_equal(message_append(&body, &mended.base), STATUS_OK);
    assert_int_equal(outbox_mend(client_outbox(heard.client), outcomes[0].position, &body), STATUS_OK);
    bytes_free(&body);
    client_send_waiting(heard.client);
    RUN_UNTIL(&server, client_waiting_counts(heard.client).waiting == 0);
    assert_said(2, "one, mended", "");
    assert_said(3, "two", "C-3");
    assert_int_equal(client_waiting_counts(heard.client).refused, 0);
    heard_close(&heard, &server);
}

static void a_session_that_is_over_waits_for_the_same_person(void **state) {
    (void)state;
    struct outcome outcome;
    open_offline();
    keep("one", &outcome);
    server.refuse_resume = true;
    server.shut = false;
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    /* Signed out from elsewhere: what is written now waits at once, too. */
    keep("two", &outcome);
    assert_int_equal(server.request_count, 0);
    server.other_person = true;
    heard_sign_in(&heard, &server);
    assert_int_equal(client_waiting_counts(heard.client).others, 2);
    assert_int_equal(submit(&heard, "another's", &outcome), STATUS_OK);
    RUN_UNTIL(&server, outcome.replies == 1);
    fake_run_for(&server, 200);
    assert_int_equal(server.request_count, 1);
    server.other_person = false;
    heard_sign_in(&heard, &server);
    RUN_UNTIL(&server, client_waiting_counts(heard.client).waiting == 0);
    assert_int_equal(server.request_count, 3);
    assert_said(1, "one", "");
    assert_said(2, "two", "");
    heard_close(&heard, &server);
}

static void unauthenticated_stays_waiting(void **state) {
    (void)state;
    struct outcome outcome;
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    server.refusals = 1;
    server.refuse_with = FD__STATUS__STATUS_UNAUTHENTICATED;
    assert_int_equal(submit(&heard, "one", &outcome), STATUS_OK);
    RUN_UNTIL(&server, outcome.kept == 1);
    fake_run_for(&server, 200);
    assert_int_equal(server.request_count, 1);
    assert_int_equal(client_waiting_counts(heard.client).waiting, 1);
    heard_sign_in(&heard, &server);
    RUN_UNTIL(&server, client_waiting_counts(heard.client).waiting == 0);
    assert_same_bytes();
    heard_close(&heard, &server);
}

static void whoever_has_signed_out_leaves_nothing_under_their_name(void **state) {
    (void)state;
    struct outcome outcome;
    open_offline();
    client_forget_token(heard.client);
    assert_int_equal(submit(&heard, "one", &outcome), STATUS_UNAUTHENTICATED);
    heard_close(&heard, &server);
    heard_open(&heard, &server, true);
    assert_int_equal(submit(&heard, "two", &outcome), STATUS_UNAUTHENTICATED);
    assert_null(client_known_person(heard.client));
    heard_close(&heard, &server);
}

static void a_program_that_starts_offline_knows_who_it_is(void **state) {
    (void)state;
    struct outcome outcome;
    open_offline();
    heard_close(&heard, &server);
    assert_int_equal(server.lines[0].server == &server, true);
    heard_open(&heard, &server, true);
    assert_non_null(client_known_person(heard.client));
    assert_string_equal(client_known_person(heard.client)->person_id, FAKE_PERSON);
    assert_string_equal(client_known_person(heard.client)->token, "");
    assert_null(client_person(heard.client));
    keep("one", &outcome);
    come_back();
    assert_int_equal(server.request_count, 1);
    heard_close(&heard, &server);
}

/* The server forgets keys after a day: what may have been done before that is not done again unasked. */
static void what_went_out_a_day_ago_is_set_aside(void **state) {
    (void)state;
    struct outcome outcome;
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    server.drops = 1;
    assert_int_equal(submit(&heard, "one", &outcome), STATUS_OK);
    RUN_UNTIL(&server, server.request_count == 1);
    server.shut = true;
    RUN_UNTIL(&server, outcome.kept == 1);
    assert_int_equal(sqlite3_exec(client_outbox(heard.client)->database,
                                  "update outbox set sent_at_ms = sent_at_ms - 23 * 3600000 - 10000", NULL, NULL, NULL),
                     SQLITE_OK);
    come_back();
    assert_int_equal(server.request_count, 1);
    assert_int_equal(client_waiting_counts(heard.client).refused, 1);
    heard_close(&heard, &server);
}

static void two_programs_send_each_once_and_in_order(void **state) {
    (void)state;
    struct heard other;
    struct outcome outcomes[12];
    char words[16];
    open_offline();
    for (int i = 0; i < 12; i++) {
        (void)snprintf(words, sizeof words, "%d", i);
        keep(words, &outcomes[i]);
    }
    heard_open(&other, &server, true);
    server.shut = false;
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_UP && other.line == CLIENT_LINE_UP);
    RUN_UNTIL(&server, client_waiting_counts(heard.client).waiting == 0);
    assert_int_equal(server.request_count, 12);
    for (size_t i = 0; i < 12; i++) {
        (void)snprintf(words, sizeof words, "%zu", i);
        assert_said(i, words, "");
    }
    heard_close(&other, &server);
    heard_close(&heard, &server);
}

/* What one program keeps while another has the line goes out by that one, and the first one says what became of it. */
static void one_program_sends_what_another_has_kept(void **state) {
    (void)state;
    struct heard other;
    struct outcome first, second;
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    heard_open(&other, &server, true);
    RUN_UNTIL(&server, other.line == CLIENT_LINE_UP);
    server.silences = 1; /* keeps the first one sending */
    assert_int_equal(submit(&heard, "one", &first), STATUS_OK);
    RUN_UNTIL(&server, server.request_count == 1);
    assert_int_equal(submit(&other, "two", &second), STATUS_OK);
    fake_run_for(&server, 200);
    assert_int_equal(server.request_count, 1);
    assert_int_equal(second.kept + second.replies, 0);
    fake_reply(&server.lines[server.requests[0].line], server.requests[0].id, FD__STATUS__STATUS_BUSY, NULL);
    RUN_UNTIL(&server, first.replies == 1 && second.kept + second.replies == 1);
    assert_string_equal(second.number, "C-2");
    if (second.kept == 1) assert_int_equal(second.state, OUTBOX_DONE);
    heard_close(&other, &server);
    heard_close(&heard, &server);
}

static void giving_up_keeps_and_a_full_one_is_told(void **state) {
    (void)state;
    struct outcome outcome, refused;
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    server.silences = 1;
    assert_int_equal(submit(&heard, "one", &outcome), STATUS_OK);
    RUN_UNTIL(&server, server.request_count == 1);
    client_keep(heard.client, &outcome);
    assert_int_equal(outcome.kept, 1);
    assert_int_equal(outcome.state, OUTBOX_SENT);
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) insert into outbox "
                   "(server, person_id, person_name, site_id, operation, key, body, made_at_ms, received_at_ms, "
                   "depends_on, state) select 'x', '', '', '', 'complaint.register', i, '', 0, 0, 0, 0 from n",
                   OUTBOX_LIMIT);
    assert_int_equal(sqlite3_exec(client_outbox(heard.client)->database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(submit(&heard, "two", &refused), STATUS_BUSY);
    heard_close(&heard, &server);
    assert_int_equal(refused.kept + refused.replies, 0);
}

static void without_a_directory_or_for_other_operations_it_is_a_call(void **state) {
    (void)state;
    struct outcome outcome = {0};
    struct answer answer = {0};
    Fd__SignOutRequest command = FD__SIGN_OUT_REQUEST__INIT;
    heard_open(&heard, &server, false);
    heard_sign_in(&heard, &server);
    assert_null(client_outbox(heard.client));
    assert_int_equal(submit(&heard, "one", &outcome), STATUS_OK);
    RUN_UNTIL(&server, outcome.replies == 1);
    assert_int_equal(client_submit(heard.client, "test.write", FAKE_SITE, &command.base,
                                   &fd__sign_out_response__descriptor, on_answer, on_outcome_kept, &answer),
                     STATUS_OK);
    RUN_UNTIL(&server, answer.count == 1);
    heard_close(&heard, &server);
}

int main(void) {
#define WITH_HOUSE(test) cmocka_unit_test_setup_teardown(test, open_house, close_house)
    const struct CMUnitTest tests[] = {
        WITH_HOUSE(with_the_line_there_it_is_a_call),
        WITH_HOUSE(what_was_kept_goes_out_in_order_when_the_line_is_back),
        WITH_HOUSE(a_line_that_breaks_before_the_answer_keeps_it_under_its_key),
        WITH_HOUSE(a_busy_server_is_asked_again_and_nothing_overtakes),
        WITH_HOUSE(a_refused_one_is_set_aside_with_what_names_it_and_the_others_go_on),
        WITH_HOUSE(a_session_that_is_over_waits_for_the_same_person),
        WITH_HOUSE(unauthenticated_stays_waiting),
        WITH_HOUSE(whoever_has_signed_out_leaves_nothing_under_their_name),
        WITH_HOUSE(a_program_that_starts_offline_knows_who_it_is),
        WITH_HOUSE(what_went_out_a_day_ago_is_set_aside),
        WITH_HOUSE(two_programs_send_each_once_and_in_order),
        WITH_HOUSE(one_program_sends_what_another_has_kept),
        WITH_HOUSE(giving_up_keeps_and_a_full_one_is_told),
        WITH_HOUSE(without_a_directory_or_for_other_operations_it_is_a_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
