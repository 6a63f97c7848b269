/* SPDX-License-Identifier: Apache-2.0 */
/* What strangers and broken clients send, and what they get (promise 12): every case in every state of a session, and
 * after each one the server still serves a good client. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/bytes.h"
#include "common/frame.h"
#include "common/message.h"
#include "tests/support/estate.h"
#include "tests/support/raw.h"
#include "tests/support/test.h"

enum { PATIENCE_MS = 3000, FRAME_PATIENCE_MS = 14000 };
enum state { GREETING, STRANGER, MEMBER, STATES };
enum reaction { CLOSES, STAYS };

static struct estate estate;
static struct desk clerk;

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&clerk);
    estate_close(&estate);
    return 0;
}

static void reach(struct raw *raw, enum state state) {
    bool closed;
    raw_connect(raw, estate.daemon.port);
    assert_true(raw_start_tls(raw, 0));
    if (state == GREETING) return;
    raw_hello(raw);
    const Fd__ServerFrame *frame = raw_receive(raw, PATIENCE_MS, &closed);
    assert_non_null(frame);
    assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_WELCOME);
    if (state == MEMBER) raw_sign_in(raw, "clerk", ESTATE_PASSWORD);
}

static void good_client_is_served(void) {
    Fd__ListComplaintsRequest command = FD__LIST_COMPLAINTS_REQUEST__INIT;
    struct answer answer =
        desk_call(&clerk, "complaint.list", estate.site_id, NULL, &command, &fd__list_complaints_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
}

/* Before TLS. */

static void plain_text_is_closed(void **state) {
    (void)state;
    static const char *const openings[] = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "hello\n", "\0\0\0\5hello"};
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        struct raw raw;
        int goodbye;
        raw_connect(&raw, estate.daemon.port);
        raw_send(&raw, openings[i], i == 2 ? 9 : strlen(openings[i]));
        assert_true(raw_closed(&raw, 7000, &goodbye)); /* what TLS cannot tell yet ends at the handshake's deadline */
        raw_close(&raw);
    }
    good_client_is_served();
}

static void an_older_tls_is_refused(void **state) {
    (void)state;
    struct raw raw;
    raw_connect(&raw, estate.daemon.port);
    assert_false(raw_start_tls(&raw, TLS1_2_VERSION));
    raw_close(&raw);
    good_client_is_served();
}

static void a_silent_connection_is_closed(void **state) {
    (void)state;
    struct raw raw;
    int goodbye;
    raw_connect(&raw, estate.daemon.port);
    assert_true(raw_closed(&raw, 7000, &goodbye));
    raw_close(&raw);
    good_client_is_served();
}

/* Framing and decoding, in every state. */

static void send_length_0(struct raw *raw) {
    raw_send(raw, "\0\0\0\0", 4);
}
static void send_length_over_limit(struct raw *raw) {
    raw_send(raw, "\0\1\0\1", 4);
}
static void send_length_2_to_the_31(struct raw *raw) {
    raw_send(raw, "\x80\0\0\0", 4);
}
static void send_length_all_ones(struct raw *raw) {
    raw_send(raw, "\xff\xff\xff\xff", 4);
}
static void send_random(struct raw *raw) {
    uint8_t noise[300];
    srandom(4711);
    for (size_t i = 0; i < sizeof noise; i++) noise[i] = (uint8_t)random();
    raw_send_frame(raw, noise, sizeof noise);
}
static void send_unknown_fields(struct raw *raw) {
    uint8_t flood[3000];
    for (size_t i = 0; i + 3 <= sizeof flood; i += 3) memcpy(flood + i, "\xf8\x7f\x01", 3);
    raw_send_frame(raw, flood, sizeof flood);
}
static void send_nothing_in_it(struct raw *raw) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    raw_send_message(raw, &frame.base);
    raw_send_frame(raw, "\x0a\x00", 2); /* an empty hello: no version in common, or a second one */
}
static void send_second_hello(struct raw *raw) {
    raw_hello(raw);
    raw_hello(raw);
}
static void send_server_message(struct raw *raw) {
    Fd__Welcome welcome = FD__WELCOME__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    welcome.version = 1;
    welcome.server = (char *)(uintptr_t) "me";
    frame.body_case = FD__SERVER_FRAME__BODY_WELCOME;
    frame.welcome = &welcome;
    raw_send_message(raw, &frame.base); /* as a hello it has fields of the wrong kind */
    Fd__Snapshot snapshot = FD__SNAPSHOT__INIT;
    frame.body_case = FD__SERVER_FRAME__BODY_SNAPSHOT;
    frame.snapshot = &snapshot;
    snapshot.seq = 7;
    raw_send_message(raw, &frame.base);
}
static void send_empty_submessages(struct raw *raw) {
    uint8_t flood[4000]; /* Subscribe with two thousand empty cursors */
    flood[0] = 0x1a;
    flood[1] = 0x80 | (3996 & 0x7f);
    flood[2] = 3996 >> 7;
    for (size_t i = 3; i + 2 <= sizeof flood; i += 2) memcpy(flood + i, "\x0a\x00", 2);
    raw_send_frame(raw, flood, 3 + 3996);
}

