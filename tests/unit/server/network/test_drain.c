/* SPDX-License-Identifier: Apache-2.0 */
/* covers server/network/drain.c: everybody is sent away at a moment of their own, and may be let in again */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/server/network/session_house.h"

enum { MEMBERS = 6, LONG = 60 * 1000 };

static char why[WHY_BYTES];

static enum status undrain(struct house *house) {
    int port = ntohs(house->address.sin_port);
    return sessions_undrain(house->sessions, "127.0.0.1", &port, why);
}

static void each_goes_at_a_moment_of_its_own(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *members[MEMBERS];
    for (int i = 0; i < MEMBERS; i++) members[i] = client_in(house, SESSION_MEMBER);
    house->sessions->limits.spread_ms = LONG;
    uint64_t now_ms = uv_now(&house->loop), first_ms = UINT64_MAX, last_ms = 0;
    sessions_drain(house->sessions, LONG);
    sessions_drain(house->sessions, 2 * LONG); /* twice is once */
    for (int state_of = SESSION_GREETING; state_of < SESSION_CLOSING; state_of++)
        list_each(node, &house->sessions->of_state[state_of]) {
            uint64_t at_ms = list_item(node, struct session, node)->part_at_ms;
            assert_in_range(at_ms, now_ms, now_ms + 10 * MEMBERS); /* few are gone soon */
            first_ms = at_ms < first_ms ? at_ms : first_ms;
            last_ms = at_ms > last_ms ? at_ms : last_ms;
        }
    assert_true(last_ms > first_ms);
    for (int i = 0; i < MEMBERS; i++) {
        assert_int_equal(goodbye_of(house, members[i]), STATUS_UNAVAILABLE);
        assert_in_range(last_frame(members[i])->goodbye->retry_after_ms, 500, 5000);
    }
    RUN_UNTIL(house, sessions_counters(house->sessions)->open == 0);
    assert_true(sessions_draining(house->sessions));
    assert_false(house->sessions_closed);
    house_close(house);
}

/* Until its moment has come it works as ever; then what is under way is answered first. */
static void nobody_is_cut_off(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *later = client_in(house, SESSION_MEMBER), *busy = client_in(house, SESSION_MEMBER);
    client_request(busy, 9, "slow");
    RUN_UNTIL(house, fake_waiting() == 1);
    sessions_drain(house->sessions, LONG);
    assert_int_equal(goodbye_of(house, later), STATUS_UNAVAILABLE);
    run_for(house, 100);
    assert_false(busy->ended);
    fake_finish();
    assert_int_equal(goodbye_of(house, busy), STATUS_UNAVAILABLE);
    assert_int_equal(busy->count, 2);
    assert_int_equal(busy->frames[0]->reply->id, 9);
    house_close(house);
}

static void one_whose_moment_has_not_come_is_served(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *member = client_in(house, SESSION_MEMBER);
    struct session *session = list_item(house->sessions->of_state[SESSION_MEMBER].next, struct session, node);
    house->sessions->limits.spread_ms = LONG;
    house->sessions->draining = true; /* as sessions_drain leaves it, with a moment that is far */
    house->sessions->drain_until_ms = uv_now(&house->loop) + LONG;
    session->part_at_ms = uv_now(&house->loop) + LONG;
    client_request(member, 3, "echo");
    RUN_UNTIL(house, member->count == 1);
    assert_int_equal(member->frames[0]->reply->id, 3);
    assert_int_equal(undrain(house), STATUS_INVALID); /* the port is still ours: nobody has stopped listening */
    house->sessions->draining = false;
    house_close(house);
}

static void newcomers_find_nobody_until_they_are_let_in_again(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *stayed = client_in(house, SESSION_MEMBER);
    client_request(stayed, 9, "slow");
    RUN_UNTIL(house, fake_waiting() == 1);
    sessions_drain(house->sessions, LONG);
    struct client *refused = connect_client(house);
    RUN_UNTIL(house, refused->ended);
    assert_int_equal(refused->established, 0);
    assert_int_equal(undrain(house), STATUS_OK);
    assert_int_equal(undrain(house), STATUS_OK);
    (void)client_in(house, SESSION_MEMBER);
    fake_finish(); /* who was not gone yet stays */
    RUN_UNTIL(house, stayed->count == 1);
    client_request(stayed, 10, "echo");
    RUN_UNTIL(house, stayed->count == 2);
    assert_false(stayed->ended);
    house_close(house);
}

static void a_request_that_hangs_is_left_in_the_end(void **state) {
    (void)state;
    struct house *house = house_open();
    struct client *busy = client_in(house, SESSION_MEMBER);
    client_request(busy, 9, "slow");
    RUN_UNTIL(house, fake_waiting() == 1);
    sessions_drain(house->sessions, 100);
    assert_int_equal(goodbye_of(house, busy), STATUS_UNAVAILABLE);
    assert_int_equal(busy->count, 1);
    house_close(house);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_goes_at_a_moment_of_its_own),
        cmocka_unit_test(nobody_is_cut_off),
        cmocka_unit_test(one_whose_moment_has_not_come_is_served),
        cmocka_unit_test(newcomers_find_nobody_until_they_are_let_in_again),
        cmocka_unit_test(a_request_that_hangs_is_left_in_the_end),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
