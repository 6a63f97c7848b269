/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that do one thing after the other, and those that do nothing. */
#include "tests/bench/load.h"

static int clients(const struct load *load) {
    return load->options.clients;
}

static int one(const struct load *load) {
    (void)load;
    return 1;
}

static bool all(const struct load *load, int peer) {
    (void)load;
    (void)peer;
    return true;
}

static void ask(struct peer *peer) {
    peer->sent_us = line_now_us();
    peer->load->options.tongue->publish(peer);
}

static void begin(struct load *load) {
    load_later(load, load->began_us + (int64_t)load->options.seconds * 1000000);
    for (int i = 0; i < load->wanted; i++) ask(&load->peers[i]);
}

static void answered(struct peer *peer, int64_t now_us) {
    samples_add(&peer->load->answers, now_us - peer->sent_us);
    ask(peer);
}

static void on_time(struct load *load, int64_t now_us) {
    (void)now_us;
    load_finish(load);
}

const struct mode mode_register = {
    .name = "register", .peers = clients, .begin = begin, .answered = answered, .on_time = on_time};
const struct mode mode_idle = {.name = "idle", .peers = clients, .subscribes = all};
const struct mode mode_setup = {.name = "setup", .peers = one};
