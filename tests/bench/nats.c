/* SPDX-License-Identifier: Apache-2.0 */
/* As much of the NATS client protocol as a subscriber and a publisher need: lines of text, and payloads after MSG. The
 * server says INFO in plain text before TLS. Delivered at most once, nothing is acknowledged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/load.h"

enum { GREETED, SUBSCRIBED };

static const char subject[] = "site.1.journal";

static void say(struct peer *peer, const char *text) {
    load_send(peer, text, strlen(text));
}

static void greet(struct peer *peer) {
    say(peer, "CONNECT {\"verbose\":false,\"pedantic\":false,\"tls_required\":true,\"name\":\"bench\",\"lang\":\"c\","
              "\"version\":\"1\"}\r\nPING\r\n");
}

static void publish(struct peer *peer) {
    static const char payload[64 * 1024];
    char head[64];
    int size = peer->load->options.payload_bytes;
    int length = snprintf(head, sizeof head, "PUB %s %d\r\n", subject, size);
    load_send(peer, head, (size_t)length);
    load_send(peer, payload, (size_t)size);
    say(peer, "\r\n");
}

static void take_pong(struct peer *peer) {
    if (peer->step == GREETED && !load_greeted(peer)) return;
    if (peer->step == GREETED && peer->subscriber) {
        char text[64];
        (void)snprintf(text, sizeof text, "SUB %s 1\r\nPING\r\n", subject);
        peer->step = SUBSCRIBED;
        say(peer, text);
        return;
    }
    load_ready(peer);
}

/* The bytes that the line, and what comes after it, take; 0 when they are not whole yet. */
static size_t take_line(struct peer *peer, const char *line, size_t length, size_t available) {
    if (length >= 4 && memcmp(line, "MSG ", 4) == 0) {
        const char *last = memrchr(line, ' ', length);
        size_t size = (size_t)strtoul(last, NULL, 10);
        if (length + 2 + size + 2 > available) return 0;
        load_delivered(peer, size);
        return length + 2 + size + 2;
    }
    if (length == 4 && memcmp(line, "PING", 4) == 0)
        say(peer, "PONG\r\n");
    else if (length == 4 && memcmp(line, "PONG", 4) == 0)
        take_pong(peer);
    else if (length > 0 && line[0] == '-')
        load_failed(peer->load, "nats", "the server complains");
    return length + 2;
}

static void take(struct peer *peer, const uint8_t *data, size_t length) {
    if (bytes_append(&peer->in, data, length) != STATUS_OK) {
        load_failed(peer->load, "nats", "no memory");
        return;
    }
    unsigned conversation = peer->conversation;
    size_t done = 0;
    while (conversation == peer->conversation && done < peer->in.length) {
        const char *line = (const char *)peer->in.data + done;
        const char *end = memmem(line, peer->in.length - done, "\r\n", 2);
        size_t used = end == NULL ? 0 : take_line(peer, line, (size_t)(end - line), peer->in.length - done);
        if (used == 0) break;
        done += used;
    }
    if (conversation == peer->conversation) bytes_consume(&peer->in, done);
}

const struct tongue tongue_nats = {.name = "nats", .preamble = true, .greet = greet, .take = take, .publish = publish};
