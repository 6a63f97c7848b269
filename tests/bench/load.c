/* SPDX-License-Identifier: Apache-2.0 */
/* load --tongue frontdesk|mqtt --port N MODE: plays one round and prints what it measured as one line of JSON.
 *
 *   setup     sign in and change the password, or hire a person
 *   register  --clients N --seconds S: each client has one command under way all the time
 *   push      --subscribers N --publications K --window W: one publisher, W publications under way
 *   idle      --clients N: connects them
 *
 * Whoever measures the server must know when the work begins and ends: with all connections ready it prints
 * {"ready": N}, begins at a line on standard input, prints the result, and hangs up when standard input ends. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/check.h"

enum { ARENA_BYTES = 2 * 1024 * 1024 };

int64_t load_now_us(void) {
    return (int64_t)(uv_hrtime() / 1000);
}

static bool in_mode(const struct load *load, const char *mode) {
    return strcmp(load->options.mode, mode) == 0;
}

static void load_close(struct load *load);

void load_failed(struct load *load, const char *why, const char *detail) {
    if (!load->failed && !load->stopping) {
        fprintf(stderr, "load: %s: %s (%d of %d ready)\n", why, detail, load->ready, load->wanted);
        load->failed = true;
        load_close(load);
    }
}

void load_send(struct peer *peer, const void *data, size_t length) {
    if (stream_send(&peer->stream, data, length) != STATUS_OK) load_failed(peer->load, "send", "no memory");
}

static void on_shared_closed(void *owner) {
    (void)owner;
}

static void on_closed(struct stream *stream) {
    struct peer *peer = (struct peer *)stream;
    struct load *load = peer->load;
    frame_reader_free(&peer->reader);
    bytes_free(&peer->in);
    arena_free(&peer->arena);
    if (++load->closed == load->opened && load->stopping) stream_loop_close(load->shared, on_shared_closed, load);
}

static void print_samples(const char *name, struct samples *samples) {
    printf(", \"%s\": {\"count\": %zu, \"p50_us\": %lld, \"p99_us\": %lld}", name, samples->count,
           (long long)samples_percentile(samples, 50), (long long)samples_percentile(samples, 99));
}

static void print_result(struct load *load) {
    double seconds = (double)(load->ended_us - load->began_us) / 1e6;
    printf("{\"mode\": \"%s\", \"seconds\": %.3f, \"delivered\": %llu, \"payload_bytes\": %.0f", load->options.mode,
           seconds, (unsigned long long)load->delivered,
           load->delivered == 0 ? 0.0 : (double)load->delivered_bytes / (double)load->delivered);
    print_samples("answers", &load->answers);
    print_samples("pushes", &load->pushes);
    print_samples("after_reply", &load->after);
    printf("}\n");
    fflush(stdout);
}

/* Hangs up. */
static void load_close(struct load *load) {
    if (load->stopping) return;
    load->stopping = true;
    load->running = false;
    uv_close((uv_handle_t *)&load->timer, NULL);
    uv_close((uv_handle_t *)&load->input, NULL);
    for (int i = 0; i < load->opened; i++) stream_abort(&load->peers[i].stream);
    if (load->closed == load->opened) stream_loop_close(load->shared, on_shared_closed, load);
}

void load_finish(struct load *load) {
    if (load->finished) return;
    load->finished = true;
    load->running = false;
    load->ended_us = load_now_us();
    print_result(load);
}

static void on_established(struct stream *stream) {
    struct peer *peer = (struct peer *)stream;
    peer->load->options.tongue->greet(peer);
}

static void on_data(struct stream *stream, const uint8_t *data, size_t length) {
    struct peer *peer = (struct peer *)stream;
    if (!peer->load->stopping) peer->load->options.tongue->take(peer, data, length);
}

static void on_end(struct stream *stream, enum stream_end why) {
    char text[48];
    int length = snprintf(text, sizeof text, "ended with %d", (int)why);
    if (length > 0) load_failed(((struct peer *)stream)->load, "connection", text);
}

static const struct stream_callbacks callbacks = {
    .on_established = on_established,
    .on_data = on_data,
    .on_end = on_end,
    .on_closed = on_closed,
};

static void open_next(struct load *load) {
    struct sockaddr_in address;
    struct peer *peer = &load->peers[load->opened];
    peer->load = load;
    peer->subscriber = in_mode(load, "push") ? load->opened > 0 : in_mode(load, "idle");
    arena_init(&peer->arena, ARENA_BYTES);
    CHECK(uv_ip4_addr("127.0.0.1", load->options.port, &address) == 0);
    load->opened++;
    if (stream_connect(&peer->stream, load->shared, (const struct sockaddr *)&address, load->tls, &callbacks) !=
        STATUS_OK) {
        load->opened--;
        load_failed(load, "connection", "cannot be opened");
    }
}

static void publish_one(struct peer *peer) {
    peer->sent_us = load_now_us();
    peer->load->options.tongue->publish(peer);
}

static void publish_more(struct load *load) {
    const struct load_options *options = &load->options;
    while (load->published < options->publications && load->published - load->whole < options->window) {
        load->remaining[load->published] = options->subscribers;
        load->published_us[load->published++] = load_now_us();
        options->tongue->publish(&load->peers[0]);
    }
}

static void on_time_over(uv_timer_t *timer) {
    load_finish(timer->data);
}

static void begin(struct load *load) {
    load->running = true;
    load->began_us = load_now_us();
    if (in_mode(load, "register")) {
        uv_timer_start(&load->timer, on_time_over, (uint64_t)load->options.seconds * 1000, 0);
        for (int i = 0; i < load->wanted; i++) publish_one(&load->peers[i]);
    } else if (in_mode(load, "push")) {
        publish_more(load);
    }
}

