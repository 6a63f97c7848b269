/* SPDX-License-Identifier: Apache-2.0 */
/* covers server/network/sessions.c, sweep.c and listener.c: deadlines, crowds, readers that do not read, the end of all
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/unit/server/network/session_house.h"

enum { SHORT_MS = 400, LONG_MS = 60 * 1000 };

static uint64_t elapsed_ms(uint64_t began) {
    return (uv_hrtime() - began) / 1000000;
}

/* A deadline may be late by the sweep's interval and a slow machine, but never early. */
static void expect_deadline(uint64_t began, uint64_t deadline_ms) {
    assert_in_range(elapsed_ms(began), deadline_ms - 20, deadline_ms + SWEEP_MS + 1500);
}

static void send_part_of_a_frame(struct client *client) {
    client_send_bytes(client, "\0\0\0\x09\x12", 5);
}

struct deadline {
    const char *name;
    size_t limit; /* offset in session_limits of the one that is short */
    void (*send)(struct client *client);
    enum session_state state;
    int expected;
};

#define LIMIT(name) offsetof(struct session_limits, name)

static const struct deadline deadlines[] = {
    {"hello",            LIMIT(handshake_ms), NULL,                 SESSION_GREETING, STATUS_UNAUTHENTICATED},
    {"sign-in",          LIMIT(sign_in_ms),   NULL,                 SESSION_STRANGER, STATUS_UNAUTHENTICATED},
    {"stranger's frame", LIMIT(frame_ms),     send_part_of_a_frame, SESSION_STRANGER, STATUS_INVALID        },
    {"member's frame",   LIMIT(frame_ms),     send_part_of_a_frame, SESSION_MEMBER,   STATUS_INVALID        },
};

static void deadlines_close_the_line(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof deadlines / sizeof deadlines[0]; i++) {
        struct house *house = house_open();
        uint64_t began = uv_hrtime();
        struct client *client = client_in(house, deadlines[i].state);
        if (deadlines[i].send != NULL) deadlines[i].send(client);
        (void)uv_run(&house->loop, UV_RUN_NOWAIT);
        memcpy((char *)&house->sessions->limits + deadlines[i].limit, &(int64_t){SHORT_MS}, sizeof(int64_t));
        if (goodbye_of(house, client) != deadlines[i].expected) fail_msg("%s: another goodbye", deadlines[i].name);
        expect_deadline(began, SHORT_MS);
        house_close(house);
    }
}

static int plain_connect(struct house *house) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(descriptor, (struct sockaddr *)&house->address, sizeof house->address), 0);
    return descriptor;
}

static void an_unfinished_handshake_is_closed(void **state) {
    (void)state;
    struct house *house = house_open();
    char byte;
    house->sessions->limits.handshake_ms = SHORT_MS;
    int descriptor = plain_connect(house);
    assert_int_equal(write(descriptor, "\x16\x03\x01", 3), 3);
    uint64_t began = uv_hrtime();
    RUN_UNTIL(house, sessions_counters(house->sessions)->accepted == 1);
    RUN_UNTIL(house, sessions_counters(house->sessions)->open == 0);
    expect_deadline(began, SHORT_MS);
    assert_true(recv(descriptor, &byte, 1, 0) <= 0);
    (void)close(descriptor);
    house_close(house);
}

/* A byte now and then does not help: the time counts from the frame's first one. */
static void one_byte_at_a_time_is_closed(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    house->sessions->limits.frame_ms = SHORT_MS;
    uint64_t began = uv_hrtime();
    client_send_bytes(client, "\0\0\0\x40", 4);
    while (!client->ended) {
        if (!client->stream.closing) (void)!stream_send(&client->stream, "\x12", 1);
        run_for(house, 50);
    }
    assert_int_equal(last_frame(client)->goodbye->status, FD__STATUS__STATUS_INVALID);
    expect_deadline(began, SHORT_MS);
    house_close(house);
}

/* Whole frames in a row are never taken for one that is unfinished. */
static void a_busy_line_is_not_slow(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    house->sessions->limits.frame_ms = SHORT_MS;
    for (uint64_t id = 0; id < 30; id++) {
        client_request(client, id, "echo");
        send_part_of_a_frame(client); /* its rest comes with the next round */
        run_for(house, 50);
        client_send_bytes(client, "\x07\x08\x05\x12\x03\x78\x78\x78", 8);
    }
    RUN_UNTIL(house, client->count == 60);
    assert_false(client->ended);
    house_close(house);
}

static void silence_is_pinged_and_an_answer_keeps_the_line(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    house->sessions->limits.ping_ms = 300;
    house->sessions->limits.dead_ms = 900;
    RUN_UNTIL(house, client->count == 4);
    for (int i = 0; i < 4; i++) assert_int_equal(client->frames[i]->body_case, FD__SERVER_FRAME__BODY_PING);
    assert_false(client->ended);
    house_close(house);
}

