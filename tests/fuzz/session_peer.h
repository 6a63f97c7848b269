/* SPDX-License-Identifier: Apache-2.0 */
/* A peer of a session: what it says, cut anywhere and held back while the session does not read; and what it is told,
 * held to the order that the protocol has. */
#ifndef FRONTDESK_TESTS_FUZZ_SESSION_PEER_H
#define FRONTDESK_TESTS_FUZZ_SESSION_PEER_H

#include "server/network/room.h"
#include "tests/fuzz/played_house.h"

enum { PIECE_BYTES = 64 * 1024 };

struct peer {
    struct stream *stream; /* NULL: not there */
    struct bytes said;     /* all of it */
    size_t heard;          /* so much of it the session has got */
    size_t walked;         /* and so much of that was looked at by us */
    struct bytes asked;    /* ids of requests not answered yet, eight bytes each */
    size_t asked_ever, answered;
    struct frame_reader reader; /* what the session says */
    bool welcomed, let_in, goodbye;
    bool gathers; /* what it says comes in one piece, with the next flood */
    uint64_t last_id;
};

static inline struct session *session_of(const struct peer *peer) {
    return list_item(peer->stream, struct session, stream);
}

/* --- what the session says to a peer --- */

static inline void check_reply(struct peer *peer, const Fd__Reply *reply) {
    struct bytes *asked = &peer->asked;
    for (size_t at = 0; at < asked->length; at += sizeof reply->id) {
        if (memcmp(asked->data + at, &reply->id, sizeof reply->id) != 0) continue;
        asked->length -= sizeof reply->id;
        memmove(asked->data + at, asked->data + at + sizeof reply->id, asked->length - at);
        peer->answered++;
        return;
    }
    check_failed("an answer to nobody's request", __FILE__, __LINE__);
}

static inline void check_frame(struct peer *peer, const Fd__ServerFrame *frame) {
    CHECK(!peer->goodbye); /* it is the last word */
    switch (frame->body_case) {
    case FD__SERVER_FRAME__BODY_WELCOME:
        CHECK(!peer->welcomed);
        peer->welcomed = true;
        break;
    case FD__SERVER_FRAME__BODY_REPLY: check_reply(peer, frame->reply); break;
    case FD__SERVER_FRAME__BODY_GOODBYE: peer->goodbye = true; break;
    case FD__SERVER_FRAME__BODY_EVENT:
    case FD__SERVER_FRAME__BODY_RESET:
    case FD__SERVER_FRAME__BODY_SNAPSHOT:
    case FD__SERVER_FRAME__BODY_PING:
    case FD__SERVER_FRAME__BODY_PONG: CHECK(peer->let_in); break;
    default: check_failed("a frame without a body", __FILE__, __LINE__);
    }
    CHECK(peer->welcomed || peer->goodbye);
}

static inline void peer_takes(struct peer *peer, size_t most) {
    struct bytes taken = {0};
    const uint8_t *payload;
    size_t length;
    if (peer->stream == NULL) return;
    peer->let_in = session_of(peer)->reader.limit == FRAME_LIMIT; /* also when it has left since */
    played_take(peer->stream, most, &taken);
    CHECK(taken.length == 0 || frame_reader_push(&peer->reader, taken.data, taken.length) == STATUS_OK);
    bytes_free(&taken);
    while (frame_reader_next(&peer->reader, &payload, &length) == STATUS_OK) {
        struct arena arena;
        ProtobufCMessage *message = NULL;
        arena_init(&arena, SIZE_MAX);
        CHECK(message_unpack(&fd__server_frame__descriptor, &arena, payload, length, &message, NULL) == STATUS_OK);
        check_frame(peer, (const Fd__ServerFrame *)(void *)message);
        arena_free(&arena);
        frame_reader_pop(&peer->reader);
    }
}

/* --- what a peer says --- */

/* Our own count of the requests in what the session has heard: a plain walk over whole frames. */
static inline void walk(struct peer *peer) {
    while (peer->heard - peer->walked >= FRAME_HEADER_BYTES) {
        const uint8_t *at = peer->said.data + peer->walked;
        size_t length = (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
        if (length == 0 || peer->heard - peer->walked - FRAME_HEADER_BYTES < length) return;
        Fd__ClientFrame *frame = fd__client_frame__unpack(NULL, length, at + FRAME_HEADER_BYTES);
        peer->walked += FRAME_HEADER_BYTES + length;
        if (frame == NULL) continue;
        if (frame->body_case == FD__CLIENT_FRAME__BODY_REQUEST) {
            CHECK(bytes_append(&peer->asked, &frame->request->id, sizeof frame->request->id) == STATUS_OK);
            peer->asked_ever++;
        }
        fd__client_frame__free_unpacked(frame, NULL);
    }
}

/* As long as the session reads. What it does not read waits in TCP. */
static inline void pour(struct peer *peer, size_t piece) {
    while (played_lives(peer->stream) && !peer->gathers && peer->stream->reading && peer->heard < peer->said.length) {
        size_t length = peer->said.length - peer->heard;
        if (length > piece) length = piece;
        size_t from = peer->heard;
        peer->heard += length;
        walk(peer);
        played_receive(peer->stream, peer->said.data + from, length);
    }
}

static inline void say(struct peer *peer, const void *data, size_t length, size_t piece) {
    if (!played_lives(peer->stream)) return;
    played_establish(peer->stream);
    CHECK(bytes_append(&peer->said, data, length) == STATUS_OK);
    pour(peer, piece);
}

static inline void say_frame(struct peer *peer, Fd__ClientFrame *frame) {
    struct bytes packed = {0};
    CHECK(message_append_frame(&packed, &frame->base) == STATUS_OK);
    say(peer, packed.data, packed.length, PIECE_BYTES);
    bytes_free(&packed);
}

static inline void ask(struct peer *peer, Fd__Request *request) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    request->id = ++peer->last_id;
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = request;
    say_frame(peer, &frame);
}

#endif
