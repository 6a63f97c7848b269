/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/submission.h"
#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "common/moment.h"

enum { PERSON_ARENA_BYTES = 64 * 1024, TOKEN_LOOK_MS = 25, SERVER_BYTES = 300 };

const char *client_say(const struct client *client, const char *chinese, const char *english) {
    return strcmp(client->language, "en") == 0 ? english : chinese;
}

void client_send(struct client *client, Fd__ClientFrame *frame) {
    line_send(&client->line, &frame->base);
}

static char *copy(const char *text) {
    return strdup(text == NULL ? "" : text);
}

static void client_free(struct client *client) {
    store_close(client->store);
    sender_free(&client->sender);
    arena_free(&client->known_memory);
    arena_free(&client->welcome_memory);
    arena_free(&client->person_memory);
    free(client->language);
    free(client->name);
    free(client->desk);
    free(client);
}

static void recall_person(struct client *client) {
    struct bytes packed = {0};
    ProtobufCMessage *message = NULL;
    if (store_recall(client->store, "person", &packed) &&
        message_unpack_newer(&fd__sign_in_response__descriptor, &client->known_memory, packed.data, packed.length,
                             &message, NULL) == STATUS_OK)
        client->known = (Fd__SignInResponse *)(void *)message;
    bytes_free(&packed);
}

static void remember_person(struct client *client) {
    struct bytes packed = {0};
    Fd__SignInResponse person = *client->person;
    person.token = (char *)"";
    if (message_append(&packed, &person.base) == STATUS_OK)
        store_remember(client->store, "person", packed.data, packed.length);
    bytes_free(&packed);
}

static enum status open_parts(struct client *client, const char *directory) {
    char server[SERVER_BYTES], why[WHY_BYTES] = "";
    const struct server_address *first = &client->servers.items[0];
    int length = snprintf(server, sizeof server, "%s:%d", first->host, first->port);
    if (length < 0 || (size_t)length >= sizeof server) return STATUS_INVALID;
    enum status status = store_open(&client->store, directory, server, why);
    if (status == STATUS_OK && client->desk == NULL) client->desk = copy(store_desk(client->store));
    if (status == STATUS_OK && client->desk == NULL) status = STATUS_TOO_LARGE;
    if (status == STATUS_OK) recall_person(client);
    if (status == STATUS_OK) status = sender_open(&client->sender, client, directory, server, why);
    if (status == STATUS_OK) status = line_open(&client->line, client, why);
    if (status != STATUS_OK) {
        LOG(ERROR, "client not opened", LOG_TEXT("why", why));
        return status;
    }
    uv_timer_init(client->loop, &client->token_timer);
    client->token_timer.data = client;
    client->handles = 5; /* the line, this timer and those of calls, subscriptions and sender */
    calls_open(&client->calls, client);
    subscriptions_open(&client->subscriptions, client);
    sender_start(&client->sender);
    return STATUS_OK;
}

static bool take_servers(struct client *client, const struct client_options *options) {
    struct server_address *first = &client->servers.items[0];
    if (options->servers != NULL) return servers_read(&client->servers, options->servers);
    int length = snprintf(first->host, sizeof first->host, "%s", options->host);
    first->port = options->port;
    client->servers.count = 1;
    return length > 0 && (size_t)length < sizeof first->host;
}

enum status client_open(struct client **out, uv_loop_t *loop, const struct client_options *options,
                        const struct client_callbacks *callbacks, void *owner) {
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) return STATUS_TOO_LARGE;
    client->loop = loop;
    client->owner = owner;
    client->callbacks = *callbacks;
    client->language = copy(options->language);
    client->name = copy(options->name);
    client->desk = options->desk == NULL ? NULL : copy(options->desk);
    arena_init(&client->welcome_memory, PERSON_ARENA_BYTES);
    arena_init(&client->person_memory, PERSON_ARENA_BYTES);
    arena_init(&client->known_memory, PERSON_ARENA_BYTES);
    enum status status = STATUS_TOO_LARGE;
    if (!take_servers(client, options))
        status = STATUS_INVALID;
    else if (client->language != NULL && client->name != NULL)
        status = open_parts(client, options->state_directory);
    if (status != STATUS_OK) {
        client_free(client);
        return status;
    }
    *out = client;
    line_connect(&client->line);
    return STATUS_OK;
}

static void part_closed(struct client *client) {
    if (--client->handles > 0) return;
    void (*on_closed)(void *owner) = client->on_closed;
    void *owner = client->owner;
    client_free(client);
    if (on_closed != NULL) on_closed(owner);
}

