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
    bool whole;   /* the snapshot has come */
    bool changed; /* since somebody looked */
    /* May be NULL; called after the model has changed. */
    void (*on_event)(struct live *live, const Fd__Event *event);
    void (*on_reset)(struct live *live, const Fd__Reset *reset);
    void (*on_line)(struct live *live, enum client_line line, const char *why);
    void (*on_seq)(struct live *live, int64_t seq); /* of every entry, blank ones too */
    void *owner;
};

/* Opens the line, finds the site, names its people. Nothing is followed yet. */
int live_open(struct live *live, struct cli *cli);
/* Follows the site for a picture, and waits until it is whole. */
int live_observe(struct live *live);
void live_close(struct live *live);

#endif
