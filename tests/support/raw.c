/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/raw.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/bytes.h"
#include "common/frame.h"
#include "common/message.h"
#include "frontdesk/v1/account.pb-c.h"
#include "tests/support/test.h"

enum { GREETING_MS = 5000 };

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void raw_connect(struct raw *raw, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    memset(raw, 0, sizeof *raw);
    arena_init(&raw->arena, (size_t)64 << 20);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    raw->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(raw->socket >= 0);
    assert_int_equal(connect(raw->socket, (struct sockaddr *)&address, sizeof address), 0);
}

bool raw_start_tls(struct raw *raw, int maximum_version) {
    raw->context = SSL_CTX_new(TLS_client_method());
    assert_non_null(raw->context);
    SSL_CTX_set_max_proto_version(raw->context, maximum_version == 0 ? TLS1_3_VERSION : maximum_version);
    raw->tls = SSL_new(raw->context);
    assert_non_null(raw->tls);
    SSL_set_fd(raw->tls, raw->socket);
    return SSL_connect(raw->tls) == 1;
}

void raw_close(struct raw *raw) {
    SSL_free(raw->tls);
    SSL_CTX_free(raw->context);
    close(raw->socket);
    arena_free(&raw->arena);
}

void raw_send(struct raw *raw, const void *data, size_t length) {
    if (raw->tls != NULL) {
        (void)SSL_write(raw->tls, data, (int)length);
        return;
    }
    ssize_t sent = send(raw->socket, data, length, MSG_NOSIGNAL);
    (void)sent;
}

void raw_send_frame(struct raw *raw, const void *payload, size_t length) {
    uint8_t *frame = malloc(length + FRAME_HEADER_BYTES);
    assert_non_null(frame);
    frame_header(frame, length);
    if (length > 0) memcpy(frame + FRAME_HEADER_BYTES, payload, length);
    raw_send(raw, frame, length + FRAME_HEADER_BYTES);
    free(frame);
}

void raw_send_message(struct raw *raw, const ProtobufCMessage *message) {
    struct bytes packed = {0};
    assert_int_equal(message_append(&packed, message), STATUS_OK);
    raw_send_frame(raw, packed.data, packed.length);
    bytes_free(&packed);
}

void raw_hello(struct raw *raw) {
    Fd__Hello hello = FD__HELLO__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    hello.version_min = hello.version_max = 1;
    hello.client = (char *)(uintptr_t) "raw";
    hello.language = (char *)(uintptr_t) "en";
    frame.body_case = FD__CLIENT_FRAME__BODY_HELLO;
    frame.hello = &hello;
    raw_send_message(raw, &frame.base);
}

/* Reads exactly length bytes: 1 read, 0 time is over, -1 closed. */
static int read_all(struct raw *raw, uint8_t *data, size_t length, int64_t deadline_ms) {
    for (size_t done = 0; done < length;) {
        if (SSL_pending(raw->tls) == 0) {
            int64_t left = deadline_ms - now_ms();
            struct pollfd waiting = {.fd = raw->socket, .events = POLLIN};
            if (left <= 0 || poll(&waiting, 1, (int)left) <= 0) return 0;
        }
        int count = SSL_read(raw->tls, data + done, (int)(length - done));
        if (count <= 0) return -1;
        done += (size_t)count;
    }
    return 1;
}

const Fd__ServerFrame *raw_receive(struct raw *raw, int timeout_ms, bool *closed) {
    int64_t deadline_ms = now_ms() + timeout_ms;
    uint8_t header[FRAME_HEADER_BYTES];
    int outcome = read_all(raw, header, sizeof header, deadline_ms);
    *closed = outcome < 0;
    if (outcome <= 0) return NULL;
    size_t length = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];
    uint8_t *payload = arena_take(&raw->arena, length);
    assert_non_null(payload);
    outcome = read_all(raw, payload, length, deadline_ms);
    *closed = outcome < 0;
    if (outcome <= 0) return NULL;
    ProtobufCMessage *message = NULL;
    assert_int_equal(message_unpack(&fd__server_frame__descriptor, &raw->arena, payload, length, &message, NULL),
                     STATUS_OK);
    return (const Fd__ServerFrame *)message;
}