struct bad_frame {
    const char *name;
    void (*send)(struct raw *raw);
};

static const struct bad_frame bad_frames[] = {
    {"length 0",              send_length_0          },
    {"length over the limit", send_length_over_limit },
    {"length 2^31",           send_length_2_to_the_31},
    {"length 2^32-1",         send_length_all_ones   },
    {"random bytes",          send_random            },
    {"unknown fields",        send_unknown_fields    },
    {"empty envelope",        send_nothing_in_it     },
    {"second hello",          send_second_hello      },
    {"a server's message",    send_server_message    },
    {"empty submessages",     send_empty_submessages },
};

static void bad_frames_close_the_line_in_every_state(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_frames / sizeof bad_frames[0]; i++) {
        for (int s = GREETING; s < STATES; s++) {
            struct raw raw;
            int goodbye;
            reach(&raw, (enum state)s);
            bad_frames[i].send(&raw);
            if (!raw_closed(&raw, PATIENCE_MS, &goodbye)) fail_msg("%s in state %d: not closed", bad_frames[i].name, s);
            raw_close(&raw);
        }
        good_client_is_served();
    }
}

static void a_truncated_frame_has_no_effect(void **state) {
    (void)state;
    for (int s = GREETING; s < STATES; s++) {
        struct raw raw;
        reach(&raw, (enum state)s);
        raw_send(&raw, "\0\0\1\0half", 8);
        raw_close(&raw);
    }
    good_client_is_served();
}

static void one_byte_a_second_is_closed(void **state) {
    (void)state;
    struct raw raw;
    int goodbye = -1;
    bool closed = false;
    reach(&raw, MEMBER);
    raw_send(&raw, "\0\0\0\x40", 4);
    for (int i = 0; i < FRAME_PATIENCE_MS / 1000 && !closed; i++) {
        raw_send(&raw, "x", 1);
        closed = raw_closed(&raw, 1000, &goodbye);
    }
    assert_true(closed);
    raw_close(&raw);
}

/* Requests. */

static void requests_before_sign_in_close_the_line(void **state) {
    (void)state;
    static const char *const operations[] = {"complaint.list", "complaint.register", "no.such", ""};
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        struct raw raw;
        int goodbye;
        reach(&raw, STRANGER);
        raw_request(&raw, 5, operations[i], estate.site_id, "", NULL);
        assert_true(raw_closed(&raw, PATIENCE_MS, &goodbye));
        raw_close(&raw);
    }
}

static void a_second_sign_in_closes_the_line(void **state) {
    (void)state;
    struct raw raw;
    int goodbye;
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = (char *)(uintptr_t) "clerk";
    command.password = (char *)(uintptr_t)ESTATE_PASSWORD;
    command.device_id = (char *)(uintptr_t) "01900000-0000-7000-8000-00000000abcd";
    reach(&raw, MEMBER);
    raw_request(&raw, 2, "session.sign_in", "", "", &command.base);
    assert_true(raw_closed(&raw, PATIENCE_MS, &goodbye));
    raw_close(&raw);
}

struct bad_text {
    const char *name;
    const char *text;
    size_t length;
};

static const struct bad_text bad_texts[] = {
    {"overlong UTF-8",      "\xc0\xaf",         2},
    {"a lone continuation", "a\x80",            2},
    {"a surrogate",         "\xed\xa0\x80",     3},
    {"past U+10FFFF",       "\xf4\x90\x80\x80", 4},
    {"a NUL inside",        "a\0b",             3},
    {"an escape",           "\x1b[2J",          4},
    {"a carriage return",   "a\rb",             3},
    {"a bidi override",     "\xe2\x80\xae",     3},
    {"C1",                  "\xc2\x9b",         2},
};

static void bad_text_is_denied_and_the_line_stays(void **state) {
    (void)state;
    struct raw raw;
    reach(&raw, MEMBER);
    for (size_t i = 0; i < sizeof bad_texts / sizeof bad_texts[0]; i++) {
        uint8_t body[32] = {0x3a, (uint8_t)bad_texts[i].length}; /* subject = 7 */
        memcpy(body + 2, bad_texts[i].text, bad_texts[i].length);
        Fd__Request message = FD__REQUEST__INIT;
        Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
        message.id = 100 + i;
        message.operation = (char *)(uintptr_t) "complaint.register";
        message.site_id = estate.site_id;
        message.key = (char *)(uintptr_t) "01900000-0000-7000-8000-000000000001";
        message.body.data = body;
        message.body.len = 2 + bad_texts[i].length;
        frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
        frame.request = &message;
        raw_send_message(&raw, &frame.base);
        const Fd__Reply *answer = raw_reply(&raw, 100 + i);
        if (answer == NULL) fail_msg("%s: no reply", bad_texts[i].name);
        assert_int_equal(answer->status, STATUS_INVALID);
        assert_string_equal(answer->field, "subject");
    }
    raw_close(&raw);
}

