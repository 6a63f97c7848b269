/* SPDX-License-Identifier: Apache-2.0 */
/* Connections, one after the other in each of the slots: up to the server's greeting, or signed in by session.resume.
 */
#include "tests/bench/load.h"

static int clients(const struct load *load) {
    return load->options.clients;
}

static void open_one(struct load *load, struct peer *peer) {
    if (load->published == load->options.publications) return;
    load->published++;
    load_open(peer);
}

/* Those that got ready beforehand have brought the ticket. */
static void begin(struct load *load) {
    for (int i = 0; i < load->wanted; i++) {
        load_hang_up(&load->peers[i], true);
        open_one(load, &load->peers[i]);
    }
}

static void joined(struct peer *peer) {
    struct load *load = peer->load;
    samples_add(&load->answers, line_now_us() - peer->sent_us);
    load_hang_up(peer, true);
    if (++load->whole == load->options.publications)
        load_finish(load);
    else
        open_one(load, peer);
}

const struct mode mode_connect = {.name = "connect", .peers = clients, .begin = begin, .joined = joined};
