/* SPDX-License-Identifier: Apache-2.0 */
/* covers server/network/follow.c: which sites are followed, who sees what, what a slow reader gets */
#include "tests/unit/server/network/session_house.h"

enum { EVENT_BYTES = 10 * 1000 };

static void subscribe_to(struct client *client, const char *const *sites, size_t count) {
    Fd__Cursor cursors[FAKE_SITES], *pointers[FAKE_SITES];
    Fd__Subscribe subscribe = FD__SUBSCRIBE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    for (size_t i = 0; i < count; i++) {
        fd__cursor__init(&cursors[i]);
        cursors[i].site_id = (char *)(uintptr_t)sites[i];
        cursors[i].epoch = 3;
        cursors[i].seq = 10 + (int64_t)i;
        pointers[i] = &cursors[i];
    }
    subscribe.n_cursors = count;
    subscribe.cursors = pointers;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    client_send(client, &frame);
}

static struct client *subscribed_client(struct house *house, const char *const *sites, int count) {
    struct client *client = client_in(house, SESSION_MEMBER);
    subscribe_to(client, sites, (size_t)count);
    RUN_UNTIL(house, fakes.subscribed == count);
    return client;
}

/* A whole frame with an event whose note has that many bytes. */
static struct bytes event_frame(const char *kind, int64_t seq, size_t note_bytes) {
    struct bytes out = {0};
    Fd__Event event = FD__EVENT__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    event.kind = (char *)(uintptr_t)kind;
    event.seq = seq;
    event.note = calloc(1, note_bytes + 1);
    memset(event.note, 'n', note_bytes);
    frame.body_case = FD__SERVER_FRAME__BODY_EVENT;
    frame.event = &event;
    assert_int_equal(message_append_frame(&out, &frame.base), STATUS_OK);
    free(event.note);
    return out;
}

static bool push(struct subscription *subscription, enum authority_item item, int64_t seq, size_t note_bytes) {
    struct journal_entry entry = {.seq = seq,
                                  .item = item,
                                  .frame = event_frame("complaint.registered", seq, note_bytes),
                                  .blank = event_frame("", seq, 0)};
    bool taken = subscription->callbacks->on_entry(subscription, &entry);
    bytes_free(&entry.frame);
    bytes_free(&entry.blank);
    return taken;
}

static void cursors_reach_the_journal_and_events_the_client(void **state) {
    (void)state;
    static const char *const sites[] = {"site-1", "site-0"};
    struct house *house = house_open();
    struct client *client = subscribed_client(house, sites, 2);
    assert_int_equal(fakes.cursors[1].epoch, 3);
    assert_int_equal(fakes.cursors[1].seq, 11);
    for (int64_t seq = 1; seq <= 500; seq++) assert_true(push(fakes.subscriptions[0], ITEM_S3, seq, 20));
    RUN_UNTIL(house, client->count == 500);
    for (int i = 0; i < 500; i++) {
        assert_int_equal(client->frames[i]->body_case, FD__SERVER_FRAME__BODY_EVENT);
        assert_int_equal(client->frames[i]->event->seq, i + 1);
        assert_string_equal(client->frames[i]->event->kind, "complaint.registered");
    }
    struct bytes reset = {0};
    Fd__Reset message = FD__RESET__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    frame.body_case = FD__SERVER_FRAME__BODY_RESET;
    frame.reset = &message;
    assert_int_equal(message_append_frame(&reset, &frame.base), STATUS_OK);
    assert_true(fakes.subscriptions[0]->callbacks->on_frame(fakes.subscriptions[0], &reset));
    bytes_free(&reset);
    RUN_UNTIL(house, client->count == 501);
    assert_int_equal(last_frame(client)->body_case, FD__SERVER_FRAME__BODY_RESET);
    house_close(house);
}

