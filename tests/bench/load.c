/* SPDX-License-Identifier: Apache-2.0 */
/* load --tongue frontdesk|mqtt|nats|bare --port N MODE: plays and prints what it measured as one line of JSON.
 *
 *   setup     sign in and change the password, or found sites and hire clerks
 *   register  --clients N --seconds S: each client has one command under way all the time
 *   push      --subscribers N --publications K --window W: one publisher, W publications under way; or --rate R
 *   idle      --clients N: connects them
 *   connect   --clients N --publications K: K connections, N at the same time, each hung up once it is there
 *   storm     --subscribers N --publications K: phase 1 all N are cut and come back, 2 K events to all
 *   work      --rate R: commands at their intended moments, until the second line on standard input
 *   replay    --entries E --publications K: K times E entries from a cursor that far back
 *
 * Whoever measures the server must know when the work begins and ends: with all connections ready it prints
 * {"ready": N}, begins at a line on standard input, prints the result, and hangs up when standard input ends. */
#include "tests/bench/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/check.h"

enum { ARENA_BYTES = 2 * 1024 * 1024 };

int load_index(const struct peer *peer) {
    return (int)(peer - peer->load->peers);
}

void load_failed(struct load *load, const char *why, const char *detail) {
    if (load->failed) return;
    fprintf(stderr, "load: %s: %s (%d of %d ready)\n", why, detail, load->ready, load->wanted);
    load->failed = load->loop.stop = true;
}

void load_send(struct peer *peer, const void *data, size_t length) {
    line_send(&peer->line, data, length);
}

void load_later(struct load *load, int64_t at_us) {
    load->loop.deadline_us = at_us;
}

static void print_samples(const char *name, struct samples *samples) {
    printf(", \"%s\": {\"count\": %zu, \"p50_us\": %lld, \"p99_us\": %lld, \"max_us\": %lld}", name, samples->count,
           (long long)samples_percentile(samples, 50), (long long)samples_percentile(samples, 99),
           (long long)samples_percentile(samples, 100));
    samples_free(samples);
}

static void print_result(struct load *load) {
    double seconds = (double)(load->ended_us - load->began_us) / 1e6;
    printf("{\"mode\": \"%s\", \"seconds\": %.6f, \"delivered\": %llu, \"payload_bytes\": %.0f, \"retries\": %llu, "
           "\"goodbyes\": %llu, \"resumed\": %llu",
           load->options.mode->name, seconds, (unsigned long long)load->delivered,
           load->delivered == 0 ? 0.0 : (double)load->delivered_bytes / (double)load->delivered,
           (unsigned long long)load->retries, (unsigned long long)load->goodbyes, (unsigned long long)load->resumed);
    print_samples("answers", &load->answers);
    print_samples("pushes", &load->pushes);
    print_samples("after_reply", &load->after);
    print_samples("wholes", &load->wholes);
    printf("}\n");
    fflush(stdout);
}

void load_finish(struct load *load) {
    if (!load->running) return;
    load->running = false;
    load->ended_us = line_now_us();
    load->loop.deadline_us = 0;
    print_result(load);
    load->delivered = load->delivered_bytes = load->retries = load->goodbyes = load->resumed = 0;
}

/* Lines */

static void on_open(struct line *line) {
    struct peer *peer = (struct peer *)(void *)line;
    if (SSL_session_reused(line->ssl) == 1) peer->load->resumed++;
    peer->load->options.tongue->greet(peer);
}

static void on_data(struct line *line, const uint8_t *data, size_t length) {
    struct peer *peer = (struct peer *)(void *)line;
    peer->load->options.tongue->take(peer, data, length);
}

static void lost(struct peer *peer, int64_t retry_ms, const char *why) {
    struct load *load = peer->load;
    const struct mode *mode = load->options.mode;
    if (load->running && mode->ended != NULL && mode->ended(peer, retry_ms)) return;
    load_failed(load, "connection", why);
}

static void forget_conversation(struct peer *peer) {
    frame_reader_free(&peer->reader);
    bytes_free(&peer->in);
    peer->there = peer->asks_again = false;
    peer->step = 0;
    peer->conversation++;
}

static void on_end(struct line *line, const char *why) {
    struct peer *peer = (struct peer *)(void *)line;
    forget_conversation(peer);
    lost(peer, 0, why);
}

static const struct line_callbacks callbacks = {.on_open = on_open, .on_data = on_data, .on_end = on_end};

void load_hang_up(struct peer *peer, bool politely) {
    line_close(&peer->line, politely);
    forget_conversation(peer);
}

