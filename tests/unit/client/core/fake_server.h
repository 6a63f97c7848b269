/* SPDX-License-Identifier: Apache-2.0 */
/* A server of a few hundred lines that speaks the wire and misbehaves on request. One loop with the client. */
#ifndef FRONTDESK_TESTS_FAKE_SERVER_H
#define FRONTDESK_TESTS_FAKE_SERVER_H

#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "client/core/client.h"
#include "common/frame.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/stream.h"
#include "common/tls.h"
#include "frontdesk/v1/complaint.pb-c.h"

enum {
    FAKE_LINES = 512,
    FAKE_REQUESTS = 256,
    FAKE_TEXT_BYTES = 64,
    FAKE_BODY_BYTES = 256,
    FAKE_PATH_BYTES = 256,
    FAKE_DEADLINE_MS = 20000
};

#define FAKE_SITE "01890000-0000-7000-8000-000000000001"
#define FAKE_PERSON "01890000-0000-7000-8000-000000000002"
#define FAKE_OTHER_PERSON "01890000-0000-7000-8000-000000000003"

struct fake_server;

struct fake_line {
    struct stream stream;
    struct fake_server *server;
    struct frame_reader reader;
    bool open, closed;
};

struct fake_request {
    char operation[FAKE_TEXT_BYTES], key[FAKE_TEXT_BYTES], site_id[FAKE_TEXT_BYTES];
    uint64_t id;
    size_t line;
    uint8_t body[FAKE_BODY_BYTES];
    size_t length;
};

struct fake_server {
    uv_loop_t loop;
    uv_tcp_t listener;
    struct tls_context *tls;
    struct stream_loop *shared;
    char directory[FAKE_PATH_BYTES];
    int port;
    struct fake_line lines[FAKE_LINES];
    size_t line_count;
    struct fake_request requests[FAKE_REQUESTS]; /* but signing in and resuming */
    size_t request_count;
    int hellos, pings, pongs, goodbyes, sign_ins, resumes, stale_tokens, subscribes;
    int64_t epoch_asked, seq_asked; /* of the last Subscribe's first cursor */
    size_t cursors_asked;
    int token;    /* the newest one given out */
    int drops;    /* so many requests end their line unanswered */
    int busies;   /* so many requests are answered BUSY */
    int silences; /* so many requests are not answered */
    int refusals; /* so many requests are answered with refuse_with */
    Fd__Status refuse_with;
    int64_t busy_ms;
    bool deaf; /* requests are lost on their way */
    bool shut; /* every connection ends at once */
    bool refuse_resume, must_change, mute, other_person, no_place;
    uint32_t version;
    bool shared_closed;
};

static void fake_send(struct fake_line *line, Fd__ServerFrame *frame) {
    struct bytes out = {0};
    assert_int_equal(message_append_frame(&out, &frame->base), STATUS_OK);
    if (line->open && !line->stream.closing)
        assert_int_equal(stream_send(&line->stream, out.data, out.length), STATUS_OK);
    bytes_free(&out);
}

static inline struct fake_line *fake_last(struct fake_server *server) {
    return &server->lines[server->line_count - 1];
}

static void fake_reply(struct fake_line *line, uint64_t id, Fd__Status status, const ProtobufCMessage *response) {
    struct bytes body = {0};
    Fd__Reply reply = FD__REPLY__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    if (response != NULL) assert_int_equal(message_append(&body, response), STATUS_OK);
    reply.id = id;
    reply.status = status;
    reply.message = (char *)(status == FD__STATUS__STATUS_OK ? "" : "because");
    reply.retry_after_ms = status == FD__STATUS__STATUS_BUSY ? line->server->busy_ms : 0;
    reply.body = (ProtobufCBinaryData){.data = body.data, .len = body.length};
    frame.body_case = FD__SERVER_FRAME__BODY_REPLY;
    frame.reply = &reply;
    fake_send(line, &frame);
    bytes_free(&body);
}

static void fake_signed_in(struct fake_line *line, uint64_t id) {
    struct fake_server *server = line->server;
    char token[FAKE_TEXT_BYTES];
    Fd__SignInResponse response = FD__SIGN_IN_RESPONSE__INIT;
    (void)snprintf(token, sizeof token, "token-%d", ++server->token);
    response.token = token;
    response.person_id = (char *)(server->other_person ? FAKE_OTHER_PERSON : FAKE_PERSON);
    response.name = (char *)"李娜";
    response.password_must_change = server->must_change;
    Fd__Site site = FD__SITE__INIT;
    Fd__Membership membership = FD__MEMBERSHIP__INIT, *memberships = &membership;
    site.id = (char *)FAKE_SITE;
    membership.site = &site;
    response.memberships = &memberships;
    response.n_memberships = server->no_place ? 0 : 1;
    fake_reply(line, id, FD__STATUS__STATUS_OK, &response.base);
}

