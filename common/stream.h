/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP connection with TLS on a libuv loop. The only file that calls uv_read_start and uv_write.
 * Embedded in its owner; the memory may go in on_closed and not before. Callbacks may call stream_close at any time. */
#ifndef FRONTDESK_COMMON_STREAM_H
#define FRONTDESK_COMMON_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/bytes.h"
#include "common/list.h"
#include "common/status.h"
#include "common/tls.h"

struct stream;

enum stream_end {
    STREAM_END_LOCAL,     /* we closed */
    STREAM_END_FINISHED,  /* the peer said close_notify */
    STREAM_END_TRUNCATED, /* TCP ended without it */
    STREAM_END_RESET,     /* the network */
    STREAM_END_TLS,       /* the peer broke TLS; plain text on the port ends here too */
};

struct stream_callbacks {
    void (*on_established)(struct stream *stream);
    /* Plaintext. Everything is consumed: the owner keeps what it needs (frame_reader). */
    void (*on_data)(struct stream *stream, const uint8_t *data, size_t length);
    /* The queue towards the peer has fallen below the low mark after stream_queued had passed it. May be NULL. */
    void (*on_drained)(struct stream *stream);
    /* Once, before on_closed, for whatever reason. */
    void (*on_end)(struct stream *stream, enum stream_end why);
    void (*on_closed)(struct stream *stream);
};

struct stream_loop; /* per loop: flushes every dirty stream once per turn (uv_check) as one TLS record and one write */

MUST_USE enum status stream_loop_open(struct stream_loop **shared, uv_loop_t *loop);
void stream_loop_close(struct stream_loop *shared, void (*on_closed)(void *owner), void *owner);

struct stream {
    uv_tcp_t tcp;
    struct stream_loop *shared;
    const struct stream_callbacks *callbacks;
    struct tls *tls;
    struct bytes plain_out; /* gathered in this turn, not yet encrypted */
    size_t queued_bytes;    /* encrypted, in libuv's queue */
    size_t low_mark_bytes;
    struct list dirty;
    unsigned writes_under_way;
    bool reading, closing, ended, above_mark, handles_open;
};

/* Takes an accepted connection from the listener. */
MUST_USE enum status stream_accept(struct stream *stream, struct stream_loop *shared, uv_stream_t *listener,
                                   struct tls_context *context, const struct stream_callbacks *callbacks);
/* Connects; on_established or on_end follows. */
MUST_USE enum status stream_connect(struct stream *stream, struct stream_loop *shared, const struct sockaddr *address,
                                    struct tls_context *context, const struct stream_callbacks *callbacks);

/* Appends to this turn's output; encrypted and written at the end of the turn. Nothing is sent after stream_close. */
MUST_USE enum status stream_send(struct stream *stream, const void *data, size_t length);
size_t stream_queued(const struct stream *stream); /* bytes not yet taken by the kernel */
void stream_stop_reading(struct stream *stream);   /* back-pressure: TCP makes the peer wait */
void stream_start_reading(struct stream *stream);
/* Sends what is gathered and close_notify, then closes; at once when the peer does not read (0.5 s). Idempotent. */
void stream_close(struct stream *stream);
void stream_abort(struct stream *stream); /* without sending */
void stream_peer_address(const struct stream *stream, char text[64]);

#endif
