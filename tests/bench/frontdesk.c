/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of docs/protocol.md, no more than a load needs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/uuid.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/bench/load.h"

enum step { STEP_GREETED, STEP_PASSWORD, STEP_SETUP, STEP_AT_WORK };

#define TEXT(literal) ((char *)(uintptr_t)(literal))

static void send_frame(struct peer *peer, const ProtobufCMessage *message) {
    struct bytes out = {0};
    if (message_append_frame(&out, message) != STATUS_OK)
        load_failed(peer->load, "frontdesk", "no memory");
    else
        load_send(peer, out.data, out.length);
    bytes_free(&out);
}

void frontdesk_ask(struct peer *peer, const char *operation, const char *site_id, const char *key,
                   const ProtobufCMessage *command) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Request request = FD__REQUEST__INIT;
    struct bytes body = {0};
    if (message_append(&body, command) != STATUS_OK) {
        load_failed(peer->load, "frontdesk", "no memory");
        return;
    }
    request.id = ++peer->next_id;
    request.operation = TEXT(operation);
    request.site_id = TEXT(site_id);
    request.key = TEXT(key);
    request.body = (ProtobufCBinaryData){.data = body.data, .len = body.length};
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = &request;
    send_frame(peer, &frame.base);
    bytes_free(&body);
}

static void ask(struct peer *peer, const char *operation, const char *site_id, const ProtobufCMessage *command) {
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    frontdesk_ask(peer, operation, site_id, key, command);
}

static void greet(struct peer *peer) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Hello hello = FD__HELLO__INIT;
    hello.version_min = hello.version_max = 1;
    hello.client = TEXT("bench");
    hello.language = TEXT("en");
    frame.body_case = FD__CLIENT_FRAME__BODY_HELLO;
    frame.hello = &hello;
    peer->reader.limit = FRAME_LIMIT_ANSWER;
    send_frame(peer, &frame.base);
}

static void sign_in(struct peer *peer) {
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    uuid_make(peer->device, moment_now_ms());
    command.login = TEXT(peer->load->options.login);
    command.password = TEXT(peer->load->options.password);
    command.device_id = peer->device;
    ask(peer, "session.sign_in", "", &command.base);
}

/* Id, device and secret follow from the number, as servers.py has put them into the database. */
static void take_seeded_session(struct peer *peer) {
    const struct mode *mode = peer->load->options.mode;
    unsigned number = (unsigned)(mode->session != NULL ? mode->session(load_index(peer)) : load_index(peer));
    (void)snprintf(peer->device, sizeof peer->device, "00000000-0000-7000-9000-%012x", number);
    (void)snprintf(peer->token, sizeof peer->token, "00000000-0000-7000-8000-%012x.%064x", number, number);
}

void frontdesk_resume(struct peer *peer) {
    Fd__ResumeSessionRequest command = FD__RESUME_SESSION_REQUEST__INIT;
    if (peer->token[0] == '\0') take_seeded_session(peer);
    command.token = peer->token;
    command.device_id = peer->device;
    ask(peer, "session.resume", "", &command.base);
}

static void introduce(struct peer *peer) {
    if (!load_greeted(peer)) return;
    if (peer->load->options.login != NULL)
        sign_in(peer);
    else
        frontdesk_resume(peer);
}

static void change_password(struct peer *peer) {
    Fd__ChangePasswordRequest command = FD__CHANGE_PASSWORD_REQUEST__INIT;
    command.old_password = TEXT(peer->load->options.password);
    command.new_password = TEXT(peer->load->options.new_password);
    peer->step = STEP_PASSWORD;
    ask(peer, "session.change_password", "", &command.base);
}

/* Answered when the server has dealt with all before it. */
static void ping(struct peer *peer) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Ping message = FD__PING__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_PING;
    frame.ping = &message;
    send_frame(peer, &frame.base);
}

static void subscribe(struct peer *peer, int64_t seq) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Subscribe message = FD__SUBSCRIBE__INIT;
    Fd__Cursor cursor = FD__CURSOR__INIT, *cursors[] = {&cursor};
    cursor.site_id = peer->sites[0];
    cursor.epoch = peer->load->epoch;
    cursor.seq = seq;
    message.cursors = cursors;
    message.n_cursors = 1;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &message;
    send_frame(peer, &frame.base);
}

void frontdesk_follow(struct peer *peer, int64_t seq) {
    subscribe(peer, seq);
}

/* The first ones get a snapshot and tell the others where the journal stands: a thousand snapshots are another
 * measurement. One that comes back has a cursor of its own. */
static void begin_to_follow(struct peer *peer) {
    subscribe(peer, peer->seq > 0 ? peer->seq : peer->load->seq);
    if (peer->load->epoch != 0) ping(peer);
}

static void publish(struct peer *peer) {
    static const char text[] = "楼上夜间装修噪音扰民，多次反映没有结果，请尽快派人到现场处理并答复。";
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    command.channel = FD__CHANNEL__CHANNEL_PHONE;
    command.customer_name = TEXT("王小明");
    command.customer_phone = TEXT("13800138000");
    command.unit = TEXT("17-2-1203");
    command.subject = TEXT("夜间噪音扰民");
    command.description = TEXT(text);
    command.type = FD__COMPLAINT_TYPE__COMPLAINT_TYPE_NOISE;
    command.severity = FD__SEVERITY__SEVERITY_GENERAL;
    ask(peer, "complaint.register", peer->sites[peer->next_site], &command.base);
    peer->next_site = (peer->next_site + 1) % peer->site_count;
}

