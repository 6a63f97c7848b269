/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/company.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/message.h"
#include "common/moment.h"
#include "frontdesk/v1/account.pb-c.h"
#include "tests/fault/room.h"
#include "tests/support/desk.h"
#include "tests/support/test.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

#define TEXT(literal) ((char *)(uintptr_t)(literal))
/* The secret half of every token here. */
#define SECRET "abababababababababababababababababababababababababababababababab"

static struct guest *guest_of(struct stream *stream) {
    return list_item(stream, struct guest, stream);
}

int64_t steady_us(void) {
    return (int64_t)(uv_hrtime() / 1000);
}

/* Saying */

static void send_frame(struct guest *guest, const Fd__ClientFrame *frame) {
    struct bytes out = {0};
    assert_int_equal(message_append_frame(&out, &frame->base), STATUS_OK);
    (void)!stream_send(&guest->stream, out.data, out.length); /* one that is gone hears of it by its end */
    bytes_free(&out);
}

void guest_say_hello(struct guest *guest) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Hello hello = FD__HELLO__INIT;
    hello.version_min = hello.version_max = 1;
    hello.client = TEXT("company");
    hello.language = TEXT("en");
    frame.body_case = FD__CLIENT_FRAME__BODY_HELLO;
    frame.hello = &hello;
    send_frame(guest, &frame);
}

void guest_ask(struct guest *guest, const char *operation, const ProtobufCMessage *command) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Request request = FD__REQUEST__INIT;
    struct bytes body = {0};
    char key[UUID_TEXT_BYTES];
    assert_int_equal(message_append(&body, command), STATUS_OK);
    uuid_make(key, moment_now_ms());
    request.id = ++guest->next_id;
    request.operation = TEXT(operation);
    request.site_id = TEXT(guest->site_id != NULL ? guest->site_id : "");
    request.key = key;
    request.body = (ProtobufCBinaryData){.data = body.data, .len = body.length};
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = &request;
    guest->waiting++;
    guest->asked_us = steady_us();
    send_frame(guest, &frame);
    bytes_free(&body);
}

static int number_of(const struct guest *guest) {
    return (int)(guest - guest->company->guests);
}

void guest_sign_in(struct guest *guest, const char *login, const char *password) {
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    char device[UUID_TEXT_BYTES];
    uuid_make(device, moment_now_ms());
    command.login = TEXT(login);
    command.password = TEXT(password);
    command.device_id = device;
    guest_ask(guest, "session.sign_in", &command.base);
}

static void resume(struct guest *guest) {
    Fd__ResumeSessionRequest command = FD__RESUME_SESSION_REQUEST__INIT;
    char id[UUID_TEXT_BYTES], token[128];
    snprintf(id, sizeof id, "01900000-0000-7000-8000-%012d", number_of(guest) + 1);
    snprintf(token, sizeof token, "%s." SECRET, id);
    command.token = token;
    command.device_id = id;
    guest_ask(guest, "session.resume", &command.base);
}

static void follow(struct guest *guest) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Subscribe subscribe = FD__SUBSCRIBE__INIT;
    Fd__Cursor cursor = FD__CURSOR__INIT, *cursors[] = {&cursor};
    cursor.site_id = TEXT(guest->site_id);
    cursor.epoch = guest->epoch;
    cursor.seq = guest->seq;
    subscribe.cursors = cursors;
    subscribe.n_cursors = 1;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &subscribe;
    send_frame(guest, &frame);
    guest->step = GUEST_FOLLOWING;
}

/* Hearing */

static void take_reply(struct guest *guest, const Fd__Reply *reply) {
    guest->waiting--;
    if (guest->step != GUEST_GREETED || guest->goal < GUEST_MEMBER) {
        if (guest->company->on_reply != NULL) guest->company->on_reply(guest, reply);
        return;
    }
    if (reply->status != FD__STATUS__STATUS_OK) fail_msg("a session is not good: %s", reply->message);
    guest->step = GUEST_MEMBER;
    if (guest->goal == GUEST_FOLLOWING) follow(guest);
}

static void take_event(struct guest *guest, const Fd__Event *event) {
    if (event->seq != guest->seq + 1 || event->epoch != guest->epoch) guest->gaps++;
    guest->seq = event->seq;
    if (guest->company->on_event != NULL) guest->company->on_event(guest, event);
}

static void take_frame(struct guest *guest, const Fd__ServerFrame *frame) {
    Fd__ClientFrame answer = FD__CLIENT_FRAME__INIT;
    Fd__Pong pong = FD__PONG__INIT;
    switch (frame->body_case) {
    case FD__SERVER_FRAME__BODY_WELCOME:
        guest->step = GUEST_GREETED;
        if (guest->goal >= GUEST_MEMBER) resume(guest);
        break;
    case FD__SERVER_FRAME__BODY_REPLY: take_reply(guest, frame->reply); break;
    case FD__SERVER_FRAME__BODY_RESET:
        guest->resets++;
        guest->epoch = frame->reset->epoch;
        guest->seq = frame->reset->seq;
        break;
    case FD__SERVER_FRAME__BODY_EVENT: take_event(guest, frame->event); break;
    case FD__SERVER_FRAME__BODY_PING:
        pong.nonce = frame->ping->nonce;
        answer.body_case = FD__CLIENT_FRAME__BODY_PONG;
        answer.pong = &pong;
        send_frame(guest, &answer);
        break;
    case FD__SERVER_FRAME__BODY_GOODBYE: guest->goodbye = (int)frame->goodbye->status; break;
    default: break;
    }
}

