/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions and the request room under four peers that say anything, cut anywhere, while the database, the passwords,
 * the peers' own reading and the clock go on in any order. After each step: nothing has grown over its limit, every
 * request is counted and answered once at most. In the end, when everything that was waited for has come: whoever is
 * still there is being read and owes nothing; and silence ends them all.
 * Input: steps, a byte each (the step, and the peer in its upper half), followed by what the step takes. */
#include <stdio.h>
#include <stdlib.h>

#include "common/moment.h"
#include "server/network/room.h"
#include "server/request/token.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/played_log.h"
#include "tests/fuzz/session_peer.h"

enum { PEERS = 4, STEPS = 200, BUSY_DATABASE = 24, FULL_DATABASE = 40, FLOOD_FRAMES = 2000 };

static struct {
    struct desk desk;
    struct sessions *sessions;
    struct peer peers[PEERS];
    Fd__Account account;
    bool closed;
} house;

static const struct session_limits limits = {
    .handshake_ms = 5 * SECOND_MS,
    .sign_in_ms = 30 * SECOND_MS,
    .frame_ms = 10 * SECOND_MS,
    .ping_ms = 20 * SECOND_MS,
    .dead_ms = 45 * SECOND_MS,
    .stalled_ms = 10 * SECOND_MS,
    .output_bytes = 64 * 1024,
    .output_mark_bytes = 16 * 1024,
    .spread_ms = SECOND_MS,
    .requests_in_flight = 6,
    .frames_per_turn = 4,
    .strangers = 3,
    .connections = 4,
};

/* --- the steps --- */

static void step_frame(struct peer *peer, struct input *input) {
    size_t length = input_number(input, 2);
    size_t piece = 1 + (size_t)input_byte(input) * 64;
    const uint8_t *payload = input_bytes(input, &length);
    uint8_t header[FRAME_HEADER_BYTES];
    struct bytes frame = {0};
    frame_header(header, length);
    CHECK(bytes_append(&frame, header, sizeof header) == STATUS_OK);
    CHECK(length == 0 || bytes_append(&frame, payload, length) == STATUS_OK);
    say(peer, frame.data, frame.length, piece);
    bytes_free(&frame);
}

/* Much at once, of frames that are sound. */
static void flood(struct peer *peer) {
    Fd__Ping ping = FD__PING__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    struct bytes packed = {0};
    ping.nonce = UINT64_MAX;
    frame.body_case = FD__CLIENT_FRAME__BODY_PING;
    frame.ping = &ping;
    peer->gathers = false;
    for (int i = 0; i < FLOOD_FRAMES; i++) CHECK(message_append_frame(&packed, &frame.base) == STATUS_OK);
    say(peer, packed.data, packed.length, PIECE_BYTES);
    bytes_free(&packed);
}

static void step_raw(struct peer *peer, struct input *input) {
    size_t length = input_byte(input);
    if (length == 255) flood(peer);
    if (length == 254) peer->gathers = true;
    if (length >= 254) return;
    const uint8_t *data = input_bytes(input, &length);
    if (length > 0) say(peer, data, length, PIECE_BYTES);
}

static void step_hello(struct peer *peer, struct input *input) {
    Fd__Hello hello = FD__HELLO__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    hello.version_min = hello.version_max = input_byte(input) % 8 == 7 ? 2 : 1;
    hello.language = "en";
    frame.body_case = FD__CLIENT_FRAME__BODY_HELLO;
    frame.hello = &hello;
    say_frame(peer, &frame);
}

static void ask_to_be_let_in(struct peer *peer, const char *operation, const ProtobufCMessage *command) {
    struct bytes body = {0};
    Fd__Request request = FD__REQUEST__INIT;
    CHECK(message_append(&body, command) == STATUS_OK);
    request.operation = (char *)(uintptr_t)operation;
    request.body = (ProtobufCBinaryData){body.length, body.data};
    ask(peer, &request);
    bytes_free(&body);
}