/* The fence is the authority table: for every role and item the client gets the entry or its blank. */
static void each_role_sees_what_the_table_allows(void **state) {
    (void)state;
    static const char *const sites[] = {"site-0"};
    int seen = 0, blank = 0;
    for (int role = FD__ROLE__ROLE_DESK_CLERK; role <= (int)FD__ROLE__ROLE_HQ_ADMIN; role++) {
        struct house *house = house_open();
        fakes.role = (Fd__Role)role;
        struct client *client = subscribed_client(house, sites, 1);
        struct subscription *subscription = fakes.subscriptions[0];
        for (int item = 0; item < ITEM_COUNT; item++) {
            assert_true(push(subscription, (enum authority_item)item, item + 1, 1));
            bool allowed = authority_allows((enum authority_item)item, ACTION_SEE, &fakes.role, 1);
            assert_int_equal(subscription->callbacks->may_see(subscription, (enum authority_item)item), allowed);
            RUN_UNTIL(house, client->count == item + 1);
            assert_int_equal(last_frame(client)->event->seq, item + 1);
            assert_string_equal(last_frame(client)->event->kind, allowed ? "complaint.registered" : "");
            if (allowed)
                seen++;
            else
                blank++;
        }
        house_close(house);
    }
    assert_true(seen > 0 && blank > 0);
}

static void what_may_not_be_followed_closes_the_line(void **state) {
    (void)state;
    static const char *many[65];
    static char names[65][24];
    for (int i = 0; i < 65; i++) {
        (void)snprintf(names[i], sizeof names[i], "site-%d", i);
        many[i] = names[i];
    }
    static const char *const foreign[] = {"site-0", "site-9"}, *const none[] = {""},
                             *const twice[] = {"site-1", "site-1"};
    const struct {
        const char *const *sites;
        int count, expected;
        bool must_change;
        enum status journal;
    } cases[] = {
        {foreign, 2,  STATUS_NOT_FOUND,   false, STATUS_OK         },
        {none,    1,  STATUS_NOT_FOUND,   false, STATUS_OK         },
        {twice,   2,  STATUS_INVALID,     false, STATUS_OK         },
        {many,    65, STATUS_TOO_LARGE,   false, STATUS_OK         },
        {twice,   1,  STATUS_DENIED,      true,  STATUS_OK         },
        {twice,   1,  STATUS_UNAVAILABLE, false, STATUS_UNAVAILABLE},
        {twice,   1,  STATUS_NOT_FOUND,   false, STATUS_NOT_FOUND  },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct house *house = house_open();
        fakes.sites = cases[i].count == 65 ? 65 : 2;
        fakes.must_change = cases[i].must_change;
        fakes.subscribe_status = cases[i].journal;
        struct client *client = client_in(house, SESSION_MEMBER);
        subscribe_to(client, cases[i].sites, (size_t)cases[i].count);
        assert_int_equal(goodbye_of(house, client), cases[i].expected);
        if (cases[i].expected == STATUS_UNAVAILABLE)
            assert_in_range(last_frame(client)->goodbye->retry_after_ms, 500, 5000);
        assert_int_equal(fakes.subscribed, 0);
        house_close(house);
    }
}

static void a_subscription_replaces_the_one_before(void **state) {
    (void)state;
    static const char *const sites[] = {"site-0", "site-1"};
    struct house *house = house_open();
    struct client *client = subscribed_client(house, sites, 2);
    subscribe_to(client, sites + 1, 1);
    RUN_UNTIL(house, fakes.unsubscribed == 2 && fakes.subscribed == 1);
    subscribe_to(client, sites, 0);
    RUN_UNTIL(house, fakes.unsubscribed == 3);
    assert_int_equal(fakes.subscribed, 0);
    assert_false(client->ended);
    house_close(house);
}

static void a_line_that_ends_follows_nothing(void **state) {
    (void)state;
    static const char *const sites[] = {"site-0", "site-1"};
    struct house *house = house_open();
    struct client *client = subscribed_client(house, sites, 2);
    stream_abort(&client->stream);
    RUN_UNTIL(house, fakes.subscribed == 0);
    house_close(house);
}

static void a_lost_place_ends_its_subscription_at_once(void **state) {
    (void)state;
    static const char *const sites[] = {"site-0", "site-1"};
    struct house *house = house_open();
    struct client *client = subscribed_client(house, sites, 2);
    sessions_recheck(house->sessions, "01900000-0000-7000-8000-0000000000bb"); /* somebody else */
    assert_int_equal(fakes.subscribed, 2);
    fakes.sites = 1;
    sessions_recheck(house->sessions, PERSON);
    assert_int_equal(fakes.subscribed, 1);
    assert_true(push(fakes.subscriptions[0], ITEM_S3, 1, 1));
    RUN_UNTIL(house, client->count == 1);
    assert_false(client->ended);
    house_close(house);
}