static void on_data(struct stream *stream, const uint8_t *data, size_t length) {
    struct guest *guest = guest_of(stream);
    struct arena *arena = &guest->company->arena;
    const uint8_t *payload;
    size_t size;
    assert_int_equal(frame_reader_push(&guest->reader, data, length), STATUS_OK);
    while (!guest->deaf && frame_reader_next(&guest->reader, &payload, &size) == STATUS_OK) {
        ProtobufCMessage *message = NULL;
        assert_int_equal(message_unpack(&fd__server_frame__descriptor, arena, payload, size, &message, NULL),
                         STATUS_OK);
        take_frame(guest, (const Fd__ServerFrame *)(void *)message);
        arena_free(arena);
        frame_reader_pop(&guest->reader);
    }
}

/* Coming and going */

static void on_established(struct stream *stream) {
    struct guest *guest = guest_of(stream);
    guest->step = GUEST_TLS;
    if (guest->goal >= GUEST_GREETED) guest_say_hello(guest);
}

static void on_end(struct stream *stream, enum stream_end why) {
    struct guest *guest = guest_of(stream);
    (void)why;
    guest->step = GUEST_AWAY;
    guest->ended_ms = steady_ms();
}

static void on_closed(struct stream *stream) {
    struct guest *guest = guest_of(stream);
    frame_reader_free(&guest->reader);
    guest->open = false;
}

static const struct stream_callbacks callbacks = {
    .on_established = on_established, .on_data = on_data, .on_end = on_end, .on_closed = on_closed};

/* A small window is agreed on when the line is made. */
static void narrow(struct guest *guest) {
    int descriptor, bytes = guest->company->receive_bytes;
    if (bytes == 0 || uv_fileno((uv_handle_t *)&guest->stream.tcp, &descriptor) != 0) return;
    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes), 0);
}

void guest_come(struct guest *guest, enum guest_step goal) {
    struct company *company = guest->company;
    struct sockaddr_in address;
    assert_false(guest->open);
    assert_int_equal(uv_ip4_addr("127.0.0.1", company->port, &address), 0);
    guest->reader = (struct frame_reader){.limit = FRAME_LIMIT_ANSWER};
    guest->goal = goal;
    guest->step = GUEST_TCP;
    guest->deaf = false;
    guest->open = true;
    guest->waiting = 0;
    guest->goodbye = -1;
    guest->began_ms = steady_ms();
    guest->ended_ms = 0;
    assert_int_equal(
        stream_connect(&guest->stream, company->shared, (const struct sockaddr *)&address, company->tls, &callbacks),
        STATUS_OK);
    narrow(guest);
}

void guest_go(struct guest *guest) {
    if (guest->open) stream_abort(&guest->stream);
}

void guest_deaf(struct guest *guest) {
    guest->deaf = true;
    stream_stop_reading(&guest->stream);
}

void company_open(struct company *company, uv_loop_t *loop, const struct daemon_process *daemon, int count) {
    char why[WHY_BYTES];
    memset(company, 0, sizeof *company);
    company->loop = loop;
    company->port = daemon->port;
    company->count = count;
    company->guests = calloc((size_t)count, sizeof *company->guests);
    assert_non_null(company->guests);
    for (int i = 0; i < count; i++) company->guests[i].company = company;
    arena_init(&company->arena, ARENA_BYTES);
    assert_int_equal(stream_loop_open(&company->shared, loop), STATUS_OK);
    assert_int_equal(tls_context_client(&company->tls, why), STATUS_OK);
    company->shared_open = true;
}

static int open_ones(const struct company *company) {
    int open = 0;
    for (int i = 0; i < company->count; i++) open += company->guests[i].open;
    return open;
}

static void on_shared_closed(void *owner) {
    ((struct company *)owner)->shared_open = false;
}

void company_close(struct company *company) {
    for (int i = 0; i < company->count; i++) guest_go(&company->guests[i]);
    while (open_ones(company) > 0) desk_turn(company->loop);
    stream_loop_close(company->shared, on_shared_closed, company);
    while (company->shared_open) desk_turn(company->loop);
    tls_context_free(company->tls);
    arena_free(&company->arena);
    free(company->guests);
}

void company_sessions(struct company *company, const struct daemon_process *daemon, const char *login) {
    char sql[900];
    PGconn *database = daemon_database(daemon);
    snprintf(sql, sizeof sql,
             "insert into session (id, person_id, device_id, desk, token_hash, proven_at, last_used_at, expires_at) "
             "select made.id, person.id, made.id, '', sha256(convert_to(made.id || '." SECRET "', 'UTF8')), "
             "now() + interval '1 hour', now(), now() + interval '1 day' from person, (select "
             "('01900000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid as id "
             "from generate_series(1, %d) as number) as made where person.login = '%s' "
             "on conflict (id) do update set token_hash = excluded.token_hash, previous_hash = null, revoked_at = null",
             company->count, login);
    PGresult *result = PQexec(database, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
    PQfinish(database);
}

/* Looking */

int company_count(const struct company *company, enum guest_step step) {
    int count = 0;
    for (int i = 0; i < company->count; i++) count += company->guests[i].open && company->guests[i].step >= step;
    return count;
}

bool company_until(struct company *company, enum guest_step step, int count, int64_t patience_ms) {
    for (int64_t until = steady_ms() + patience_ms; company_count(company, step) < count; desk_turn(company->loop))
        if (steady_ms() > until) return false;
    return true;
}

int64_t rss_bytes(pid_t pid) {
    char path[64], line[256];
    long long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "RssAnon: %lld kB", &kib) == 1) break;
    fclose(file);
    return kib * 1024;
}

int sockets_of(pid_t pid) {
    char path[64], link[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        ssize_t length = readlinkat(dirfd(directory), entry->d_name, link, sizeof link - 1);
        count += length > 7 && strncmp(link, "socket:", 7) == 0;
    }
    closedir(directory);
    return count;
}