/* The account is that of a person with the role from now on. */
static void step_sign_in(struct peer *peer, struct input *input) {
    char token[TOKEN_TEXT_BYTES];
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    Fd__ResumeSessionRequest again = FD__RESUME_SESSION_REQUEST__INIT;
    uint8_t how = input_byte(input);
    house.account.person_id = (char *)(uintptr_t)person_of(1 + how % ROLES);
    house.account.password_must_change = how >= 240;
    fake.renews = (how & 32) != 0;
    fake.suspects = (how & 64) != 0;
    command.login = "anna";
    command.password = how % 16 == 15 ? "wrong" : RIGHT_PASSWORD;
    command.device_id = again.device_id = DEVICE;
    token_make(token, DEVICE);
    again.token = token;
    if ((how & 16) != 0)
        ask_to_be_let_in(peer, "session.resume", &again.base);
    else
        ask_to_be_let_in(peer, "session.sign_in", &command.base);
}

static void step_request(struct peer *peer, struct input *input) {
    static char *const sites[] = {SITE, SITE, OTHER_SITE, ""};
    Fd__Request request = FD__REQUEST__INIT;
    size_t count = 0;
    while (operation_at(count) != NULL) count++;
    request.operation = (char *)(uintptr_t)operation_at(input_byte(input) % count)->name;
    uint8_t how = input_byte(input);
    size_t length = input_number(input, 2);
    request.site_id = sites[how % 4];
    request.key = (how & 4) == 0 ? (char *)(uintptr_t)desk_fresh_key(&house.desk) : house.desk.key;
    request.body.data = (uint8_t *)(uintptr_t)input_bytes(input, &length);
    request.body.len = length;
    ask(peer, &request);
}

static void step_subscribe(struct peer *peer, struct input *input) {
    Fd__Cursor cursors[3] = {FD__CURSOR__INIT, FD__CURSOR__INIT, FD__CURSOR__INIT};
    Fd__Cursor *pointers[] = {&cursors[0], &cursors[1], &cursors[2]};
    Fd__Subscribe subscribe = FD__SUBSCRIBE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    uint8_t how = input_byte(input);
    for (int i = 0; i < 3; i++) cursors[i].site_id = (how >> i & 1) == 0 ? SITE : OTHER_SITE;
    cursors[0].epoch = how >> 3 & 1;
    subscribe.n_cursors = how >> 6;
    subscribe.cursors = pointers;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    say_frame(peer, &frame);
}

static void forget(struct peer *peer) {
    bytes_free(&peer->said);
    bytes_free(&peer->asked);
    frame_reader_free(&peer->reader);
    *peer = (struct peer){0};
}

static void step_connect(struct peer *peer) {
    if (peer->stream != NULL) return;
    struct list *streams = &played_streams.streams;
    struct list *newest = streams->previous;
    if (!sessions_take(house.sessions, NULL)) return; /* it waits, and tries again with another step */
    if (streams->previous == newest) return;          /* turned away */
    peer->stream = list_item(streams->previous, struct stream, node);
    peer->reader.limit = FRAME_LIMIT_ANSWER;
}

static void step_end(struct peer *peer, struct input *input) {
    enum stream_end why = (enum stream_end)(STREAM_END_FINISHED + input_byte(input) % 4);
    if (played_lives(peer->stream)) played_finish(peer->stream, why);
}

static void step_database(struct input *input) {
    static const enum status failures[] = {STATUS_UNAVAILABLE, STATUS_INTERNAL, STATUS_BUSY};
    uint8_t how = input_byte(input);
    if (how >= 200) fake.fail = failures[how % 3];
    fake.commit_first = (how & 8) != 0;
    if (how < 200 && (how & 16) != 0) fake.lose = how % 4;
    if (fake.pending_count > 0) fake_run_one();
    fake.fail = STATUS_OK;
}

static void step_rights(struct peer *peer, struct input *input) {
    uint8_t how = input_byte(input);
    int role = 1 + how % ROLES;
    (void)peer;
    if ((how & 32) != 0) put_person(house.desk.services.directory, role, 2 + how, (how & 64) != 0);
    if ((how & 128) != 0)
        sessions_revoke(house.sessions, person_of(role));
    else
        sessions_recheck(house.sessions, person_of(role));
}

