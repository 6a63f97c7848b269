/* SPDX-License-Identifier: Apache-2.0 */
/* The load generator: many connections on one core, in the tongue of frontdesk, MQTT, NATS or the bare loops, so that
 * all servers are asked the same and measured with the same watch. */
#ifndef FRONTDESK_BENCH_LOAD_H
#define FRONTDESK_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/bytes.h"
#include "common/frame.h"
#include "common/uuid.h"
#include "tests/bench/line.h"
#include "tests/bench/samples.h"

enum {
    LOAD_JOINING = 4,      /* connections that sign in at the same time */
    LOAD_TOKEN_BYTES = 128 /* with the closing NUL */
};

struct load;
struct peer;

/* What a connection says. Everything goes out through load_send. */
struct tongue {
    const char *name;
    bool preamble;                    /* the server says a line of plain text before TLS */
    void (*greet)(struct peer *peer); /* TLS stands; load_greeted is asked, and if it goes on load_ready follows */
    void (*take)(struct peer *peer, const uint8_t *data, size_t length); /* bytes came */
    void (*publish)(struct peer *peer);                                  /* ends in load_answered, if it is answered */
};

extern const struct tongue tongue_frontdesk, tongue_mqtt, tongue_nats, tongue_bare;

/* What is played. A callback that is NULL: nothing is done. */
struct mode {
    const char *name;
    int (*peers)(const struct load *load);
    bool (*subscribes)(const struct load *load, int peer);
    int (*session)(int peer);          /* frontdesk: the session it resumes; NULL: as the peer */
    void (*begin)(struct load *load);  /* at each line on standard input, load->phase counts them */
    void (*again)(struct load *load);  /* at a line while the work is under way */
    void (*joined)(struct peer *peer); /* ready again, while the work is under way */
    void (*answered)(struct peer *peer, int64_t now_us);
    void (*delivered)(struct peer *peer, size_t bytes, int64_t now_us);
    void (*on_time)(struct load *load, int64_t now_us); /* the loop's deadline, set by the mode */
    void (*busy)(struct peer *peer, int64_t retry_ms);  /* a command of its was refused for now; NULL: a failure */
    bool (*ended)(struct peer *peer, int64_t retry_ms); /* its line; false or NULL: that is a failure */
};

extern const struct mode mode_setup, mode_register, mode_push, mode_idle, mode_connect, mode_storm, mode_replay,
    mode_work;

struct load_options {
    const struct mode *mode;
    const struct tongue *tongue;
    const char *login, *password; /* login NULL: the session seeded for the peer is resumed */
    const char *new_password;     /* setup: change it; NULL: not */
    int port;
    int clients;     /* register: each has one command under way; idle: connections; connect: at the same time */
    int subscribers; /* push, storm */
    int window;      /* push: publications under way at once */
    int publications;
    int rate;    /* push: publications a second at their intended times, whatever is under way; 0: by the window */
    int entries; /* replay: how far back each time */
    int payload_bytes;
    int seconds;
    int sites, clerks; /* setup: how many to found and to hire */
    int qos;           /* MQTT: 0 or 1 */
    bool greet_only;   /* connect: up to the greeting, without signing in */
    bool resume;       /* connect: with a TLS ticket */
};

struct load {
    struct line_loop loop; /* first */
    struct load_options options;
    struct watch input;
    struct peer *peers;
    int wanted, opened, ready;
    int phase;
    bool prepared; /* all were ready, the work may begin */
    bool running, failed;
    int64_t began_us, ended_us;
    struct samples answers; /* microseconds from command to reply; connect, storm: from connecting to being there */
    struct samples pushes;  /* microseconds from publication to each delivery */
    struct samples after;   /* microseconds from the publisher's reply to each delivery that came later */
    struct samples wholes;  /* microseconds from publication to its last delivery */
    int64_t *published_us, *answered_us;
    int published;  /* so far */
    int *remaining; /* [publication]: subscribers that have not got it */
    int whole;      /* publications that everybody has */
    uint64_t delivered, delivered_bytes;
    uint64_t goodbyes;         /* of the retries, those the server asked for */
    uint64_t retries, resumed; /* lines that had to try again; lines that came with a TLS ticket */
    int64_t epoch, seq;        /* frontdesk: where the site's journal stood at the last reset */
};

struct peer {
    struct line line; /* first */
    struct load *load;
    struct frame_reader reader; /* frontdesk */
    struct bytes in;            /* the others */
    struct arena arena;
    bool subscriber, there;
    bool asks_again;                /* storm: it is there, and resumes at retry_us */
    unsigned conversation;          /* counts its lines: whoever takes bytes looks whether it still is the same one */
    char (*sites)[UUID_TEXT_BYTES]; /* frontdesk: where it has a place */
    size_t site_count, next_site;
    char token[LOAD_TOKEN_BYTES], device[UUID_TEXT_BYTES];
    int64_t seq; /* frontdesk: the last entry of its first site */
    uint64_t next_id;
    int answered;  /* commands of ours that were */
    int delivered; /* publications that reached us */
    int step, tries;
    int64_t sent_us, retry_us;
};

int load_index(const struct peer *peer);
/* False: the mode wants no more of this connection. */
bool load_greeted(struct peer *peer);
void load_ready(struct peer *peer);    /* signed in and, if it is a subscriber, subscribed */
void load_answered(struct peer *peer); /* one command or publication of its own, in order */
void load_delivered(struct peer *peer, size_t bytes);
void load_goodbye(struct peer *peer, int64_t retry_ms, const char *why); /* the server asks it to go */
void load_failed(struct load *load, const char *why, const char *detail);
void load_finish(struct load *load); /* the phase is done: prints the result */
void load_send(struct peer *peer, const void *data, size_t length);
void load_open(struct peer *peer); /* connects a closed peer anew */
void load_hang_up(struct peer *peer, bool politely);
void load_later(struct load *load, int64_t at_us); /* on_time then */
void load_options_read(struct load_options *options, int argc, char **argv);

/* frontdesk.c */
void frontdesk_ask(struct peer *peer, const char *operation, const char *site_id, const char *key,
                   const ProtobufCMessage *command);
void frontdesk_resume(struct peer *peer);              /* signs in with its token */
void frontdesk_follow(struct peer *peer, int64_t seq); /* the first site from this entry on */
/* frontdesk_setup.c */
void frontdesk_setup(struct peer *peer); /* signed in as the administrator; ends in load_ready */
void frontdesk_setup_answered(struct peer *peer, uint64_t request, int status, const char *message);

#endif