static void on_token_timer_closed(uv_handle_t *handle) {
    part_closed(handle->data);
}

static void on_calls_closed(uv_handle_t *handle) {
    part_closed(((struct calls *)handle->data)->client);
}

static void on_subscriptions_closed(uv_handle_t *handle) {
    part_closed(((struct subscriptions *)handle->data)->client);
}

static void on_sender_closed(uv_handle_t *handle) {
    part_closed(((struct sender *)handle->data)->client);
}

void client_on_line_closed(struct client *client) {
    part_closed(client);
}

void client_close(struct client *client, void (*on_closed)(void *owner)) {
    CHECK(!client->closing);
    client->closing = true;
    client->on_closed = on_closed;
    Fd__Goodbye goodbye = FD__GOODBYE__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_GOODBYE;
    frame.goodbye = &goodbye;
    if (client->line.greeted) client_send(client, &frame);
    calls_close(&client->calls, on_calls_closed);
    sender_close(&client->sender, on_sender_closed);
    subscriptions_close(&client->subscriptions, on_subscriptions_closed);
    uv_close((uv_handle_t *)&client->token_timer, on_token_timer_closed);
    line_close(&client->line);
}

void *client_owner(const struct client *client) {
    return client->owner;
}

enum client_line client_line(const struct client *client) {
    return client->line.state;
}

int client_waiting(const struct client *client) {
    return client->calls.count;
}

const Fd__SignInResponse *client_person(const struct client *client) {
    return client->person;
}

const Fd__SignInResponse *client_known_person(const struct client *client) {
    if (client->signed_out) return NULL;
    return client->person != NULL ? client->person : client->known;
}

void client_remember(struct client *client, const char *name, const void *data, size_t length) {
    store_remember(client->store, name, data, length);
}

bool client_recall(const struct client *client, const char *name, struct bytes *out) {
    return store_recall(client->store, name, out);
}

const char *client_address(const struct client *client, int *port) {
    const struct server_address *address = &client->servers.items[client->line.server];
    *port = address->port;
    return address->host;
}

const Fd__Welcome *client_server(const struct client *client) {
    return client->welcome;
}

int64_t client_clock_ahead_ms(const struct client *client) {
    return client->clock_ahead_ms;
}

bool client_pin(const struct client *client, uint8_t pin[TLS_PIN_BYTES]) {
    return store_pin(client->store, pin);
}

void client_forget_pin(struct client *client) {
    store_forget_pin(client->store);
}

bool client_certificate_changed(const struct client *client) {
    return client->certificate_changed;
}

void client_forget_token(struct client *client) {
    store_keep_token(client->store, NULL);
    store_forget_all(client->store);
    client->signed_out = true;
}

enum status client_call(struct client *client, const char *operation, const char *site_id, const char *key,
                        const ProtobufCMessage *command, const ProtobufCMessageDescriptor *response,
                        client_on_reply on_reply, void *owner) {
    return calls_add(&client->calls, operation, site_id, key, command, response, on_reply, owner, false);
}

enum status client_submit(struct client *client, const char *operation, const char *site_id,
                          const ProtobufCMessage *command, const ProtobufCMessageDescriptor *response,
                          client_on_reply on_reply, client_on_kept on_kept, void *owner) {
    enum status status = STATUS_UNAVAILABLE;
    bool kept = client->sender.outbox != NULL && outbox_kind_of(operation) != NULL;
    if (client->closing) return STATUS_UNAVAILABLE;
    if (kept) status = submission_add(&client->sender, operation, site_id, command, on_reply, on_kept, owner);
    /* A full disk at the desk is no reason to turn a customer away while the server is there. */
    bool direct = !kept || (status == STATUS_UNAVAILABLE && client->line.state == CLIENT_LINE_UP &&
                            client_waiting_counts(client).waiting == 0);
    return direct ? client_call(client, operation, site_id, NULL, command, response, on_reply, owner) : status;
}

void client_keep(struct client *client, void *owner) {
    submissions_keep(&client->sender, owner);
}

struct outbox *client_outbox(struct client *client) {
    return client->sender.outbox;
}

struct outbox_counts client_waiting_counts(struct client *client) {
    const Fd__SignInResponse *person = client_known_person(client);
    if (client->sender.outbox == NULL) return (struct outbox_counts){0};
    return outbox_count(client->sender.outbox, person == NULL ? "" : person->person_id);
}

void client_send_waiting(struct client *client) {
    sender_turn(&client->sender);
}

