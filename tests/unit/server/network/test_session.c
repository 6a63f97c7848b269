/* SPDX-License-Identifier: Apache-2.0 */
/* covers server/network/session.c, dispatch.c and output.c: each frame in each state, broken frames, requests under way
 */
#include "tests/unit/server/network/session_house.h"

enum { STAYS = -2 };

static const enum session_state states[] = {SESSION_GREETING, SESSION_STRANGER, SESSION_MEMBER};
static const char *const state_names[] = {"before hello", "before sign-in", "signed in"};

/* One frame of each kind */

static void send_nothing(struct client *client) {
    client_send_bytes(client, "\0\0\0\2\x0a\0", 6); /* an empty hello, of no version */
}
static void send_hello(struct client *client) {
    client_hello(client, 1, 3, "zh");
}
static void send_sign_in(struct client *client) {
    client_request(client, 7, "session.sign_in");
}
static void send_refused_sign_in(struct client *client) {
    client_request(client, 7, "session.refused");
}
static void send_request(struct client *client) {
    client_request(client, 7, "echo");
}
static void send_unknown_request(struct client *client) {
    client_request(client, 7, "no.such");
}
static void send_subscribe(struct client *client) {
    Fd__Subscribe subscribe = FD__SUBSCRIBE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    client_send(client, &frame);
}
static void send_ping(struct client *client) {
    Fd__Ping ping = FD__PING__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    ping.nonce = 99;
    frame.body_case = FD__CLIENT_FRAME__BODY_PING;
    frame.ping = &ping;
    client_send(client, &frame);
}
static void send_pong(struct client *client) {
    client_pong(client, 5);
}
static void send_goodbye(struct client *client) {
    Fd__Goodbye goodbye = FD__GOODBYE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_GOODBYE;
    frame.goodbye = &goodbye;
    client_send(client, &frame);
}

/* Bytes that are no frame of a client */

static void send_length_0(struct client *client) {
    client_send_bytes(client, "\0\0\0\0", 4);
}
static void send_length_over_limit(struct client *client) {
    client_send_bytes(client, "\0\1\0\1", 4);
}
static void send_length_2_to_the_31(struct client *client) {
    client_send_bytes(client, "\x80\0\0\0", 4);
}
static void send_length_all_ones(struct client *client) {
    client_send_bytes(client, "\xff\xff\xff\xff", 4);
}
static void send_noise(struct client *client) {
    client_send_bytes(client, "\0\0\0\x6\xde\xad\xbe\xef\1\2", 10);
}
static void send_unknown_field(struct client *client) {
    client_send_bytes(client, "\0\0\0\3\xf8\x7f\1", 7);
}
static void send_snapshot(struct client *client) {
    client_send_bytes(client, "\0\0\0\4\x3a\2\x10\7", 8); /* what only the server has: field 7 */
}
static void send_empty_envelope(struct client *client) {
    client_send_bytes(client, "\0\0\0\2\x22\0", 6); /* a ping without a number is one all the same */
}

struct reaction {
    const char *name;
    void (*send)(struct client *client);
    int expected[3]; /* STAYS with `answer`, or the goodbye's status */
    Fd__ServerFrame__BodyCase answer;
};