static void step_drain(struct input *input) {
    char why[WHY_BYTES];
    int port = 0;
    if (input_byte(input) % 2 == 0)
        sessions_drain(house.sessions, SECOND_MS);
    else
        CHECK(sessions_undrain(house.sessions, "", &port, why) == STATUS_OK);
}

/* Those that were closed or have ended are let go, after the peer took what was meant for it. */
static void turn(void) {
    played_turn();
    for (size_t i = 0; i < PEERS; i++) {
        struct peer *peer = &house.peers[i];
        if (peer->stream == NULL || played_lives(peer->stream)) continue;
        peer_takes(peer, SIZE_MAX);
        played_let_go(peer->stream);
        forget(peer);
    }
    for (size_t i = 0; i < PEERS; i++) pour(&house.peers[i], PIECE_BYTES);
}

static void step(struct input *input) {
    uint8_t what = input_byte(input);
    struct peer *peer = &house.peers[(what >> 4) % PEERS];
    bool there = played_lives(peer->stream);
    switch (what % 16) {
    case 0: step_frame(peer, input); break;
    case 1: step_raw(peer, input); break;
    case 2:
        if (there) step_request(peer, input);
        break;
    case 3:
        if (there) step_hello(peer, input);
        break;
    case 4:
        if (there) step_sign_in(peer, input);
        break;
    case 5: step_connect(peer); break;
    case 6: turn(); break;
    case 7: step_database(input); break;
    case 8: (void)played_password_done(input_byte(input) == 255 ? STATUS_UNAVAILABLE : STATUS_OK); break;
    case 9: played_pass((uint64_t)input_byte(input) * SWEEP_MS); break;
    case 10: peer_takes(peer, (size_t)input_byte(input) * 256); break;
    case 11: step_end(peer, input); break;
    case 12: played_entry((size_t)input_byte(input) * 256, ITEM_S1); break;
    case 13: step_rights(peer, input); break;
    case 14: step_drain(input); break;
    default:
        if (there) step_subscribe(peer, input);
    }
}

/* --- what must always hold --- */

static size_t length_of(const struct list *list) {
    size_t count = 0;
    list_each(node, list) count++;
    return count;
}

static void check_session(const struct peer *peer) {
    const struct session *session = session_of(peer);
    size_t waiting = session->reader.buffer.length - session->reader.popped;
    size_t under_way = length_of(&session->caller.requests);
    CHECK(session->caller.count >= 0 && (size_t)session->caller.count == under_way);
    CHECK(under_way <= (size_t)(session_is_stranger(session) ? STRANGER_REQUESTS : limits.requests_in_flight));
    CHECK(waiting <= PIECE_BYTES + FRAME_LIMIT + FRAME_HEADER_BYTES);
    CHECK(session->reader.buffer.capacity <= 4 * (PIECE_BYTES + FRAME_LIMIT));
    if (session_is_stranger(session) && played_lives(peer->stream)) CHECK(waiting <= STRANGER_WAITING_BYTES);
    CHECK(stream_queued(peer->stream) <= (size_t)limits.output_bytes + FRAME_LIMIT_ANSWER);
    CHECK(length_of(&session->follows) <= SUBSCRIPTIONS_LIMIT);
    CHECK(session_is_member(session) || list_empty(&session->follows));
    CHECK(peer->answered + under_way <= peer->asked_ever || session->state == SESSION_CLOSING);
    CHECK(session->identity.signed_in == session_is_member(session) || session->due != FAREWELL_NONE ||
          session->state == SESSION_CLOSING);
}

static void check_all(void) {
    const struct session_counters *counters = sessions_counters(house.sessions);
    uint64_t there = 0, strangers = 0;
    for (size_t i = 0; i < PEERS; i++) {
        if (house.peers[i].stream == NULL) continue;
        there++;
        if (session_is_stranger(session_of(&house.peers[i]))) strangers++;
        check_session(&house.peers[i]);
    }
    CHECK(counters->open == there && counters->strangers == strangers);
    CHECK(counters->accepted == counters->open + counters->closed);
}

