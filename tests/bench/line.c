/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/check.h"

int64_t line_now_us(void) {
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The loop */

static int keep_session(SSL *ssl, SSL_SESSION *session) {
    struct line_loop *loop = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL_SESSION_free(loop->session);
    loop->session = session;
    return 1; /* ours now */
}

/* The same suites in the same order as the product's, so that every server encrypts alike. */
static void set_up(SSL_CTX *tls) {
    SSL_CTX_set_mode(tls,
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(tls, 1);
    CHECK(SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1);
    CHECK(SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384") == 1);
}

static void set_up_server(SSL_CTX *tls, const char *certificate_path, const char *key_path, int tickets) {
    CHECK(SSL_CTX_use_certificate_chain_file(tls, certificate_path) == 1);
    CHECK(SSL_CTX_use_PrivateKey_file(tls, key_path, SSL_FILETYPE_PEM) == 1);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    if (tickets == 0) SSL_CTX_set_options(tls, SSL_OP_NO_TICKET);
    CHECK(SSL_CTX_set_num_tickets(tls, (size_t)tickets) == 1);
}

void line_loop_init(struct line_loop *loop, const char *certificate_path, const char *key_path, int tickets) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    memset(loop, 0, sizeof *loop);
    CHECK(sigaction(SIGPIPE, &ignore, NULL) == 0);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->tls = SSL_CTX_new(certificate_path != NULL ? TLS_server_method() : TLS_client_method());
    CHECK(loop->epoll >= 0 && loop->tls != NULL);
    SSL_CTX_set_app_data(loop->tls, loop);
    set_up(loop->tls);
    if (certificate_path != NULL) {
        set_up_server(loop->tls, certificate_path, key_path, tickets);
        return;
    }
    SSL_CTX_set_verify(loop->tls, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(loop->tls, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(loop->tls, keep_session);
}

void line_loop_free(struct line_loop *loop) {
    SSL_SESSION_free(loop->session);
    SSL_CTX_free(loop->tls);
    (void)close(loop->epoll);
}

void line_watch(struct line_loop *loop, struct watch *watch, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = watch};
    int what = watch->events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (watch->events == events) return;
    watch->events = events;
    CHECK(epoll_ctl(loop->epoll, what, watch->descriptor, &event) == 0);
}

static void flush(struct line *line);

static void flush_all(struct line_loop *loop) {
    while (loop->dirty != NULL) {
        struct line *line = loop->dirty;
        loop->dirty = line->next_dirty;
        line->dirty = false;
        flush(line);
    }
}

static int wait_for_events(struct line_loop *loop, struct epoll_event *events) {
    struct timespec wait;
    if (loop->deadline_us == 0) return epoll_wait(loop->epoll, events, LINE_EVENTS, -1);
    int64_t left_us = loop->deadline_us - line_now_us();
    if (left_us < 0) left_us = 0;
    wait.tv_sec = left_us / 1000000;
    wait.tv_nsec = left_us % 1000000 * 1000;
    return epoll_pwait2(loop->epoll, events, LINE_EVENTS, &wait, NULL);
}

void line_loop_run(struct line_loop *loop) {
    struct epoll_event events[LINE_EVENTS];
    flush_all(loop);
    while (!loop->stop) {
        int count = wait_for_events(loop, events);
        CHECK(count >= 0 || errno == EINTR);
        for (int i = 0; i < count; i++) {
            struct watch *watch = events[i].data.ptr;
            if (watch->descriptor >= 0) watch->on_ready(watch, events[i].events);
        }
        if (loop->deadline_us != 0 && line_now_us() >= loop->deadline_us) {
            loop->deadline_us = 0;
            loop->on_deadline(loop);
        }
        if (loop->on_turn != NULL) loop->on_turn(loop);
        flush_all(loop);
    }
}

/* Ends */

void line_close(struct line *line, bool politely) {
    if (line->state == LINE_CLOSED) return;
    if (politely && line->state == LINE_OPEN) {
        flush(line);
        ERR_clear_error();
        if (line->state == LINE_OPEN) (void)SSL_shutdown(line->ssl);
    }
    line->state = LINE_CLOSED;
    SSL_free(line->ssl);
    line->ssl = NULL;
    if (line->watch.descriptor >= 0) (void)close(line->watch.descriptor);
    line->watch.descriptor = -1;
    line->watch.events = 0;
    bytes_free(&line->out);
}

static void end(struct line *line, const char *why) {
    if (line->state == LINE_CLOSED) return;
    line_close(line, false);
    line->callbacks->on_end(line, why);
}

/* True: it only has to wait. */
static bool waits(struct line *line, int result) {
    switch (SSL_get_error(line->ssl, result)) {
    case SSL_ERROR_WANT_READ: line_watch(line->loop, &line->watch, EPOLLIN); return true;
    case SSL_ERROR_WANT_WRITE: line_watch(line->loop, &line->watch, EPOLLIN | EPOLLOUT); return true;
    case SSL_ERROR_ZERO_RETURN: end(line, "the peer said goodbye"); return false;
    default: end(line, "broken"); return false;
    }
}

/* Sending */

/* How much went out; less than `length` when the kernel takes no more, or the line has ended. */
static size_t write_now(struct line *line, const uint8_t *data, size_t length) {
    size_t done = 0;
    while (done < length) {
        size_t written = 0;
        ERR_clear_error();
        int result = SSL_write_ex(line->ssl, data + done, length - done, &written);
        if (result != 1) {
            (void)waits(line, result);
            return done;
        }
        done += written;
    }
    if (line->watch.events != EPOLLIN) line_watch(line->loop, &line->watch, EPOLLIN);
    return done;
}

static void flush(struct line *line) {
    if (line->state != LINE_OPEN || line->out.length == 0) return;
    size_t done = write_now(line, line->out.data, line->out.length);
    if (line->state != LINE_OPEN) return;
    if (done == line->out.length)
        bytes_free(&line->out);
    else
        bytes_consume(&line->out, done);
}

void line_send(struct line *line, const void *data, size_t length) {
    if (line->state == LINE_CLOSED) return;
    CHECK(bytes_append(&line->out, data, length) == STATUS_OK);
    if (line->dirty) return;
    line->dirty = true;
    line->next_dirty = line->loop->dirty;
    line->loop->dirty = line;
}

void line_write(struct line *line, const void *data, size_t length) {
    size_t done = 0;
    if (line->state != LINE_OPEN) return;
    if (line->out.length == 0) done = write_now(line, data, length);
    if (done < length) line_send(line, (const uint8_t *)data + done, length - done);
}

/* Beginnings and reading */

static void shake_hands(struct line *line) {
    ERR_clear_error();
    int result = SSL_do_handshake(line->ssl);
    if (result != 1) {
        (void)waits(line, result);
        return;
    }
    line->state = LINE_OPEN;
    line_watch(line->loop, &line->watch, EPOLLIN);
    line->callbacks->on_open(line);
}

static void begin_tls(struct line *line) {
    line->state = LINE_HANDSHAKE;
    line->ssl = SSL_new(line->loop->tls);
    CHECK(line->ssl != NULL && SSL_set_fd(line->ssl, line->watch.descriptor) == 1);
}

static void begin_client(struct line *line) {
    begin_tls(line);
    SSL_set_connect_state(line->ssl);
    if (line->loop->resume && line->loop->session != NULL) CHECK(SSL_set_session(line->ssl, line->loop->session) == 1);
    shake_hands(line);
}

static void take_preamble(struct line *line) {
    char text[4096];
    ssize_t length = recv(line->watch.descriptor, text, sizeof text, MSG_PEEK);
    const char *newline = length > 0 ? memchr(text, '\n', (size_t)length) : NULL;
    if (newline == NULL) {
        if (length == 0 || (length < 0 && errno != EAGAIN)) end(line, "no first line");
        return;
    }
    CHECK(recv(line->watch.descriptor, text, (size_t)(newline + 1 - text), 0) == newline + 1 - text);
    begin_client(line);
}

static void take_connection(struct line *line) {
    int failure = 0, on = 1;
    socklen_t size = sizeof failure;
    CHECK(getsockopt(line->watch.descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0);
    if (failure != 0) {
        end(line, strerror(failure));
        return;
    }
    (void)setsockopt(line->watch.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    line->state = LINE_PREAMBLE;
    line_watch(line->loop, &line->watch, EPOLLIN);
    if (line->preamble)
        take_preamble(line);
    else
        begin_client(line);
}

/* Stops when OpenSSL holds nothing more: epoll tells of what comes then, which saves asking in vain. */
static void read_records(struct line *line) {
    do {
        size_t length = 0;
        ERR_clear_error();
        int result = SSL_read_ex(line->ssl, line->loop->room, sizeof line->loop->room, &length);
        if (result != 1) {
            (void)waits(line, result);
            return;
        }
        line->callbacks->on_data(line, line->loop->room, length);
    } while (line->state == LINE_OPEN && SSL_has_pending(line->ssl) == 1);
}

static void on_ready(struct watch *watch, uint32_t events) {
    struct line *line = (struct line *)(void *)watch;
    if (line->state == LINE_CONNECTING)
        take_connection(line);
    else if (line->state == LINE_PREAMBLE)
        take_preamble(line);
    else if (line->state == LINE_HANDSHAKE)
        shake_hands(line);
    if (line->state == LINE_OPEN && (events & EPOLLOUT) != 0) flush(line);
    if (line->state == LINE_OPEN) read_records(line);
}

static void begin(struct line *line, struct line_loop *loop, int descriptor, const struct line_callbacks *callbacks) {
    line->loop = loop;
    line->callbacks = callbacks;
    line->watch = (struct watch){.descriptor = descriptor, .on_ready = on_ready};
}

void line_connect(struct line *line, struct line_loop *loop, int port, const struct line_callbacks *callbacks) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    begin(line, loop, socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), callbacks);
    CHECK(line->watch.descriptor >= 0);
    line->state = LINE_CONNECTING;
    if (connect(line->watch.descriptor, (const struct sockaddr *)&address, sizeof address) != 0)
        CHECK(errno == EINPROGRESS);
    line_watch(loop, &line->watch, EPOLLOUT);
}

void line_accept(struct line *line, struct line_loop *loop, int descriptor, const struct line_callbacks *callbacks) {
    int on = 1;
    begin(line, loop, descriptor, callbacks);
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    begin_tls(line);
    SSL_set_accept_state(line->ssl);
    line_watch(loop, &line->watch, EPOLLIN);
}
