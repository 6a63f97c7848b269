/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a session.
 *
 *   NEW --accepted--> GREETING --hello--> STRANGER --signed in--> MEMBER <--silence, a byte--> PINGED
 *   any --goodbye, fault, deadline, sign-out, stop--> CLOSING --stream closed--> freed
 *
 * Happy: the peer connects, TLS stands, hello is answered with welcome, a request signs in, a subscription follows the
 * person's sites; requests are answered as they finish, events come from the journal; goodbye.
 *
 * Failing: session_leave says goodbye, ends what it follows and closes the stream, which sends that and lets go within
 * half a second. A line that ends by itself comes to on_end. In both cases on_end detaches the requests under way: they
 * finish their store and nobody hears of it. on_closed frees the memory, and only it.
 *
 * Who calls whom: requests and the journal call back from inside our calls to them, so nothing that they hold may end
 * there. What finds a reason to leave in such a place says session_leave_soon, and the next turn of the loop does it.
 *
 * Frames are handled a few per turn, while requests under way and waiting output leave room. Otherwise reading stops,
 * which makes the peer wait; a reply or drained output asks for the next turn (session_wake). */
#include <stdlib.h>

#include "common/log.h"
#include "server/network/room.h"

static struct session *session_of(struct stream *stream) {
    return list_item(stream, struct session, stream);
}

static uint64_t now_ms(const struct session *session) {
    return uv_now(session->sessions->services->loop);
}

void session_enter(struct session *session, enum session_state state) {
    struct sessions *sessions = session->sessions;
    bool was_stranger = session_is_stranger(session);
    session->state = state;
    session->since_ms = now_ms(session);
    list_remove(&session->node);
    list_append(&sessions->of_state[state], &session->node);
    if (session_is_stranger(session) && !was_stranger) sessions->counters.strangers++;
    if (session_is_stranger(session) || !was_stranger) return;
    if (sessions->counters.strangers-- == (uint64_t)sessions->limits.strangers) sessions_call_newcomers(sessions);
}

/* Leaving */

static void log_end(const struct session *session, const char *why, bool fault) {
    const char *person = session->identity.signed_in ? session->identity.person_id : "";
    if (fault)
        LOG(NOTICE, "session closed", LOG_TEXT("why", why), LOG_TEXT("address", session->identity.address),
            LOG_TEXT("person", person));
    else
        LOG(INFO, "session closed", LOG_TEXT("why", why), LOG_TEXT("person", person));
}

/* It takes part in nothing any more. */
static void withdraw(struct session *session) {
    session_enter(session, SESSION_CLOSING);
    list_remove(&session->unfinished);
    list_remove(&session->backlogged);
    list_remove(&session->ready);
    follows_end(session);
}

void session_leave(struct session *session, enum farewell farewell) {
    if (session->state == SESSION_CLOSING) return;
    log_end(session, farewell_log(farewell), farewell_is_fault(farewell));
    if (farewell_is_fault(farewell)) session->sessions->counters.refused_frames++;
    session->due = farewell;
    if (session->stream.established) session_goodbye(session, farewell);
    withdraw(session);
    stream_close(&session->stream);
}

void session_leave_soon(struct session *session, enum farewell farewell) {
    if (session->due == FAREWELL_NONE) session->due = farewell;
    session_wake(session);
}

/* Handling */

void session_wake(struct session *session) {
    struct sessions *sessions = session->sessions;
    if (session->state == SESSION_CLOSING || !list_empty(&session->ready)) return;
    list_append(&sessions->ready, &session->ready);
    sessions_expect_turn(sessions);
}

void session_heard(struct session *session) {
    if (session_is_member(session)) session_enter(session, SESSION_MEMBER);
}

static bool may_handle(const struct session *session) {
    const struct sessions *sessions = session->sessions;
    int most = session_is_member(session) ? sessions->limits.requests_in_flight : STRANGER_REQUESTS;
    return session->state != SESSION_CLOSING && session->due == FAREWELL_NONE && !session->parting &&
           session->caller.count < most && session_has_room(session);
}

static size_t waiting_bytes(const struct session *session) {
    return session->reader.buffer.length - session->reader.popped;
}

/* The peer owes the rest of a frame, or not. While we do not read, the time is not its own. */
static void mark_unfinished(struct session *session, bool owes, bool anew) {
    struct sessions *sessions = session->sessions;
    if (!owes || anew) list_remove(&session->unfinished);
    if (!owes || !list_empty(&session->unfinished)) return;
    session->frame_since_ms = now_ms(session);
    list_append(&sessions->unfinished, &session->unfinished);
}

/* What follows from how the handling stopped: read on, wait for room, or take the next turn. */
static void settle(struct session *session, bool handled_some) {
    const uint8_t *payload;
    size_t length;
    bool may = may_handle(session);
    bool more = may && frame_reader_next(&session->reader, &payload, &length) != STATUS_NOT_FOUND;
    bool reads = may && !more;
    if (reads)
        stream_start_reading(&session->stream);
    else
        stream_stop_reading(&session->stream);
    mark_unfinished(session, reads && waiting_bytes(session) > 0, handled_some);
    if (more) session_wake(session);
    if (session_is_stranger(session) && waiting_bytes(session) > STRANGER_WAITING_BYTES)
        session_leave(session, FAREWELL_TOO_LARGE);
}