static void begin_work(struct peer *peer) {
    peer->step = STEP_AT_WORK;
    if (peer->subscriber)
        begin_to_follow(peer);
    else
        load_ready(peer);
}

static void keep_sites(struct peer *peer, const Fd__SignInResponse *who) {
    free(peer->sites);
    peer->sites = calloc(who->n_memberships, sizeof *peer->sites);
    CHECK(peer->sites != NULL);
    peer->site_count = who->n_memberships;
    peer->next_site = (size_t)load_index(peer) % peer->site_count;
    for (size_t i = 0; i < peer->site_count; i++)
        (void)snprintf(peer->sites[i], sizeof peer->sites[i], "%s", who->memberships[i]->site->id);
}

/* The two responses are alike, field by field. */
static void take_sign_in(struct peer *peer, const Fd__Reply *reply) {
    const struct load_options *options = &peer->load->options;
    ProtobufCMessage *message = NULL;
    if (message_unpack(&fd__sign_in_response__descriptor, &peer->arena, reply->body.data, reply->body.len, &message,
                       NULL) != STATUS_OK) {
        load_failed(peer->load, "sign-in", "an unreadable reply");
        return;
    }
    const Fd__SignInResponse *who = (const Fd__SignInResponse *)message;
    if (who->n_memberships == 0 || (options->login == NULL && who->password_must_change)) {
        load_failed(peer->load, "sign-in", "this person has no site, or a password to change");
        return;
    }
    (void)snprintf(peer->token, sizeof peer->token, "%s", who->token);
    keep_sites(peer, who);
    if (options->new_password != NULL) {
        change_password(peer);
    } else if (options->clerks > 0) {
        peer->step = STEP_SETUP;
        frontdesk_setup(peer);
    } else {
        begin_work(peer);
    }
}

static void take_reply(struct peer *peer, const Fd__Reply *reply) {
    if (peer->step == STEP_SETUP) {
        frontdesk_setup_answered(peer, reply->id, (int)reply->status, reply->message);
        return;
    }
    const struct mode *mode = peer->load->options.mode;
    if (reply->status == FD__STATUS__STATUS_BUSY && peer->load->running && mode->busy != NULL) {
        mode->busy(peer, reply->retry_after_ms);
        return;
    }
    if (reply->status != FD__STATUS__STATUS_OK) {
        load_failed(peer->load, "refused", reply->message);
        return;
    }
    switch ((enum step)peer->step) {
    case STEP_GREETED: take_sign_in(peer, reply); break;
    case STEP_PASSWORD: begin_work(peer); break;
    case STEP_SETUP: break;
    case STEP_AT_WORK: load_answered(peer); break;
    }
}

static void take_event(struct peer *peer, const Fd__Event *event, size_t length) {
    peer->seq = event->seq;
    if (strcmp(event->kind, "complaint.registered") == 0) load_delivered(peer, length);
}

static void answer_ping(struct peer *peer, uint64_t nonce) {
    Fd__ClientFrame answer = FD__CLIENT_FRAME__INIT;
    Fd__Pong pong = FD__PONG__INIT;
    pong.nonce = nonce;
    answer.body_case = FD__CLIENT_FRAME__BODY_PONG;
    answer.pong = &pong;
    send_frame(peer, &answer.base);
}

static void take_frame(struct peer *peer, const Fd__ServerFrame *frame, size_t length) {
    switch (frame->body_case) {
    case FD__SERVER_FRAME__BODY_WELCOME: introduce(peer); break;
    case FD__SERVER_FRAME__BODY_REPLY: take_reply(peer, frame->reply); break;
    case FD__SERVER_FRAME__BODY_RESET:
        peer->load->epoch = frame->reset->epoch;
        peer->load->seq = peer->seq = frame->reset->seq;
        break;
    case FD__SERVER_FRAME__BODY_SNAPSHOT:
        if (frame->snapshot->last) load_ready(peer);
        break;
    case FD__SERVER_FRAME__BODY_PONG: load_ready(peer); break;
    case FD__SERVER_FRAME__BODY_EVENT: take_event(peer, frame->event, length); break;
    case FD__SERVER_FRAME__BODY_PING: answer_ping(peer, frame->ping->nonce); break;
    case FD__SERVER_FRAME__BODY_GOODBYE:
        load_goodbye(peer, frame->goodbye->retry_after_ms, frame->goodbye->message);
        break;
    default: break;
    }
}

static void take(struct peer *peer, const uint8_t *data, size_t length) {
    const uint8_t *payload;
    size_t size;
    unsigned conversation = peer->conversation;
    if (frame_reader_push(&peer->reader, data, length) != STATUS_OK) {
        load_failed(peer->load, "frontdesk", "a bad frame");
        return;
    }
    while (conversation == peer->conversation && !peer->load->failed &&
           frame_reader_next(&peer->reader, &payload, &size) == STATUS_OK) {
        ProtobufCMessage *message = NULL;
        if (message_unpack(&fd__server_frame__descriptor, &peer->arena, payload, size, &message, NULL) != STATUS_OK) {
            load_failed(peer->load, "frontdesk", "a message that cannot be read");
            return;
        }
        take_frame(peer, (const Fd__ServerFrame *)message, size);
        arena_free(&peer->arena);
        if (conversation == peer->conversation) frame_reader_pop(&peer->reader);
    }
}

const struct tongue tongue_frontdesk = {.name = "frontdesk", .greet = greet, .take = take, .publish = publish};