static void fake_resume(struct fake_line *line, const Fd__Request *request) {
    struct fake_server *server = line->server;
    char newest[FAKE_TEXT_BYTES];
    Fd__ResumeSessionRequest *resume = fd__resume_session_request__unpack(NULL, request->body.len, request->body.data);
    assert_non_null(resume);
    server->resumes++;
    (void)snprintf(newest, sizeof newest, "token-%d", server->token);
    bool stale = strcmp(resume->token, newest) != 0;
    server->stale_tokens += stale;
    fd__resume_session_request__free_unpacked(resume, NULL);
    if (stale || server->refuse_resume)
        fake_reply(line, request->id, FD__STATUS__STATUS_UNAUTHENTICATED, NULL);
    else
        fake_signed_in(line, request->id);
}

static void fake_sign_in(struct fake_line *line, const Fd__Request *request) {
    struct fake_server *server = line->server;
    Fd__SignInRequest *sign_in = fd__sign_in_request__unpack(NULL, request->body.len, request->body.data);
    assert_non_null(sign_in);
    server->sign_ins++;
    bool right = strcmp(sign_in->password, "right") == 0;
    assert_true(uuid_valid(sign_in->device_id));
    fd__sign_in_request__free_unpacked(sign_in, NULL);
    if (right)
        fake_signed_in(line, request->id);
    else
        fake_reply(line, request->id, FD__STATUS__STATUS_UNAUTHENTICATED, NULL);
}

static bool fake_same(const struct fake_request *a, const struct fake_request *b) {
    return strcmp(a->key, b->key) == 0;
}

/* How many commands have taken effect up to and with this one: the same key counts once. */
static inline size_t fake_effects(const struct fake_server *server, size_t count) {
    size_t effects = 0;
    for (size_t i = 0; i < count; i++) {
        bool first = true;
        for (size_t j = 0; j < i; j++) first = first && !fake_same(&server->requests[i], &server->requests[j]);
        effects += first;
    }
    return effects;
}

/* The record that a registration made: the same number for the same key. */
static void fake_registered(struct fake_line *line, const struct fake_request *seen) {
    const struct fake_server *server = line->server;
    size_t first = 0;
    while (!fake_same(&server->requests[first], seen)) first++;
    char number[FAKE_TEXT_BYTES];
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    Fd__RegisterComplaintResponse response = FD__REGISTER_COMPLAINT_RESPONSE__INIT;
    (void)snprintf(number, sizeof number, "C-%zu", fake_effects(server, first + 1));
    complaint.number = number;
    response.complaint = &complaint;
    fake_reply(line, seen->id, FD__STATUS__STATUS_OK, &response.base);
}

static void fake_on_request(struct fake_line *line, const Fd__Request *request) {
    struct fake_server *server = line->server;
    if (strcmp(request->operation, "session.resume") == 0) {
        fake_resume(line, request);
        return;
    }
    if (strcmp(request->operation, "session.sign_in") == 0) {
        fake_sign_in(line, request);
        return;
    }
    assert_true(server->request_count < FAKE_REQUESTS);
    struct fake_request *seen = &server->requests[server->request_count++];
    (void)snprintf(seen->operation, sizeof seen->operation, "%s", request->operation);
    (void)snprintf(seen->key, sizeof seen->key, "%s", request->key);
    (void)snprintf(seen->site_id, sizeof seen->site_id, "%s", request->site_id);
    seen->id = request->id;
    seen->line = (size_t)(line - server->lines);
    assert_true(request->body.len <= sizeof seen->body);
    if (request->body.len > 0) memcpy(seen->body, request->body.data, request->body.len);
    seen->length = request->body.len;
    Fd__SignOutResponse empty = FD__SIGN_OUT_RESPONSE__INIT;
    if (server->deaf) {
        server->request_count--;
    } else if (server->drops > 0) {
        server->drops--;
        stream_abort(&line->stream);
    } else if (server->busies > 0) {
        server->busies--;
        fake_reply(line, request->id, FD__STATUS__STATUS_BUSY, NULL);
    } else if (server->silences > 0) {
        server->silences--;
    } else if (server->refusals > 0) {
        server->refusals--;
        fake_reply(line, request->id, server->refuse_with, NULL);
    } else if (strcmp(request->operation, "complaint.register") == 0) {
        fake_registered(line, seen);
    } else {
        fake_reply(line, request->id, FD__STATUS__STATUS_OK, &empty.base);
    }
}

