/* SPDX-License-Identifier: Apache-2.0 */
/* What the files right in server/ share: the running server with its rooms. */
#ifndef FRONTDESK_SERVER_ROOM_H
#define FRONTDESK_SERVER_ROOM_H

#include "server/audit/anchoring.h"
#include "server/audit/denials.h"
#include "server/control/control.h"
#include "server/journal/journal.h"
#include "server/network/session.h"
#include "server/prepare.h"
#include "server/timers/auditor.h"
#include "server/timers/timers.h"

enum { TOPICS = TRANSACTION_STATEMENTS - 1 };

struct server {
    const struct config *config;
    const struct arguments *arguments;
    const struct ground *ground;
    uv_loop_t loop;
    uv_signal_t terminate, interrupt;
    uv_timer_t watch, retry;
    struct services services;
    struct control *control;
    struct journal *journal;
    struct timers *timers; /* NULL: [timers] enabled = false */
    struct auditor *auditor;
    struct neglect neglect; /* as the auditor told it last */
    struct denials *denials;
    struct anchoring *anchoring;
    struct sessions *sessions; /* NULL: not ready yet, or gone */
    struct journal_topic topics[TOPICS];
    size_t topic_count;
    int port;
    bool stopping, failed;
    uint64_t notified_ms;  /* the watchdog, by the loop's clock */
    int64_t started_at_ms; /* by this machine's clock */
    uint64_t started_ms;   /* by the loop's */
};

/* server.c */
/* Sends the clients away and takes none in, until server_undrain or the stop. */
void server_drain(struct server *server);
/* `why` (WHY_BYTES): why the port is not to be had any more. */
MUST_USE enum status server_undrain(struct server *server, char *why);

/* orders.c: what frontdeskctl may ask; one line each. */
extern const struct control_request orders[];
extern const size_t order_count;

/* status.c */
void order_status(void *owner, struct control_call *call);
const char *status_state(const struct server *server); /* "serving", "drained" … */

#endif
