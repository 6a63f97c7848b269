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

enum { STREAM_ADDRESS_BYTES = 64 };

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
    /* The queue towards the peer has fallen to the low mark after stream_queued had passed it. May be NULL.
     * Comes from the loop, never from inside a call of this header. */
    void (*on_drained)(struct stream *stream);
    /* Once, before on_closed, for whatever reason, never from inside a call of this header. The stream then closes by
     * itself: after FINISHED it still sends what is gathered. */
    void (*on_end)(struct stream *stream, enum stream_end why);
    void (*on_closed)(struct stream *stream);
};

struct stream_loop; /* per loop: flushes every dirty stream once per turn (uv_check, uv_prepare) with one write */

MUST_USE enum status stream_loop_open(struct stream_loop **shared, uv_loop_t *loop);
/* When every stream is closed. */
void stream_loop_close(struct stream_loop *shared, void (*on_closed)(void *owner), void *owner);

struct stream {
    uv_tcp_t tcp;
    struct stream_loop *shared;
    const struct stream_callbacks *callbacks;
    struct tls *tls;
    struct bytes plain_out;   /* gathered in this turn, not yet encrypted */
    uint64_t encrypted_bytes; /* since the beginning */
    size_t low_mark_bytes;    /* set by the owner; 0: on_drained when nothing is left */
    uint64_t linger_until_ms;
    struct list node; /* among its loop's dirty or lingering ones */
    unsigned writes_under_way;
    bool established, reading, closing, lingering, broken, ended, above_mark;
};

/* Takes an accepted connection from the listener, which must have one waiting.
 * OK: on_end and on_closed follow some day, also when the network failed at once. Otherwise nothing was begun. */
MUST_USE enum status stream_accept(struct stream *stream, struct stream_loop *shared, uv_stream_t *listener,
                                   struct tls_context *context, const struct stream_callbacks *callbacks);
/* Connects; on_established or on_end follows. Otherwise as stream_accept. */
MUST_USE enum status stream_connect(struct stream *stream, struct stream_loop *shared, const struct sockaddr *address,
                                    struct tls_context *context, const struct stream_callbacks *callbacks);

/* Appends to this turn's output; encrypted and written at the end of the turn, or when much has come together. Kept
 * until TLS stands. UNAVAILABLE: it is closing; nothing is sent after stream_close. */
MUST_USE enum status stream_send(struct stream *stream, const void *data, size_t length);
size_t stream_queued(const struct stream *stream); /* bytes not yet taken by the kernel, gathered ones too */
/* Ciphertext the peer's machine has taken since the beginning: what our kernel still holds for it is not. */
uint64_t stream_taken(const struct stream *stream);
bool stream_settled(const struct stream *stream); /* all was taken */
void stream_stop_reading(struct stream *stream);  /* back-pressure: TCP makes the peer wait */
void stream_start_reading(struct stream *stream);
/* Sends what is gathered and close_notify, then closes; at once when the peer does not read (0.5 s). Idempotent. */
void stream_close(struct stream *stream);
void stream_abort(struct stream *stream); /* without sending */
/* The host's address without the port; an IPv4 one in its own form. Empty when it is not known. */
void stream_peer_address(const struct stream *stream, char text[STREAM_ADDRESS_BYTES]);

#endif
