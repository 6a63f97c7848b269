/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/line.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/core/client.h"
#include "common/log.h"
#include "common/message.h"
#include "common/moment.h"

const struct line_figures line_figures_default = {
    .connect_ms = 10 * SECOND_MS,
    .ping_ms = 20 * SECOND_MS,
    .dead_ms = 45 * SECOND_MS,
    .backoff_ms = 500,
    .backoff_limit_ms = 30 * SECOND_MS,
    .look_ms = SECOND_MS,
};

enum { FRAME_ARENA_BYTES = 64 * 1024 };

struct line_stream {
    struct stream stream;
    struct line *line;
    struct frame_reader reader;
    bool established;
};

int64_t line_asked_ms(int64_t asked_ms) {
    if (asked_ms < 0) return 0;
    return asked_ms < LINE_ASKED_LIMIT_MS ? asked_ms : LINE_ASKED_LIMIT_MS;
}

int64_t line_delay_ms(const struct line_figures *figures, int failures) {
    int64_t delay = figures->backoff_ms;
    for (int i = 1; i < failures && delay < figures->backoff_limit_ms; i++) delay *= 2;
    if (delay > figures->backoff_limit_ms) delay = figures->backoff_limit_ms;
    return delay / 2 + (int64_t)randombytes_uniform((uint32_t)(delay / 2 + 1));
}

void line_set(struct line *line, enum client_line state, const char *why) {
    if (state == CLIENT_LINE_UP) line->failures = 0;
    if (state == CLIENT_LINE_UP) line->tried = 0;
    bool same = line->state == state;
    line->state = state;
    struct client *client = line->client;
    if (!client->closing && (!same || why[0] != '\0') && client->callbacks.on_line != NULL)
        client->callbacks.on_line(client, state, why);
}

bool line_connected(const struct line *line) {
    return line->stream != NULL && line->stream->established;
}

bool line_peer_pin(const struct line *line, uint8_t pin[TLS_PIN_BYTES]) {
    return line->stream != NULL && line->stream->stream.tls != NULL && tls_peer_pin(line->stream->stream.tls, pin);
}

void line_send(struct line *line, const ProtobufCMessage *frame) {
    if (!line_connected(line)) return;
    struct bytes out = {0};
    enum status status = message_append_frame(&out, frame);
    if (status == STATUS_OK) status = stream_send(&line->stream->stream, out.data, out.length);
    if (status != STATUS_OK) LOG(WARNING, "frame not sent", LOG_TEXT("why", status_name(status)));
    if (out.data != NULL) sodium_memzero(out.data, out.length);
    bytes_free(&out);
}

/* Everything that ends in a close callback is counted, so that the last one can tell. */
static void handle_closed(struct line *line);

static void on_shared_closed(void *owner) {
    struct line *line = owner;
    line->shared_open = false;
    handle_closed(line);
}

static void handle_closed(struct line *line) {
    line->handles--;
    if (!line->closing) return;
    if (line->handles == 1 && line->shared_open) {
        stream_loop_close(line->shared, on_shared_closed, line);
    } else if (line->handles == 0) {
        tls_context_free(line->tls);
        client_on_line_closed(line->client);
    }
}

static void on_timer_closed(uv_handle_t *handle) {
    handle_closed(handle->data);
}

static void schedule(struct line *line, int64_t delay_ms);

/* Lets the present connection go without a word to anybody. */
static void detach(struct line *line, bool politely) {
    struct line_stream *stream = line->stream;
    line->stream = NULL;
    line->greeted = false;
    if (stream == NULL) return;
    if (politely)
        stream_close(&stream->stream);
    else
        stream_abort(&stream->stream);
}

/* To the next server. 0 while there is one that was not tried: one after the other, and then a delay. */
static int64_t move_on(struct line *line, bool reached) {
    const struct servers *servers = &line->client->servers;
    int64_t now = (int64_t)uv_now(line->client->loop);
    line->server = servers_next(servers, line->server, now);
    int64_t asked = servers->items[line->server].not_before_ms - now;
    if (!reached && ++line->tried < servers->count) return asked > 0 ? asked : 0;
    line->tried = 0;
    line->failures++;
    int64_t delay = line_delay_ms(&line->figures, line->failures);
    return delay < asked ? asked : delay;
}

static void lost(struct line *line, const char *why, int64_t delay_ms) {
    bool reached = line->reached;
    line->reached = false;
    client_on_line_lost(line->client);
    if (line->closing || line->state == CLIENT_LINE_REFUSED) return;
    int64_t delay = move_on(line, reached);
    /* The server keeps no stranger waiting. Without a sign-in under way there is nothing to come back for. */
    if (line->state == CLIENT_LINE_STRANGER && !calls_signing_in(&line->client->calls)) return;
    schedule(line, delay < delay_ms ? delay_ms : delay);
    line_set(line, CLIENT_LINE_DOWN, why);
}