static void a_dead_line_is_closed(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    client->answers_pings = false;
    house->sessions->limits.ping_ms = 300;
    house->sessions->limits.dead_ms = 700;
    uint64_t began = uv_hrtime();
    assert_int_equal(goodbye_of(house, client), STATUS_UNAVAILABLE);
    expect_deadline(began, 700);
    assert_int_equal(client->frames[0]->body_case, FD__SERVER_FRAME__BODY_PING);
    house_close(house);
}

static void a_line_we_do_not_read_is_not_dead(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    house->sessions->limits.requests_in_flight = 1;
    client_request(client, 1, "slow");
    RUN_UNTIL(house, fake_waiting() == 1);
    house->sessions->limits.ping_ms = 100;
    house->sessions->limits.dead_ms = 300;
    run_for(house, 1200);
    assert_false(client->ended);
    fake_finish();
    RUN_UNTIL(house, client->count > 0);
    house_close(house);
}

/* Asks for large answers and takes none. */
static void ask_and_do_not_read(struct house *house, struct client *client) {
    stream_stop_reading(&client->stream);
    for (uint64_t id = 0; id < 300; id++) client_request(client, id, "large");
    (void)uv_run(&house->loop, UV_RUN_NOWAIT);
}

static void who_does_not_read_is_closed(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER), *good = client_in(house, SESSION_MEMBER);
    house->sessions->limits.stalled_ms = SHORT_MS;
    fakes.begun = 0;
    ask_and_do_not_read(house, client);
    RUN_UNTIL(house, sessions_counters(house->sessions)->open == 1);
    assert_in_range(fakes.begun, 1, 299); /* its further requests were not even read */
    client_request(good, 1, "echo");
    RUN_UNTIL(house, good->count == 1);
    house_close(house);
}

/* Replies that were already under way may pass the mark, but not the limit. */
static void too_much_output_is_closed(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    struct session *session = list_item(house->sessions->of_state[SESSION_MEMBER].next, struct session, node);
    house->sessions->limits.output_mark_bytes = INT64_MAX; /* so that requests go on */
    ask_and_do_not_read(house, client);
    size_t most = 0;
    while (sessions_counters(house->sessions)->open > 0) {
        if (stream_queued(&session->stream) > most) most = stream_queued(&session->stream);
        (void)uv_run(&house->loop, UV_RUN_ONCE);
    }
    assert_in_range(most, 256 * 1024, 256 * 1024 + 130 * 1000);
    house_close(house);
}

static void a_reader_that_pauses_gets_everything(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *client = client_in(house, SESSION_MEMBER);
    ask_and_do_not_read(house, client);
    run_for(house, 300);
    assert_true(client->count < 300);
    stream_start_reading(&client->stream);
    RUN_UNTIL(house, client->count == 300);
    for (int i = 0; i < 300; i++) assert_int_equal(client->frames[i]->reply->id, i);
    house_close(house);
}

static void a_crowd_of_strangers_pushes_out_only_itself(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *member = client_in(house, SESSION_MEMBER);
    int descriptors[40];
    house->sessions->limits.strangers = 5;
    struct client *signing_in = client_in(house, SESSION_STRANGER);
    client_request(signing_in, 1, "session.slow");
    RUN_UNTIL(house, fake_waiting() == 1);
    for (uint64_t i = 0; i < 40; i++) {
        descriptors[i] = plain_connect(house);
        RUN_UNTIL(house, sessions_counters(house->sessions)->accepted == 3 + i);
        assert_in_range(sessions_counters(house->sessions)->strangers, 1, 5);
    }
    struct client *late = client_in(house, SESSION_MEMBER);
    assert_false(late->ended || member->ended || signing_in->ended);
    RUN_UNTIL(house, sessions_counters(house->sessions)->open <= 8);
    for (int i = 0; i < 40; i++) (void)close(descriptors[i]);
    house_close(house);
}

static void who_said_hello_and_sits_makes_room_for_newcomers(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *sitters[5];
    house->sessions->limits.strangers = 6;
    for (int i = 0; i < 5; i++) sitters[i] = client_in(house, SESSION_STRANGER);
    run_for(house, 20);
    struct client *newcomer = client_in(house, SESSION_GREETING);
    run_for(house, 20);
    int next = plain_connect(house);
    assert_int_equal(goodbye_of(house, sitters[0]), STATUS_BUSY);
    client_hello(newcomer, 1, 1, "en");
    client_request(newcomer, 1, "session.sign_in");
    RUN_UNTIL(house, newcomer->count == 2 || newcomer->ended);
    assert_false(newcomer->ended);
    (void)close(next);
    house_close(house);
}

