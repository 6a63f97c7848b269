/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/proxy.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"
#include "common/list.h"
#include "tests/support/test.h"

enum { BLOCK_BYTES = 16 * 1024, NO_LIMIT = -1 };

struct pipe;

/* One direction: a block is read, passed on, and only then the next one is read, so nothing piles up here. */
struct flow {
    struct pipe *pipe;
    uv_stream_t *from, *to;
    uv_write_t write;
    char block[BLOCK_BYTES];
    size_t length; /* in the block, not yet passed on */
    int64_t passed, limit;
    bool writing;
};

struct pipe {
    struct list node;
    struct proxy *proxy;
    uv_tcp_t ends[PROXY_WAYS]; /* [PROXY_UP] leads to the server */
    uv_connect_t connect;
    struct flow flows[PROXY_WAYS];
    int open; /* ends that are not closed yet */
    bool connected, ending;
};

struct proxy {
    uv_loop_t *loop;
    uv_tcp_t listener;
    struct list pipes;
    const struct pipe *newest;
    int64_t passed[PROXY_WAYS]; /* of the newest */
    int ports[PROXY_TARGETS], targets, turn, port;
    int64_t next_limit[PROXY_WAYS];
    int count, cuts;
    bool paused, listening;
};

static void on_end_closed(uv_handle_t *handle) {
    struct pipe *pipe = handle->data;
    if (--pipe->open > 0) return;
    pipe->proxy->count--;
    if (pipe->proxy->newest == pipe) pipe->proxy->newest = NULL;
    free(pipe);
}

static void end_pipe(struct pipe *pipe, bool hard) {
    if (pipe->ending) return;
    pipe->ending = true;
    list_remove(&pipe->node);
    for (int i = 0; i < PROXY_WAYS; i++) {
        uv_read_stop((uv_stream_t *)&pipe->ends[i]);
        if (!hard || uv_tcp_close_reset(&pipe->ends[i], on_end_closed) != 0)
            uv_close((uv_handle_t *)&pipe->ends[i], on_end_closed);
    }
}

static void go_on(struct flow *flow);

static void on_written(uv_write_t *write, int status) {
    struct flow *flow = write->data;
    flow->writing = false;
    if (flow->pipe->ending) return;
    if (status != 0)
        end_pipe(flow->pipe, false);
    else if (flow->limit != NO_LIMIT && flow->passed >= flow->limit)
        end_pipe(flow->pipe, false);
    else
        go_on(flow);
}

static void pass_on(struct flow *flow) {
    struct proxy *proxy = flow->pipe->proxy;
    size_t length = flow->length;
    if (flow->limit != NO_LIMIT && flow->passed + (int64_t)length > flow->limit)
        length = (size_t)(flow->limit - flow->passed);
    if (flow->limit != NO_LIMIT && flow->passed + (int64_t)length >= flow->limit) proxy->cuts++;
    flow->length = 0;
    flow->passed += (int64_t)length;
    if (proxy->newest == flow->pipe)
        proxy->passed[flow == &flow->pipe->flows[PROXY_UP] ? PROXY_UP : PROXY_DOWN] = flow->passed;
    if (length == 0) {
        end_pipe(flow->pipe, false);
        return;
    }
    uv_buf_t block = uv_buf_init(flow->block, (unsigned)length);
    flow->writing = true;
    flow->write.data = flow;
    if (uv_write(&flow->write, flow->to, &block, 1, on_written) != 0) {
        flow->writing = false;
        end_pipe(flow->pipe, false);
    }
}

