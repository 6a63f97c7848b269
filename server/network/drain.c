/* SPDX-License-Identifier: Apache-2.0 */
/* Sending everybody away, before a stop or because the administrator wants it: a balancer sees that nobody listens any
 * more, and the clients come to the other servers one after another instead of all at once.
 *
 *   stays --its moment comes--> parting --its requests are answered, or time is up--> goodbye */
#include <sodium.h>

#include "common/log.h"
#include "server/network/room.h"

enum {
    PARTING_EVERY_MS = 10, /* few clients are gone sooner than the setting allows */
    PARTING_SWEEP_MS = 20, /* or many would go in the same moment after all */
};

static void sweep_every(struct sessions *sessions, uint64_t interval_ms) {
    if (uv_timer_get_repeat(&sessions->sweep) == interval_ms) return;
    uv_timer_set_repeat(&sessions->sweep, interval_ms);
    (void)uv_timer_again(&sessions->sweep);
}

static void each_session(struct sessions *sessions, void (*visit)(struct session *session)) {
    for (int state = SESSION_GREETING; state < SESSION_CLOSING; state++)
        list_each_safe(node, &sessions->of_state[state]) visit(list_item(node, struct session, node));
}

static void part(struct session *session) {
    if (session->parting || session->part_at_ms > uv_now(session->sessions->services->loop)) return;
    session->parting = true;
    session_wake(session);
}

static void leave(struct session *session) {
    session_leave(session, session->sessions->closing ? FAREWELL_STOPPING : FAREWELL_DRAINED);
}

static void stay(struct session *session) {
    session->parting = false;
    session->part_at_ms = 0;
    session_wake(session);
}

void drain_sweep(struct sessions *sessions, uint64_t now_ms) {
    each_session(sessions, now_ms < sessions->drain_until_ms ? part : leave);
    if (sessions->counters.open == 0) sweep_every(sessions, SWEEP_MS);
}

static uint64_t spread_of(const struct sessions *sessions) {
    uint64_t wanted_ms = sessions->counters.open * PARTING_EVERY_MS, most_ms = (uint64_t)sessions->limits.spread_ms;
    return wanted_ms < most_ms ? wanted_ms : most_ms;
}

/* Whoever has not signed in has nothing to lose and goes at once. */
static void choose_moments(struct sessions *sessions, uint64_t now_ms, uint64_t spread_ms) {
    for (int state = SESSION_GREETING; state < SESSION_CLOSING; state++) {
        list_each(node, &sessions->of_state[state]) {
            struct session *session = list_item(node, struct session, node);
            uint64_t after_ms = session_is_member(session) ? randombytes_uniform((uint32_t)spread_ms + 1) : 0;
            session->part_at_ms = now_ms + after_ms;
        }
    }
}

void sessions_drain(struct sessions *sessions, int64_t finish_ms) {
    uint64_t now_ms = uv_now(sessions->services->loop), spread_ms = spread_of(sessions);
    if (sessions->draining) { /* and now there is a hurry */
        uint64_t until_ms = now_ms + (uint64_t)finish_ms;
        if (until_ms < sessions->drain_until_ms) sessions->drain_until_ms = until_ms;
        return;
    }
    LOG(NOTICE, "sending the clients away", LOG_NUMBER("open", sessions->counters.open),
        LOG_NUMBER("within_ms", spread_ms));
    sessions->draining = true;
    sessions->drain_until_ms = now_ms + spread_ms + (uint64_t)finish_ms;
    list_each_safe(node, &sessions->listeners) listener_close(list_item(node, struct listener, node));
    choose_moments(sessions, now_ms, spread_ms);
    each_session(sessions, part);
    sweep_every(sessions, PARTING_SWEEP_MS);
}

bool sessions_draining(const struct sessions *sessions) {
    return sessions->draining;
}

enum status sessions_undrain(struct sessions *sessions, const char *host, int *port, char *why) {
    if (!sessions->draining) return STATUS_OK;
    enum status status = listeners_open(sessions, host, port, why);
    if (status != STATUS_OK) return status;
    sessions->draining = false;
    each_session(sessions, stay);
    sweep_every(sessions, SWEEP_MS);
    return STATUS_OK;
}