static void connections_have_a_limit(void **state) {
    (void)state;
    struct house *house = house_open();
    house->sessions->limits.connections = 2;
    struct client *first = client_in(house, SESSION_MEMBER), *second = client_in(house, SESSION_MEMBER);
    struct client *third = connect_client(house);
    RUN_UNTIL(house, third->ended);
    assert_int_equal(third->established, 0);
    assert_int_equal(sessions_counters(house->sessions)->open, 2);
    assert_false(first->ended || second->ended);
    stream_close(&first->stream);
    RUN_UNTIL(house, sessions_counters(house->sessions)->open == 1);
    (void)client_in(house, SESSION_MEMBER);
    house_close(house);
}

static void stopping_says_goodbye_when_the_work_is_done(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *silent = connect_client(house);
    struct client *stranger = client_in(house, SESSION_STRANGER), *idle = client_in(house, SESSION_MEMBER);
    struct client *busy = client_in(house, SESSION_MEMBER);
    client_request(busy, 9, "slow");
    RUN_UNTIL(house, fake_waiting() == 1);
    house_stop(house, LONG_MS);
    assert_int_equal(goodbye_of(house, idle), STATUS_UNAVAILABLE);
    assert_in_range(last_frame(idle)->goodbye->retry_after_ms, 500, 5000);
    assert_int_equal(goodbye_of(house, stranger), STATUS_UNAVAILABLE);
    RUN_UNTIL(house, silent->ended);
    client_request(busy, 10, "echo"); /* too late to be heard */
    run_for(house, 100);
    assert_false(busy->ended);
    assert_false(house->sessions_closed);
    fake_finish();
    assert_int_equal(goodbye_of(house, busy), STATUS_UNAVAILABLE);
    assert_int_equal(busy->count, 2);
    assert_int_equal(busy->frames[0]->reply->id, 9);
    RUN_UNTIL(house, house->sessions_closed);
    house_close(house);
}

static void stopping_waits_no_longer_than_told(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *busy = client_in(house, SESSION_MEMBER);
    client_request(busy, 9, "slow");
    RUN_UNTIL(house, fake_waiting() == 1);
    uint64_t began = uv_hrtime();
    house_stop(house, SHORT_MS);
    assert_int_equal(goodbye_of(house, busy), STATUS_UNAVAILABLE);
    RUN_UNTIL(house, house->sessions_closed);
    expect_deadline(began, SHORT_MS);
    assert_int_equal(fakes.detached, 1);
    house_close(house);
}

static void stopping_an_empty_house_and_a_newcomer_after_it(void **state) {
    (void)state;
    struct house *house = house_open();
    house_stop(house, LONG_MS);
    RUN_UNTIL(house, house->sessions_closed);
    struct client *late = connect_client(house);
    RUN_UNTIL(house, late->ended);
    assert_int_equal(late->why, STREAM_END_RESET);
    house_close(house);
}

static void a_port_that_is_taken_is_explained(void **state) {
    (void)state;
    static const struct {
        const char *host, *said;
    } cases[] = {
        {"127.0.0.1", "stop what uses the port"},
        {"192.0.2.1", "no such address"        },
        {"",          "check host and port"    },
    };
    struct house *house = house_open();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int port = ntohs(house->address.sin_port);
        why[0] = '\0';
        assert_int_equal(sessions_listen(house->sessions, cases[i].host, &port, why), STATUS_INVALID);
        if (strstr(why, cases[i].said) == NULL) fail_msg("%s: %s", cases[i].host, why);
    }
    assert_false(list_empty(&house->sessions->listeners)); /* the first one still listens */
    (void)client_in(house, SESSION_MEMBER);
    house_close(house);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines_close_the_line),
        cmocka_unit_test(an_unfinished_handshake_is_closed),
        cmocka_unit_test(one_byte_at_a_time_is_closed),
        cmocka_unit_test(a_busy_line_is_not_slow),
        cmocka_unit_test(silence_is_pinged_and_an_answer_keeps_the_line),
        cmocka_unit_test(a_dead_line_is_closed),
        cmocka_unit_test(a_line_we_do_not_read_is_not_dead),
        cmocka_unit_test(who_does_not_read_is_closed),
        cmocka_unit_test(too_much_output_is_closed),
        cmocka_unit_test(a_reader_that_pauses_gets_everything),
        cmocka_unit_test(a_crowd_of_strangers_pushes_out_only_itself),
        cmocka_unit_test(who_said_hello_and_sits_makes_room_for_newcomers),
        cmocka_unit_test(connections_have_a_limit),
        cmocka_unit_test(stopping_says_goodbye_when_the_work_is_done),
        cmocka_unit_test(stopping_waits_no_longer_than_told),
        cmocka_unit_test(stopping_an_empty_house_and_a_newcomer_after_it),
        cmocka_unit_test(a_port_that_is_taken_is_explained),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