void client_forget_calls(struct client *client, void *owner) {
    calls_forget(&client->calls, owner);
    submissions_forget(&client->sender, owner);
}

enum status client_sign_in(struct client *client, const char *login, const char *password, client_on_reply on_reply,
                           void *owner) {
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = (char *)login;
    command.password = (char *)password;
    command.device_id = (char *)store_device(client->store);
    command.desk = client->desk;
    store_keep_desk(client->store, client->desk);
    calls_drop_session_calls(&client->calls, true);
    enum status status = calls_add(&client->calls, "session.sign_in", "", NULL, &command.base,
                                   &fd__sign_in_response__descriptor, on_reply, owner, true);
    if (status != STATUS_OK) return status;
    /* One sign-in a connection: another person needs another one. */
    if (client->line.state == CLIENT_LINE_UP) line_drop(&client->line, "", 0);
    line_connect(&client->line);
    return STATUS_OK;
}

enum status client_subscribe(struct client *client, const char *site_id) {
    return subscriptions_add(&client->subscriptions, site_id, true);
}

enum status client_observe(struct client *client, const char *site_id) {
    return subscriptions_add(&client->subscriptions, site_id, false);
}

void client_forget_cursor(struct client *client, const char *site_id) {
    store_keep_cursor(client->store, site_id, 0, 0);
}

/* At first use the certificate is trusted and kept; another one later is for a person to look at. */
static bool pin_right(struct client *client) {
    uint8_t seen[TLS_PIN_BYTES], kept[TLS_PIN_BYTES];
    if (!line_peer_pin(&client->line, seen)) return false;
    if (!store_pin(client->store, kept)) {
        store_keep_pin(client->store, seen);
        return true;
    }
    return memcmp(seen, kept, sizeof seen) == 0;
}

void client_on_established(struct client *client) {
    if (!pin_right(client)) {
        client->certificate_changed = true;
        line_refuse(&client->line,
                    client_say(client, "服务器的证书与上次不同：可能有人冒充。向管理员核实后再信任新证书",
                               "the server's certificate has changed: somebody may pose as it. "
                               "Ask the administrator before you trust the new one"));
        return;
    }
    Fd__Hello hello = FD__HELLO__INIT;
    hello.version_min = hello.version_max = CLIENT_PROTOCOL_VERSION;
    hello.client = client->name;
    hello.language = client->language;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_HELLO;
    frame.hello = &hello;
    client_send(client, &frame);
}

void client_on_line_lost(struct client *client) {
    uv_timer_stop(&client->token_timer);
    store_unlock_token(client->store);
    sender_on_lost(&client->sender);
    calls_line_lost(&client->calls);
}

enum status client_on_signed_in(struct client *client, const ProtobufCBinaryData *body) {
    char before[UUID_TEXT_BYTES] = "";
    if (client->person != NULL) (void)snprintf(before, sizeof before, "%s", client->person->person_id);
    arena_free(&client->person_memory);
    client->person = NULL;
    ProtobufCMessage *message = NULL;
    enum status status = message_unpack_newer(&fd__sign_in_response__descriptor, &client->person_memory, body->data,
                                              body->len, &message, NULL);
    if (status != STATUS_OK) return status;
    client->person = (Fd__SignInResponse *)(void *)message;
    /* What one person asked for is not done in another's name. */
    if (before[0] != '\0' && strcmp(before, client->person->person_id) != 0)
        calls_fail(&client->calls, client_say(client, "已换人登录，请重新操作", "somebody else signed in: ask again"));
    store_keep_token(client->store, client->person->token);
    store_unlock_token(client->store);
    client->signed_out = false;
    remember_person(client);
    line_set(&client->line, CLIENT_LINE_UP, "");
    subscriptions_check(&client->subscriptions, client->person);
    subscriptions_send(&client->subscriptions);
    sender_on_up(&client->sender);
    return STATUS_OK;
}

static void on_resumed(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    (void)response;
    struct client *client = owner;
    if (client->closing || reply->status == FD__STATUS__STATUS_OK) return;
    if (reply->status == FD__STATUS__STATUS_BUSY || reply->status == FD__STATUS__STATUS_UNAVAILABLE) {
        line_drop(&client->line, reply->message, reply->retry_after_ms);
        return;
    }
    store_keep_token(client->store, NULL); /* and not who it was: what they have written waits for them */
    store_unlock_token(client->store);
    line_set(&client->line, CLIENT_LINE_STRANGER, reply->message);
}

static void open_session(struct client *client);

