/* SPDX-License-Identifier: Apache-2.0 */
/* All sessions of one server: who may come in, the common timer, the end of all. */
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "server/network/room.h"

static void on_sweep(uv_timer_t *timer) {
    sessions_sweep(timer->data, uv_now(timer->loop));
}

static void take_newcomers(struct sessions *sessions) {
    bool waiting = sessions->newcomers_waiting;
    sessions->newcomers = 0;
    sessions->newcomers_waiting = false;
    if (waiting) list_each(node, &sessions->listeners) listener_retry(list_item(node, struct listener, node));
}

/* Those that ask again meanwhile have their turn after the network was looked at. */
static void on_turn(uv_idle_t *turn) {
    struct sessions *sessions = turn->data;
    struct list now;
    list_init(&now);
    list_append(&sessions->ready, &now); /* the whole ring becomes ours */
    list_remove(&sessions->ready);
    while (!list_empty(&now)) {
        struct session *session = list_item(now.next, struct session, ready);
        list_remove(&session->ready);
        session_look(session);
    }
    take_newcomers(sessions);
    if (list_empty(&sessions->ready) && !sessions->newcomers_waiting) uv_idle_stop(turn);
}

void sessions_expect_turn(struct sessions *sessions) {
    uv_idle_start(&sessions->turn, on_turn);
}

enum status sessions_open(struct sessions **sessions, struct services *services, struct journal *journal,
                          struct tls_context *tls, const struct session_limits *limits) {
    struct sessions *made = calloc(1, sizeof *made);
    if (made == NULL) return STATUS_UNAVAILABLE;
    enum status status = stream_loop_open(&made->shared, services->loop);
    if (status != STATUS_OK) {
        free(made);
        return status;
    }
    made->services = services;
    made->journal = journal;
    made->tls = tls;
    made->limits = *limits;
    for (int state = 0; state < SESSION_STATES; state++) list_init(&made->of_state[state]);
    list_init(&made->unfinished);
    list_init(&made->backlogged);
    list_init(&made->ready);
    list_init(&made->listeners);
    uv_timer_init(services->loop, &made->sweep);
    uv_idle_init(services->loop, &made->turn);
    made->sweep.data = made->turn.data = made;
    uv_timer_start(&made->sweep, on_sweep, SWEEP_MS, SWEEP_MS);
    *sessions = made;
    return STATUS_OK;
}

enum status sessions_listen(struct sessions *sessions, const char *host, int *port, char *why) {
    return listeners_open(sessions, host, port, why);
}

/* Newcomers */

static void on_turned_away(uv_handle_t *handle) {
    struct sessions *sessions = handle->data;
    free(handle);
    sessions_part_closed(sessions);
}

/* Closed at once, before TLS costs anything. */
static bool turn_away(struct sessions *sessions, uv_stream_t *listener) {
    uv_tcp_t *tcp = malloc(sizeof *tcp);
    if (tcp == NULL || uv_tcp_init(sessions->services->loop, tcp) != 0) {
        free(tcp);
        return false;
    }
    tcp->data = sessions;
    sessions->handles++;
    (void)uv_accept(listener, (uv_stream_t *)tcp);
    uv_close((uv_handle_t *)tcp, on_turned_away);
    return true;
}

enum room { ROOM, ROOM_SOON, NO_ROOM };

static struct session *longest_idle(const struct list *strangers) {
    list_each(node, strangers) {
        struct session *session = list_item(node, struct session, node);
        if (session->caller.count == 0) return session;
    }
    return NULL;
}

/* The one that has been where it is for longest and is not just signing in. A flood pushes out itself: nobody who has
 * said hello can sit there while newcomers push out each other. But whoever has only just come is perhaps of an estate
 * that comes back: newcomers wait for those. */
