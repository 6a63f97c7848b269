/* SPDX-License-Identifier: Apache-2.0 */
/* A desk that works on while something else happens: its commands have their intended moments, and how long they take
 * counts from there. From the first line on standard input to the second. A process of its own, so that it does not
 * wait for what another load computes. */
#include "tests/bench/load.h"

enum { UNDER_WAY = 1024 /* past this it waits: intended moments are kept */ };

static int64_t intended_us[UNDER_WAY], next_us;
static int asked, answers;
static int64_t refused_until_us;
static int refused; /* for now, to be asked again then */

static int one(const struct load *load) {
    (void)load;
    return 1;
}

/* A clerk's of the second site. */
static int session(int peer) {
    (void)peer;
    return 1;
}

static void work_if_due(struct load *load, int64_t now_us) {
    for (; refused > 0 && refused_until_us <= now_us; refused--) load->options.tongue->publish(&load->peers[0]);
    for (; next_us <= now_us && asked - answers < UNDER_WAY; next_us += 1000000 / load->options.rate) {
        intended_us[asked++ % UNDER_WAY] = next_us;
        load->options.tongue->publish(&load->peers[0]);
    }
    load_later(load, next_us > now_us ? next_us : now_us + 1000);
}

static void begin(struct load *load) {
    next_us = load->began_us;
    work_if_due(load, load->began_us);
}

static void answered(struct peer *peer, int64_t now_us) {
    samples_add(&peer->load->answers, now_us - intended_us[answers++ % UNDER_WAY]);
}

/* Its time goes on counting from the moment it was intended for. */
static void busy(struct peer *peer, int64_t retry_ms) {
    peer->load->retries++;
    refused++;
    refused_until_us = line_now_us() + retry_ms * 1000;
}

const struct mode mode_work = {.name = "work",
                               .peers = one,
                               .session = session,
                               .begin = begin,
                               .again = load_finish,
                               .answered = answered,
                               .on_time = work_if_due,
                               .busy = busy};