/* clang-format off */
static const struct reaction reactions[] = {
    {"hello of no version", send_nothing,         {STATUS_INVALID, STATUS_INVALID, STATUS_INVALID}, 0},
    {"hello",               send_hello,           {STAYS, STATUS_INVALID, STATUS_INVALID}, FD__SERVER_FRAME__BODY_WELCOME},
    {"sign-in",             send_sign_in,         {STATUS_UNAUTHENTICATED, STAYS, STATUS_INVALID}, FD__SERVER_FRAME__BODY_REPLY},
    {"refused sign-in",     send_refused_sign_in, {STATUS_UNAUTHENTICATED, STAYS, STATUS_INVALID}, FD__SERVER_FRAME__BODY_REPLY},
    {"request",             send_request,         {STATUS_UNAUTHENTICATED, STATUS_UNAUTHENTICATED, STAYS}, FD__SERVER_FRAME__BODY_REPLY},
    {"unknown request",     send_unknown_request, {STATUS_UNAUTHENTICATED, STATUS_UNAUTHENTICATED, STAYS}, FD__SERVER_FRAME__BODY_REPLY},
    {"subscribe",           send_subscribe,       {STATUS_UNAUTHENTICATED, STATUS_UNAUTHENTICATED, STAYS}, 0},
    {"ping",                send_ping,            {STATUS_INVALID, STATUS_UNAUTHENTICATED, STAYS}, FD__SERVER_FRAME__BODY_PONG},
    {"empty ping",          send_empty_envelope,  {STATUS_INVALID, STATUS_UNAUTHENTICATED, STAYS}, FD__SERVER_FRAME__BODY_PONG},
    {"pong",                send_pong,            {STATUS_INVALID, STATUS_UNAUTHENTICATED, STAYS}, 0},
    {"goodbye",             send_goodbye,         {STATUS_INVALID, STATUS_OK, STATUS_OK}, 0},
    {"length 0",            send_length_0,        {STATUS_INVALID, STATUS_INVALID, STATUS_INVALID}, 0},
    {"length over",         send_length_over_limit,  {STATUS_TOO_LARGE, STATUS_TOO_LARGE, STATUS_TOO_LARGE}, 0},
    {"length 2^31",         send_length_2_to_the_31, {STATUS_TOO_LARGE, STATUS_TOO_LARGE, STATUS_TOO_LARGE}, 0},
    {"length 2^32-1",       send_length_all_ones, {STATUS_TOO_LARGE, STATUS_TOO_LARGE, STATUS_TOO_LARGE}, 0},
    {"noise",               send_noise,           {STATUS_INVALID, STATUS_INVALID, STATUS_INVALID}, 0},
    {"unknown field",       send_unknown_field,   {STATUS_INVALID, STATUS_INVALID, STATUS_INVALID}, 0},
    {"a server's message",  send_snapshot,        {STATUS_INVALID, STATUS_INVALID, STATUS_INVALID}, 0},
};
/* clang-format on */

static void expect_stays(struct house *house, struct client *client, const struct reaction *reaction) {
    if (reaction->answer != 0) {
        int before = client->count;
        RUN_UNTIL(house, client->count > before || client->ended);
        if (client->ended || last_frame(client)->body_case != reaction->answer)
            fail_msg("%s: not the answer that was expected", reaction->name);
        return;
    }
    /* No answer is expected: the next one shows that the line stays. */
    send_ping(client);
    RUN_UNTIL(house,
              client->ended || (client->count > 0 && last_frame(client)->body_case == FD__SERVER_FRAME__BODY_PONG));
    if (client->ended) fail_msg("%s: the line closed", reaction->name);
}

static void each_frame_in_each_state(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof reactions / sizeof reactions[0]; i++) {
        struct house *house = house_open();
        for (int s = 0; s < 3; s++) {
            struct client *client = client_in(house, states[s]);
            reactions[i].send(client);
            if (reactions[i].expected[s] == STAYS) {
                expect_stays(house, client, &reactions[i]);
                continue;
            }
            int status = goodbye_of(house, client);
            if (status != reactions[i].expected[s])
                fail_msg("%s, %s: goodbye %d", reactions[i].name, state_names[s], status);
            assert_int_equal(client->why, STREAM_END_FINISHED);
        }
        house_close(house);
    }
}

static void strangers_reach_no_request(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_STRANGER);
    send_request(client);
    assert_int_equal(goodbye_of(house, client), STATUS_UNAUTHENTICATED);
    assert_int_equal(fakes.begun, 0);
    assert_true(house->sessions != NULL && sessions_counters(house->sessions)->refused_frames == 1);
    house_close(house);
}

static void welcome_tells_the_limits(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_STRANGER);
    const Fd__Welcome *welcome = client->frames[0]->welcome;
    assert_int_equal(welcome->version, 1);
    assert_string_equal(welcome->node, "node-1");
    assert_int_equal(welcome->frame_limit_bytes, FRAME_LIMIT);
    assert_int_equal(welcome->requests_in_flight, 32);
    assert_true(welcome->now_ms == 1700000000000);
    house_close(house);
}

