/* SPDX-License-Identifier: Apache-2.0 */
/* A company of bare desks on the test's loop: thousands are possible, because of what they hear they keep nothing but
 * where they stand. They sign in by sessions that are put into the database, which spares a hash for each. */
#ifndef FRONTDESK_TESTS_COMPANY_H
#define FRONTDESK_TESTS_COMPANY_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "common/arena.h"
#include "common/frame.h"
#include "common/stream.h"
#include "common/uuid.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/daemon.h"

struct company;
struct guest;

/* How far a guest goes by itself, and how far it has come. */
enum guest_step { GUEST_AWAY, GUEST_TCP, GUEST_TLS, GUEST_GREETED, GUEST_MEMBER, GUEST_FOLLOWING };

struct guest {
    struct stream stream;
    struct company *company;
    struct frame_reader reader;
    enum guest_step goal, step;
    bool open;           /* its memory is the loop's until it is false again */
    bool deaf;           /* reads nothing any more */
    const char *site_id; /* to follow; outlives the guest */
    int64_t epoch, seq;  /* its cursor; epoch 0: has nothing */
    int resets, gaps;    /* so far; a gap is a number that is not the next one */
    int goodbye;         /* status named last, or -1 */
    uint64_t next_id;
    int waiting;      /* requests without a reply */
    int64_t asked_us; /* of the last request */
    int64_t began_ms, ended_ms;
    void *owner;
};

struct company {
    uv_loop_t *loop;
    struct stream_loop *shared;
    struct tls_context *tls;
    struct arena arena; /* for one frame at a time */
    int port;
    int receive_bytes; /* of a guest's socket; 0: as the system has it */
    struct guest *guests;
    int count;
    bool shared_open;
    /* May be NULL. */
    void (*on_reply)(struct guest *guest, const Fd__Reply *reply);
    void (*on_event)(struct guest *guest, const Fd__Event *event);
};

void company_open(struct company *company, uv_loop_t *loop, const struct daemon_process *daemon, int count);
void company_close(struct company *company); /* everybody, and turns the loop until it is so */
/* Gives each guest a session of that person. Again: new ones. */
void company_sessions(struct company *company, const struct daemon_process *daemon, const char *login);

void guest_come(struct guest *guest, enum guest_step goal);
void guest_go(struct guest *guest);   /* without a word */
void guest_deaf(struct guest *guest); /* from now on it takes nothing */
void guest_ask(struct guest *guest, const char *operation, const ProtobufCMessage *command);
void guest_say_hello(struct guest *guest);
/* As a person would; the reply comes to on_reply. */
void guest_sign_in(struct guest *guest, const char *login, const char *password);

int company_count(const struct company *company, enum guest_step step); /* that have come so far and are there */
/* Turns the loop until so many have; false: not within the time. */
bool company_until(struct company *company, enum guest_step step, int count, int64_t patience_ms);

int64_t steady_us(void);
int64_t rss_bytes(pid_t pid); /* anonymous memory that is resident, without what a loop has freed and keeps mapped */
int sockets_of(pid_t pid);    /* open ones */

#endif
