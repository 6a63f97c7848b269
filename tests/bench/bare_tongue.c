/* SPDX-License-Identifier: Apache-2.0 */
/* The client of bench-bare (frames.h). */
#include "tests/bench/frames.h"
#include "tests/bench/load.h"

static void say(struct peer *peer, char letter, size_t size) {
    static const uint8_t payload[64 * 1024];
    struct bytes out = {0};
    frames_append(&out, letter, payload, size);
    load_send(peer, out.data, out.length);
    bytes_free(&out);
}

static void greet(struct peer *peer) {
    say(peer, peer->subscriber ? FRAMES_SUBSCRIBE : FRAMES_HELLO, 0);
}

static void publish(struct peer *peer) {
    bool alone = peer->load->options.mode == &mode_register;
    say(peer, alone ? FRAMES_ECHO : FRAMES_PUBLISH, (size_t)peer->load->options.payload_bytes);
}

static void take_frame(struct peer *peer, uint8_t letter, size_t size) {
    switch (letter) {
    case FRAMES_HELLO:
    case FRAMES_SUBSCRIBE:
        if (load_greeted(peer)) load_ready(peer);
        break;
    case FRAMES_MESSAGE: load_delivered(peer, size); break;
    case FRAMES_ECHO:
    case FRAMES_PUBLISHED: load_answered(peer); break;
    default: load_failed(peer->load, "bare", "an unexpected frame");
    }
}

static void take(struct peer *peer, const uint8_t *data, size_t length) {
    if (bytes_append(&peer->in, data, length) != STATUS_OK) {
        load_failed(peer->load, "bare", "no memory");
        return;
    }
    unsigned conversation = peer->conversation;
    size_t done = 0, whole;
    while (conversation == peer->conversation &&
           (whole = frames_whole(peer->in.data + done, peer->in.length - done)) > 0) {
        take_frame(peer, peer->in.data[done + FRAMES_HEADER_BYTES], whole - FRAMES_HEADER_BYTES - 1);
        done += whole;
    }
    if (conversation == peer->conversation) bytes_consume(&peer->in, done);
}

const struct tongue tongue_bare = {.name = "bare", .greet = greet, .take = take, .publish = publish};
