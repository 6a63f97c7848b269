/* SPDX-License-Identifier: Apache-2.0 */
/* One client on the line: greeting, sign-in, requests, subscriptions, back-pressure, end.
 *
 *   GREETING --hello--> STRANGER --sign-in--> MEMBER --goodbye or fault--> CLOSING
 */
#ifndef FRONTDESK_NETWORK_SESSION_H
#define FRONTDESK_NETWORK_SESSION_H

#include <uv.h>

#include "common/stream.h"
#include "server/journal/journal.h"
#include "server/request/request.h"

struct sessions; /* all of one server: limits, counters, the sweep that finds the silent ones */

/* What they are by default stands in the table of settings (config.c). */
struct session_limits {
    int64_t handshake_ms;      /* until TLS stands and hello came */
    int64_t sign_in_ms;        /* from there: clients ask the person before they connect */
    int64_t frame_ms;          /* from a frame's first byte to its last */
    int64_t ping_ms;           /* of silence, then it is asked */
    int64_t dead_ms;           /* of silence, then it is gone */
    int64_t stalled_ms;        /* with output that does not move */
    int64_t output_bytes;      /* closed over it */
    int64_t output_mark_bytes; /* subscriptions stand still above it */
    int64_t spread_ms;         /* over which everybody is sent away, when there are many */
    int requests_in_flight;
    int frames_per_turn; /* then the others have their turn */
    int strangers;       /* connections that have not signed in */
    int connections;
};

struct session_counters {
    uint64_t accepted, closed, signed_in, frames_in, frames_out, refused_frames;
    uint64_t open, strangers;
};

MUST_USE enum status sessions_open(struct sessions **sessions, struct services *services, struct journal *journal,
                                   struct tls_context *tls, const struct session_limits *limits);
/* Listens; *port 0 is replaced by the one taken. `why` (WHY_BYTES) names the mend. */
MUST_USE enum status sessions_listen(struct sessions *sessions, const char *host, int *port, char *why);
/* Sends everybody away and takes nobody in: listening ends, each line gets a goodbye (UNAVAILABLE, jittered
 * retry_after_ms) at a moment of its own within limits.spread_ms, after its requests under way were answered; those
 * that are not answered finish_ms later are left. The second time only the end may come nearer. */
void sessions_drain(struct sessions *sessions, int64_t finish_ms);
bool sessions_draining(const struct sessions *sessions);
/* Listens again (as sessions_listen, which see); whoever was not sent away yet stays. Not after sessions_close. */
MUST_USE enum status sessions_undrain(struct sessions *sessions, const char *host, int *port, char *why);
/* Drains, then closes. */
void sessions_close(struct sessions *sessions, int64_t drain_ms, void (*on_closed)(void *owner), void *owner);
/* A person's rights changed: signed out where no membership is left, subscriptions to lost sites end. */
void sessions_recheck(struct sessions *sessions, const char *person_id);
/* Sign-ins of the person were ended: all the person's lines end, and those whose token is still good resume. The line
 * whose own request ended them is left alone. */
void sessions_revoke(struct sessions *sessions, const char *person_id);
const struct session_counters *sessions_counters(const struct sessions *sessions);

#endif
