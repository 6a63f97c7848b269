/* SPDX-License-Identifier: Apache-2.0 */
/* The sites this client follows, a cursor each. An entry is handed on when it is the next one, is dropped when it was
 * seen before, and makes the client ask again from its cursor when one is missing. */
#ifndef FRONTDESK_CLIENT_CORE_SUBSCRIPTIONS_H
#define FRONTDESK_CLIENT_CORE_SUBSCRIPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/core/frontdesk.h"
#include "common/list.h"
#include "common/uuid.h"

struct subscribed_site {
    struct list node;
    char site_id[UUID_TEXT_BYTES];
    int64_t epoch, seq; /* epoch 0: has nothing */
    bool whole;         /* the snapshot has come in full */
    bool kept;          /* stored for the next start */
    bool unsaved;
    bool asked_again; /* because of a gap, and nothing in order has come since */
    bool foreign;     /* no place on this site since the last sign-in: asking would end the line */
};

struct subscriptions {
    struct client *client;
    struct list sites;
    uv_timer_t save;
    bool timer_open;
};

void subscriptions_open(struct subscriptions *subscriptions, struct client *client);
/* Saves the cursors, frees the list. */
void subscriptions_close(struct subscriptions *subscriptions, uv_close_cb on_timer_closed);
MUST_USE enum status subscriptions_add(struct subscriptions *subscriptions, const char *site_id, bool kept);
/* The sites of the person who signed in. */
void subscriptions_check(struct subscriptions *subscriptions, const Fd__SignInResponse *person);
void subscriptions_send(struct subscriptions *subscriptions); /* all cursors, in one frame */
void subscriptions_on_event(struct subscriptions *subscriptions, const Fd__Event *event);
void subscriptions_on_reset(struct subscriptions *subscriptions, const Fd__Reset *reset);
void subscriptions_on_snapshot(struct subscriptions *subscriptions, const Fd__Snapshot *snapshot);

#endif
