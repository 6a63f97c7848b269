/* SPDX-License-Identifier: Apache-2.0 */
/* Real sessions over loopback with TLS, between clients that keep no rules and a house that is played: requests, the
 * journal and the directory are fakes, told by the test what to do. One program includes this once. */
#ifndef FRONTDESK_TESTS_SESSION_HOUSE_H
#define FRONTDESK_TESTS_SESSION_HOUSE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/check.h"
#include "common/message.h"
#include "common/moment.h"
#include "server/network/room.h"
#include "server/request/table.h"
#include "tests/support/test.h"

enum { PATIENCE_MS = 15000, CLIENTS = 80, KEPT_FRAMES = 1100, FAKE_SITES = 70 };
#define PERSON "01900000-0000-7000-8000-0000000000aa"

/* The played house */

struct fake_request {
    struct list node;
    struct caller *caller;
    uint64_t id;
};

struct fakes {
    struct list slow; /* requests that wait for fake_finish */
    int begun, begun_in_turn, most_in_turn, detached;
    struct subscription *subscriptions[FAKE_SITES]; /* those that stand, in the order of their beginning */
    int subscribed, unsubscribed, resumed;
    Fd__Cursor cursors[FAKE_SITES];
    enum status subscribe_status;
    int sites; /* that the person has a place on: "site-0" … */
    Fd__Role role;
    bool must_change;
};

static struct fakes fakes;

static const char *const stranger_operations[] = {"session.sign_in", "session.refused", "session.slow", NULL};
static const char *const member_operations[] = {"session.sign_out", "echo", "slow", "large", "huge", NULL};
static const struct operation for_strangers = {.before_sign_in = true}, for_members = {.before_sign_in = false};

