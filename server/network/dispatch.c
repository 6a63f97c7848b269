/* SPDX-License-Identifier: Apache-2.0 */
/* What each frame does in each state: one table. */
#include <string.h>

#include "common/log.h"
#include "common/message.h"
#include "server/domain/refusal.h"
#include "server/network/room.h"
#include "server/request/table.h"

/* Decoding one frame: what message_unpack allows for the largest. */
enum { ENVELOPE_ARENA_BYTES = FRAME_LIMIT * MESSAGE_BUDGET_FACTOR + 64 * 1024, BODY_KINDS = 7 };

typedef void (*handler)(struct session *session, const Fd__ClientFrame *frame);

static void unexpected(struct session *session, const Fd__ClientFrame *frame) {
    (void)frame;
    session_leave(session, FAREWELL_UNEXPECTED);
}

static void not_signed_in(struct session *session, const Fd__ClientFrame *frame) {
    (void)frame;
    session_leave(session, FAREWELL_NOT_SIGNED_IN);
}

static void goodbye(struct session *session, const Fd__ClientFrame *frame) {
    (void)frame;
    session_leave(session, FAREWELL_ASKED);
}

static void greet(struct session *session, const Fd__ClientFrame *frame) {
    const struct sessions *sessions = session->sessions;
    const Fd__Hello *hello = frame->hello;
    session->identity.chinese = strcmp(hello->language, "en") != 0;
    if (hello->version_min > PROTOCOL_VERSION || hello->version_max < PROTOCOL_VERSION) {
        session_leave(session, FAREWELL_VERSION);
        return;
    }
    Fd__Welcome welcome = FD__WELCOME__INIT;
    Fd__ServerFrame answer = FD__SERVER_FRAME__INIT;
    welcome.version = PROTOCOL_VERSION;
    welcome.server = (char *)(uintptr_t) "frontdeskd/" FRONTDESK_VERSION;
    welcome.node = (char *)(uintptr_t)sessions->services->node;
    welcome.frame_limit_bytes = FRAME_LIMIT;
    welcome.requests_in_flight = (uint32_t)sessions->limits.requests_in_flight;
    welcome.now_ms = database_now_ms(sessions->services->database);
    answer.body_case = FD__SERVER_FRAME__BODY_WELCOME;
    answer.welcome = &welcome;
    session_enter(session, SESSION_STRANGER);
    session_send(session, &answer);
}

static void sign_in(struct session *session, const Fd__ClientFrame *frame) {
    const struct operation *operation = operation_find(frame->request->operation);
    if (operation != NULL && operation->before_sign_in)
        request_begin(&session->caller, frame->request);
    else
        session_leave(session, FAREWELL_NOT_SIGNED_IN);
}

static void request(struct session *session, const Fd__ClientFrame *frame) {
    const struct operation *operation = operation_find(frame->request->operation);
    if (operation != NULL && operation->before_sign_in)
        session_leave(session, FAREWELL_SIGNED_IN_TWICE);
    else
        request_begin(&session->caller, frame->request);
}

static void subscribe(struct session *session, const Fd__ClientFrame *frame) {
    follows_replace(session, frame->subscribe);
}

static void ping(struct session *session, const Fd__ClientFrame *frame) {
    Fd__Pong pong = FD__PONG__INIT;
    Fd__ServerFrame answer = FD__SERVER_FRAME__INIT;
    pong.nonce = frame->ping->nonce;
    answer.body_case = FD__SERVER_FRAME__BODY_PONG;
    answer.pong = &pong;
    session_send(session, &answer);
}

/* Having been heard is all it is for. */
static void pong(struct session *session, const Fd__ClientFrame *frame) {
    (void)session;
    (void)frame;
}

/* clang-format off */
static const handler handlers[BODY_KINDS][3] = {
    /*                                          before hello  before sign-in  signed in */
    [FD__CLIENT_FRAME__BODY__NOT_SET]        = {unexpected,   unexpected,     unexpected},
    [FD__CLIENT_FRAME__BODY_HELLO]           = {greet,        unexpected,     unexpected},
    [FD__CLIENT_FRAME__BODY_REQUEST]         = {not_signed_in, sign_in,       request   },
    [FD__CLIENT_FRAME__BODY_SUBSCRIBE]       = {not_signed_in, not_signed_in, subscribe },
    [FD__CLIENT_FRAME__BODY_PING]            = {unexpected,   not_signed_in,  ping      },
    [FD__CLIENT_FRAME__BODY_PONG]            = {unexpected,   not_signed_in,  pong      },
    [FD__CLIENT_FRAME__BODY_GOODBYE]         = {unexpected,   goodbye,        goodbye   },
};
/* clang-format on */

static handler handler_of(const struct session *session, Fd__ClientFrame__BodyCase body) {
    if ((unsigned)body >= BODY_KINDS) return unexpected;
    int column = session_is_member(session) ? 2 : session->state == SESSION_STRANGER ? 1 : 0;
    return handlers[body][column];
}

/* A member's request with a bad text is answered if its id can be read; the line stays. */
static bool deny_request(struct session *session, struct arena *arena, const uint8_t *payload, size_t length,
                         const char *field) {
    if (field == NULL || !session_is_member(session)) return false;
    arena_free(arena);
    ProtobufCMessage *message =
        protobuf_c_message_unpack(&fd__client_frame__descriptor, &arena->allocator, length, payload);
    const Fd__ClientFrame *frame = (const Fd__ClientFrame *)(void *)message;
    if (frame == NULL || frame->body_case != FD__CLIENT_FRAME__BODY_REQUEST) return false;
    Fd__Reply reply = FD__REPLY__INIT;
    reply.id = frame->request->id;
    reply.status = FD__STATUS__STATUS_INVALID;
    reply.field = (char *)(uintptr_t)field;
    reply.message = (char *)(uintptr_t)refusal_text(REFUSAL_FIELD_INVALID, session->identity.chinese);
    session->sessions->counters.refused_frames++;
    session_reply(session, &reply);
    return true;
}

void session_dispatch(struct session *session, const uint8_t *payload, size_t length) {
    struct arena arena;
    ProtobufCMessage *message = NULL;
    struct message_fault fault = {0};
    arena_init(&arena, ENVELOPE_ARENA_BYTES);
    enum status status = message_unpack(&fd__client_frame__descriptor, &arena, payload, length, &message, &fault);
    if (status == STATUS_OK) {
        const Fd__ClientFrame *frame = (const Fd__ClientFrame *)(void *)message;
        handler_of(session, frame->body_case)(session, frame);
    } else if (!deny_request(session, &arena, payload, length, fault.field)) {
        LOG(NOTICE, "frame not understood", LOG_TEXT("field", fault.field), LOG_TEXT("why", fault.why));
        session_leave(session, FAREWELL_UNDECODABLE);
    }
    arena_free(&arena);
}
