/* SPDX-License-Identifier: Apache-2.0 */
/* A person at a desk in a test: the client library with everything it hears written down. */
#ifndef FRONTDESK_TESTS_DESK_H
#define FRONTDESK_TESTS_DESK_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "client/core/frontdesk.h"
#include "common/arena.h"
#include "tests/support/daemon.h"

struct seen {
    int64_t seq, epoch, heard_ms;
    char kind[48];
    char record_type[24];
    ProtobufCMessage *record; /* Complaint or Visit; else NULL */
};

struct answer {
    bool done;
    enum status status;
    char message[256];
    char field[64];
    int64_t seq;
    const void *response; /* of the operation's kind, in the desk's arena */
};

struct desk {
    struct client *client;
    uv_loop_t *loop;
    struct arena arena;
    char state[128];
    char person_id[37];
    enum client_line line;
    struct seen *seen; /* of all subscribed sites, in order of arrival */
    size_t seen_count, seen_capacity;
    int resets;
    int64_t reset_seq, reset_epoch;
    size_t snapshot_records;
    bool snapshot_done, closed;
};

/* Connects (state directory per name, kept over desk_close for resuming) and waits for the line. */
void desk_open(struct desk *desk, uv_loop_t *loop, const struct daemon_process *daemon, const char *name);
/* The same with a list of servers (client_options.servers). */
void desk_open_at(struct desk *desk, uv_loop_t *loop, const char *directory, const char *servers, const char *name);
/* Comes back at once when its line is cut: people are patient, tests are not. */
void desk_hurry(struct desk *desk);
void desk_sign_in(struct desk *desk, const char *login, const char *password); /* must succeed */
void desk_close(struct desk *desk);

/* Turns the loop until the condition or fails the test after 20 s. */
#define desk_until(desk, condition)                                                                                    \
    do {                                                                                                               \
        uint64_t until_deadline = uv_hrtime() + UINT64_C(20000000000);                                                 \
        while (!(condition)) {                                                                                         \
            if (uv_hrtime() > until_deadline) fail_msg("not within 20 s: %s", #condition);                             \
            desk_turn((desk)->loop);                                                                                   \
        }                                                                                                              \
    } while (0)
void desk_turn(uv_loop_t *loop); /* one turn, then a millisecond's rest */
void desk_idle(uv_loop_t *loop, int64_t duration_ms);

/* Asks and waits. `key` NULL: a fresh one. */
struct answer desk_call(struct desk *desk, const char *operation, const char *site_id, const char *key,
                        const void *command, const ProtobufCMessageDescriptor *response);
/* Same without waiting; answer->done is set later. */
void desk_ask(struct desk *desk, const char *operation, const char *site_id, const char *key, const void *command,
              const ProtobufCMessageDescriptor *response, struct answer *answer);

void desk_subscribe(struct desk *desk, const char *site_id); /* and waits for the snapshot's end */
/* The first event of the kind about the record (number NULL: any) at or after position `from`; NULL: not heard yet. */
const struct seen *desk_heard(const struct desk *desk, const char *kind, const char *number, size_t from);
/* Every event once and in order: each number one above the one before (promise 3). */
bool seen_in_order(const struct seen *seen, size_t count);

#endif
