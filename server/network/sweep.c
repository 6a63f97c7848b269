/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines of all sessions by one timer: each list is in order of age, so a look ends at the first that is young. */
#include "server/network/room.h"

static bool is_over(uint64_t now_ms, uint64_t since_ms, int64_t limit_ms) {
    return now_ms >= since_ms + (uint64_t)limit_ms;
}

/* One whose sign-in is under way hears its answer, which may take as long again. */
static void sweep_strangers(struct sessions *sessions, enum session_state state, uint64_t now_ms, int64_t limit_ms,
                            enum farewell farewell) {
    list_each_safe(node, &sessions->of_state[state]) {
        struct session *session = list_item(node, struct session, node);
        if (!is_over(now_ms, session->since_ms, limit_ms)) return;
        if (session->caller.count > 0 && !is_over(now_ms, session->since_ms, 2 * limit_ms)) continue;
        session_leave(session, farewell);
    }
}

static void sweep_unfinished(struct sessions *sessions, uint64_t now_ms) {
    list_each_safe(node, &sessions->unfinished) {
        struct session *session = list_item(node, struct session, unfinished);
        if (!is_over(now_ms, session->frame_since_ms, sessions->limits.frame_ms)) return;
        session_leave(session, FAREWELL_FRAME_SLOW);
    }
}

/* One whose line we do not read cannot be heard: its time begins when we read again. */
static void sweep_members(struct sessions *sessions, uint64_t now_ms) {
    list_each_safe(node, &sessions->of_state[SESSION_MEMBER]) {
        struct session *session = list_item(node, struct session, node);
        if (!is_over(now_ms, session->since_ms, sessions->limits.ping_ms)) return;
        if (!session->stream.reading) {
            session_heard(session);
            continue;
        }
        session_enter(session, SESSION_PINGED);
        session_ping(session);
    }
}

static void sweep_pinged(struct sessions *sessions, uint64_t now_ms) {
    int64_t limit_ms = sessions->limits.dead_ms - sessions->limits.ping_ms;
    list_each_safe(node, &sessions->of_state[SESSION_PINGED]) {
        struct session *session = list_item(node, struct session, node);
        if (!is_over(now_ms, session->since_ms, limit_ms)) return;
        if (session->stream.reading)
            session_leave(session, FAREWELL_SILENT);
        else
            session_heard(session);
    }
}

/* Only those that were sent something since their output was last found empty. */
static void sweep_backlogged(struct sessions *sessions, uint64_t now_ms) {
    list_each_safe(node, &sessions->backlogged) {
        struct session *session = list_item(node, struct session, backlogged);
        uint64_t taken = stream_taken(&session->stream);
        if (stream_settled(&session->stream)) {
            list_remove(&session->backlogged);
        } else if (taken != session->moved_bytes) {
            session->moved_bytes = taken;
            session->moved_ms = now_ms;
        } else if (is_over(now_ms, session->moved_ms, sessions->limits.stalled_ms)) {
            session_leave(session, FAREWELL_STALLED);
        }
    }
}

void sessions_sweep(struct sessions *sessions, uint64_t now_ms) {
    const struct session_limits *limits = &sessions->limits;
    sweep_strangers(sessions, SESSION_GREETING, now_ms, limits->handshake_ms, FAREWELL_GREETING_LATE);
    sweep_strangers(sessions, SESSION_STRANGER, now_ms, limits->sign_in_ms, FAREWELL_SIGN_IN_LATE);
    sweep_unfinished(sessions, now_ms);
    sweep_pinged(sessions, now_ms);
    sweep_members(sessions, now_ms);
    sweep_backlogged(sessions, now_ms);
    if (sessions->draining) drain_sweep(sessions, now_ms);
    list_each(node, &sessions->listeners) listener_retry(list_item(node, struct listener, node));
}
