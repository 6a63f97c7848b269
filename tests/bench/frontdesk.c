/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side of docs/protocol.md, no more than a load needs. */
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "common/uuid.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/bench/load.h"

enum step { STEP_GREETED, STEP_PASSWORD, STEP_HIRE, STEP_AT_WORK };

#define TEXT(literal) ((char *)(uintptr_t)(literal))

static void send_frame(struct peer *peer, const ProtobufCMessage *message) {
    struct bytes out = {0};
    if (message_append_frame(&out, message) != STATUS_OK)
        load_failed(peer->load, "frontdesk", "no memory");
    else
        load_send(peer, out.data, out.length);
    bytes_free(&out);
}

static void ask(struct peer *peer, const char *operation, const ProtobufCMessage *command) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Request request = FD__REQUEST__INIT;
    struct bytes body = {0};
    char key[UUID_TEXT_BYTES];
    if (message_append(&body, command) != STATUS_OK) {
        load_failed(peer->load, "frontdesk", "no memory");
        return;
    }
    uuid_make(key, moment_now_ms());
    request.id = ++peer->next_id;
    request.operation = TEXT(operation);
    request.site_id = peer->site_id;
    request.key = key;
    request.body = (ProtobufCBinaryData){.data = body.data, .len = body.length};
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = &request;
    send_frame(peer, &frame.base);
    bytes_free(&body);
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
    char device[UUID_TEXT_BYTES];
    uuid_make(device, moment_now_ms());
    command.login = TEXT(peer->load->options.login);
    command.password = TEXT(peer->load->options.password);
    command.device_id = device;
    ask(peer, "session.sign_in", &command.base);
}

static void change_password(struct peer *peer) {
    Fd__ChangePasswordRequest command = FD__CHANGE_PASSWORD_REQUEST__INIT;
    command.old_password = TEXT(peer->load->options.password);
    command.new_password = TEXT(peer->load->options.new_password);
    peer->step = STEP_PASSWORD;
    ask(peer, "session.change_password", &command.base);
}

static void hire(struct peer *peer) {
    Fd__CreatePersonRequest command = FD__CREATE_PERSON_REQUEST__INIT;
    Fd__Role roles[] = {FD__ROLE__ROLE_DESK_CLERK};
    command.login = TEXT(peer->load->options.hire);
    command.name = TEXT("Bench");
    command.roles = roles;
    command.n_roles = 1;
    command.team = FD__TEAM__TEAM_DESK;
    command.password = TEXT(peer->load->options.password);
    peer->step = STEP_HIRE;
    ask(peer, "person.create", &command.base);
}

/* Answered when the server has dealt with all before it. */
static void ping(struct peer *peer) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Ping message = FD__PING__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_PING;
    frame.ping = &message;
    send_frame(peer, &frame.base);
}

/* The first ones get a snapshot and tell the others where the journal stands: a thousand snapshots are another
 * measurement. */
static void subscribe(struct peer *peer) {
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Subscribe message = FD__SUBSCRIBE__INIT;
    Fd__Cursor cursor = FD__CURSOR__INIT, *cursors[] = {&cursor};
    cursor.site_id = peer->site_id;
    cursor.epoch = peer->load->epoch;
    cursor.seq = peer->load->seq;
    message.cursors = cursors;
    message.n_cursors = 1;
    frame.body_case = FD__CLIENT_FRAME__BODY_SUBSCRIBE;
    frame.subscribe = &message;
    send_frame(peer, &frame.base);
    if (cursor.epoch != 0) ping(peer);
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
    ask(peer, "complaint.register", &command.base);
}

static void begin_work(struct peer *peer) {
    peer->step = STEP_AT_WORK;
    if (peer->subscriber)
        subscribe(peer);
    else
        load_ready(peer);
}

static void take_sign_in(struct peer *peer, const Fd__Reply *reply) {
    ProtobufCMessage *message = NULL;
    if (message_unpack(&fd__sign_in_response__descriptor, &peer->arena, reply->body.data, reply->body.len, &message,
                       NULL) != STATUS_OK) {
        load_failed(peer->load, "sign-in", "an unreadable reply");
        return;
    }
    const Fd__SignInResponse *who = (const Fd__SignInResponse *)message;
    if (who->n_memberships == 0) {
        load_failed(peer->load, "sign-in", "this person has no site");
        return;
    }
    memcpy(peer->site_id, who->memberships[0]->site->id, strnlen(who->memberships[0]->site->id, 36) + 1);
    if (peer->load->options.new_password != NULL)
        change_password(peer);
    else if (peer->load->options.hire != NULL)
        hire(peer);
    else
        begin_work(peer);
}

static void take_reply(struct peer *peer, const Fd__Reply *reply) {
    if (reply->status != FD__STATUS__STATUS_OK) {
        load_failed(peer->load, "refused", reply->message);
        return;
    }
    switch ((enum step)peer->step) {
    case STEP_GREETED: take_sign_in(peer, reply); break;
    case STEP_PASSWORD:
    case STEP_HIRE: begin_work(peer); break;
    case STEP_AT_WORK: load_answered(peer); break;
    }
}

static void take_frame(struct peer *peer, const Fd__ServerFrame *frame, size_t length) {
    switch (frame->body_case) {
    case FD__SERVER_FRAME__BODY_WELCOME: sign_in(peer); break;
    case FD__SERVER_FRAME__BODY_REPLY: take_reply(peer, frame->reply); break;
    case FD__SERVER_FRAME__BODY_RESET:
        peer->load->epoch = frame->reset->epoch;
        peer->load->seq = frame->reset->seq;
        break;
    case FD__SERVER_FRAME__BODY_SNAPSHOT:
        if (frame->snapshot->last) load_ready(peer);
        break;
    case FD__SERVER_FRAME__BODY_PONG: load_ready(peer); break;
    case FD__SERVER_FRAME__BODY_EVENT:
        if (strcmp(frame->event->kind, "complaint.registered") == 0) load_delivered(peer, length);
        break;
    case FD__SERVER_FRAME__BODY_PING: {
        Fd__ClientFrame answer = FD__CLIENT_FRAME__INIT;
        Fd__Pong pong = FD__PONG__INIT;
        pong.nonce = frame->ping->nonce;
        answer.body_case = FD__CLIENT_FRAME__BODY_PONG;
        answer.pong = &pong;
        send_frame(peer, &answer.base);
        break;
    }
    case FD__SERVER_FRAME__BODY_GOODBYE: load_failed(peer->load, "goodbye", frame->goodbye->message); break;
    default: break;
    }
}

static void take(struct peer *peer, const uint8_t *data, size_t length) {
    const uint8_t *payload;
    size_t size;
    if (frame_reader_push(&peer->reader, data, length) != STATUS_OK) {
        load_failed(peer->load, "frontdesk", "a bad frame");
        return;
    }
    while (!peer->load->failed && frame_reader_next(&peer->reader, &payload, &size) == STATUS_OK) {
        ProtobufCMessage *message = NULL;
        if (message_unpack(&fd__server_frame__descriptor, &peer->arena, payload, size, &message, NULL) != STATUS_OK) {
            load_failed(peer->load, "frontdesk", "a message that cannot be read");
            return;
        }
        take_frame(peer, (const Fd__ServerFrame *)message, size);
        arena_free(&peer->arena);
        frame_reader_pop(&peer->reader);
    }
}

const struct tongue tongue_frontdesk = {.name = "frontdesk", .greet = greet, .take = take, .publish = publish};
