/* SPDX-License-Identifier: Apache-2.0 */
/* A client on the fake server, with everything it hears. */
#ifndef FRONTDESK_TESTS_HEARD_H
#define FRONTDESK_TESTS_HEARD_H

#include "tests/unit/client/core/fake_server.h"

/* The client under test, with everything it hears. */
struct heard {
    struct client *client;
    enum client_line line;
    char why[256];
    int64_t seqs[64];
    size_t seq_count;
    int resets, snapshots, ups, outbox_changes;
    bool closed;
};

static void heard_line(struct client *client, enum client_line line, const char *why) {
    struct heard *heard = client_owner(client);
    heard->line = line;
    heard->ups += line == CLIENT_LINE_UP;
    (void)snprintf(heard->why, sizeof heard->why, "%s", why);
}

static void heard_event(struct client *client, const Fd__Event *event) {
    struct heard *heard = client_owner(client);
    assert_true(heard->seq_count < 64);
    heard->seqs[heard->seq_count++] = event->seq;
}

static void heard_reset(struct client *client, const Fd__Reset *reset) {
    (void)reset;
    ((struct heard *)client_owner(client))->resets++;
}

static void heard_snapshot(struct client *client, const Fd__Snapshot *snapshot) {
    (void)snapshot;
    ((struct heard *)client_owner(client))->snapshots++;
}

static void heard_outbox(struct client *client, const struct outbox_item *item) {
    (void)item;
    ((struct heard *)client_owner(client))->outbox_changes++;
}

static const struct client_callbacks heard_callbacks = {
    .on_line = heard_line,
    .on_event = heard_event,
    .on_reset = heard_reset,
    .on_snapshot = heard_snapshot,
    .on_outbox = heard_outbox,
};

/* A client whose patience is measured in milliseconds. */
static inline void heard_open(struct heard *heard, struct fake_server *server, bool kept) {
    char state[FAKE_PATH_BYTES + 16];
    (void)snprintf(state, sizeof state, "%s/state", server->directory);
    struct client_options options = {.host = "127.0.0.1",
                                     .port = server->port,
                                     .state_directory = kept ? state : NULL,
                                     .language = "en",
                                     .name = "test/1",
                                     .desk = "1"};
    *heard = (struct heard){.line = CLIENT_LINE_DOWN};
    assert_int_equal(client_open(&heard->client, &server->loop, &options, &heard_callbacks, heard), STATUS_OK);
    struct line_figures *figures = &heard->client->line.figures;
    figures->backoff_ms = 20;
    figures->backoff_limit_ms = 100;
    figures->look_ms = 10;
    heard->client->sender.patience_ms = 50;
}

static void heard_on_closed(void *owner) {
    ((struct heard *)owner)->closed = true;
}

static void heard_close(struct heard *heard, struct fake_server *server) {
    client_close(heard->client, heard_on_closed);
    RUN_UNTIL(server, heard->closed);
}

struct answer {
    int count;
    Fd__Status status;
};

static void on_answer(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    (void)response;
    struct answer *answer = owner;
    answer->count++;
    answer->status = reply->status;
}

static inline void heard_sign_in(struct heard *heard, struct fake_server *server) {
    struct answer answer = {0};
    assert_int_equal(client_sign_in(heard->client, "lina", "right", on_answer, &answer), STATUS_OK);
    RUN_UNTIL(server, answer.count == 1);
    assert_int_equal(answer.status, FD__STATUS__STATUS_OK);
    assert_int_equal(heard->line, CLIENT_LINE_UP);
}

static inline void heard_call(struct heard *heard, const char *key, struct answer *answer) {
    Fd__SignOutRequest command = FD__SIGN_OUT_REQUEST__INIT;
    assert_int_equal(client_call(heard->client, "test.write", FAKE_SITE, key, &command.base,
                                 &fd__sign_out_response__descriptor, on_answer, answer),
                     STATUS_OK);
}

#endif
