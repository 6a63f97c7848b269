/* SPDX-License-Identifier: Apache-2.0 */
/* bench-bare --port N --certificate FILE --key FILE [--gather] [--tickets N]: what the machine itself can do, as the
 * limit to measure a server against. Plain epoll and OpenSSL, no store, no rights, no back-pressure.
 *
 * Echo: a frame in, the same frame out. Fan-out: a message goes to each subscriber at once, as one record and one write
 * of its own; with --gather what has come in one turn goes together, one record and one write for each subscriber. */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "common/check.h"
#include "tests/bench/frames.h"
#include "tests/bench/line.h"

enum { BACKLOG = 4096, DESKS_LIMIT = 65536, PORT_LIMIT = 65536 };

struct desk {
    struct line line; /* first */
    struct bytes in;
    int place; /* among the subscribers; -1: none */
    struct desk *next_gone;
};

static struct {
    struct line_loop loop;
    struct watch listener;
    struct desk *subscribers[DESKS_LIMIT];
    int count;
    struct desk *gone; /* freed when the turn has ended */
    bool gather;
    struct bytes gathered, frame;
} bare;

static void subscribe(struct desk *desk) {
    if (desk->place >= 0) return;
    CHECK(bare.count < DESKS_LIMIT);
    desk->place = bare.count;
    bare.subscribers[bare.count++] = desk;
}

static void unsubscribe(struct desk *desk) {
    if (desk->place < 0) return;
    struct desk *last = bare.subscribers[--bare.count];
    bare.subscribers[desk->place] = last;
    last->place = desk->place;
    desk->place = -1;
}

/* Backwards: one whose line breaks while it is written to is replaced by one that has had its turn. */
static void tell_all(const struct bytes *what) {
    for (int i = bare.count - 1; i >= 0; i--)
        if (i < bare.count) line_write(&bare.subscribers[i]->line, what->data, what->length);
}

static void publish(const uint8_t *payload, size_t length) {
    if (bare.gather) {
        frames_append(&bare.gathered, FRAMES_MESSAGE, payload, length);
        return;
    }
    bytes_clear(&bare.frame);
    frames_append(&bare.frame, FRAMES_MESSAGE, payload, length);
    tell_all(&bare.frame);
}

static void answer(struct desk *desk, char letter, const void *payload, size_t length) {
    bytes_clear(&bare.frame);
    frames_append(&bare.frame, letter, payload, length);
    line_send(&desk->line, bare.frame.data, bare.frame.length);
}

static void take_frame(struct desk *desk, const uint8_t *frame, size_t length) {
    switch (frame[0]) {
    case FRAMES_HELLO: answer(desk, FRAMES_HELLO, "", 0); break;
    case FRAMES_SUBSCRIBE:
        subscribe(desk);
        answer(desk, FRAMES_SUBSCRIBE, "", 0);
        break;
    case FRAMES_ECHO: answer(desk, FRAMES_ECHO, frame + 1, length - 1); break;
    case FRAMES_PUBLISH:
        publish(frame + 1, length - 1);
        answer(desk, FRAMES_PUBLISHED, "", 0);
        break;
    default: CHECK(false);
    }
}

/* A whole frame is taken where it lies; only the rest is kept. */
static void on_data(struct line *line, const uint8_t *data, size_t length) {
    struct desk *desk = (struct desk *)(void *)line;
    bool kept = desk->in.length > 0;
    if (kept) {
        CHECK(bytes_append(&desk->in, data, length) == STATUS_OK);
        data = desk->in.data;
        length = desk->in.length;
    }
    size_t done = 0, whole;
    while ((whole = frames_whole(data + done, length - done)) > 0) {
        take_frame(desk, data + done + FRAMES_HEADER_BYTES, whole - FRAMES_HEADER_BYTES);
        done += whole;
    }
    if (kept && done == length)
        bytes_free(&desk->in);
    else if (kept)
        bytes_consume(&desk->in, done);
    else if (done < length)
        CHECK(bytes_append(&desk->in, data + done, length - done) == STATUS_OK);
}

static void on_open(struct line *line) {
    (void)line;
}

static void on_end(struct line *line, const char *why) {
    struct desk *desk = (struct desk *)(void *)line;
    (void)why;
    unsubscribe(desk);
    desk->next_gone = bare.gone;
    bare.gone = desk;
}

static const struct line_callbacks callbacks = {.on_open = on_open, .on_data = on_data, .on_end = on_end};

static void on_turn(struct line_loop *loop) {
    (void)loop;
    if (bare.gathered.length > 0) tell_all(&bare.gathered);
    bytes_clear(&bare.gathered);
    while (bare.gone != NULL) {
        struct desk *desk = bare.gone;
        if (desk->line.dirty) return; /* the loop still has it in its list: next time */
        bare.gone = desk->next_gone;
        bytes_free(&desk->in);
        free(desk);
    }
}

static void on_connection(struct watch *watch, uint32_t events) {
    (void)events;
    for (int descriptor; (descriptor = accept4(watch->descriptor, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct desk *desk = calloc(1, sizeof *desk);
        CHECK(desk != NULL);
        desk->place = -1;
        line_accept(&desk->line, &bare.loop, descriptor, &callbacks);
    }
}

static void listen_on(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bare.listener = (struct watch){.on_ready = on_connection};
    bare.listener.descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    CHECK(bare.listener.descriptor >= 0);
    CHECK(setsockopt(bare.listener.descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    CHECK(bind(bare.listener.descriptor, (const struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(bare.listener.descriptor, BACKLOG) == 0);
    line_watch(&bare.loop, &bare.listener, EPOLLIN);
}

int main(int argc, char **argv) {
    static const struct option table[] = {
        {"port",        required_argument, NULL, 'p'},
        {"certificate", required_argument, NULL, 'c'},
        {"key",         required_argument, NULL, 'k'},
        {"gather",      no_argument,       NULL, 'g'},
        {"tickets",     required_argument, NULL, 't'},
        {NULL,          0,                 NULL, 0  },
    };
    const char *certificate = NULL, *key = NULL;
    long port = 0, tickets = 0;
    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        switch (option) {
        case 'p': port = strtol(optarg, NULL, 10); break;
        case 'c': certificate = optarg; break;
        case 'k': key = optarg; break;
        case 'g': bare.gather = true; break;
        case 't': tickets = strtol(optarg, NULL, 10); break;
        default: return 2;
        }
    }
    if (certificate == NULL || key == NULL || port <= 0 || port >= PORT_LIMIT) return 2;
    line_loop_init(&bare.loop, certificate, key, (int)tickets);
    bare.loop.on_turn = on_turn;
    listen_on((int)port);
    line_loop_run(&bare.loop);
    return 0;
}
