/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/client.h"
#include "common/message.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "tests/support/test.h"

static const ProtobufCMessageDescriptor *record_descriptor(const char *type) {
    if (strcmp(type, "complaint") == 0) return &fd__complaint__descriptor;
    if (strcmp(type, "visit") == 0) return &fd__visit__descriptor;
    return NULL;
}

static void on_line(struct client *client, enum client_line line, const char *why) {
    struct desk *desk = client_owner(client);
    (void)why;
    desk->line = line;
}

static void grow(struct desk *desk) {
    if (desk->seen_count < desk->seen_capacity) return;
    desk->seen_capacity = desk->seen_capacity == 0 ? 64 : desk->seen_capacity * 2;
    desk->seen = realloc(desk->seen, desk->seen_capacity * sizeof *desk->seen);
    assert_non_null(desk->seen);
}

static void on_event(struct client *client, const Fd__Event *event) {
    struct desk *desk = client_owner(client);
    grow(desk);
    struct seen *seen = &desk->seen[desk->seen_count++];
    *seen = (struct seen){.seq = event->seq, .epoch = event->epoch, .heard_ms = (int64_t)(uv_hrtime() / 1000000)};
    snprintf(seen->kind, sizeof seen->kind, "%s", event->kind);
    snprintf(seen->record_type, sizeof seen->record_type, "%s", event->record_type);
    const ProtobufCMessageDescriptor *descriptor = record_descriptor(event->record_type);
    if (descriptor == NULL) return;
    assert_int_equal(
        message_unpack(descriptor, &desk->arena, event->record.data, event->record.len, &seen->record, NULL),
        STATUS_OK);
}

static void on_reset(struct client *client, const Fd__Reset *reset) {
    struct desk *desk = client_owner(client);
    desk->resets++;
    desk->reset_seq = reset->seq;
    desk->reset_epoch = reset->epoch;
    desk->snapshot_records = 0;
    desk->snapshot_done = false;
}

static void on_snapshot(struct client *client, const Fd__Snapshot *snapshot) {
    struct desk *desk = client_owner(client);
    desk->snapshot_records += snapshot->n_records;
    desk->snapshot_done = snapshot->last;
}

static const struct client_callbacks callbacks = {
    .on_line = on_line, .on_event = on_event, .on_reset = on_reset, .on_snapshot = on_snapshot, .on_blank = on_event};

void desk_turn(uv_loop_t *loop) {
    if (uv_run(loop, UV_RUN_NOWAIT) != 0) uv_sleep(1);
}

void desk_idle(uv_loop_t *loop, int64_t duration_ms) {
    uint64_t until = uv_hrtime() + (uint64_t)duration_ms * 1000000;
    while (uv_hrtime() < until) desk_turn(loop);
}

void desk_open(struct desk *desk, uv_loop_t *loop, const struct daemon_process *daemon, const char *name) {
    char server[32];
    snprintf(server, sizeof server, "127.0.0.1:%d", daemon->port);
    desk_open_at(desk, loop, daemon->directory, server, name);
}

void desk_open_at(struct desk *desk, uv_loop_t *loop, const char *directory, const char *servers, const char *name) {
    memset(desk, 0, sizeof *desk);
    desk->loop = loop;
    arena_init(&desk->arena, (size_t)512 << 20);
    snprintf(desk->state, sizeof desk->state, "%s/desk-%s", directory, name);
    struct client_options options = {
        .servers = servers, .state_directory = desk->state, .language = "en", .name = "test", .desk = name};
    assert_int_equal(client_open(&desk->client, loop, &options, &callbacks, desk), STATUS_OK);
    desk_until(desk, desk->line == CLIENT_LINE_STRANGER || desk->line == CLIENT_LINE_UP);
}

void desk_hurry(struct desk *desk) {
    desk->client->line.figures.backoff_ms = 10;
    desk->client->line.figures.backoff_limit_ms = 200;
}

static void on_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct answer *answer = owner;
    answer->status = (enum status)reply->status;
    answer->seq = reply->seq;
    snprintf(answer->message, sizeof answer->message, "%s", reply->message);
    snprintf(answer->field, sizeof answer->field, "%s", reply->field);
    answer->done = true;
    if (response == NULL) return;
    struct desk *desk = (struct desk *)(uintptr_t)answer->response;
    struct bytes packed = {0};
    ProtobufCMessage *copy = NULL;
    assert_int_equal(message_append(&packed, response), STATUS_OK);
    assert_int_equal(message_unpack(response->descriptor, &desk->arena, packed.data, packed.length, &copy, NULL),
                     STATUS_OK);
    bytes_free(&packed);
    answer->response = copy;
}

void desk_ask(struct desk *desk, const char *operation, const char *site_id, const char *key, const void *command,
              const ProtobufCMessageDescriptor *response, struct answer *answer) {
    *answer = (struct answer){.response = desk}; /* until the response takes its place */
    assert_int_equal(client_call(desk->client, operation, site_id, key, command, response, on_reply, answer),
                     STATUS_OK);
}

struct answer desk_call(struct desk *desk, const char *operation, const char *site_id, const char *key,
                        const void *command, const ProtobufCMessageDescriptor *response) {
    struct answer answer;
    desk_ask(desk, operation, site_id, key, command, response, &answer);
    desk_until(desk, answer.done);
    if (answer.status != STATUS_OK) answer.response = NULL;
    return answer;
}

void desk_sign_in(struct desk *desk, const char *login, const char *password) {
    struct answer answer = {.response = desk};
    assert_int_equal(client_sign_in(desk->client, login, password, on_reply, &answer), STATUS_OK);
    desk_until(desk, answer.done);
    if (answer.status != STATUS_OK) fail_msg("%s: %s", login, answer.message);
    const Fd__SignInResponse *response = answer.response;
    snprintf(desk->person_id, sizeof desk->person_id, "%s", response->person_id);
    desk_until(desk, desk->line == CLIENT_LINE_UP);
}

static void on_closed(void *owner) {
    ((struct desk *)owner)->closed = true;
}

void desk_close(struct desk *desk) {
    client_close(desk->client, on_closed);
    desk_until(desk, desk->closed);
    arena_free(&desk->arena);
    free(desk->seen);
    desk->seen = NULL;
}

void desk_subscribe(struct desk *desk, const char *site_id) {
    int resets = desk->resets;
    assert_int_equal(client_subscribe(desk->client, site_id), STATUS_OK);
    desk_until(desk, desk->resets > resets && desk->snapshot_done);
}

static const char *record_number(const struct seen *seen) {
    if (seen->record == NULL) return "";
    if (seen->record->descriptor == &fd__complaint__descriptor) return ((Fd__Complaint *)seen->record)->number;
    return ((Fd__Visit *)seen->record)->number;
}

const struct seen *desk_heard(const struct desk *desk, const char *kind, const char *number, size_t from) {
    for (size_t i = from; i < desk->seen_count; i++) {
        const struct seen *seen = &desk->seen[i];
        if (strcmp(seen->kind, kind) == 0 && (number == NULL || strcmp(record_number(seen), number) == 0)) return seen;
    }
    return NULL;
}

bool seen_in_order(const struct seen *seen, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (seen[i].seq != seen[i - 1].seq + 1) return false;
    }
    return true;
}
