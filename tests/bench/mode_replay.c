/* SPDX-License-Identifier: Apache-2.0 */
/* A desk that was away: it subscribes from a cursor some entries back and has caught up when it has got them all. */
#include "tests/bench/load.h"

static int one(const struct load *load) {
    (void)load;
    return 1;
}

static bool all(const struct load *load, int peer) {
    (void)load;
    (void)peer;
    return true;
}

static void go_back(struct load *load) {
    struct peer *peer = &load->peers[0];
    load->published++;
    peer->delivered = 0;
    peer->sent_us = line_now_us();
    frontdesk_follow(peer, load->seq - load->options.entries);
}

static void delivered(struct peer *peer, size_t bytes, int64_t now_us) {
    struct load *load = peer->load;
    load->delivered++;
    load->delivered_bytes += bytes;
    if (++peer->delivered < load->options.entries) return;
    samples_add(&load->wholes, now_us - peer->sent_us);
    if (load->published < load->options.publications)
        go_back(load);
    else
        load_finish(load);
}

const struct mode mode_replay = {
    .name = "replay", .peers = one, .subscribes = all, .begin = go_back, .delivered = delivered};