static bool is_among(const char *name, const char *const *names) {
    while (*names != NULL && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

const struct operation *operation_find(const char *name) {
    if (is_among(name, stranger_operations)) return &for_strangers;
    return is_among(name, member_operations) ? &for_members : NULL;
}

static void fake_reply(struct caller *caller, uint64_t id, Fd__Status status, size_t body_bytes) {
    Fd__Reply reply = FD__REPLY__INIT;
    reply.id = id;
    reply.status = status;
    reply.body.data = calloc(1, body_bytes + 1);
    reply.body.len = body_bytes;
    caller->on_reply(caller, &reply);
    caller->count--;
    free(reply.body.data);
}

void request_begin(struct caller *caller, const Fd__Request *envelope) {
    const char *operation = envelope->operation;
    fakes.begun++;
    if (++fakes.begun_in_turn > fakes.most_in_turn) fakes.most_in_turn = fakes.begun_in_turn;
    caller->count++;
    if (strstr(operation, "slow") != NULL) {
        struct fake_request *request = calloc(1, sizeof *request);
        assert_non_null(request);
        request->caller = caller;
        request->id = envelope->id;
        list_append(&fakes.slow, &request->node);
        return;
    }
    bool in = strcmp(operation, "session.sign_in") == 0, out = strcmp(operation, "session.sign_out") == 0;
    struct identity *identity = caller->identity;
    if (in) {
        identity->signed_in = true;
        identity->password_must_change = fakes.must_change;
        (void)snprintf(identity->person_id, sizeof identity->person_id, PERSON);
    }
    if (out) identity->signed_in = false;
    size_t size = strcmp(operation, "large") == 0 ? 60 * 1000 : strcmp(operation, "huge") == 0 ? 2000 * 1000 : 8;
    bool refused = strcmp(operation, "session.refused") == 0 || operation_find(operation) == NULL;
    fake_reply(caller, envelope->id, refused ? FD__STATUS__STATUS_DENIED : FD__STATUS__STATUS_OK, size);
    if (in || out) caller->on_identity(caller);
}

void request_detach_all(struct caller *caller) {
    list_each_safe(node, &fakes.slow) {
        struct fake_request *request = list_item(node, struct fake_request, node);
        if (request->caller != caller) continue;
        list_remove(node);
        free(request);
        fakes.detached++;
    }
    caller->count = 0;
}

/* Finishes the oldest one that waits. */
static inline void fake_finish(void) {
    struct fake_request *request = list_item(fakes.slow.next, struct fake_request, node);
    assert_false(list_empty(&fakes.slow));
    list_remove(&request->node);
    fake_reply(request->caller, request->id, FD__STATUS__STATUS_OK, 8);
    free(request);
}

static inline int fake_waiting(void) {
    int count = 0;
    list_each(node, &fakes.slow) count++;
    return count;
}

enum status journal_subscribe(struct journal *journal, struct subscription *subscription, const Fd__Cursor *cursor,
                              const struct subscription_callbacks *callbacks, void *owner) {
    (void)journal;
    subscription->callbacks = callbacks;
    subscription->owner = owner;
    if (fakes.subscribe_status != STATUS_OK) return fakes.subscribe_status;
    fakes.cursors[fakes.subscribed] = (Fd__Cursor){.epoch = cursor->epoch, .seq = cursor->seq};
    fakes.subscriptions[fakes.subscribed++] = subscription;
    return STATUS_OK;
}

void journal_unsubscribe(struct subscription *subscription) {
    for (int i = 0; i < fakes.subscribed; i++) {
        if (fakes.subscriptions[i] != subscription) continue;
        fakes.subscribed--;
        memmove(&fakes.subscriptions[i], &fakes.subscriptions[i + 1],
                (size_t)(fakes.subscribed - i) * sizeof(fakes.subscriptions[0]));
        fakes.unsubscribed++;
        return;
    }
}

void journal_resume(struct subscription *subscription) {
    (void)subscription;
    fakes.resumed++;
}

int64_t database_now_ms(const struct database *database) {
    (void)database;
    return 1700000000000;
}

size_t directory_memberships(const struct directory *directory, const char *person_id, struct arena *arena,
                             Fd__Membership ***memberships) {
    (void)directory;
    assert_string_equal(person_id, PERSON);
    *memberships = arena_take(arena, (size_t)fakes.sites * sizeof **memberships);
    for (int i = 0; i < fakes.sites; i++) {
        Fd__Membership *membership = message_new(arena, &fd__membership__descriptor);
        membership->site = message_new(arena, &fd__site__descriptor);
        membership->person = message_new(arena, &fd__person__descriptor);
        membership->site->id = arena_printf(arena, "site-%d", i);
        membership->person->n_roles = 1;
        membership->person->roles = arena_take(arena, sizeof(Fd__Role));
        membership->person->roles[0] = fakes.role;
        (*memberships)[i] = membership;
    }
    return (size_t)fakes.sites;
}

/* Clients */

struct client {
    struct stream stream;
    struct frame_reader reader;
    struct arena arena;
    const Fd__ServerFrame *frames[KEPT_FRAMES];
    int count, established;
    bool ended, closed, begun, answers_pings;
    enum stream_end why;
};

struct house {
    uv_loop_t loop;
    uv_prepare_t each_turn;
    uv_timer_t patience;
    struct services services;
    struct tls_context *server_tls, *client_tls;
    struct stream_loop *shared; /* the clients' */
    struct sessions *sessions;
    struct sockaddr_in address;
    struct client clients[CLIENTS];
    bool sessions_closed, shared_closed, stopped;
};

static char folder[] = "/tmp/frontdesk-session-XXXXXX";
static char certificate_path[64], key_path[64], why[WHY_BYTES];

static inline void client_send_bytes(struct client *client, const void *data, size_t length) {
    assert_int_equal(stream_send(&client->stream, data, length), STATUS_OK);
}

static inline void client_send(struct client *client, Fd__ClientFrame *frame) {
    struct bytes out = {0};
    assert_int_equal(message_append_frame(&out, &frame->base), STATUS_OK);
    client_send_bytes(client, out.data, out.length);
    bytes_free(&out);
}

static inline void client_pong(struct client *client, uint64_t nonce) {
    Fd__Pong pong = FD__PONG__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    pong.nonce = nonce;
    frame.body_case = FD__CLIENT_FRAME__BODY_PONG;
    frame.pong = &pong;
    client_send(client, &frame);
}

static void client_on_established(struct stream *stream) {
    list_item(stream, struct client, stream)->established++;
}

static void client_on_data(struct stream *stream, const uint8_t *data, size_t length) {
    struct client *client = list_item(stream, struct client, stream);
    const uint8_t *payload;
    size_t size;
    assert_int_equal(frame_reader_push(&client->reader, data, length), STATUS_OK);
    while (frame_reader_next(&client->reader, &payload, &size) == STATUS_OK) {
        ProtobufCMessage *message =
            protobuf_c_message_unpack(&fd__server_frame__descriptor, &client->arena.allocator, size, payload);
        assert_non_null(message);
        assert_true(client->count < KEPT_FRAMES);
        const Fd__ServerFrame *frame = (const Fd__ServerFrame *)(void *)message;
        client->frames[client->count++] = frame;
        if (frame->body_case == FD__SERVER_FRAME__BODY_PING && client->answers_pings)
            client_pong(client, frame->ping->nonce);
        frame_reader_pop(&client->reader);
    }
}

static void client_on_end(struct stream *stream, enum stream_end reason) {
    struct client *client = list_item(stream, struct client, stream);
    client->ended = true;
    client->why = reason;
}

static void client_on_closed(struct stream *stream) {
    list_item(stream, struct client, stream)->closed = true;
}

static const struct stream_callbacks client_callbacks = {client_on_established, client_on_data, NULL, client_on_end,
                                                         client_on_closed};

/* The house */

static int make_files(void **state) {
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(certificate_path, sizeof certificate_path, "%s/certificate.pem", folder);
    (void)snprintf(key_path, sizeof key_path, "%s/key.pem", folder);
    return tls_make_certificate(certificate_path, key_path, "localhost", why) == STATUS_OK ? 0 : -1;
}

static int remove_files(void **state) {
    (void)state;
    (void)unlink(certificate_path);
    (void)unlink(key_path);
    return rmdir(folder);
}

static void on_each_turn(uv_prepare_t *prepare) {
    (void)prepare;
    fakes.begun_in_turn = 0;
}

static void on_patience(uv_timer_t *timer) {
    (void)timer;
    (void)fprintf(stderr, "nothing happened for too long\n");
    abort();
}

/* What no test waits for; those that do, change theirs. */
static const struct session_limits patient = {
    .handshake_ms = 5 * SECOND_MS,
    .sign_in_ms = 30 * SECOND_MS,
    .frame_ms = 10 * SECOND_MS,
    .ping_ms = 20 * SECOND_MS,
    .dead_ms = 45 * SECOND_MS,
    .stalled_ms = 10 * SECOND_MS,
    .output_bytes = 256 * 1024,
    .output_mark_bytes = 64 * 1024,
    .requests_in_flight = 32,
    .frames_per_turn = 16,
    .strangers = 512,
    .connections = 10000,
};

/* Allocated, since its clients keep many frames. The limits may be changed in house->sessions->limits. */
static inline struct house *house_open(void) {
    struct house *house = calloc(1, sizeof *house);
    int port = 0;
    assert_non_null(house);
    memset(&fakes, 0, sizeof fakes);
    list_init(&fakes.slow);
    fakes.sites = 2;
    fakes.role = FD__ROLE__ROLE_DESK_CLERK;
    assert_int_equal(uv_loop_init(&house->loop), 0);
    house->services.loop = &house->loop;
    house->services.node = "node-1";
    assert_int_equal(tls_context_server(&house->server_tls, certificate_path, key_path, why), STATUS_OK);
    assert_int_equal(tls_context_client(&house->client_tls, why), STATUS_OK);
    assert_int_equal(stream_loop_open(&house->shared, &house->loop), STATUS_OK);
    assert_int_equal(sessions_open(&house->sessions, &house->services, NULL, house->server_tls, &patient), STATUS_OK);
    assert_int_equal(sessions_listen(house->sessions, "127.0.0.1", &port, why), STATUS_OK);
    assert_int_not_equal(port, 0);
    assert_int_equal(uv_ip4_addr("127.0.0.1", port, &house->address), 0);
    uv_prepare_init(&house->loop, &house->each_turn);
    uv_prepare_start(&house->each_turn, on_each_turn);
    uv_timer_init(&house->loop, &house->patience);
    uv_timer_start(&house->patience, on_patience, PATIENCE_MS, 0);
    return house;
}

#define RUN_UNTIL(house, condition)                                                                                    \
    while (!(condition)) (void)uv_run(&(house)->loop, UV_RUN_ONCE)

static inline void run_for(struct house *house, uint64_t ms) {
    uint64_t until = uv_hrtime() + ms * 1000000;
    while (uv_hrtime() < until) {
        (void)uv_run(&house->loop, UV_RUN_NOWAIT);
        (void)usleep(1000);
    }
}

static void on_sessions_closed(void *owner) {
    ((struct house *)owner)->sessions_closed = true;
}

static void on_shared_closed(void *owner) {
    ((struct house *)owner)->shared_closed = true;
}

static inline void house_stop(struct house *house, int64_t drain_ms) {
    house->stopped = true;
    sessions_close(house->sessions, drain_ms, on_sessions_closed, house);
}

/* Every test ends here: everything was given back and the loop closes clean. */
static inline void house_close(struct house *house) {
    if (!house->stopped) house_stop(house, 0);
    for (int i = 0; i < CLIENTS; i++)
        if (house->clients[i].begun) stream_abort(&house->clients[i].stream);
    RUN_UNTIL(house, house->sessions_closed);
    for (int i = 0; i < CLIENTS; i++) {
        struct client *client = &house->clients[i];
        if (!client->begun) continue;
        RUN_UNTIL(house, client->closed);
        frame_reader_free(&client->reader);
        arena_free(&client->arena);
    }
    stream_loop_close(house->shared, on_shared_closed, house);
    uv_close((uv_handle_t *)&house->patience, NULL);
    uv_close((uv_handle_t *)&house->each_turn, NULL);
    (void)uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_true(house->shared_closed);
    assert_int_equal(uv_loop_close(&house->loop), 0);
    assert_int_equal(fakes.subscribed, 0);
    assert_int_equal(fake_waiting(), 0);
    tls_context_free(house->server_tls);
    tls_context_free(house->client_tls);
    free(house);
}

/* A client in a state */

static inline struct client *connect_client(struct house *house) {
    struct client *client = house->clients;
    while (client->begun) client++;
    CHECK(client < house->clients + CLIENTS);
    client->begun = client->answers_pings = true;
    client->reader.limit = FRAME_LIMIT_ANSWER;
    arena_init(&client->arena, 64 * 1024 * 1024);
    assert_int_equal(stream_connect(&client->stream, house->shared, (const struct sockaddr *)&house->address,
                                    house->client_tls, &client_callbacks),
                     STATUS_OK);
    return client;
}

static inline const Fd__ServerFrame *last_frame(const struct client *client) {
    assert_true(client->count > 0);
    return client->frames[client->count - 1];
}

static inline void client_hello(struct client *client, uint32_t least, uint32_t most, const char *language) {
    Fd__Hello hello = FD__HELLO__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    hello.version_min = least;
    hello.version_max = most;
    hello.language = (char *)(uintptr_t)language;
    frame.body_case = FD__CLIENT_FRAME__BODY_HELLO;
    frame.hello = &hello;
    client_send(client, &frame);
}

static inline void client_request_body(struct client *client, uint64_t id, const char *operation, size_t body_bytes) {
    Fd__Request request = FD__REQUEST__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    request.id = id;
    request.operation = (char *)(uintptr_t)operation;
    request.body.data = calloc(1, body_bytes + 1);
    request.body.len = body_bytes;
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = &request;
    client_send(client, &frame);
    free(request.body.data);
}

static inline void client_request(struct client *client, uint64_t id, const char *operation) {
    client_request_body(client, id, operation, 0);
}

/* `states`: SESSION_GREETING, SESSION_STRANGER or SESSION_MEMBER. */
static inline struct client *client_in(struct house *house, enum session_state state) {
    struct client *client = connect_client(house);
    RUN_UNTIL(house, client->established > 0);
    if (state == SESSION_GREETING) return client;
    client_hello(client, 1, 1, "en");
    RUN_UNTIL(house, client->count == 1);
    assert_int_equal(client->frames[0]->body_case, FD__SERVER_FRAME__BODY_WELCOME);
    if (state == SESSION_STRANGER) return client;
    client_request(client, 1, "session.sign_in");
    RUN_UNTIL(house, client->count == 2);
    client->count = 0;
    return client;
}

/* Runs until the line is closed; the status of the goodbye before it, -1 without one. */
static inline int goodbye_of(struct house *house, struct client *client) {
    RUN_UNTIL(house, client->ended);
    if (client->count == 0 || last_frame(client)->body_case != FD__SERVER_FRAME__BODY_GOODBYE) return -1;
    return (int)last_frame(client)->goodbye->status;
}

#endif
