/* SPDX-License-Identifier: Apache-2.0 */
/* The load generator: many connections on one core, in the tongue of frontdesk or of MQTT, so that both servers are
 * asked the same and measured with the same watch. */
#ifndef FRONTDESK_BENCH_LOAD_H
#define FRONTDESK_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "common/arena.h"
#include "common/bytes.h"
#include "common/frame.h"
#include "common/stream.h"
#include "tests/bench/samples.h"

enum { LOAD_JOINING = 4 /* connections that sign in at the same time */ };

struct peer;

/* What a connection says. Everything goes out through stream_send. */
struct tongue {
    const char *name;
    void (*greet)(struct peer *peer);                                    /* TLS stands; ends in load_ready */
    void (*take)(struct peer *peer, const uint8_t *data, size_t length); /* bytes came */
    void (*publish)(struct peer *peer);                                  /* ends in load_answered */
};

extern const struct tongue tongue_frontdesk, tongue_mqtt;

struct load_options {
    const char *mode; /* "setup", "register", "push", "idle" */
    const struct tongue *tongue;
    const char *login, *password;
    const char *new_password; /* setup: change it; NULL: not */
    const char *hire;         /* setup: make a desk clerk of that login with the same password; NULL: not */
    int port;
    int clients;      /* register: each has one command under way; idle: connections */
    int subscribers;  /* push */
    int window;       /* push: publications under way at once */
    int publications; /* push */
    int payload_bytes;
    int seconds;
};

struct load {
    struct load_options options;
    uv_loop_t loop;
    struct stream_loop *shared;
    struct tls_context *tls;
    struct peer *peers;
    int wanted, opened, ready, closed;
    bool running, finished, stopping, failed;
    uv_timer_t timer;
    uv_pipe_t input;
    int64_t began_us, ended_us;
    struct samples answers; /* microseconds from command to reply */
    struct samples pushes;  /* microseconds from publication to each delivery */
    struct samples after;   /* microseconds from the publisher's reply to each delivery that came later */
    int64_t *published_us, *answered_us;
    int published;  /* so far */
    int *remaining; /* [publication]: subscribers that have not got it */
    int whole;      /* publications that everybody has */
    uint64_t delivered, delivered_bytes;
    int64_t epoch, seq; /* frontdesk: where the site's journal stood at the last reset */
};

struct peer {
    struct stream stream;
    struct load *load;
    struct frame_reader reader; /* frontdesk */
    struct bytes in;            /* MQTT */
    struct arena arena;
    bool subscriber;
    bool joined;
    char site_id[37];
    uint64_t next_id;
    int answered;  /* commands of ours that were */
    int delivered; /* publications that reached us */
    int step;
    int64_t sent_us;
};

int64_t load_now_us(void);
void load_ready(struct peer *peer);    /* signed in and, if it is a subscriber, subscribed */
void load_answered(struct peer *peer); /* one command or publication of its own, in order */
void load_delivered(struct peer *peer, size_t bytes);
void load_failed(struct load *load, const char *why, const char *detail);
void load_finish(struct load *load); /* the work is done: prints the result */
void load_send(struct peer *peer, const void *data, size_t length);

#endif
