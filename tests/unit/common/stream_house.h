/* SPDX-License-Identifier: Apache-2.0 */
/* A server and its clients in one process, over loopback, for the tests of common/stream. */
#ifndef FRONTDESK_TESTS_STREAM_HOUSE_H
#define FRONTDESK_TESTS_STREAM_HOUSE_H

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/stream.h"
#include "tests/support/test.h"

enum { ENDS_LIMIT = 4, PATIENCE_MS = 20000, NO_END = -1 };
enum moment { NEVER, ON_ESTABLISHED, ON_DATA, ON_DRAINED, ON_END };

struct house;

/* One end of a line, with what happened to it and what it does by itself. */
struct end {
    struct stream stream;
    struct house *house;
    struct bytes received;
    int established, data_calls, drained, ends, closed;
    int why;
    bool echo;
    enum moment close_on;
    bool abort_instead;
    size_t to_send; /* sent in pieces, each when the one before has drained */
};

struct house {
    uv_loop_t loop;
    uv_tcp_t listener;
    uv_timer_t patience;
    struct stream_loop *shared;
    struct tls_context *server, *client;
    struct end ends[ENDS_LIMIT]; /* accepted ones as they come; the last one connects */
    int accepted;
    struct sockaddr_in address;
    bool shared_closed;
};

static char folder[] = "/tmp/frontdesk-stream-XXXXXX";
static char certificate_path[64], key_path[64], why[WHY_BYTES];

static inline int make_files(void **state) {
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(certificate_path, sizeof certificate_path, "%s/certificate.pem", folder);
    (void)snprintf(key_path, sizeof key_path, "%s/key.pem", folder);
    return tls_make_certificate(certificate_path, key_path, "localhost", why) == STATUS_OK ? 0 : -1;
}

static inline int remove_files(void **state) {
    (void)state;
    (void)unlink(certificate_path);
    (void)unlink(key_path);
    return rmdir(folder);
}

static struct end *end_of(struct stream *stream) {
    return list_item(stream, struct end, stream);
}

static inline void happened(struct end *end, enum moment moment) {
    if (end->close_on != moment) return;
    if (end->abort_instead)
        stream_abort(&end->stream);
    else
        stream_close(&end->stream);
}

static inline void send_piece(struct end *end) {
    static uint8_t piece[50 * 1000];
    size_t length = end->to_send < sizeof piece ? end->to_send : sizeof piece;
    for (size_t i = 0; i < length; i++) piece[i] = (uint8_t)((end->to_send - i) * 7);
    if (length > 0) assert_int_equal(stream_send(&end->stream, piece, length), STATUS_OK);
    end->to_send -= length;
}

static inline void on_established(struct stream *stream) {
    struct end *end = end_of(stream);
    end->established++;
    send_piece(end);
    happened(end, ON_ESTABLISHED);
}

static inline void on_data(struct stream *stream, const uint8_t *data, size_t length) {
    struct end *end = end_of(stream);
    end->data_calls++;
    assert_int_equal(end->ends, 0);
    assert_int_equal(bytes_append(&end->received, data, length), STATUS_OK);
    if (end->echo) assert_int_equal(stream_send(stream, data, length), STATUS_OK);
    happened(end, ON_DATA);
}

static inline void on_drained(struct stream *stream) {
    struct end *end = end_of(stream);
    end->drained++;
    assert_true(stream_queued(stream) <= stream->low_mark_bytes);
    send_piece(end);
    happened(end, ON_DRAINED);
}

static inline void on_end(struct stream *stream, enum stream_end reason) {
    struct end *end = end_of(stream);
    end->ends++;
    end->why = (int)reason;
    assert_int_equal(end->closed, 0);
    happened(end, ON_END);
}

static inline void on_closed(struct stream *stream) {
    struct end *end = end_of(stream);
    end->closed++;
    assert_int_equal(end->ends, 1);
}

static const struct stream_callbacks callbacks = {on_established, on_data, on_drained, on_end, on_closed};

static inline void on_connection(uv_stream_t *listener, int status) {
    struct house *house = listener->data;
    assert_int_equal(status, 0);
    struct end *end = &house->ends[house->accepted++];
    assert_int_equal(stream_accept(&end->stream, house->shared, listener, house->server, &callbacks), STATUS_OK);
}

static inline void on_patience(uv_timer_t *timer) {
    (void)timer;
    (void)fprintf(stderr, "nothing happened for too long\n");
    abort();
}

static inline void house_open(struct house *house) {
    memset(house, 0, sizeof *house);
    for (int i = 0; i < ENDS_LIMIT; i++) {
        house->ends[i].house = house;
        house->ends[i].why = NO_END;
    }
    assert_int_equal(uv_loop_init(&house->loop), 0);
    assert_int_equal(stream_loop_open(&house->shared, &house->loop), STATUS_OK);
    assert_int_equal(tls_context_server(&house->server, certificate_path, key_path, why), STATUS_OK);
    assert_int_equal(tls_context_client(&house->client, why), STATUS_OK);
    uv_tcp_init(&house->loop, &house->listener);
    house->listener.data = house;
    uv_ip4_addr("127.0.0.1", 0, &house->address);
    assert_int_equal(uv_tcp_bind(&house->listener, (struct sockaddr *)&house->address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&house->listener, 16, on_connection), 0);
    int length = sizeof house->address;
    uv_tcp_getsockname(&house->listener, (struct sockaddr *)&house->address, &length);
    uv_timer_init(&house->loop, &house->patience);
    uv_timer_start(&house->patience, on_patience, PATIENCE_MS, 0);
}

static struct end *connecting(struct house *house) {
    return &house->ends[ENDS_LIMIT - 1];
}

static struct end *house_connect(struct house *house) {
    struct end *end = connecting(house);
    const struct sockaddr *address = (const struct sockaddr *)&house->address;
    assert_int_equal(stream_connect(&end->stream, house->shared, address, house->client, &callbacks), STATUS_OK);
    return end;
}

#define RUN_UNTIL(house, condition)                                                                                    \
    while (!(condition)) (void)uv_run(&(house)->loop, UV_RUN_ONCE)

static inline void establish(struct house *house) {
    house_connect(house);
    RUN_UNTIL(house, house->ends[0].established > 0 && connecting(house)->established > 0);
}

static inline void on_shared_closed(void *owner) {
    ((struct house *)owner)->shared_closed = true;
}

/* Every test ends here: the loop must close clean and every stream must have told its end once. */
static inline void house_close(struct house *house) {
    for (int i = 0; i < ENDS_LIMIT; i++) {
        struct end *end = &house->ends[i];
        if (end->stream.shared != NULL && end->closed == 0) stream_close(&end->stream);
    }
    for (int i = 0; i < ENDS_LIMIT; i++) {
        struct end *end = &house->ends[i];
        RUN_UNTIL(house, end->stream.shared == NULL || end->closed > 0);
        if (end->stream.shared != NULL) assert_int_equal(end->ends, 1);
        bytes_free(&end->received);
    }
    stream_loop_close(house->shared, on_shared_closed, house);
    uv_close((uv_handle_t *)&house->listener, NULL);
    uv_close((uv_handle_t *)&house->patience, NULL);
    (void)uv_run(&house->loop, UV_RUN_DEFAULT);
    assert_true(house->shared_closed);
    assert_int_equal(uv_loop_close(&house->loop), 0);
    tls_context_free(house->server);
    tls_context_free(house->client);
}

#endif