static void changed_roles_hold_from_the_next_entry_on(void **state) {
    (void)state;
    static const char *const sites[] = {"site-0"};
    const Fd__Role seeing = FD__ROLE__ROLE_MANAGER, blind = FD__ROLE__ROLE_UNSPECIFIED;
    assert_true(authority_allows(ITEM_S3, ACTION_SEE, &seeing, 1));
    assert_false(authority_allows(ITEM_S3, ACTION_SEE, &blind, 1));
    struct house *house = house_open();
    fakes.role = seeing;
    struct client *client = subscribed_client(house, sites, 1);
    assert_true(push(fakes.subscriptions[0], ITEM_S3, 1, 1));
    fakes.role = blind;
    sessions_recheck(house->sessions, PERSON);
    assert_true(push(fakes.subscriptions[0], ITEM_S3, 2, 1));
    RUN_UNTIL(house, client->count == 2);
    assert_string_equal(client->frames[0]->event->kind, "complaint.registered");
    assert_string_equal(client->frames[1]->event->kind, "");
    house_close(house);
}

static void without_any_place_the_person_is_signed_out(void **state) {
    (void)state;
    static const char *const sites[] = {"site-0"};
    struct house *house = house_open();
    struct client *client = subscribed_client(house, sites, 1);
    int begun = fakes.begun;
    client_request(client, 4, "echo");
    fakes.sites = 0;
    sessions_recheck(house->sessions, PERSON);
    assert_int_equal(fakes.subscribed, 0);
    assert_int_equal(goodbye_of(house, client), STATUS_UNAUTHENTICATED);
    assert_int_equal(fakes.begun, begun); /* what was on its way is not heard any more */
    house_close(house);
}

static void a_slow_reader_stands_and_is_resumed(void **state) {
    (void)state;
    static const char *const sites[] = {"site-0", "site-1"};
    struct house *house = house_open();
    struct client *client = subscribed_client(house, sites, 2);
    stream_stop_reading(&client->stream);
    int64_t pushed = 0;
    size_t most = 0;
    struct session *session = list_item(house->sessions->of_state[SESSION_MEMBER].next, struct session, node);
    /* The kernels of both ends go on for a while with what they have: until nothing moves. */
    for (int64_t before = -1; pushed > before; run_for(house, 100)) {
        before = pushed;
        for (int refused = 0; refused < 20;) {
            if (push(fakes.subscriptions[0], ITEM_S3, pushed + 1, EVENT_BYTES)) {
                pushed++;
                refused = 0;
            } else {
                refused++;
            }
            if (stream_queued(&session->stream) > most) most = stream_queued(&session->stream);
            (void)uv_run(&house->loop, UV_RUN_NOWAIT);
        }
    }
    assert_in_range(most, 64 * 1024, 64 * 1024 + 2 * EVENT_BYTES); /* what waits for it is bounded */
    int resumed = fakes.resumed;
    run_for(house, 100);
    assert_int_equal(fakes.resumed, resumed);
    stream_start_reading(&client->stream);
    RUN_UNTIL(house, client->count == pushed);
    RUN_UNTIL(house, fakes.resumed >= resumed + 2); /* each site has its turn */
    assert_int_equal(last_frame(client)->event->seq, pushed);
    assert_true(push(fakes.subscriptions[0], ITEM_S3, pushed + 1, EVENT_BYTES));
    house_close(house);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cursors_reach_the_journal_and_events_the_client),
        cmocka_unit_test(each_role_sees_what_the_table_allows),
        cmocka_unit_test(what_may_not_be_followed_closes_the_line),
        cmocka_unit_test(a_subscription_replaces_the_one_before),
        cmocka_unit_test(a_line_that_ends_follows_nothing),
        cmocka_unit_test(a_lost_place_ends_its_subscription_at_once),
        cmocka_unit_test(changed_roles_hold_from_the_next_entry_on),
        cmocka_unit_test(without_any_place_the_person_is_signed_out),
        cmocka_unit_test(a_slow_reader_stands_and_is_resumed),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