static struct flow *flow_from(uv_handle_t *handle) {
    struct pipe *pipe = handle->data;
    return handle == (uv_handle_t *)&pipe->ends[PROXY_UP] ? &pipe->flows[PROXY_DOWN] : &pipe->flows[PROXY_UP];
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *block) {
    (void)suggested;
    *block = uv_buf_init(flow_from(handle)->block, BLOCK_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *block) {
    struct flow *flow = flow_from((uv_handle_t *)stream);
    (void)block;
    if (length == 0) return;
    if (length < 0) {
        end_pipe(flow->pipe, false);
        return;
    }
    uv_read_stop(stream);
    flow->length = (size_t)length;
    if (!flow->pipe->proxy->paused) pass_on(flow);
}

static void go_on(struct flow *flow) {
    if (flow->writing || flow->pipe->ending || flow->pipe->proxy->paused) return;
    if (flow->length > 0)
        pass_on(flow);
    else if (uv_read_start(flow->from, on_room, on_read) != 0)
        end_pipe(flow->pipe, false);
}

static void on_connected(uv_connect_t *connect, int status) {
    struct pipe *pipe = connect->data;
    if (pipe->ending) return;
    if (status != 0) {
        end_pipe(pipe, false);
        return;
    }
    pipe->connected = true;
    for (int i = 0; i < PROXY_WAYS; i++) {
        if (pipe->flows[i].limit == 0) { /* cut before the first byte */
            pipe->proxy->cuts++;
            end_pipe(pipe, true);
        }
        go_on(&pipe->flows[i]);
    }
}

static struct sockaddr_in address_of(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static struct pipe *new_pipe(struct proxy *proxy) {
    struct pipe *pipe = calloc(1, sizeof *pipe);
    assert_non_null(pipe);
    pipe->proxy = proxy;
    list_init(&pipe->node);
    for (int i = 0; i < PROXY_WAYS; i++) {
        assert_int_equal(uv_tcp_init(proxy->loop, &pipe->ends[i]), 0);
        pipe->ends[i].data = pipe;
        pipe->open++;
        pipe->flows[i].pipe = pipe;
        pipe->flows[i].to = (uv_stream_t *)&pipe->ends[i];
        pipe->flows[i].from = (uv_stream_t *)&pipe->ends[1 - i];
        pipe->flows[i].limit = proxy->next_limit[i];
        proxy->next_limit[i] = NO_LIMIT;
        proxy->passed[i] = 0;
    }
    proxy->count++;
    proxy->newest = pipe;
    list_append(&proxy->pipes, &pipe->node);
    return pipe;
}

static void on_connection(uv_stream_t *listener, int status) {
    struct proxy *proxy = listener->data;
    if (status != 0) return;
    struct pipe *pipe = new_pipe(proxy);
    pipe->connect.data = pipe;
    if (uv_accept(listener, (uv_stream_t *)&pipe->ends[PROXY_DOWN]) != 0 || proxy->targets == 0) {
        end_pipe(pipe, true);
        return;
    }
    struct sockaddr_in address = address_of(proxy->ports[proxy->turn++ % proxy->targets]);
    if (uv_tcp_connect(&pipe->connect, &pipe->ends[PROXY_UP], (struct sockaddr *)&address, on_connected) != 0)
        end_pipe(pipe, true);
}

struct proxy *proxy_open(uv_loop_t *loop) {
    struct proxy *proxy = calloc(1, sizeof *proxy);
    struct sockaddr_in address = address_of(0);
    int size = sizeof address;
    assert_non_null(proxy);
    proxy->loop = loop;
    list_init(&proxy->pipes);
    for (int i = 0; i < PROXY_WAYS; i++) proxy->next_limit[i] = NO_LIMIT;
    assert_int_equal(uv_tcp_init(loop, &proxy->listener), 0);
    proxy->listener.data = proxy;
    proxy->listening = true;
    assert_int_equal(uv_tcp_bind(&proxy->listener, (struct sockaddr *)&address, 0), 0);
    assert_int_equal(uv_listen((uv_stream_t *)&proxy->listener, 512, on_connection), 0);
    assert_int_equal(uv_tcp_getsockname(&proxy->listener, (struct sockaddr *)&address, &size), 0);
    proxy->port = ntohs(address.sin_port);
    return proxy;
}

static void on_listener_closed(uv_handle_t *handle) {
    ((struct proxy *)handle->data)->listening = false;
}

void proxy_close(struct proxy *proxy) {
    uv_close((uv_handle_t *)&proxy->listener, on_listener_closed);
    proxy_cut(proxy);
    while (proxy->listening || proxy->count > 0) uv_run(proxy->loop, UV_RUN_ONCE);
    free(proxy);
}

int proxy_port(const struct proxy *proxy) {
    return proxy->port;
}

void proxy_aim(struct proxy *proxy, const int *ports, int count) {
    CHECK(count <= PROXY_TARGETS);
    proxy->targets = count;
    for (int i = 0; i < count; i++) proxy->ports[i] = ports[i];
}

void proxy_cut_next(struct proxy *proxy, enum proxy_way way, int64_t after_bytes) {
    proxy->next_limit[way] = after_bytes;
}

void proxy_cut(struct proxy *proxy) {
    list_each_safe(node, &proxy->pipes) {
        proxy->cuts++;
        end_pipe(list_item(node, struct pipe, node), true);
    }
}

void proxy_cut_one(struct proxy *proxy, unsigned chance) {
    unsigned count = 0;
    list_each(node, &proxy->pipes) count++;
    if (count == 0) return;
    chance %= count;
    list_each_safe(node, &proxy->pipes) {
        if (chance-- != 0) continue;
        proxy->cuts++;
        end_pipe(list_item(node, struct pipe, node), true);
        return;
    }
}

void proxy_pause(struct proxy *proxy, bool paused) {
    proxy->paused = paused;
    if (paused) return;
    list_each_safe(node, &proxy->pipes) {
        struct pipe *pipe = list_item(node, struct pipe, node);
        for (int i = 0; i < PROXY_WAYS && pipe->connected; i++) go_on(&pipe->flows[i]);
    }
}

int64_t proxy_passed(const struct proxy *proxy, enum proxy_way way) {
    return proxy->passed[way];
}

int proxy_cuts(const struct proxy *proxy) {
    return proxy->cuts;
}