static void bad_requests_are_denied_and_the_line_stays(void **state) {
    (void)state;
    struct raw raw;
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
    static const char key[] = "01900000-0000-7000-8000-000000000002";
    command.anonymous = true;
    command.subject = (char *)(uintptr_t) "s";
    command.severity = FD__SEVERITY__SEVERITY_GENERAL;
    list.limit = 201;
    reach(&raw, MEMBER);
    raw_request(&raw, 1, "no.such", estate.site_id, key, NULL);
    assert_int_equal(raw_reply(&raw, 1)->status, STATUS_UNKNOWN_OPERATION);
    raw_request(&raw, 2, "complaint.register", estate.site_id, "", &command.base);
    assert_int_equal(raw_reply(&raw, 2)->status, STATUS_INVALID);
    raw_request(&raw, 3, "complaint.register", estate.site_id, "not-a-key", &command.base);
    assert_int_equal(raw_reply(&raw, 3)->status, STATUS_INVALID);
    raw_request(&raw, 4, "complaint.register", "01900000-0000-7000-8000-00000000dead", key, &command.base);
    assert_int_equal(raw_reply(&raw, 4)->status, STATUS_NOT_FOUND);
    raw_request(&raw, 5, "complaint.list", estate.site_id, "", &list.base);
    assert_int_equal(raw_reply(&raw, 5)->status, STATUS_INVALID);
    command.severity = (Fd__Severity)99;
    raw_request(&raw, 6, "complaint.register", estate.site_id, key, &command.base);
    assert_int_equal(raw_reply(&raw, 6)->status, STATUS_INVALID);
    command.severity = FD__SEVERITY__SEVERITY_GENERAL;
    command.received_at_ms = INT64_MAX;
    raw_request(&raw, 7, "complaint.register", estate.site_id, key, &command.base);
    assert_int_equal(raw_reply(&raw, 7)->status, STATUS_INVALID);
    raw_close(&raw);
}

static void wrong_passwords_all_look_alike(void **state) {
    (void)state;
    static const char *const logins[] = {"clerk", "nobody-of-that-name"};
    char messages[2][256];
    for (int i = 0; i < 2; i++) {
        struct raw raw;
        Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
        command.login = (char *)(uintptr_t)logins[i];
        command.password = (char *)(uintptr_t) "wrong-password";
        command.device_id = (char *)(uintptr_t) "01900000-0000-7000-8000-00000000abcd";
        reach(&raw, STRANGER);
        raw_request(&raw, 1, "session.sign_in", "", "", &command.base);
        const Fd__Reply *answer = raw_reply(&raw, 1);
        assert_non_null(answer);
        assert_int_equal(answer->status, STATUS_UNAUTHENTICATED);
        snprintf(messages[i], sizeof messages[i], "%s", answer->message);
        raw_close(&raw);
        usleep(1100000); /* the address has to wait a second after a wrong password */
    }
    assert_string_equal(messages[0], messages[1]);
}

/* Hundreds of requests at once from a client that does not read: they are all counted, none is lost to others. */
static void a_flood_of_requests_is_served_in_turns(void **state) {
    (void)state;
    struct raw raw;
    Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
    reach(&raw, MEMBER);
    for (uint64_t i = 0; i < 400; i++) raw_request(&raw, 1000 + i, "complaint.list", estate.site_id, "", &list.base);
    good_client_is_served();
    for (uint64_t i = 0; i < 400; i++) {
        bool closed = false;
        const Fd__ServerFrame *frame = raw_receive(&raw, PATIENCE_MS, &closed);
        assert_non_null(frame);
        assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_REPLY);
    }
    raw_close(&raw);
}

static void vanishing_after_sending_harms_nobody(void **state) {
    (void)state;
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    command.anonymous = true;
    command.subject = (char *)(uintptr_t) "vanished";
    command.severity = FD__SEVERITY__SEVERITY_GENERAL;
    for (int i = 0; i < 20; i++) {
        struct raw raw;
        char key[37];
        snprintf(key, sizeof key, "01900000-0000-7000-9000-%012d", i);
        reach(&raw, MEMBER);
        raw_request(&raw, 9, "complaint.register", estate.site_id, key, &command.base);
        raw_close(&raw);
    }
    good_client_is_served();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_is_closed),
        cmocka_unit_test(an_older_tls_is_refused),
        cmocka_unit_test(a_silent_connection_is_closed),
        cmocka_unit_test(bad_frames_close_the_line_in_every_state),
        cmocka_unit_test(a_truncated_frame_has_no_effect),
        cmocka_unit_test(one_byte_a_second_is_closed),
        cmocka_unit_test(requests_before_sign_in_close_the_line),
        cmocka_unit_test(a_second_sign_in_closes_the_line),
        cmocka_unit_test(bad_text_is_denied_and_the_line_stays),
        cmocka_unit_test(bad_requests_are_denied_and_the_line_stays),
        cmocka_unit_test(a_flood_of_requests_is_served_in_turns),
        cmocka_unit_test(vanishing_after_sending_harms_nobody),
        cmocka_unit_test(wrong_passwords_all_look_alike),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
