/* SPDX-License-Identifier: Apache-2.0 */
/* A picture of one site that follows the journal: what alerts, board, status and watch look at. */
#ifndef FRONTDESK_CLIENT_CLI_LIVE_H
#define FRONTDESK_CLIENT_CLI_LIVE_H

#include "client/cli/cli.h"
#include "client/core/model.h"

struct live {
    struct cli *cli;
    struct model model;
    const Fd__Site *site;
    bool leads;          /* this person, on this site: takes alarms that reached nobody */
    int64_t alarm_at_ms; /* when it was last found that nobody looks after the site's deadlines; 0: never */
    bool whole;          /* the snapshot has come */
    bool changed;        /* since somebody looked */
    /* May be NULL; called after the model has changed. */
    void (*on_event)(struct live *live, const Fd__Event *event);
    void (*on_reset)(struct live *live, const Fd__Reset *reset);
    void (*on_line)(struct live *live, enum client_line line, const char *why);
    void (*on_seq)(struct live *live, int64_t seq);                       /* of every entry, blank ones too */
    void (*on_outbox)(struct live *live, const struct outbox_item *item); /* as of a client */
    void *owner;
};

/* Opens the line, finds the site, names its people. Nothing is followed yet. */
int live_open(struct live *live, struct cli *cli);
/* Follows the site for a picture, and waits until it is whole. */
int live_observe(struct live *live);
/* Pending, and this person is to acknowledge it: one of its people, or it reached nobody and they lead. */
bool live_is_mine(const struct live *live, const Fd__Alert *alert);
/* Lately found that the site's deadlines stand still. */
bool live_alarm(const struct live *live);
void live_close(struct live *live);

#endif