static void fake_welcome(struct fake_line *line) {
    Fd__Welcome welcome = FD__WELCOME__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    line->server->hellos++;
    welcome.version = line->server->version;
    welcome.server = (char *)"fake";
    welcome.frame_limit_bytes = FRAME_LIMIT;
    welcome.requests_in_flight = 4;
    welcome.now_ms = moment_now_ms() - 5000;
    frame.body_case = FD__SERVER_FRAME__BODY_WELCOME;
    frame.welcome = &welcome;
    fake_send(line, &frame);
}

static void fake_on_frame(struct fake_line *line, const Fd__ClientFrame *client) {
    struct fake_server *server = line->server;
    Fd__Pong pong = FD__PONG__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    switch (client->body_case) {
    case FD__CLIENT_FRAME__BODY_HELLO:
        if (!server->mute) fake_welcome(line);
        break;
    case FD__CLIENT_FRAME__BODY_REQUEST: fake_on_request(line, client->request); break;
    case FD__CLIENT_FRAME__BODY_SUBSCRIBE:
        server->subscribes++;
        server->cursors_asked = client->subscribe->n_cursors;
        server->epoch_asked = client->subscribe->cursors[0]->epoch;
        server->seq_asked = client->subscribe->cursors[0]->seq;
        break;
    case FD__CLIENT_FRAME__BODY_PING:
        server->pings++;
        pong.nonce = client->ping->nonce;
        frame.body_case = FD__SERVER_FRAME__BODY_PONG;
        frame.pong = &pong;
        if (!server->mute) fake_send(line, &frame);
        break;
    case FD__CLIENT_FRAME__BODY_PONG: server->pongs++; break;
    case FD__CLIENT_FRAME__BODY_GOODBYE:
        server->goodbyes++;
        stream_close(&line->stream);
        break;
    default: fail(); break;
    }
}

static void fake_on_data(struct stream *stream, const uint8_t *data, size_t length) {
    struct fake_line *line = (struct fake_line *)(void *)stream;
    const uint8_t *payload = NULL;
    size_t payload_length = 0;
    assert_int_equal(frame_reader_push(&line->reader, data, length), STATUS_OK);
    while (line->open && frame_reader_next(&line->reader, &payload, &payload_length) == STATUS_OK) {
        Fd__ClientFrame *frame = fd__client_frame__unpack(NULL, payload_length, payload);
        assert_non_null(frame);
        fake_on_frame(line, frame);
        fd__client_frame__free_unpacked(frame, NULL);
        frame_reader_pop(&line->reader);
    }
}

static void fake_on_end(struct stream *stream, enum stream_end why) {
    (void)why;
    ((struct fake_line *)(void *)stream)->open = false;
}

static void fake_on_closed(struct stream *stream) {
    struct fake_line *line = (struct fake_line *)(void *)stream;
    frame_reader_free(&line->reader);
    line->closed = true;
}

static const struct stream_callbacks fake_callbacks = {
    .on_data = fake_on_data,
    .on_end = fake_on_end,
    .on_closed = fake_on_closed,
};

static void fake_on_connection(uv_stream_t *listener, int result) {
    struct fake_server *server = listener->data;
    assert_int_equal(result, 0);
    assert_true(server->line_count < FAKE_LINES);
    struct fake_line *line = &server->lines[server->line_count++];
    line->server = server;
    line->reader.limit = FRAME_LIMIT;
    line->open = true;
    assert_int_equal(stream_accept(&line->stream, server->shared, listener, server->tls, &fake_callbacks), STATUS_OK);
    if (server->shut) stream_abort(&line->stream);
}

