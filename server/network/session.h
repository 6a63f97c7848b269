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

struct session_limits {
    int64_t handshake_ms;      /* 5 s until TLS stands and hello came */
    int64_t sign_in_ms;        /* 5 s more than a human needs is not needed: clients ask before they connect; 30 s */
    int64_t frame_ms;          /* 10 s for one frame */
    int64_t ping_ms;           /* 20 s of silence */
    int64_t dead_ms;           /* 45 s */
    int64_t stalled_ms;        /* 10 s with output that does not move */
    int64_t output_bytes;      /* 256 KiB: closed over it */
    int64_t output_mark_bytes; /* 64 KiB: subscriptions stand still above it */
    int requests_in_flight;    /* 32 */
    int frames_per_turn;       /* 16 */
    int strangers;             /* 512 connections that have not signed in */
    int connections;           /* 10,000 */
};

struct session_counters {
    uint64_t accepted, closed, signed_in, frames_in, frames_out, refused_frames;
    uint64_t open, strangers;
};

extern const struct session_limits session_limits_default;

MUST_USE enum status sessions_open(struct sessions **sessions, struct services *services, struct journal *journal,
                                   struct tls_context *tls, const struct session_limits *limits);
/* Listens; *port 0 is replaced by the one taken. `why` (256 bytes) names the mend. */
MUST_USE enum status sessions_listen(struct sessions *sessions, const char *host, int *port, char *why);
/* Says goodbye to everybody (UNAVAILABLE, jittered retry_after_ms), lets requests finish for drain_ms, closes. */
void sessions_close(struct sessions *sessions, int64_t drain_ms, void (*on_closed)(void *owner), void *owner);
/* A person's rights changed: signed out where no membership is left, subscriptions to lost sites end. */
void sessions_recheck(struct sessions *sessions, const char *person_id);
/* Sign-ins that were ended elsewhere: all lines of the person, or the one with that session; NULL: any. A line whose
 * own request ended it has signed out already and is left alone. */
void sessions_revoke(struct sessions *sessions, const char *person_id, const char *session_id);
const struct session_counters *sessions_counters(const struct sessions *sessions);

#endif