static bool plain_closed(struct raw *raw, int64_t deadline_ms) {
    char block[4096];
    while (now_ms() < deadline_ms) {
        struct pollfd waiting = {.fd = raw->socket, .events = POLLIN};
        if (poll(&waiting, 1, (int)(deadline_ms - now_ms())) > 0 && recv(raw->socket, block, sizeof block, 0) <= 0) {
            return true;
        }
    }
    return false;
}

bool raw_closed(struct raw *raw, int timeout_ms, int *goodbye) {
    int64_t deadline_ms = now_ms() + timeout_ms;
    bool closed = false;
    *goodbye = -1;
    if (raw->tls == NULL) return plain_closed(raw, deadline_ms);
    while (!closed && now_ms() < deadline_ms) {
        const Fd__ServerFrame *frame = raw_receive(raw, (int)(deadline_ms - now_ms()), &closed);
        if (frame != NULL && frame->body_case == FD__SERVER_FRAME__BODY_GOODBYE) *goodbye = (int)frame->goodbye->status;
    }
    return closed;
}

void raw_request(struct raw *raw, uint64_t id, const char *operation, const char *site_id, const char *key,
                 const ProtobufCMessage *command) {
    struct bytes body = {0};
    Fd__Request message = FD__REQUEST__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    if (command != NULL) assert_int_equal(message_append(&body, command), STATUS_OK);
    message.id = id;
    message.operation = (char *)(uintptr_t)operation;
    message.site_id = (char *)(uintptr_t)site_id;
    message.key = (char *)(uintptr_t)key;
    message.body.data = body.data;
    message.body.len = body.length;
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = &message;
    raw_send_message(raw, &frame.base);
    bytes_free(&body);
}

void raw_greet(struct raw *raw, int port) {
    bool closed;
    raw_connect(raw, port);
    assert_true(raw_start_tls(raw, 0));
    raw_hello(raw);
    const Fd__ServerFrame *frame = raw_receive(raw, GREETING_MS, &closed);
    assert_non_null(frame);
    assert_int_equal(frame->body_case, FD__SERVER_FRAME__BODY_WELCOME);
}

const Fd__Reply *raw_reply(struct raw *raw, uint64_t id) {
    bool closed = false;
    for (int i = 0; i < 100 && !closed; i++) {
        const Fd__ServerFrame *frame = raw_receive(raw, 3000, &closed);
        if (frame == NULL) return NULL;
        if (frame->body_case == FD__SERVER_FRAME__BODY_REPLY && frame->reply->id == id) return frame->reply;
    }
    return NULL;
}

enum status raw_try_sign_in(struct raw *raw, const char *login, const char *password) {
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = (char *)(uintptr_t)login;
    command.password = (char *)(uintptr_t)password;
    command.device_id = (char *)(uintptr_t) "01900000-0000-7000-8000-00000000abcd";
    raw_request(raw, 1, "session.sign_in", "", "", &command.base);
    const Fd__Reply *answer = raw_reply(raw, 1);
    return answer != NULL ? (enum status)answer->status : STATUS_UNAVAILABLE;
}

void raw_sign_in(struct raw *raw, const char *login, const char *password) {
    assert_int_equal(raw_try_sign_in(raw, login, password), STATUS_OK);
}

void raw_subscribe(struct raw *raw, const char *site_id, int64_t epoch, int64_t seq) {
    Fd__Cursor cursor = FD__CURSOR__INIT, *cursors[] = {&cursor};
    Fd__Subscribe message = FD__SUBSCRIBE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    cursor.site_id = (char *)(uintptr_t)site_id;
    cursor.epoch = epoch;
    cursor.seq = seq;
    message.cursors = cursors;
    message.n_cursors = site_id != NULL ? 1 : 0;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &message;
    raw_send_message(raw, &frame.base);
}
