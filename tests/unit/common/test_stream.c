/* SPDX-License-Identifier: Apache-2.0 */
/* covers common/stream.c between two ends of ours */
#include "tests/unit/common/stream_house.h"

static void what_is_sent_comes_back(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    house.ends[0].echo = true;
    struct end *client = house_connect(&house);
    assert_int_equal(stream_send(&client->stream, "before it stands", 16), STATUS_OK);
    RUN_UNTIL(&house, client->received.length == 16);
    assert_memory_equal(client->received.data, "before it stands", 16);
    char address[64];
    stream_peer_address(&house.ends[0].stream, address);
    assert_string_equal(address, "127.0.0.1");
    assert_null(client->stream.plain_out.data); /* nothing is held while idle */
    house_close(&house);
}

static bool pattern_holds(const struct bytes *received, size_t total) {
    size_t position = 0;
    for (size_t left = total; left > 0;) {
        size_t piece = left < 50 * 1000 ? left : 50 * 1000;
        for (size_t i = 0; i < piece; i++)
            if (received->data[position++] != (uint8_t)((left - i) * 7)) return false;
        left -= piece;
    }
    return true;
}

static void ten_megabytes_both_ways(void **state) {
    (void)state;
    enum { TOTAL = 10 * 1000 * 1000 };
    struct house house;
    house_open(&house);
    struct end *server = &house.ends[0], *client = connecting(&house);
    server->to_send = client->to_send = TOTAL;
    house_connect(&house);
    RUN_UNTIL(&house, server->received.length == TOTAL && client->received.length == TOTAL);
    assert_true(pattern_holds(&server->received, TOTAL));
    assert_true(pattern_holds(&client->received, TOTAL));
    assert_true(server->drained > 0);
    house_close(&house);
}

static void sends_of_one_turn_become_few_records(void **state) {
    (void)state;
    enum { SENDS = 4000, BYTES = 10 };
    struct house house;
    house_open(&house);
    establish(&house);
    struct end *server = &house.ends[0], *client = connecting(&house);
    uint64_t before = stream_taken(&server->stream);
    for (int i = 0; i < SENDS; i++) assert_int_equal(stream_send(&server->stream, "0123456789", BYTES), STATUS_OK);
    assert_int_equal(stream_queued(&server->stream), SENDS * BYTES);
    RUN_UNTIL(&house, client->received.length == SENDS * BYTES);
    uint64_t records_cost = stream_taken(&server->stream) - before - SENDS * BYTES;
    assert_in_range(records_cost, 1, 100); /* a record costs 22 bytes; 40,000 bytes fill three */
    assert_in_range(client->data_calls, 1, 3);
    assert_int_equal(stream_queued(&server->stream), 0);
    house_close(&house);
}

/* A timer's sending is not followed by polling events: the loop must not sleep on it. */
static void send_from_timer(uv_timer_t *timer) {
    struct house *house = timer->data;
    assert_int_equal(stream_send(&house->ends[0].stream, "tick", 4), STATUS_OK);
    uv_close((uv_handle_t *)timer, NULL);
}

static void what_a_timer_sends_goes_out_at_once(void **state) {
    (void)state;
    struct house house;
    uv_timer_t timer;
    house_open(&house);
    establish(&house);
    uv_timer_init(&house.loop, &timer);
    timer.data = &house;
    uv_timer_start(&timer, send_from_timer, 20, 0);
    uint64_t began = uv_hrtime();
    RUN_UNTIL(&house, connecting(&house)->received.length == 4);
    assert_in_range((uv_hrtime() - began) / 1000000, 0, 2000);
    house_close(&house);
}

static void a_reader_that_stands_still_holds_the_sender(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    establish(&house);
    struct end *server = &house.ends[0], *client = connecting(&house);
    static uint8_t block[256 * 1024];
    size_t sent = 0;
    server->stream.low_mark_bytes = 32 * 1024;
    stream_stop_reading(&client->stream);
    for (int turn = 0; turn < 1000 && stream_queued(&server->stream) < 1024 * 1024; turn++) {
        assert_int_equal(stream_send(&server->stream, block, sizeof block), STATUS_OK);
        sent += sizeof block;
        (void)uv_run(&house.loop, UV_RUN_NOWAIT);
    }
    assert_true(stream_queued(&server->stream) >= 1024 * 1024);
    uint64_t taken = stream_taken(&server->stream);
    int drained = server->drained;
    for (int turn = 0; turn < 50; turn++) (void)uv_run(&house.loop, UV_RUN_NOWAIT);
    assert_int_equal(server->drained, drained);
    assert_true(stream_taken(&server->stream) == taken);
    stream_start_reading(&client->stream);
    RUN_UNTIL(&house, client->received.length == sent && server->drained > drained);
    assert_true(stream_taken(&server->stream) > taken);
    assert_int_equal(server->drained, drained + 1);
    house_close(&house);
}