static void handle_frames(struct session *session) {
    struct sessions *sessions = session->sessions;
    enum status status = STATUS_NOT_FOUND;
    int handled = 0;
    while (handled < sessions->limits.frames_per_turn && may_handle(session)) {
        const uint8_t *payload;
        size_t length;
        status = frame_reader_next(&session->reader, &payload, &length);
        if (status != STATUS_OK) break;
        handled++;
        sessions->counters.frames_in++;
        session_dispatch(session, payload, length);
        frame_reader_pop(&session->reader);
    }
    if (status == STATUS_TOO_LARGE) session_leave(session, FAREWELL_TOO_LARGE);
    if (status == STATUS_INVALID) session_leave(session, FAREWELL_EMPTY);
    if (session->state != SESSION_CLOSING) settle(session, handled > 0);
}

void session_look(struct session *session) {
    bool busy = session->caller.count > 0;
    if (session->due == FAREWELL_SIGNED_OUT && busy) return; /* the replies first; each asks for a turn */
    if (session->due != FAREWELL_NONE)
        session_leave(session, session->due);
    else if (!session->parting)
        handle_frames(session);
    else if (!busy)
        session_leave(session, session->sessions->closing ? FAREWELL_STOPPING : FAREWELL_DRAINED);
    else
        stream_stop_reading(&session->stream);
}

/* What requests call */

static struct session *session_of_caller(struct caller *caller) {
    return list_item(caller, struct session, caller);
}

static void on_reply(struct caller *caller, const Fd__Reply *reply) {
    struct session *session = session_of_caller(caller);
    if (session->state == SESSION_CLOSING) return;
    session_reply(session, reply);
    if (!session->stream.reading || session->due != FAREWELL_NONE) session_wake(session);
}

static void on_identity(struct caller *caller) {
    struct session *session = session_of_caller(caller);
    if (session->state == SESSION_STRANGER && session->identity.signed_in) {
        session_enter(session, SESSION_MEMBER);
        session->reader.limit = FRAME_LIMIT;
        session->sessions->counters.signed_in++;
    } else if (session_is_member(session) && !session->identity.signed_in) {
        session_leave_soon(session, FAREWELL_SIGNED_OUT);
    }
}

/* What the stream calls */

static void on_data(struct stream *stream, const uint8_t *data, size_t length) {
    struct session *session = session_of(stream);
    if (session->state == SESSION_CLOSING) return;
    session_heard(session);
    if (frame_reader_push(&session->reader, data, length) != STATUS_OK)
        session_leave(session, FAREWELL_AWAY);
    else
        handle_frames(session);
}

static void on_drained(struct stream *stream) {
    struct session *session = session_of(stream);
    if (session->state == SESSION_CLOSING) return;
    follows_resume(session);
    if (!stream->reading) session_wake(session);
}

static const char *end_name(enum stream_end why) {
    switch (why) {
    case STREAM_END_LOCAL: return "closed";
    case STREAM_END_FINISHED: return "the client closed the line";
    case STREAM_END_TRUNCATED: return "the line ended";
    case STREAM_END_RESET: return "the network broke the line";
    case STREAM_END_TLS: return "no TLS 1.3";
    }
    return "";
}

/* A balancer looks whether somebody listens: it connects, says nothing and goes. */
static bool was_a_look(const struct session *session, enum stream_end why) {
    return session->state == SESSION_GREETING && !session->stream.established &&
           (why == STREAM_END_TRUNCATED || why == STREAM_END_RESET);
}

static void on_end(struct stream *stream, enum stream_end why) {
    struct session *session = session_of(stream);
    if (session->state != SESSION_CLOSING) {
        if (was_a_look(session, why))
            LOG(DEBUG, "looked at", LOG_TEXT("address", session->identity.address));
        else
            log_end(session, end_name(why), why == STREAM_END_TLS);
        withdraw(session);
    }
    request_detach_all(&session->caller);
}

static void on_closed(struct stream *stream) {
    struct session *session = session_of(stream);
    struct sessions *sessions = session->sessions;
    list_remove(&session->node);
    frame_reader_free(&session->reader);
    free(session);
    sessions->counters.open--;
    sessions->counters.closed++;
    sessions_part_closed(sessions);
}

static const struct stream_callbacks callbacks = {
    .on_data = on_data,
    .on_drained = on_drained,
    .on_end = on_end,
    .on_closed = on_closed,
};

bool session_accept(struct sessions *sessions, uv_stream_t *listener) {
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL) return false;
    if (stream_accept(&session->stream, sessions->shared, listener, sessions->tls, &callbacks) != STATUS_OK) {
        free(session);
        return false;
    }
    session->sessions = sessions;
    session->stream.low_mark_bytes = (size_t)sessions->limits.output_mark_bytes / 2;
    session->reader.limit = FRAME_LIMIT_STRANGER;
    session->identity.chinese = true; /* until hello says otherwise */
    stream_peer_address(&session->stream, session->identity.address);
    session->caller = (struct caller){.services = sessions->services,
                                      .identity = &session->identity,
                                      .on_reply = on_reply,
                                      .on_identity = on_identity};
    list_init(&session->caller.requests);
    list_init(&session->node);
    list_init(&session->unfinished);
    list_init(&session->backlogged);
    list_init(&session->ready);
    list_init(&session->follows);
    session_enter(session, SESSION_GREETING);
    sessions->handles++;
    sessions->counters.accepted++;
    sessions->counters.open++;
    return true;
}