static void versions_must_meet(void **state) {
    (void)state;
    static const struct {
        uint32_t least, most;
        bool meets;
    } cases[] = {
        {1, 1, true },
        {0, 9, true },
        {2, 3, false},
        {0, 0, false},
        {3, 1, false},
    };
    struct house *house = house_open();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client *client = client_in(house, SESSION_GREETING);
        client_hello(client, cases[i].least, cases[i].most, "en");
        RUN_UNTIL(house, client->count == 1);
        if (cases[i].meets) {
            assert_int_equal(client->frames[0]->body_case, FD__SERVER_FRAME__BODY_WELCOME);
        } else {
            assert_int_equal(goodbye_of(house, client), STATUS_INVALID);
            assert_non_null(strstr(client->frames[0]->goodbye->message, "version 1"));
        }
    }
    house_close(house);
}

static void goodbye_speaks_the_clients_language(void **state) {
    (void)state;
    static const struct {
        const char *language, *said;
    } cases[] = {
        {"en", "sign in first"},
        {"zh", "请先登录" },
        {"",   "请先登录" },
    };
    struct house *house = house_open();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct client *client = client_in(house, SESSION_GREETING);
        client_hello(client, 1, 1, cases[i].language);
        send_request(client);
        (void)goodbye_of(house, client);
        assert_string_equal(last_frame(client)->goodbye->message, cases[i].said);
    }
    house_close(house);
}

static void the_limit_of_a_frame_rises_with_sign_in(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *stranger = client_in(house, SESSION_STRANGER), *member = client_in(house, SESSION_MEMBER);
    client_request_body(stranger, 3, "session.sign_in", 5000);
    assert_int_equal(goodbye_of(house, stranger), STATUS_TOO_LARGE);
    client_request_body(member, 3, "echo", 60 * 1000);
    RUN_UNTIL(house, member->count == 1);
    assert_int_equal(member->frames[0]->reply->id, 3);
    house_close(house);
}

/* NUL, bad UTF-8, an escape: in a member's request they are answered, elsewhere they close the line. */
static void bad_text_in_an_envelope(void **state) {
    (void)state;
    static const char *const texts[] = {"a\0b", "a\xff!", "a\x1b[", "\xc0\xaf."};
    struct house *house = house_open();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct client *stranger = client_in(house, SESSION_STRANGER), *member = client_in(house, SESSION_MEMBER);
        uint8_t frame[] = {0, 0, 0, 9, 0x12, 7, 0x08, 42, 0x1a, 3, 'x', 'x', 'x'}; /* request id 42, site_id */
        memcpy(frame + 10, texts[i], 3);
        client_send_bytes(stranger, frame, sizeof frame);
        assert_int_equal(goodbye_of(house, stranger), STATUS_INVALID);
        client_send_bytes(member, frame, sizeof frame);
        RUN_UNTIL(house, member->count == 1);
        assert_int_equal(member->frames[0]->body_case, FD__SERVER_FRAME__BODY_REPLY);
        assert_int_equal(member->frames[0]->reply->id, 42);
        assert_int_equal(member->frames[0]->reply->status, FD__STATUS__STATUS_INVALID);
        assert_string_equal(member->frames[0]->reply->field, "site_id");
        assert_string_not_equal(member->frames[0]->reply->message, "");
        assert_false(member->ended);
    }
    house_close(house);
}

static void signing_out_answers_first_and_then_closes(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    client_request(client, 5, "slow");
    client_request(client, 6, "session.sign_out");
    client_request(client, 7, "echo"); /* never heard */
    RUN_UNTIL(house, client->count == 1);
    assert_int_equal(client->frames[0]->reply->id, 6);
    run_for(house, 50);
    assert_false(client->ended);
    fake_finish();
    assert_int_equal(goodbye_of(house, client), STATUS_OK);
    assert_int_equal(client->frames[1]->reply->id, 5);
    assert_int_equal(client->count, 3);
    house_close(house);
}