static void closing_sends_what_is_gathered(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    establish(&house);
    struct end *server = &house.ends[0], *client = connecting(&house);
    static uint8_t block[200 * 1000];
    assert_int_equal(stream_send(&server->stream, block, sizeof block), STATUS_OK);
    /* Unread bytes of the client must not turn the closing into a reset. */
    assert_int_equal(stream_send(&client->stream, block, sizeof block), STATUS_OK);
    stream_close(&server->stream);
    stream_close(&server->stream);
    assert_int_equal(server->ends, 0); /* never from inside the call */
    assert_int_equal(stream_send(&server->stream, "late", 4), STATUS_UNAVAILABLE);
    RUN_UNTIL(&house, server->closed > 0 && client->closed > 0);
    assert_int_equal(client->received.length, sizeof block);
    assert_int_equal(client->why, STREAM_END_FINISHED);
    assert_int_equal(server->why, STREAM_END_LOCAL);
    house_close(&house);
}

static void closing_does_not_wait_for_a_peer_that_does_not_read(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    establish(&house);
    struct end *server = &house.ends[0], *client = connecting(&house);
    static uint8_t block[8 * 1024 * 1024];
    stream_stop_reading(&client->stream);
    assert_int_equal(stream_send(&server->stream, block, sizeof block), STATUS_OK);
    stream_close(&server->stream);
    uint64_t began = uv_hrtime();
    RUN_UNTIL(&house, server->closed > 0);
    assert_in_range((uv_hrtime() - began) / 1000000, 400, 1500);
    house_close(&house);
}

static void a_line_cut_without_farewell_is_truncated(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    establish(&house);
    struct end *server = &house.ends[0], *client = connecting(&house);
    stream_abort(&client->stream);
    stream_abort(&client->stream);
    assert_int_equal(client->ends, 0);
    RUN_UNTIL(&house, server->closed > 0 && client->closed > 0);
    assert_int_equal(server->why, STREAM_END_TRUNCATED);
    assert_int_equal(client->why, STREAM_END_LOCAL);
    house_close(&house);
}

struct ending {
    enum moment when;
    bool abort_instead, of_server;
};

static void closing_is_safe_in_every_callback(void **state) {
    (void)state;
    for (int k = 0; k < 16; k++) {
        const struct ending ending = {(enum moment)(ON_ESTABLISHED + k % 4), (k & 4) != 0, (k & 8) != 0};
        struct house house;
        house_open(&house);
        struct end *client = connecting(&house), *server = &house.ends[0];
        struct end *closer = ending.of_server ? server : client, *other = ending.of_server ? client : server;
        closer->close_on = ending.when;
        closer->abort_instead = ending.abort_instead;
        closer->to_send = ending.when == ON_DRAINED ? 300 * 1000 : 1;
        other->to_send = 1;
        other->close_on = ending.when == ON_END ? ON_DATA : NEVER;
        house_connect(&house);
        RUN_UNTIL(&house, client->closed > 0 && server->closed > 0);
        house_close(&house);
    }
}

static void closing_before_it_stands(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    stream_close(&house_connect(&house)->stream);
    RUN_UNTIL(&house, connecting(&house)->closed > 0);
    assert_int_equal(connecting(&house)->why, STREAM_END_LOCAL);
    house_close(&house);
}

static void nobody_there_is_told_as_an_end(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    house.address.sin_port = htons(1);
    struct end *client = house_connect(&house);
    RUN_UNTIL(&house, client->closed > 0);
    assert_int_equal(client->why, STREAM_END_RESET);
    assert_int_equal(client->established, 0);
    house_close(&house);
}

static void our_own_part_stays_small(void **state) {
    (void)state;
    assert_in_range(sizeof(struct stream), 1, 512);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_comes_back),
        cmocka_unit_test(ten_megabytes_both_ways),
        cmocka_unit_test(sends_of_one_turn_become_few_records),
        cmocka_unit_test(what_a_timer_sends_goes_out_at_once),
        cmocka_unit_test(a_reader_that_stands_still_holds_the_sender),
        cmocka_unit_test(closing_sends_what_is_gathered),
        cmocka_unit_test(closing_does_not_wait_for_a_peer_that_does_not_read),
        cmocka_unit_test(a_line_cut_without_farewell_is_truncated),
        cmocka_unit_test(closing_is_safe_in_every_callback),
        cmocka_unit_test(closing_before_it_stands),
        cmocka_unit_test(nobody_there_is_told_as_an_end),
        cmocka_unit_test(our_own_part_stays_small),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