static void on_input(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
    (void)buffer;
    struct load *load = stream->data;
    if (length < 0)
        load_close(load);
    else if (length > 0 && !load->running)
        begin(load);
}

static void on_input_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    static char room[256];
    (void)handle;
    (void)suggested;
    *buffer = uv_buf_init(room, sizeof room);
}

static void everybody_is_ready(struct load *load) {
    if (in_mode(load, "setup")) {
        load_close(load);
        return;
    }
    printf("{\"ready\": %d}\n", load->ready);
    fflush(stdout);
    CHECK(uv_pipe_open(&load->input, STDIN_FILENO) == 0);
    CHECK(uv_read_start((uv_stream_t *)&load->input, on_input_room, on_input) == 0);
}

void load_ready(struct peer *peer) {
    struct load *load = peer->load;
    if (peer->joined) return;
    peer->joined = true;
    load->ready++;
    if (load->opened < load->wanted)
        open_next(load);
    else if (load->ready == load->wanted)
        everybody_is_ready(load);
}

void load_answered(struct peer *peer) {
    struct load *load = peer->load;
    int64_t now_us = load_now_us();
    if (!load->running) return;
    if (in_mode(load, "push")) {
        load->answered_us[peer->answered] = now_us;
        samples_add(&load->answers, now_us - load->published_us[peer->answered++]);
        return;
    }
    samples_add(&load->answers, now_us - peer->sent_us);
    publish_one(peer);
}

void load_delivered(struct peer *peer, size_t bytes) {
    struct load *load = peer->load;
    if (!load->running || !in_mode(load, "push")) return;
    int64_t now_us = load_now_us();
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
    load->whole++;
    if (load->whole == load->options.publications)
        load_finish(load);
    else
        publish_more(load);
}

static int number(const char *text) {
    char *end;
    long value = strtol(text, &end, 10);
    CHECK(*end == '\0' && value >= 0 && value < 1000000);
    return (int)value;
}

static void read_options(struct load_options *options, int argc, char **argv) {
    static const struct option table[] = {
        {"tongue",       required_argument, NULL, 't'},
        {"port",         required_argument, NULL, 'p'},
        {"login",        required_argument, NULL, 'l'},
        {"password",     required_argument, NULL, 'w'},
        {"new-password", required_argument, NULL, 'n'},
        {"hire",         required_argument, NULL, 'h'},
        {"clients",      required_argument, NULL, 'c'},
        {"subscribers",  required_argument, NULL, 's'},
        {"window",       required_argument, NULL, 'i'},
        {"publications", required_argument, NULL, 'k'},
        {"payload",      required_argument, NULL, 'b'},
        {"seconds",      required_argument, NULL, 'd'},
        {NULL,           0,                 NULL, 0  },
    };
    *options = (struct load_options){.tongue = &tongue_frontdesk, .clients = 1, .window = 1, .seconds = 1};
    for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;) {
        switch (option) {
        case 't': options->tongue = strcmp(optarg, "mqtt") == 0 ? &tongue_mqtt : &tongue_frontdesk; break;
        case 'p': options->port = number(optarg); break;
        case 'l': options->login = optarg; break;
        case 'w': options->password = optarg; break;
        case 'n': options->new_password = optarg; break;
        case 'h': options->hire = optarg; break;
        case 'c': options->clients = number(optarg); break;
        case 's': options->subscribers = number(optarg); break;
        case 'i': options->window = number(optarg); break;
        case 'k': options->publications = number(optarg); break;
        case 'b': options->payload_bytes = number(optarg); break;
        case 'd': options->seconds = number(optarg); break;
        default: exit(2);
        }
    }
    if (optind + 1 != argc || options->port == 0 || options->payload_bytes > 64 * 1024) exit(2);
    options->mode = argv[optind];
}

int main(int argc, char **argv) {
    static struct load load;
    char why[WHY_BYTES];
    read_options(&load.options, argc, argv);
    load.wanted = in_mode(&load, "push") ? 1 + load.options.subscribers : load.options.clients;
    load.peers = calloc((size_t)load.wanted, sizeof *load.peers);
    load.published_us = calloc((size_t)load.options.publications + 1, sizeof *load.published_us);
    load.answered_us = calloc((size_t)load.options.publications + 1, sizeof *load.answered_us);
    load.remaining = calloc((size_t)load.options.publications + 1, sizeof *load.remaining);
    CHECK(load.peers != NULL && load.published_us != NULL && load.answered_us != NULL && load.remaining != NULL);
    CHECK(uv_loop_init(&load.loop) == 0 && uv_timer_init(&load.loop, &load.timer) == 0);
    CHECK(uv_pipe_init(&load.loop, &load.input, 0) == 0);
    load.timer.data = load.input.data = &load;
    CHECK(stream_loop_open(&load.shared, &load.loop) == STATUS_OK);
    CHECK(tls_context_client(&load.tls, why) == STATUS_OK);
    for (int i = 0; i < LOAD_JOINING && load.opened < load.wanted && !load.failed; i++) open_next(&load);
    uv_run(&load.loop, UV_RUN_DEFAULT);
    tls_context_free(load.tls);
    samples_free(&load.answers);
    samples_free(&load.pushes);
    samples_free(&load.after);
    free(load.peers);
    free(load.published_us);
    free(load.answered_us);
    free(load.remaining);
    uv_loop_close(&load.loop);
    return load.failed ? 1 : 0;
}