static void on_token_timer(uv_timer_t *timer) {
    open_session(timer->data);
}

/* A waiting sign-in goes first; else the token; else somebody has to sign in. */
static void open_session(struct client *client) {
    if (calls_signing_in(&client->calls)) {
        calls_flush(&client->calls);
        return;
    }
    if (!store_lock_token(client->store)) {
        uv_timer_start(&client->token_timer, on_token_timer, TOKEN_LOOK_MS, 0);
        return;
    }
    char token[STORE_TOKEN_BYTES];
    Fd__ResumeSessionRequest command = FD__RESUME_SESSION_REQUEST__INIT;
    if (!store_token(client->store, token)) {
        store_unlock_token(client->store);
        line_set(&client->line, CLIENT_LINE_STRANGER, "");
        return;
    }
    command.token = token;
    command.device_id = (char *)store_device(client->store);
    command.desk = client->desk;
    if (calls_add(&client->calls, "session.resume", "", NULL, &command.base, &fd__resume_session_response__descriptor,
                  on_resumed, client, true) != STATUS_OK)
        line_drop(&client->line, client_say(client, "内存不足", "out of memory"), 0);
}

static void refuse_version(struct client *client) {
    line_refuse(&client->line, client_say(client, "服务器的协议版本不同：请升级客户端或服务器",
                                          "the server speaks another version: upgrade the client or the server"));
}

static void on_welcome(struct client *client, const Fd__Welcome *welcome) {
    if (client->line.greeted) return;
    if (welcome->version != CLIENT_PROTOCOL_VERSION) {
        refuse_version(client);
        return;
    }
    struct bytes packed = {0};
    ProtobufCMessage *kept = NULL;
    arena_free(&client->welcome_memory);
    client->welcome = NULL;
    if (message_append(&packed, &welcome->base) == STATUS_OK &&
        message_unpack_newer(&fd__welcome__descriptor, &client->welcome_memory, packed.data, packed.length, &kept,
                             NULL) == STATUS_OK)
        client->welcome = (Fd__Welcome *)(void *)kept;
    bytes_free(&packed);
    client->clock_ahead_ms = moment_now_ms() - welcome->now_ms;
    if (welcome->requests_in_flight > 0 && welcome->requests_in_flight < INT32_MAX)
        client->calls.limit = (int)welcome->requests_in_flight;
    line_greeted(&client->line);
    open_session(client);
}

static void on_goodbye(struct client *client, const Fd__Goodbye *goodbye) {
    LOG(INFO, "server said goodbye", LOG_TEXT("status", status_name((enum status)goodbye->status)));
    if (!client->line.greeted && goodbye->status == FD__STATUS__STATUS_INVALID) {
        refuse_version(client);
        return;
    }
    if (goodbye->retry_after_ms > 0)
        client->servers.items[client->line.server].not_before_ms =
            (int64_t)uv_now(client->loop) + line_asked_ms(goodbye->retry_after_ms);
    line_drop(&client->line, goodbye->message, 0);
}

void client_on_password_changed(struct client *client) {
    if (client->person == NULL || !client->person->password_must_change) return;
    client->person->password_must_change = false;
    subscriptions_send(&client->subscriptions);
    sender_on_up(&client->sender);
}

static void pong(struct client *client, const Fd__Ping *ping) {
    Fd__Pong answer = FD__PONG__INIT;
    answer.nonce = ping->nonce;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    frame.body_case = FD__CLIENT_FRAME__BODY_PONG;
    frame.pong = &answer;
    client_send(client, &frame);
}

void client_on_frame(struct client *client, const Fd__ServerFrame *frame) {
    switch (frame->body_case) {
    case FD__SERVER_FRAME__BODY_WELCOME: on_welcome(client, frame->welcome); break;
    case FD__SERVER_FRAME__BODY_REPLY: calls_on_reply(&client->calls, frame->reply); break;
    case FD__SERVER_FRAME__BODY_EVENT: subscriptions_on_event(&client->subscriptions, frame->event); break;
    case FD__SERVER_FRAME__BODY_RESET: subscriptions_on_reset(&client->subscriptions, frame->reset); break;
    case FD__SERVER_FRAME__BODY_SNAPSHOT: subscriptions_on_snapshot(&client->subscriptions, frame->snapshot); break;
    case FD__SERVER_FRAME__BODY_PING: pong(client, frame->ping); break;
    case FD__SERVER_FRAME__BODY_GOODBYE: on_goodbye(client, frame->goodbye); break;
    default: break;
    }
}
