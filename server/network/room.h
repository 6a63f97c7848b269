/* SPDX-License-Identifier: Apache-2.0 */
/* The room's own view: what its files share, and which file has which function. */
#ifndef FRONTDESK_NETWORK_ROOM_H
#define FRONTDESK_NETWORK_ROOM_H

#include "common/arena.h"
#include "common/frame.h"
#include "common/list.h"
#include "common/uuid.h"
#include "server/network/farewell.h"
#include "server/network/listener.h"
#include "server/network/session.h"

enum {
    PROTOCOL_VERSION = 1,
    SUBSCRIPTIONS_LIMIT = 64,
    STRANGER_REQUESTS = 1,
    STRANGER_WAITING_BYTES = 16 * 1024, /* received and not handled, before sign-in */
    SWEEP_MS = 250,
    SETTLING_MS = 1000, /* so long a newcomer may take for handshake and hello before others are let in its place */
    NEWCOMERS_PER_TURN = 16, /* a handshake takes the time of a hundred frames: others come in between */
};

enum session_state {
    SESSION_NEW,
    SESSION_GREETING, /* until hello */
    SESSION_STRANGER, /* until signed in */
    SESSION_MEMBER,
    SESSION_PINGED, /* a member that has been silent; any byte makes it MEMBER again */
    SESSION_CLOSING,
    SESSION_STATES,
};

struct session {
    struct stream stream;
    struct sessions *sessions;
    enum session_state state;
    bool parting;                   /* hears nothing more: it leaves when its requests are answered */
    uint64_t part_at_ms;            /* from when on, while all are sent away */
    enum farewell due;              /* it leaves in the next turn of the loop, and does nothing more until then */
    struct list node;               /* among those of its state: by age, members by when they were last heard */
    struct list unfinished;         /* among those that owe the rest of a frame, by age */
    struct list backlogged;         /* among those that have been sent something lately */
    struct list ready;              /* among those to be looked at in the next turn */
    uint64_t since_ms;              /* GREETING: accepted; STRANGER: greeted; then: last heard */
    uint64_t frame_since_ms;        /* of the unfinished frame */
    uint64_t moved_ms, moved_bytes; /* when output last moved, and stream_taken then */
    struct frame_reader reader;
    struct caller caller;
    struct identity identity;
    struct list follows;
};

struct sessions {
    struct services *services;
    struct journal *journal;
    struct tls_context *tls;
    struct session_limits limits;
    struct session_counters counters;
    struct stream_loop *shared;
    struct list of_state[SESSION_STATES];
    struct list unfinished, backlogged, ready;
    struct list listeners;
    uv_timer_t sweep;
    uv_idle_t turn; /* active while somebody is ready */
    struct bytes scratch;
    int newcomers;          /* taken in this turn */
    bool newcomers_waiting; /* for the next one */
    int handles;            /* that sessions_close waits for */
    bool draining;          /* no newcomers; everybody is sent away */
    bool closing;           /* and then all ends */
    uint64_t drain_until_ms;
    void (*on_closed)(void *owner);
    void *owner;
};

/* session.c */
MUST_USE bool session_accept(struct sessions *sessions, uv_stream_t *listener); /* false: nothing was taken */
void session_leave(struct session *session, enum farewell farewell);      /* not from inside requests or the journal */
void session_leave_soon(struct session *session, enum farewell farewell); /* from anywhere */
void session_heard(struct session *session);
void session_look(struct session *session); /* its turn: leaves when due, else handles what has come */
void session_wake(struct session *session); /* asks for a turn */
void session_enter(struct session *session, enum session_state state);
static inline bool session_is_stranger(const struct session *session) {
    return session->state == SESSION_GREETING || session->state == SESSION_STRANGER;
}
static inline bool session_is_member(const struct session *session) {
    return session->state == SESSION_MEMBER || session->state == SESSION_PINGED;
}

/* output.c */
MUST_USE bool session_has_room(const struct session *session); /* for events and further requests */
MUST_USE bool session_write(struct session *session, const void *frame, size_t length);
void session_send(struct session *session, Fd__ServerFrame *frame);
void session_reply(struct session *session, const Fd__Reply *reply);
void session_ping(struct session *session);
void session_goodbye(struct session *session, enum farewell farewell);

/* dispatch.c: what each frame does in each state. */
void session_dispatch(struct session *session, const uint8_t *payload, size_t length);

/* follow.c: the sites a session follows. */
void follows_replace(struct session *session, const Fd__Subscribe *subscribe);
void follows_end(struct session *session);
void follows_resume(struct session *session); /* there is room again */
/* The person's rights may be others; false: none is left on any site. */
MUST_USE bool follows_recheck(struct session *session);

/* drain.c */
void drain_sweep(struct sessions *sessions, uint64_t now_ms);

/* sweep.c */
void sessions_sweep(struct sessions *sessions, uint64_t now_ms);

/* sessions.c */
/* A newcomer, or refuses it. False: it waits, for another turn or for memory. */
MUST_USE bool sessions_take(struct sessions *sessions, uv_stream_t *listener);
void sessions_call_newcomers(struct sessions *sessions); /* those that wait, in the next turn */
void sessions_part_closed(struct sessions *sessions);    /* a session, a listener or a refused newcomer has gone */
void sessions_expect_turn(struct sessions *sessions);    /* somebody is ready */

#endif