void line_drop(struct line *line, const char *why, int64_t delay_ms) {
    if (line->stream == NULL) return;
    detach(line, false);
    lost(line, why, line_asked_ms(delay_ms));
}

void line_refuse(struct line *line, const char *why) {
    detach(line, true);
    uv_timer_stop(&line->retry);
    client_on_line_lost(line->client);
    line_set(line, CLIENT_LINE_REFUSED, why);
}

void line_greeted(struct line *line) {
    line->greeted = line->reached = true;
}

static void connect_next(struct line *line);
static void on_look(uv_timer_t *timer);

static const char *end_text(const struct line *line, const struct line_stream *stream, enum stream_end why) {
    const struct client *client = line->client;
    if (!stream->established && why != STREAM_END_TLS)
        return client_say(client, "连接不上服务器：请检查地址、端口和网络，或服务器是否已启动",
                          "the server does not answer: check address, port and network, and that it runs");
    if (why == STREAM_END_TLS)
        return client_say(client, "对方不是 frontdesk 服务器，或加密连接失败",
                          "no TLS 1.3 there: this is not a frontdesk server, or something interferes");
    if (why == STREAM_END_FINISHED) return client_say(client, "服务器关闭了连接", "the server closed the line");
    return client_say(client, "线路中断", "the line broke");
}

static void on_end(struct stream *raw, enum stream_end why) {
    struct line_stream *stream = (struct line_stream *)(void *)raw;
    struct line *line = stream->line;
    if (line->stream != stream) return;
    line->stream = NULL;
    line->greeted = false;
    const char *text = end_text(line, stream, why);
    if (!stream->established && why != STREAM_END_TLS && line->next_address != NULL && !line->closing)
        connect_next(line);
    else
        lost(line, text, 0);
}

static void on_closed(struct stream *raw) {
    struct line_stream *stream = (struct line_stream *)(void *)raw;
    struct line *line = stream->line;
    frame_reader_free(&stream->reader);
    free(stream);
    handle_closed(line);
}

static void on_established(struct stream *raw) {
    struct line_stream *stream = (struct line_stream *)(void *)raw;
    struct line *line = stream->line;
    if (line->stream != stream) return;
    stream->established = true;
    line->heard_at_ms = (int64_t)uv_now(line->client->loop);
    client_on_established(line->client);
}

/* False: the line is gone. */
static bool take_frame(struct line_stream *stream, const uint8_t *payload, size_t length) {
    struct line *line = stream->line;
    struct arena arena;
    arena_init(&arena, length * MESSAGE_BUDGET_FACTOR + FRAME_ARENA_BYTES);
    ProtobufCMessage *message = NULL;
    struct message_fault fault = {0};
    enum status status = message_unpack_newer(&fd__server_frame__descriptor, &arena, payload, length, &message, &fault);
    if (status == STATUS_OK) {
        client_on_frame(line->client, (const Fd__ServerFrame *)(const void *)message);
    } else {
        LOG(WARNING, "frame not understood", LOG_TEXT("field", fault.field), LOG_TEXT("why", fault.why));
        line_drop(line,
                  client_say(line->client, "无法理解服务器的消息：请升级客户端",
                             "the server's message is not understood: upgrade the client"),
                  line->figures.backoff_limit_ms);
    }
    arena_free(&arena);
    return line->stream == stream;
}

static void on_data(struct stream *raw, const uint8_t *data, size_t length) {
    struct line_stream *stream = (struct line_stream *)(void *)raw;
    struct line *line = stream->line;
    if (line->stream != stream) return;
    line->heard_at_ms = (int64_t)uv_now(line->client->loop);
    line->pinged = false;
    enum status status = frame_reader_push(&stream->reader, data, length);
    while (status == STATUS_OK) {
        const uint8_t *payload = NULL;
        size_t payload_length = 0;
        status = frame_reader_next(&stream->reader, &payload, &payload_length);
        if (status != STATUS_OK) break;
        if (!take_frame(stream, payload, payload_length)) return;
        frame_reader_pop(&stream->reader);
    }
    if (status != STATUS_NOT_FOUND)
        line_drop(line, client_say(line->client, "服务器的消息有误", "the server's frames are broken"), 0);
}

static const struct stream_callbacks callbacks = {
    .on_established = on_established,
    .on_data = on_data,
    .on_end = on_end,
    .on_closed = on_closed,
};