static bool quiet(void) {
    bool waits = fake.pending_count > 0 || !list_empty(&played_passwords) || !list_empty(&house.sessions->ready) ||
                 played.closing_count > 0;
    for (size_t i = 0; i < PEERS; i++) {
        const struct peer *peer = &house.peers[i];
        if (peer->stream == NULL) continue;
        waits = waits || !played_lives(peer->stream) || stream_queued(peer->stream) > 0 ||
                (peer->stream->reading && peer->heard < peer->said.length);
    }
    return !waits;
}

/* Everything that is waited for comes, until nothing is waited for. */
static void settle(void) {
    for (size_t i = 0; i < PEERS; i++) house.peers[i].gathers = false;
    for (int turns = 0; !quiet(); turns++) {
        CHECK(turns < 10000);
        while (fake.pending_count > 0) fake_run_one();
        while (played_password_done(STATUS_OK)) continue;
        for (size_t j = 0; j < PEERS; j++) peer_takes(&house.peers[j], SIZE_MAX);
        turn();
    }
}

/* Whoever is still there is read, has been answered everything, and owes at most the rest of a frame. */
static void check_settled(void) {
    CHECK(list_empty(&house.sessions->ready));
    for (size_t i = 0; i < PEERS; i++) {
        const struct peer *peer = &house.peers[i];
        if (peer->stream == NULL) continue;
        const struct session *session = session_of(peer);
        size_t waiting = session->reader.buffer.length - session->reader.popped;
        CHECK(session->caller.count == 0 && session->due == FAREWELL_NONE && stream_queued(peer->stream) == 0);
        if (session->parting) continue; /* the next sweep sends it away */
        CHECK(peer->stream->reading && peer->heard == peer->said.length);
        CHECK(peer->asked.length == 0);
        CHECK(list_empty(&session->unfinished) == (waiting == 0));
        CHECK(waiting == peer->heard - peer->walked);
    }
}

/* --- a run --- */

static void on_closed(void *owner) {
    (void)owner;
    house.closed = true;
}

/* For those who change their password, or are looked up. */
static void seed_person(int role) {
    Fd__Person person = FD__PERSON__INIT;
    Fd__Role roles[] = {(Fd__Role)role};
    person.id = (char *)(uintptr_t)person_of(role);
    person.site_id = SITE;
    person.version = 1;
    person.login = person.name = "staff";
    person.roles = roles;
    person.n_roles = 1;
    person.active = true;
    fake_seed(&person.base);
}

static void open_house(void) {
    list_init(&played_passwords);
    list_init(&played_follows);
    desk_open(&house.desk);
    house.desk.services.loop = &played.loop;
    house.desk.services.node = "node-1";
    fd__account__init(&house.account);
    house.account.person_id = (char *)(uintptr_t)person_of(FD__ROLE__ROLE_SUPERVISOR);
    house.account.login = "anna";
    house.account.name = "Anna";
    house.account.home_site_id = SITE;
    house.account.password_hash = "$hash";
    fake.account = &house.account;
    for (int role = 1; role <= ROLES; role++) seed_person(role);
    house.closed = false;
    CHECK(sessions_open(&house.sessions, &house.desk.services, NULL, NULL, &limits) == STATUS_OK);
}

static void close_house(void) {
    settle();
    check_all();
    check_settled();
    played_pass(3 * (uint64_t)limits.dead_ms);
    settle();
    for (size_t i = 0; i < PEERS; i++) CHECK(house.peers[i].stream == NULL); /* nobody stays who says nothing */
    sessions_close(house.sessions, 0, on_closed, NULL);
    for (int i = 0; i < 4; i++) played_turn();
    CHECK(house.closed && list_empty(&played_follows) && list_empty(&played_passwords));
    desk_close(&house.desk);
    played_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    open_house();
    for (int steps = 0; input.left > 0 && steps < STEPS && fake.count < FULL_DATABASE; steps++) {
        while (fake.pending_count >= BUSY_DATABASE) fake_run_one();
        step(&input);
        check_all();
    }
    close_house();
    return 0;
}