static enum room make_room(struct sessions *sessions) {
    struct session *greeting = longest_idle(&sessions->of_state[SESSION_GREETING]);
    struct session *stranger = longest_idle(&sessions->of_state[SESSION_STRANGER]);
    struct session *oldest = greeting != NULL ? greeting : stranger;
    if (oldest == NULL) return NO_ROOM;
    if (stranger != NULL && stranger->since_ms < oldest->since_ms) oldest = stranger;
    if (uv_now(sessions->services->loop) < oldest->since_ms + SETTLING_MS) return ROOM_SOON;
    session_leave(oldest, FAREWELL_CROWDED);
    return ROOM;
}

static enum room find_room(struct sessions *sessions) {
    const struct session_limits *limits = &sessions->limits;
    const struct session_counters *counters = &sessions->counters;
    if (sessions->draining || counters->open >= (uint64_t)limits->connections) return NO_ROOM;
    return counters->strangers < (uint64_t)limits->strangers ? ROOM : make_room(sessions);
}

bool sessions_take(struct sessions *sessions, uv_stream_t *listener) {
    if (sessions->newcomers == NEWCOMERS_PER_TURN) {
        sessions_call_newcomers(sessions);
        return false;
    }
    enum room room = find_room(sessions);
    if (room == ROOM_SOON) return false; /* when somebody leaves, or at the next sweep */
    sessions->newcomers++;
    return (room == ROOM && session_accept(sessions, listener)) || turn_away(sessions, listener);
}

void sessions_call_newcomers(struct sessions *sessions) {
    sessions->newcomers_waiting = true;
    sessions_expect_turn(sessions);
}

/* Rights */

static void recheck(struct session *session) {
    if (follows_recheck(session)) return;
    session->identity.signed_in = false;
    session_leave_soon(session, FAREWELL_RIGHTS_GONE);
}

static void end_sign_in(struct session *session) {
    if (!session->identity.signed_in || session->identity.renewing) return;
    session->identity.signed_in = false;
    session_leave_soon(session, FAREWELL_REVOKED);
}

static void each_member(struct sessions *sessions, const char *person_id, void (*visit)(struct session *session)) {
    static const enum session_state members[] = {SESSION_MEMBER, SESSION_PINGED};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        list_each_safe(node, &sessions->of_state[members[i]]) {
            struct session *session = list_item(node, struct session, node);
            if (strcmp(session->identity.person_id, person_id) == 0) visit(session);
        }
    }
}

void sessions_recheck(struct sessions *sessions, const char *person_id) {
    each_member(sessions, person_id, recheck);
}

void sessions_revoke(struct sessions *sessions, const char *person_id) {
    each_member(sessions, person_id, end_sign_in);
}

const struct session_counters *sessions_counters(const struct sessions *sessions) {
    return &sessions->counters;
}

/* The end: listeners and sessions, then the timers, then the streams' share of the loop. */

static void on_shared_closed(void *owner) {
    struct sessions *sessions = owner;
    void (*on_closed)(void *) = sessions->on_closed;
    void *closed_owner = sessions->owner;
    bytes_free(&sessions->scratch);
    free(sessions);
    if (on_closed != NULL) on_closed(closed_owner);
}

static void on_own_handle_closed(uv_handle_t *handle) {
    struct sessions *sessions = handle->data;
    if (--sessions->handles == 0) stream_loop_close(sessions->shared, on_shared_closed, sessions);
}

static void close_own_handles(struct sessions *sessions) {
    sessions->handles = 2;
    uv_close((uv_handle_t *)&sessions->sweep, on_own_handle_closed);
    uv_close((uv_handle_t *)&sessions->turn, on_own_handle_closed);
}

void sessions_part_closed(struct sessions *sessions) {
    if (--sessions->handles == 0 && sessions->closing) close_own_handles(sessions);
}

void sessions_close(struct sessions *sessions, int64_t drain_ms, void (*on_closed)(void *owner), void *owner) {
    CHECK(!sessions->closing);
    sessions->closing = true;
    sessions->on_closed = on_closed;
    sessions->owner = owner;
    sessions_drain(sessions, drain_ms);
    if (sessions->handles == 0) close_own_handles(sessions);
}
