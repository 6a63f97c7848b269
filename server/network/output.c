/* SPDX-License-Identifier: Apache-2.0 */
/* What goes to the peer, and how much of it may wait. */
#include "common/message.h"
#include "server/domain/refusal.h"
#include "server/network/room.h"

bool session_has_room(const struct session *session) {
    return stream_queued(&session->stream) <= (size_t)session->sessions->limits.output_mark_bytes;
}

bool session_write(struct session *session, const void *frame, size_t length) {
    struct sessions *sessions = session->sessions;
    enum status status = stream_send(&session->stream, frame, length);
    if (status != STATUS_OK) {
        if (status == STATUS_TOO_LARGE) session_leave_soon(session, FAREWELL_AWAY); /* no memory */
        return false;
    }
    sessions->counters.frames_out++;
    if (list_empty(&session->backlogged)) {
        list_append(&sessions->backlogged, &session->backlogged);
        session->moved_ms = uv_now(sessions->services->loop);
        session->moved_bytes = stream_taken(&session->stream);
    }
    return true;
}

/* Into the scratch buffer. */
static enum status pack(struct bytes *scratch, const Fd__ServerFrame *frame) {
    size_t length = protobuf_c_message_get_packed_size(&frame->base);
    uint8_t header[FRAME_HEADER_BYTES];
    if (length > FRAME_LIMIT_ANSWER) return STATUS_TOO_LARGE;
    frame_header(header, length);
    bytes_clear(scratch);
    enum status status = bytes_append(scratch, header, sizeof header);
    return status == STATUS_OK ? message_append(scratch, &frame->base) : STATUS_UNAVAILABLE;
}

/* A reply that does not fit becomes a refusal, so that its request is answered all the same. */
static enum status pack_or_refuse(struct session *session, const Fd__ServerFrame *frame) {
    struct bytes *scratch = &session->sessions->scratch;
    enum status status = pack(scratch, frame);
    if (status != STATUS_TOO_LARGE || frame->body_case != FD__SERVER_FRAME__BODY_REPLY) return status;
    Fd__Reply refusal = FD__REPLY__INIT;
    Fd__ServerFrame shorter = FD__SERVER_FRAME__INIT;
    refusal.id = frame->reply->id;
    refusal.status = FD__STATUS__STATUS_TOO_LARGE;
    refusal.message = (char *)(uintptr_t)refusal_text(REFUSAL_ANSWER_TOO_LARGE, session->identity.chinese);
    shorter.body_case = FD__SERVER_FRAME__BODY_REPLY;
    shorter.reply = &refusal;
    return pack(scratch, &shorter);
}

void session_send(struct session *session, Fd__ServerFrame *frame) {
    const struct sessions *sessions = session->sessions;
    if (session->state == SESSION_CLOSING) return;
    if (stream_queued(&session->stream) > (size_t)sessions->limits.output_bytes) {
        session_leave_soon(session, FAREWELL_OUTPUT_FULL);
        return;
    }
    if (pack_or_refuse(session, frame) != STATUS_OK)
        session_leave_soon(session, FAREWELL_AWAY);
    else
        (void)!session_write(session, sessions->scratch.data, sessions->scratch.length);
}

void session_reply(struct session *session, const Fd__Reply *reply) {
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    frame.body_case = FD__SERVER_FRAME__BODY_REPLY;
    frame.reply = (Fd__Reply *)(uintptr_t)reply;
    session_send(session, &frame);
}

void session_ping(struct session *session) {
    Fd__Ping ping = FD__PING__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    ping.nonce = uv_now(session->sessions->services->loop);
    frame.body_case = FD__SERVER_FRAME__BODY_PING;
    frame.ping = &ping;
    session_send(session, &frame);
}

void session_goodbye(struct session *session, enum farewell farewell) {
    Fd__Goodbye goodbye = FD__GOODBYE__INIT;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    farewell_fill(farewell, session->identity.chinese, &goodbye);
    frame.body_case = FD__SERVER_FRAME__BODY_GOODBYE;
    frame.goodbye = &goodbye;
    if (pack(&session->sessions->scratch, &frame) != STATUS_OK) return;
    (void)!session_write(session, session->sessions->scratch.data, session->sessions->scratch.length);
}
