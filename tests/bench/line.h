/* SPDX-License-Identifier: Apache-2.0 */
/* TLS lines over epoll, without libuv and without anything of the server's: the load's side of every connection, and
 * what the bare loops are made of. What is sent in one turn goes out at its end as one write. */
#ifndef FRONTDESK_BENCH_LINE_H
#define FRONTDESK_BENCH_LINE_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"

enum { LINE_ROOM_BYTES = 64 * 1024, LINE_EVENTS = 512 };

/* Whatever epoll tells of. Its memory stays until the turn has ended. */
struct watch {
    int descriptor; /* -1: none */
    uint32_t events;
    void (*on_ready)(struct watch *watch, uint32_t events);
};

struct line;

struct line_callbacks {
    void (*on_open)(struct line *line); /* TLS stands */
    void (*on_data)(struct line *line, const uint8_t *data, size_t length);
    void (*on_end)(struct line *line, const char *why); /* the peer's or the network's doing; it is closed already */
};

struct line_loop {
    int epoll;
    SSL_CTX *tls;
    struct line *dirty;                      /* have something to send */
    void (*on_turn)(struct line_loop *loop); /* after the turn's events, before what was sent goes out; may be NULL */
    int64_t deadline_us;                     /* 0: none */
    void (*on_deadline)(struct line_loop *loop);
    SSL_SESSION *session; /* a client's newest ticket */
    bool resume;          /* clients show it */
    bool stop;
    uint8_t room[LINE_ROOM_BYTES];
};

enum line_state { LINE_CLOSED, LINE_CONNECTING, LINE_PREAMBLE, LINE_HANDSHAKE, LINE_OPEN };

struct line {
    struct watch watch; /* first */
    struct line_loop *loop;
    const struct line_callbacks *callbacks;
    SSL *ssl;
    enum line_state state;
    bool preamble; /* a line of plain text comes from the server before TLS, as with NATS */
    bool dirty;
    struct line *next_dirty;
    struct bytes out;
};

int64_t line_now_us(void);

/* Without a certificate: a client. `tickets`: how many a server gives at each full handshake, 0 to 2. */
void line_loop_init(struct line_loop *loop, const char *certificate_path, const char *key_path, int tickets);
void line_loop_free(struct line_loop *loop);
void line_loop_run(struct line_loop *loop); /* until `stop` */
void line_watch(struct line_loop *loop, struct watch *watch, uint32_t events);

/* All zero is a closed line. To this port of this machine; on_open or on_end follows. */
void line_connect(struct line *line, struct line_loop *loop, int port, const struct line_callbacks *callbacks);
void line_accept(struct line *line, struct line_loop *loop, int descriptor, const struct line_callbacks *callbacks);
void line_send(struct line *line, const void *data, size_t length);  /* at the end of this turn */
void line_write(struct line *line, const void *data, size_t length); /* at once, as a record of its own */
void line_close(struct line *line, bool politely);                   /* no on_end; politely: says close_notify */

#endif
