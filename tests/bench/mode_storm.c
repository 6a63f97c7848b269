/* SPDX-License-Identifier: Apache-2.0 */
/* All desks of a site lose their lines at the same moment, and something happens meanwhile. Each comes back with its
 * token and its cursor, tries again as long as it takes, and is back when it has what it missed.
 *
 *   phase 1  the storm, until everybody is back
 *   phase 2  one event after the other to all
 *
 * Peer 0 makes what the desks hear of, the others are the desks. */
#include <stdlib.h>

#include "tests/bench/load.h"

enum {
    PUBLISHER = 0,
    DESKS = 1, /* the first one */
    STORM = 1,
    LOOK_EVERY_US = 5 * 1000,
    BACKOFF_MS = 500, /* doubled each time, docs/protocol.md */
    BACKOFF_LIMIT_MS = 30 * 1000,
    DOUBLINGS = 6,
};

static int peers(const struct load *load) {
    return DESKS + load->options.subscribers;
}

static bool subscribes(const struct load *load, int peer) {
    (void)load;
    return peer >= DESKS;
}

/* Every second session is a clerk's of the second site. */
static int session(int peer) {
    return 2 * peer;
}

static void publish(struct load *load) {
    load->remaining[0] = load->options.subscribers;
    load->published_us[0] = line_now_us();
    load->options.tongue->publish(&load->peers[PUBLISHER]);
}

static void cut_all(struct load *load) {
    for (int i = DESKS; i < load->wanted; i++) load_hang_up(&load->peers[i], false);
    publish(load);
    for (int i = DESKS; i < load->wanted; i++) load_open(&load->peers[i]);
    load_later(load, load->began_us + LOOK_EVERY_US);
}

static void begin(struct load *load) {
    if (load->phase == STORM)
        cut_all(load);
    else
        publish(load);
}

static void come_back(struct load *load, int64_t now_us) {
    for (int i = DESKS; i < load->wanted; i++) {
        struct peer *peer = &load->peers[i];
        if (peer->retry_us > now_us) continue;
        if (peer->line.state == LINE_CLOSED) load_open(peer);
        if (peer->asks_again) frontdesk_resume(peer);
        peer->asks_again = false;
    }
    load_later(load, now_us + LOOK_EVERY_US);
}

/* As the product's client does it. */
static bool ended(struct peer *peer, int64_t retry_ms) {
    struct load *load = peer->load;
    if (load_index(peer) < DESKS || load->phase != STORM) return false;
    int64_t backoff_ms = (int64_t)BACKOFF_MS << (peer->tries < DOUBLINGS ? peer->tries : DOUBLINGS);
    if (backoff_ms > BACKOFF_LIMIT_MS) backoff_ms = BACKOFF_LIMIT_MS;
    backoff_ms = backoff_ms / 2 + rand() % (int)(backoff_ms / 2);
    peer->tries++;
    load->retries++;
    if (retry_ms > 0) load->goodbyes++;
    peer->retry_us = line_now_us() + (retry_ms > backoff_ms ? retry_ms : backoff_ms) * 1000;
    return true;
}

/* On the same line, when the server says so. */
static void busy(struct peer *peer, int64_t retry_ms) {
    peer->load->retries++;
    peer->load->goodbyes++;
    peer->asks_again = true;
    peer->retry_us = line_now_us() + retry_ms * 1000;
}

static void delivered(struct peer *peer, size_t bytes, int64_t now_us) {
    struct load *load = peer->load;
    load->delivered++;
    load->delivered_bytes += bytes;
    if (load->phase == STORM)
        samples_add(&load->answers, now_us - load->began_us);
    else
        samples_add(&load->pushes, now_us - load->published_us[0]);
    if (--load->remaining[0] > 0) return;
    samples_add(&load->wholes, now_us - load->published_us[0]);
    if (load->phase == STORM || ++load->whole == load->options.publications)
        load_finish(load);
    else
        publish(load);
}

const struct mode mode_storm = {.name = "storm",
                                .peers = peers,
                                .subscribes = subscribes,
                                .session = session,
                                .begin = begin,
                                .delivered = delivered,
                                .on_time = come_back,
                                .busy = busy,
                                .ended = ended};