/* Each turn at most a millisecond's sleep, so that a condition that a timer makes true is seen. */
#define RUN_UNTIL(server, condition)                                                                                   \
    do {                                                                                                               \
        uint64_t run_deadline = uv_hrtime() + (uint64_t)FAKE_DEADLINE_MS * 1000000;                                    \
        while (!(condition)) {                                                                                         \
            if (uv_hrtime() > run_deadline) fail_msg("not in time: %s", #condition);                                   \
            uv_run(&(server)->loop, UV_RUN_NOWAIT);                                                                    \
            (void)usleep(500);                                                                                         \
        }                                                                                                              \
    } while (0)

static inline void fake_run_for(struct fake_server *server, int64_t duration_ms) {
    uint64_t end = uv_hrtime() + (uint64_t)duration_ms * 1000000;
    RUN_UNTIL(server, uv_hrtime() > end);
}

static void fake_use_certificate(struct fake_server *server, const char *name) {
    char certificate[FAKE_PATH_BYTES + 32], key[FAKE_PATH_BYTES + 32], why[WHY_BYTES] = "";
    (void)snprintf(certificate, sizeof certificate, "%s/%s.pem", server->directory, name);
    (void)snprintf(key, sizeof key, "%s/%s.key", server->directory, name);
    assert_int_equal(tls_make_certificate(certificate, key, "fake", why), STATUS_OK);
    if (server->tls != NULL) tls_context_free(server->tls);
    assert_int_equal(tls_context_server(&server->tls, certificate, key, why), STATUS_OK);
}

static void fake_open(struct fake_server *server) {
    struct sockaddr_in address;
    int length = sizeof address;
    *server = (struct fake_server){.version = 1};
    (void)snprintf(server->directory, sizeof server->directory, "/tmp/frontdesk-test-XXXXXX");
    assert_non_null(mkdtemp(server->directory));
    assert_int_equal(uv_loop_init(&server->loop), 0);
    assert_int_equal(stream_loop_open(&server->shared, &server->loop), STATUS_OK);
    fake_use_certificate(server, "first");
    assert_int_equal(uv_tcp_init(&server->loop, &server->listener), 0);
    server->listener.data = server;
    assert_int_equal(uv_ip4_addr("127.0.0.1", 0, &address), 0);
    assert_int_equal(uv_tcp_bind(&server->listener, (const struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&server->listener, 16, fake_on_connection), 0);
    assert_int_equal(uv_tcp_getsockname(&server->listener, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
}

static void fake_on_shared_closed(void *owner) {
    ((struct fake_server *)owner)->shared_closed = true;
}

static bool fake_lines_closed(const struct fake_server *server) {
    for (size_t i = 0; i < server->line_count; i++)
        if (!server->lines[i].closed) return false;
    return true;
}

/* Fails unless every handle of client and server was closed. */
static void fake_close(struct fake_server *server) {
    char command_path[FAKE_PATH_BYTES + 64];
    static const char *const files[] = {"first.pem",
                                        "first.key",
                                        "second.pem",
                                        "second.key",
                                        "state/state.db",
                                        "state/state.db-wal",
                                        "state/state.db-shm",
                                        "state/session.lock",
                                        "state/outbox.db",
                                        "state/outbox.db-wal",
                                        "state/outbox.db-shm",
                                        "state/outbox.lock",
                                        "state",
                                        ""};
    uv_close((uv_handle_t *)&server->listener, NULL);
    for (size_t i = 0; i < server->line_count; i++)
        if (!server->lines[i].closed) stream_abort(&server->lines[i].stream);
    RUN_UNTIL(server, fake_lines_closed(server));
    stream_loop_close(server->shared, fake_on_shared_closed, server);
    RUN_UNTIL(server, server->shared_closed);
    uv_run(&server->loop, UV_RUN_NOWAIT);
    assert_int_equal(uv_loop_close(&server->loop), 0);
    tls_context_free(server->tls);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(command_path, sizeof command_path, "%s/%s", server->directory, files[i]);
        (void)remove(command_path);
    }
}

static inline void fake_event(struct fake_line *line, int64_t epoch, int64_t seq, const char *kind) {
    Fd__Event event = FD__EVENT__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    event.site_id = (char *)FAKE_SITE;
    event.epoch = epoch;
    event.seq = seq;
    event.kind = (char *)kind;
    frame.body_case = FD__SERVER_FRAME__BODY_EVENT;
    frame.event = &event;
    fake_send(line, &frame);
}

static inline void fake_reset(struct fake_line *line, int64_t epoch, int64_t seq) {
    Fd__Reset reset = FD__RESET__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    reset.site_id = (char *)FAKE_SITE;
    reset.epoch = epoch;
    reset.seq = seq;
    reset.reason = FD__RESET_REASON__RESET_REASON_FRESH;
    frame.body_case = FD__SERVER_FRAME__BODY_RESET;
    frame.reset = &reset;
    fake_send(line, &frame);
}

static inline void fake_snapshot(struct fake_line *line, int64_t seq, bool last) {
    Fd__Snapshot snapshot = FD__SNAPSHOT__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    snapshot.site_id = (char *)FAKE_SITE;
    snapshot.seq = seq;
    snapshot.record_type = (char *)"complaint";
    snapshot.last = last;
    frame.body_case = FD__SERVER_FRAME__BODY_SNAPSHOT;
    frame.snapshot = &snapshot;
    fake_send(line, &frame);
}

#endif