void load_goodbye(struct peer *peer, int64_t retry_ms, const char *why) {
    load_hang_up(peer, false);
    lost(peer, retry_ms, why);
}

void load_open(struct peer *peer) {
    forget_conversation(peer);
    peer->line.preamble = peer->load->options.tongue->preamble;
    peer->sent_us = line_now_us();
    line_connect(&peer->line, &peer->load->loop, peer->load->options.port, &callbacks);
}

static void open_next(struct load *load) {
    struct peer *peer = &load->peers[load->opened];
    const struct mode *mode = load->options.mode;
    peer->load = load;
    peer->subscriber = mode->subscribes != NULL && mode->subscribes(load, load->opened);
    arena_init(&peer->arena, ARENA_BYTES);
    load->opened++;
    load_open(peer);
}

/* The course of things */

static void on_input(struct watch *watch, uint32_t events) {
    struct load *load = (struct load *)(void *)((char *)watch - offsetof(struct load, input));
    char text[64];
    (void)events;
    ssize_t length = read(STDIN_FILENO, text, sizeof text);
    if (length <= 0) {
        load->loop.stop = true;
    } else if (!load->running && load->options.mode->begin != NULL) {
        load->running = true;
        load->phase++;
        load->began_us = line_now_us();
        load->options.mode->begin(load);
    } else if (load->running && load->options.mode->again != NULL) {
        load->options.mode->again(load);
    }
}

static void everybody_is_ready(struct load *load) {
    load->prepared = true;
    if (load->options.mode == &mode_setup) {
        load->loop.stop = true;
        return;
    }
    printf("{\"ready\": %d}\n", load->ready);
    fflush(stdout);
    load->resumed = 0;
    load->input = (struct watch){.descriptor = STDIN_FILENO, .on_ready = on_input};
    line_watch(&load->loop, &load->input, EPOLLIN);
}

bool load_greeted(struct peer *peer) {
    if (!peer->load->options.greet_only) return true;
    load_ready(peer);
    return false;
}

void load_ready(struct peer *peer) {
    struct load *load = peer->load;
    const struct mode *mode = load->options.mode;
    if (peer->there) return;
    peer->there = true;
    if (load->prepared) {
        if (load->running && mode->joined != NULL) mode->joined(peer);
        return;
    }
    load->ready++;
    if (load->opened < load->wanted)
        open_next(load);
    else if (load->ready == load->wanted)
        everybody_is_ready(load);
}

void load_answered(struct peer *peer) {
    const struct mode *mode = peer->load->options.mode;
    if (peer->load->running && mode->answered != NULL) mode->answered(peer, line_now_us());
}

void load_delivered(struct peer *peer, size_t bytes) {
    const struct mode *mode = peer->load->options.mode;
    if (peer->load->running && mode->delivered != NULL) mode->delivered(peer, bytes, line_now_us());
}

static void on_deadline(struct line_loop *loop) {
    struct load *load = (struct load *)(void *)loop;
    if (load->running && load->options.mode->on_time != NULL) load->options.mode->on_time(load, line_now_us());
}

static void free_all(struct load *load) {
    for (int i = 0; i < load->opened; i++) {
        struct peer *peer = &load->peers[i];
        line_close(&peer->line, true);
        frame_reader_free(&peer->reader);
        bytes_free(&peer->in);
        arena_free(&peer->arena);
        free(peer->sites);
    }
    samples_free(&load->answers);
    samples_free(&load->pushes);
    samples_free(&load->after);
    samples_free(&load->wholes);
    free(load->peers);
    free(load->published_us);
    free(load->answered_us);
    free(load->remaining);
    line_loop_free(&load->loop);
}

int main(int argc, char **argv) {
    static struct load load;
    load_options_read(&load.options, argc, argv);
    load.wanted = load.options.mode->peers(&load);
    size_t publications = (size_t)load.options.publications + 1;
    load.peers = calloc((size_t)load.wanted, sizeof *load.peers);
    load.published_us = calloc(publications, sizeof *load.published_us);
    load.answered_us = calloc(publications, sizeof *load.answered_us);
    load.remaining = calloc(publications, sizeof *load.remaining);
    CHECK(load.peers != NULL && load.published_us != NULL && load.answered_us != NULL && load.remaining != NULL);
    line_loop_init(&load.loop, NULL, NULL, 0);
    load.loop.on_deadline = on_deadline;
    load.loop.resume = load.options.resume;
    for (int i = 0; i < LOAD_JOINING && load.opened < load.wanted && !load.failed; i++) open_next(&load);
    line_loop_run(&load.loop);
    free_all(&load);
    return load.failed ? 1 : 0;
}
