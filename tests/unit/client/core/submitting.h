/* SPDX-License-Identifier: Apache-2.0 */
/* Submitting to the fake server while its line is away, and what the server then heard. */
#ifndef FRONTDESK_TESTS_SUBMITTING_H
#define FRONTDESK_TESTS_SUBMITTING_H

#include "tests/unit/client/core/heard.h"

static struct fake_server server;
static struct heard heard;

static int open_house(void **state) {
    (void)state;
    fake_open(&server);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    fake_close(&server);
    return 0;
}

struct outcome {
    int replies, kept;
    Fd__Status status;
    enum outbox_state state;
    int64_t position;
    char number[OUTBOX_NUMBER_BYTES];
};

static void on_outcome_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct outcome *outcome = owner;
    outcome->replies++;
    outcome->status = reply->status;
    const Fd__RegisterComplaintResponse *registered = (const void *)response;
    if (response != NULL && response->descriptor == &fd__register_complaint_response__descriptor)
        (void)snprintf(outcome->number, sizeof outcome->number, "%s", registered->complaint->number);
}

static void on_outcome_kept(void *owner, const struct outbox_item *item) {
    struct outcome *outcome = owner;
    outcome->kept++;
    outcome->state = item->state;
    outcome->position = item->position;
    if (item->number != NULL) (void)snprintf(outcome->number, sizeof outcome->number, "%s", item->number);
}

static enum status submit(struct heard *at, const char *subject, struct outcome *outcome) {
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    command.subject = (char *)(uintptr_t)subject;
    command.anonymous = true;
    *outcome = (struct outcome){0};
    return client_submit(at->client, "complaint.register", FAKE_SITE, &command.base,
                         &fd__register_complaint_response__descriptor, on_outcome_reply, on_outcome_kept, outcome);
}

static enum status submit_note(struct heard *at, const char *number, const char *note, struct outcome *outcome) {
    Fd__RecordActionRequest command = FD__RECORD_ACTION_REQUEST__INIT;
    command.number = (char *)(uintptr_t)number;
    command.note = (char *)(uintptr_t)note;
    *outcome = (struct outcome){0};
    return client_submit(at->client, "complaint.record_action", FAKE_SITE, &command.base,
                         &fd__record_action_response__descriptor, on_outcome_reply, on_outcome_kept, outcome);
}

/* The person has signed in before; now the line is away. */
static void open_offline(void) {
    server.shut = false;
    heard_open(&heard, &server, true);
    heard_sign_in(&heard, &server);
    server.shut = true;
    stream_abort(&fake_last(&server)->stream);
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_DOWN);
}

static void keep(const char *subject, struct outcome *outcome) {
    assert_int_equal(submit(&heard, subject, outcome), STATUS_OK);
    RUN_UNTIL(&server, outcome->kept == 1);
    assert_int_equal(outcome->replies, 0);
    assert_int_equal(outcome->state, OUTBOX_WAITING);
}

static void keep_note(const char *number, const char *note, struct outcome *outcome) {
    assert_int_equal(submit_note(&heard, number, note, outcome), STATUS_OK);
    RUN_UNTIL(&server, outcome->kept == 1);
}

static void come_back(void) {
    server.shut = false;
    RUN_UNTIL(&server, client_waiting_counts(heard.client).waiting == 0);
}

/* What the n-th command that took effect said, and under which number. */
static const char *said(size_t effect, char number[FAKE_TEXT_BYTES]) {
    static char text[FAKE_TEXT_BYTES];
    for (size_t i = 0; i < server.request_count; i++) {
        if (fake_effects(&server, i + 1) != effect + 1) continue;
        const struct fake_request *request = &server.requests[i];
        number[0] = text[0] = '\0';
        if (strcmp(request->operation, "complaint.register") == 0) {
            Fd__RegisterComplaintRequest *command =
                fd__register_complaint_request__unpack(NULL, request->length, request->body);
            assert_non_null(command);
            (void)snprintf(text, sizeof text, "%s", command->subject);
            fd__register_complaint_request__free_unpacked(command, NULL);
        } else {
            Fd__RecordActionRequest *command = fd__record_action_request__unpack(NULL, request->length, request->body);
            assert_non_null(command);
            (void)snprintf(text, sizeof text, "%s", command->note);
            (void)snprintf(number, FAKE_TEXT_BYTES, "%s", command->number);
            fd__record_action_request__free_unpacked(command, NULL);
        }
        return text;
    }
    return "";
}

static void assert_said(size_t effect, const char *words, const char *number) {
    char seen[FAKE_TEXT_BYTES];
    assert_string_equal(said(effect, seen), words);
    assert_string_equal(seen, number);
}

/* The same key never comes with other bytes. */
static void assert_same_bytes(void) {
    for (size_t i = 0; i < server.request_count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct fake_request *a = &server.requests[i], *b = &server.requests[j];
            if (!fake_same(a, b)) continue;
            assert_int_equal(a->length, b->length);
            assert_memory_equal(a->body, b->body, a->length);
        }
}

#endif