static void connect_next(struct line *line) {
    const struct addrinfo *address = line->next_address;
    line->next_address = address->ai_next;
    struct line_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        lost(line, client_say(line->client, "内存不足", "out of memory"), 0);
        return;
    }
    stream->line = line;
    stream->reader.limit = FRAME_LIMIT_ANSWER;
    line->stream = stream;
    line->pinged = false;
    line->handles++;
    line->heard_at_ms = line->began_at_ms = (int64_t)uv_now(line->client->loop);
    uint64_t look_ms = (uint64_t)line->figures.look_ms;
    uv_timer_start(&line->silence, on_look, look_ms, look_ms);
    if (stream_connect(&stream->stream, line->shared, address->ai_addr, line->tls, &callbacks) == STATUS_OK) return;
    line->stream = NULL;
    free(stream);
    line->handles--;
    lost(line, client_say(line->client, "无法建立连接", "no connection could be begun"), 0);
}

static void on_lookup(uv_getaddrinfo_t *lookup, int result, struct addrinfo *addresses) {
    struct line *line = lookup->data;
    line->looking_up = false;
    if (line->closing || result != 0) {
        uv_freeaddrinfo(addresses);
        if (!line->closing)
            lost(line,
                 client_say(line->client, "找不到服务器的地址：请检查主机名",
                            "the server's name is not known: check the host name"),
                 0);
        handle_closed(line);
        return;
    }
    uv_freeaddrinfo(line->addresses);
    line->addresses = line->next_address = addresses;
    connect_next(line);
    handle_closed(line);
}

void line_connect(struct line *line) {
    if (line->closing || line->stream != NULL || line->looking_up || line->state == CLIENT_LINE_REFUSED) return;
    uv_timer_stop(&line->retry);
    char port[16];
    const struct server_address *server = &line->client->servers.items[line->server];
    (void)snprintf(port, sizeof port, "%d", server->port);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    line->lookup.data = line;
    int result = uv_getaddrinfo(line->client->loop, &line->lookup, on_lookup, server->host, port, &hints);
    if (result != 0) {
        lost(line, uv_strerror(result), 0);
        return;
    }
    line->looking_up = true;
    line->handles++;
    if (line->state != CLIENT_LINE_STRANGER) line_set(line, CLIENT_LINE_CONNECTING, "");
}

static void on_retry(uv_timer_t *timer) {
    line_connect(timer->data);
}

static void schedule(struct line *line, int64_t delay_ms) {
    uv_timer_start(&line->retry, on_retry, (uint64_t)(delay_ms < 0 ? 0 : delay_ms), 0);
}

static void on_look(uv_timer_t *timer) {
    struct line *line = timer->data;
    if (line->stream == NULL) return;
    int64_t now = (int64_t)uv_now(timer->loop);
    if (!line->greeted) {
        if (now - line->began_at_ms >= line->figures.connect_ms)
            line_drop(line, client_say(line->client, "服务器没有应答", "the server does not answer"), 0);
        return;
    }
    int64_t silent = now - line->heard_at_ms;
    if (silent >= line->figures.dead_ms) {
        line_drop(line, client_say(line->client, "服务器长时间没有回应", "the server fell silent"), 0);
    } else if (silent >= line->figures.ping_ms && !line->pinged) {
        line->pinged = true;
        Fd__Ping ping = FD__PING__INIT;
        ping.nonce = (uint64_t)now;
        Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
        frame.body_case = FD__CLIENT_FRAME__BODY_PING;
        frame.ping = &ping;
        line_send(line, &frame.base);
    }
}

enum status line_open(struct line *line, struct client *client, char *why) {
    *line = (struct line){.client = client, .state = CLIENT_LINE_DOWN, .figures = line_figures_default};
    enum status status = tls_context_client(&line->tls, why);
    if (status != STATUS_OK) return status;
    status = stream_loop_open(&line->shared, client->loop);
    if (status != STATUS_OK) {
        tls_context_free(line->tls);
        return status;
    }
    line->shared_open = true;
    uv_timer_init(client->loop, &line->retry);
    uv_timer_init(client->loop, &line->silence);
    line->retry.data = line->silence.data = line;
    line->handles = 3;
    return STATUS_OK;
}

void line_close(struct line *line) {
    line->closing = true;
    if (line->looking_up) uv_cancel((uv_req_t *)&line->lookup);
    detach(line, true);
    uv_freeaddrinfo(line->addresses);
    line->addresses = line->next_address = NULL;
    uv_close((uv_handle_t *)&line->retry, on_timer_closed);
    uv_close((uv_handle_t *)&line->silence, on_timer_closed);
}
