/* SPDX-License-Identifier: Apache-2.0 */
/* common/stream.h played at link time: what is sent lies in plain_out until the target takes it, what the target says
 * arrives below TLS. Callbacks come where the real ones come: from the loop, and none after on_end but on_closed. */
#ifndef FRONTDESK_TESTS_FUZZ_PLAYED_STREAM_H
#define FRONTDESK_TESTS_FUZZ_PLAYED_STREAM_H

#include "common/stream.h"
#include "tests/fuzz/played_loop.h"

struct stream_loop {
    struct list streams;
    int open;
};

static struct stream_loop played_streams;

enum status stream_loop_open(struct stream_loop **shared, uv_loop_t *loop) {
    CHECK(loop == &played.loop && played_streams.open == 0);
    list_init(&played_streams.streams);
    *shared = &played_streams;
    return STATUS_OK;
}

void stream_loop_close(struct stream_loop *shared, void (*on_closed)(void *owner), void *owner) {
    CHECK(shared->open == 0);
    on_closed(owner);
}

static inline void played_begin_stream(struct stream *stream, struct stream_loop *shared,
                                       const struct stream_callbacks *callbacks) {
    memset(stream, 0, sizeof *stream);
    stream->shared = shared;
    stream->callbacks = callbacks;
    stream->tls = (struct tls *)(void *)&played_streams; /* for whoever asks whether there is one */
    stream->reading = true;
    list_append(&shared->streams, &stream->node);
    shared->open++;
}

enum status stream_accept(struct stream *stream, struct stream_loop *shared, uv_stream_t *listener,
                          struct tls_context *context, const struct stream_callbacks *callbacks) {
    (void)listener;
    (void)context;
    played_begin_stream(stream, shared, callbacks);
    return STATUS_OK;
}

enum status stream_connect(struct stream *stream, struct stream_loop *shared, const struct sockaddr *address,
                           struct tls_context *context, const struct stream_callbacks *callbacks) {
    (void)address;
    return stream_accept(stream, shared, NULL, context, callbacks);
}

enum status stream_send(struct stream *stream, const void *data, size_t length) {
    if (stream->closing || stream->ended) return STATUS_UNAVAILABLE;
    CHECK(bytes_append(&stream->plain_out, data, length) == STATUS_OK);
    if (stream->plain_out.length > stream->low_mark_bytes) stream->above_mark = true;
    return STATUS_OK;
}

size_t stream_queued(const struct stream *stream) {
    return stream->plain_out.length;
}

uint64_t stream_taken(const struct stream *stream) {
    return stream->encrypted_bytes;
}

bool stream_settled(const struct stream *stream) {
    return stream->plain_out.length == 0;
}

void stream_stop_reading(struct stream *stream) {
    if (!stream->closing) stream->reading = false;
}

void stream_start_reading(struct stream *stream) {
    if (!stream->closing) stream->reading = true;
}

void stream_close(struct stream *stream) {
    stream->closing = true;
    stream->reading = false;
}

void stream_abort(struct stream *stream) {
    stream_close(stream);
    bytes_clear(&stream->plain_out);
}

void stream_peer_address(const struct stream *stream, char text[STREAM_ADDRESS_BYTES]) {
    (void)stream;
    memcpy(text, "192.0.2.1", sizeof "192.0.2.1");
}

/* --- what the target does --- */

static inline bool played_lives(const struct stream *stream) {
    return stream != NULL && !stream->closing && !stream->ended;
}

/* TLS stands. */
static inline void played_establish(struct stream *stream) {
    if (!played_lives(stream) || stream->established) return;
    stream->established = true;
    if (stream->callbacks->on_established != NULL) stream->callbacks->on_established(stream);
}

static inline void played_receive(struct stream *stream, const uint8_t *data, size_t length) {
    CHECK(stream->reading && stream->established);
    stream->callbacks->on_data(stream, data, length);
}

/* The other end takes so much of what waits; `out` gets it. */
static inline void played_take(struct stream *stream, size_t most, struct bytes *out) {
    struct bytes *waiting = &stream->plain_out;
    size_t length = waiting->length < most ? waiting->length : most;
    if (length == 0) return;
    CHECK(bytes_append(out, waiting->data, length) == STATUS_OK);
    memmove(waiting->data, waiting->data + length, waiting->length - length);
    waiting->length -= length;
    stream->encrypted_bytes += length;
    if (!stream->above_mark || !played_lives(stream) || waiting->length > stream->low_mark_bytes) return;
    stream->above_mark = false;
    if (stream->callbacks->on_drained != NULL) stream->callbacks->on_drained(stream);
}

static inline void played_finish(struct stream *stream, enum stream_end why) {
    if (stream->ended) return;
    stream->ended = true;
    stream->callbacks->on_end(stream, stream->closing ? STREAM_END_LOCAL : why);
    stream->closing = true;
}

/* The end of one that has ended or was closed; its memory may go. */
static inline void played_let_go(struct stream *stream) {
    played_finish(stream, STREAM_END_LOCAL);
    list_remove(&stream->node);
    stream->shared->open--;
    bytes_free(&stream->plain_out);
    stream->callbacks->on_closed(stream);
}

#endif
