/* SPDX-License-Identifier: Apache-2.0 */
/* One publisher, many subscribers. With a window the next publication waits for those before it; at a rate each has
 * its intended moment, and its latencies count from there, so that a server that stands still is not spared what would
 * have come meanwhile (coordinated omission). */
#include "tests/bench/load.h"

static int peers(const struct load *load) {
    return 1 + load->options.subscribers;
}

static bool subscribes(const struct load *load, int peer) {
    (void)load;
    return peer > 0;
}

static void publish(struct load *load, int64_t at_us) {
    load->remaining[load->published] = load->options.subscribers;
    load->published_us[load->published++] = at_us;
    load->options.tongue->publish(&load->peers[0]);
}

static int64_t intended_us(const struct load *load, int publication) {
    return load->began_us + (int64_t)publication * 1000000 / load->options.rate;
}

static void publish_due(struct load *load, int64_t now_us) {
    const struct load_options *options = &load->options;
    while (load->published < options->publications && intended_us(load, load->published) <= now_us)
        publish(load, intended_us(load, load->published));
    if (load->published < options->publications) load_later(load, intended_us(load, load->published));
}

static void publish_more(struct load *load) {
    const struct load_options *options = &load->options;
    if (options->rate > 0) return;
    while (load->published < options->publications && load->published - load->whole < options->window)
        publish(load, line_now_us());
}

static void begin(struct load *load) {
    if (load->options.rate > 0)
        publish_due(load, load->began_us);
    else
        publish_more(load);
}

static void finish_if_done(struct load *load) {
    if (load->whole == load->options.publications)
        load_finish(load);
    else
        publish_more(load);
}

/* Without subscribers a publication is whole when it is answered. */
static void answered(struct peer *peer, int64_t now_us) {
    struct load *load = peer->load;
    load->answered_us[peer->answered] = now_us;
    samples_add(&load->answers, now_us - load->published_us[peer->answered++]);
    if (load->options.subscribers > 0) return;
    load->whole++;
    finish_if_done(load);
}

static void delivered(struct peer *peer, size_t bytes, int64_t now_us) {
    struct load *load = peer->load;
    int publication = peer->delivered++;
    if (publication >= load->published) {
        load_failed(load, "push", "more deliveries than publications");
        return;
    }
    load->delivered++;
    load->delivered_bytes += bytes;
    samples_add(&load->pushes, now_us - load->published_us[publication]);
    if (load->answered_us[publication] != 0) samples_add(&load->after, now_us - load->answered_us[publication]);
    if (--load->remaining[publication] > 0) return;
    samples_add(&load->wholes, now_us - load->published_us[publication]);
    load->whole++;
    finish_if_done(load);
}

const struct mode mode_push = {.name = "push",
                               .peers = peers,
                               .subscribes = subscribes,
                               .begin = begin,
                               .answered = answered,
                               .delivered = delivered,
                               .on_time = publish_due};
