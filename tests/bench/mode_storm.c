/* SPDX-License-Identifier: Apache-2.0 */
/* All desks of a site lose their lines at the same moment, and something happens meanwhile. Each comes back with its
 * token and its cursor, tries again as long as it takes, and is back when it has what it missed. On another site a desk
 * goes on working: its commands have their intended moments, and how long they take counts from there.
 *
 *   phase 1  calm: the working desk alone, for the given seconds
 *   phase 2  the storm, until everybody is back
 *   phase 3  one event after the other to all
 *
 * Peer 0 works, peer 1 makes what the desks hear of, the others are the desks. */
#include <stdlib.h>

#include "tests/bench/load.h"

enum {
    WORKER = 0,
    PUBLISHER = 1,
    DESKS = 2, /* the first one */
    CALM = 1,
    STORM = 2,
    WORK_EVERY_US = 50 * 1000,
    LOOK_EVERY_US = 5 * 1000,
    BACKOFF_MS = 500, /* doubled each time, docs/protocol.md */
    BACKOFF_LIMIT_MS = 30 * 1000,
};

static int64_t next_work_us, storm_began_us;
static int64_t asked_us[4096]; /* by the worker, when they were intended */
static int asked, answers;

static int peers(const struct load *load) {
    return DESKS + load->options.subscribers;
}

static bool subscribes(const struct load *load, int peer) {
    (void)load;
    return peer >= DESKS;
}

/* Every second session is a clerk's of the second site. */
static int session(int peer) {
    return peer == WORKER ? 1 : 2 * peer;
}

static void work_if_due(struct load *load, int64_t now_us) {
    enum { ROOM = sizeof asked_us / sizeof asked_us[0] };
    for (; next_work_us <= now_us && asked - answers < ROOM; next_work_us += WORK_EVERY_US) {
        asked_us[asked++ % ROOM] = next_work_us;
        load->options.tongue->publish(&load->peers[WORKER]);
    }
}

static void publish(struct load *load) {
    load->remaining[0] = load->options.subscribers;
    load->published_us[0] = line_now_us();
    load->options.tongue->publish(&load->peers[PUBLISHER]);
}

static void cut_all(struct load *load) {
    storm_began_us = line_now_us();
    for (int i = DESKS; i < load->wanted; i++) {
        load_hang_up(&load->peers[i], false);
        load->peers[i].tries = 0;
    }
    publish(load);
    for (int i = DESKS; i < load->wanted; i++) load_open(&load->peers[i]);
}

static void begin(struct load *load) {
    next_work_us = load->began_us;
    if (load->phase == STORM)
        cut_all(load);
    else if (load->phase > STORM)
        publish(load);
    if (load->phase <= STORM) load_later(load, load->began_us + LOOK_EVERY_US);
}

static void come_back(struct load *load, int64_t now_us) {
    for (int i = DESKS; i < load->wanted; i++) {
        struct peer *peer = &load->peers[i];
        if (peer->line.state != LINE_CLOSED || peer->retry_us > now_us) continue;
        load_open(peer);
    }
}

static void on_time(struct load *load, int64_t now_us) {
    if (load->phase == CALM && now_us >= load->began_us + (int64_t)load->options.seconds * 1000000) {
        load_finish(load);
        return;
    }
    work_if_due(load, now_us);
    if (load->phase == STORM) come_back(load, now_us);
    load_later(load, now_us + LOOK_EVERY_US);
}

static bool ended(struct peer *peer, int64_t retry_ms) {
    if (load_index(peer) < DESKS || peer->load->phase != STORM) return false;
    int64_t backoff_ms = (int64_t)BACKOFF_MS << (peer->tries < 6 ? peer->tries : 6);
    if (backoff_ms > BACKOFF_LIMIT_MS) backoff_ms = BACKOFF_LIMIT_MS;
    backoff_ms = backoff_ms / 2 + rand() % (int)(backoff_ms / 2);
    peer->tries++;
    peer->load->retries++;
    peer->retry_us = line_now_us() + (retry_ms > backoff_ms ? retry_ms : backoff_ms) * 1000;
    return true;
}

static void answered(struct peer *peer, int64_t now_us) {
    enum { ROOM = sizeof asked_us / sizeof asked_us[0] };
    if (load_index(peer) == WORKER) samples_add(&peer->load->after, now_us - asked_us[answers++ % ROOM]);
}

static void delivered(struct peer *peer, size_t bytes, int64_t now_us) {
    struct load *load = peer->load;
    load->delivered++;
    load->delivered_bytes += bytes;
    if (load->phase == STORM)
        samples_add(&load->answers, now_us - storm_began_us);
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
                                .answered = answered,
                                .delivered = delivered,
                                .on_time = on_time,
                                .ended = ended};