static void one_request_at_a_time_before_sign_in(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_STRANGER);
    for (uint64_t id = 1; id <= 5; id++) client_request(client, id, "session.slow");
    RUN_UNTIL(house, fakes.begun == 1);
    run_for(house, 50);
    assert_int_equal(fakes.begun, 1);
    fake_finish();
    RUN_UNTIL(house, fakes.begun == 2);
    assert_int_equal(sessions_counters(house->sessions)->strangers, 1);
    house_close(house);
}

static void a_stranger_may_not_heap_up_frames(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_STRANGER);
    for (uint64_t id = 1; id <= 10; id++) client_request_body(client, id, "session.slow", 3000);
    assert_int_equal(goodbye_of(house, client), STATUS_TOO_LARGE);
    assert_int_equal(fakes.begun, 1);
    house_close(house);
}

static void past_32_under_way_reading_stops(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    fakes.begun = 0;
    for (uint64_t id = 0; id < 100; id++) client_request(client, id, "slow");
    RUN_UNTIL(house, fakes.begun == 32);
    run_for(house, 50);
    assert_int_equal(fakes.begun, 32);
    for (int i = 0; i < 100; i++) {
        RUN_UNTIL(house, fake_waiting() > 0);
        assert_in_range(fake_waiting(), 1, 32);
        fake_finish();
    }
    RUN_UNTIL(house, client->count == 100);
    assert_int_equal(fakes.begun, 100);
    house_close(house);
}

static void many_frames_are_handled_in_turns(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    fakes.most_in_turn = 0;
    for (uint64_t id = 0; id < 1000; id++) client_request(client, id, "echo");
    RUN_UNTIL(house, client->count == 1000);
    /* A turn that reads and one that goes on may lie between two looks of the test. */
    assert_in_range(fakes.most_in_turn, 1, 32);
    for (int i = 0; i < 1000; i++) assert_int_equal(client->frames[i]->reply->id, i);
    house_close(house);
}

static void an_answer_too_large_becomes_a_refusal(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    client_request(client, 8, "huge");
    RUN_UNTIL(house, client->count == 1);
    assert_int_equal(client->frames[0]->reply->id, 8);
    assert_int_equal(client->frames[0]->reply->status, FD__STATUS__STATUS_TOO_LARGE);
    house_close(house);
}

static void a_client_that_vanishes_leaves_its_requests_to_finish(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    for (uint64_t id = 0; id < 3; id++) client_request(client, id, "slow");
    RUN_UNTIL(house, fakes.begun == 4);
    stream_abort(&client->stream);
    RUN_UNTIL(house, fakes.detached == 3);
    RUN_UNTIL(house, sessions_counters(house->sessions)->open == 0);
    house_close(house);
}

static void a_frame_cut_short_has_no_effect(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    fakes.begun = 0;
    client_send_bytes(client, "\0\0\0\x20\x12\x1e\x08\x2a", 8);
    stream_close(&client->stream);
    RUN_UNTIL(house, sessions_counters(house->sessions)->open == 0);
    assert_int_equal(fakes.begun, 0);
    house_close(house);
}

static void our_own_part_stays_near_a_kilobyte(void **state) {
    (void)state;
    assert_in_range(sizeof(struct session), 1, 1280);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_frame_in_each_state),
        cmocka_unit_test(strangers_reach_no_request),
        cmocka_unit_test(welcome_tells_the_limits),
        cmocka_unit_test(versions_must_meet),
        cmocka_unit_test(goodbye_speaks_the_clients_language),
        cmocka_unit_test(the_limit_of_a_frame_rises_with_sign_in),
        cmocka_unit_test(bad_text_in_an_envelope),
        cmocka_unit_test(signing_out_answers_first_and_then_closes),
        cmocka_unit_test(one_request_at_a_time_before_sign_in),
        cmocka_unit_test(a_stranger_may_not_heap_up_frames),
        cmocka_unit_test(past_32_under_way_reading_stops),
        cmocka_unit_test(many_frames_are_handled_in_turns),
        cmocka_unit_test(an_answer_too_large_becomes_a_refusal),
        cmocka_unit_test(a_client_that_vanishes_leaves_its_requests_to_finish),
        cmocka_unit_test(a_frame_cut_short_has_no_effect),
        cmocka_unit_test(our_own_part_stays_near_a_kilobyte),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
