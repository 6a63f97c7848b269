/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a stream:
 *
 *   HANDSHAKE --established--> OPEN --stream_close, or the peer's end--> LINGERING --EOF or 0.5 s--> CLOSED
 *   anything --stream_abort, network error, truncation--> CLOSED
 *
 * Lingering: what is gathered and close_notify go out, then our half of TCP is shut and what still arrives is thrown
 * away. Closing with unread bytes would make TCP reset the line, and the peer would lose our last words.
 *
 * Nothing of ours is called from inside stream_send, stream_close and their like: an owner may call them anywhere. */
#include "common/stream.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "common/check.h"
#include "common/log.h"

enum {
    READ_BUFFER_BYTES = 64 * 1024,
    GATHER_BYTES = 64 * 1024,        /* more than this is not gathered but written at once */
    SCRATCH_KEPT_BYTES = 256 * 1024, /* of the loop's own buffers, after an unusual burst */
    SEND_BUFFER_BYTES = 64 * 1024,   /* the kernel doubles it, and by itself would hold megabytes for a slow peer */
    LINGER_MS = 500,
    LOOP_HANDLES = 4,
};

struct stream_loop {
    uv_loop_t *loop;
    uv_check_t check;     /* after polling: what the turn's callbacks have sent */
    uv_prepare_t prepare; /* before polling: what timers have sent */
    uv_idle_t idle;       /* active while something is dirty before polling, so that the loop does not sleep on it */
    uv_timer_t linger;
    struct list dirty, lingering; /* lingering: the oldest first */
    struct bytes plain_in, cipher;
    size_t streams;
    int handles;
    void (*on_closed)(void *owner);
    void *owner;
    char read_buffer[READ_BUFFER_BYTES];
};

/* What the kernel did not take at once. */
struct stream_write {
    uv_write_t request;
    uint8_t data[];
};

static struct stream *stream_of(void *handle) {
    return list_item(handle, struct stream, tcp);
}

static uv_stream_t *tcp_of(struct stream *stream) {
    return (uv_stream_t *)&stream->tcp;
}

/* Ends */

static void end(struct stream *stream, enum stream_end why) {
    if (stream->ended) return;
    stream->ended = true;
    stream->callbacks->on_end(stream, why);
}

static void on_handle_closed(uv_handle_t *handle) {
    struct stream *stream = stream_of(handle);
    end(stream, stream->broken ? STREAM_END_RESET : STREAM_END_LOCAL);
    list_remove(&stream->node);
    tls_close(stream->tls);
    stream->tls = NULL;
    bytes_free(&stream->plain_out);
    stream->shared->streams--;
    stream->callbacks->on_closed(stream);
}

void stream_abort(struct stream *stream) {
    stream->closing = true;
    list_remove(&stream->node);
    if (!uv_is_closing((uv_handle_t *)&stream->tcp)) uv_close((uv_handle_t *)&stream->tcp, on_handle_closed);
}

static void end_and_abort(struct stream *stream, enum stream_end why) {
    if (!stream->closing) end(stream, why);
    stream_abort(stream);
}

static void mark_dirty(struct stream *stream) {
    if (list_empty(&stream->node)) list_append(&stream->shared->dirty, &stream->node);
}

void stream_close(struct stream *stream) {
    if (stream->closing) return;
    stream->closing = true;
    mark_dirty(stream);
}

static void on_linger_timer(uv_timer_t *timer) {
    struct stream_loop *shared = timer->data;
    while (!list_empty(&shared->lingering)) {
        struct stream *oldest = list_item(shared->lingering.next, struct stream, node);
        if (oldest->linger_until_ms > uv_now(shared->loop)) {
            uv_timer_start(timer, on_linger_timer, oldest->linger_until_ms - uv_now(shared->loop), 0);
            return;
        }
        stream_abort(oldest);
    }
}

/* Our half ends once libuv has handed everything to the kernel. */
static void shut_output(struct stream *stream) {
    uv_os_fd_t descriptor;
    if (!stream->lingering || stream->writes_under_way > 0) return;
    if (uv_fileno((uv_handle_t *)&stream->tcp, &descriptor) == 0) (void)shutdown(descriptor, SHUT_WR);
}

static void start_read(struct stream *stream);

static void begin_lingering(struct stream *stream) {
    struct stream_loop *shared = stream->shared;
    stream->closing = stream->lingering = true;
    stream->linger_until_ms = uv_now(shared->loop) + LINGER_MS;
    list_remove(&stream->node);
    list_append(&shared->lingering, &stream->node);
    if (!uv_is_active((uv_handle_t *)&shared->linger)) uv_timer_start(&shared->linger, on_linger_timer, LINGER_MS, 0);
    start_read(stream);
    shut_output(stream);
}

/* Writing */

static void on_written(uv_write_t *request, int result) {
    struct stream *stream = stream_of(request->handle);
    stream->writes_under_way--;
    free(request->data);
    if (uv_is_closing((uv_handle_t *)&stream->tcp)) return;
    if (result != 0)
        end_and_abort(stream, STREAM_END_RESET);
    else if (stream->lingering)
        shut_output(stream);
    else if (stream->above_mark)
        mark_dirty(stream); /* the flush tells on_drained */
}

static bool queue_write(struct stream *stream, const uint8_t *data, size_t length) {
    struct stream_write *write = malloc(sizeof *write + length);
    if (write == NULL) return false;
    memcpy(write->data, data, length);
    write->request.data = write;
    uv_buf_t buffer = uv_buf_init((char *)write->data, (unsigned)length);
    if (uv_write(&write->request, tcp_of(stream), &buffer, 1, on_written) != 0) {
        free(write);
        return false;
    }
    stream->writes_under_way++;
    return true;
}

/* Hands the loop's ciphertext to the kernel, and what it does not take to libuv. Nobody is told of a failure here: the
 * flush finds it. */
static void write_cipher(struct stream *stream) {
    struct bytes *cipher = &stream->shared->cipher;
    size_t taken = 0;
    if (cipher->length == 0 || stream->broken || uv_is_closing((uv_handle_t *)&stream->tcp)) return;
    if (stream->writes_under_way == 0) {
        uv_buf_t buffer = uv_buf_init((char *)cipher->data, (unsigned)cipher->length);
        int result = uv_try_write(tcp_of(stream), &buffer, 1);
        if (result >= 0)
            taken = (size_t)result;
        else if (result != UV_EAGAIN)
            stream->broken = true;
    }
    stream->encrypted_bytes += cipher->length;
    if (!stream->broken && taken < cipher->length)
        stream->broken = !queue_write(stream, cipher->data + taken, cipher->length - taken);
    if (stream->broken) mark_dirty(stream);
}

static struct bytes *fresh_cipher(struct stream_loop *shared) {
    if (shared->cipher.capacity > SCRATCH_KEPT_BYTES) bytes_free(&shared->cipher);
    bytes_clear(&shared->cipher);
    return &shared->cipher;
}

/* Encrypts what is gathered; the last of it with close_notify, in the same write. */
static void write_gathered(struct stream *stream, bool last) {
    if (!stream->established) return;
    struct bytes *cipher = fresh_cipher(stream->shared);
    enum status status = tls_send(stream->tls, stream->plain_out.data, stream->plain_out.length, cipher);
    bytes_free(&stream->plain_out);
    if (status == STATUS_OK && last) status = tls_finish(stream->tls, cipher);
    write_cipher(stream);
    if (status == STATUS_OK || last) return;
    stream->broken = true;
    mark_dirty(stream);
}

static void tell_drained(struct stream *stream) {
    if (!stream->above_mark || stream->closing || stream_queued(stream) > stream->low_mark_bytes) return;
    stream->above_mark = false;
    if (stream->callbacks->on_drained != NULL) stream->callbacks->on_drained(stream);
}

static void flush(struct stream *stream) {
    if (stream->broken) {
        end_and_abort(stream, STREAM_END_RESET);
    } else if (stream->closing && !stream->established) {
        stream_abort(stream);
    } else if (stream->closing) {
        write_gathered(stream, true);
        begin_lingering(stream);
    } else {
        write_gathered(stream, false);
        tell_drained(stream);
    }
}

/* Streams that become dirty meanwhile wait for the next turn, so that one that is always filled again starves nobody.
 */
static void flush_all(struct stream_loop *shared) {
    struct list now;
    list_init(&now);
    if (list_empty(&shared->dirty)) return;
    list_append(&shared->dirty, &now); /* the whole ring becomes ours */
    list_remove(&shared->dirty);
    while (!list_empty(&now)) {
        struct stream *stream = list_item(now.next, struct stream, node);
        list_remove(&stream->node);
        flush(stream);
    }
}

static void on_idle(uv_idle_t *idle) {
    (void)idle; /* its being active is all that is wanted */
}

static void on_prepare(uv_prepare_t *prepare) {
    struct stream_loop *shared = prepare->data;
    flush_all(shared);
    if (list_empty(&shared->dirty))
        uv_idle_stop(&shared->idle);
    else
        uv_idle_start(&shared->idle, on_idle);
}

static void on_check(uv_check_t *check) {
    flush_all(check->data);
}

enum status stream_send(struct stream *stream, const void *data, size_t length) {
    if (stream->closing || stream->ended) return STATUS_UNAVAILABLE;
    enum status status = bytes_append(&stream->plain_out, data, length);
    if (status != STATUS_OK) return status;
    if (stream_queued(stream) > stream->low_mark_bytes) stream->above_mark = true;
    if (stream->established && stream->plain_out.length > GATHER_BYTES && !stream->broken)
        write_gathered(stream, false);
    mark_dirty(stream);
    return STATUS_OK;
}

size_t stream_queued(const struct stream *stream) {
    return stream->plain_out.length + uv_stream_get_write_queue_size((const uv_stream_t *)&stream->tcp);
}

/* What the kernel holds for a peer that does not take it, which may be megabytes. */
static size_t held_by_kernel(const struct stream *stream) {
    uv_os_fd_t descriptor;
    int bytes = 0;
    if (uv_fileno((const uv_handle_t *)&stream->tcp, &descriptor) != 0) return 0;
    return ioctl(descriptor, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? (size_t)bytes : 0;
}

uint64_t stream_taken(const struct stream *stream) {
    size_t waiting = uv_stream_get_write_queue_size((const uv_stream_t *)&stream->tcp) + held_by_kernel(stream);
    return waiting < stream->encrypted_bytes ? stream->encrypted_bytes - waiting : 0;
}

bool stream_settled(const struct stream *stream) {
    return stream_queued(stream) == 0 && held_by_kernel(stream) == 0;
}

/* Reading */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
    (void)suggested;
    *buffer = uv_buf_init(stream_of(handle)->shared->read_buffer, READ_BUFFER_BYTES);
}

static void handle_established(struct stream *stream) {
    stream->established = true;
    if (stream->plain_out.length > 0) mark_dirty(stream);
    if (stream->callbacks->on_established != NULL) stream->callbacks->on_established(stream);
}

/* The owner may close or abort in each callback: look again after each. */
static void take_bytes(struct stream *stream, const uint8_t *data, size_t length) {
    struct stream_loop *shared = stream->shared;
    struct bytes *plain = &shared->plain_in;
    bool finished = false;
    if (plain->capacity > SCRATCH_KEPT_BYTES) bytes_free(plain);
    bytes_clear(plain);
    enum status status = tls_feed(stream->tls, data, length, plain, fresh_cipher(shared), &finished);
    write_cipher(stream);
    if (status != STATUS_OK) {
        LOG(DEBUG, "TLS broken", LOG_TEXT("why", tls_failure(stream->tls)));
        end(stream, STREAM_END_TLS);
        if (!uv_is_closing((uv_handle_t *)&stream->tcp)) begin_lingering(stream);
        return;
    }
    if (!stream->established && tls_established(stream->tls)) handle_established(stream);
    if (plain->length > 0 && !stream->closing) stream->callbacks->on_data(stream, plain->data, plain->length);
    if (!finished || stream->closing) return;
    end(stream, STREAM_END_FINISHED);
    stream_close(stream);
}

static void on_read(uv_stream_t *tcp, ssize_t length, const uv_buf_t *buffer) {
    struct stream *stream = stream_of(tcp);
    if (length > 0 && !stream->closing)
        take_bytes(stream, (const uint8_t *)buffer->base, (size_t)length);
    else if (length < 0)
        end_and_abort(stream, length == UV_EOF ? STREAM_END_TRUNCATED : STREAM_END_RESET);
}

static void start_read(struct stream *stream) {
    if (stream->reading || uv_is_closing((uv_handle_t *)&stream->tcp)) return;
    stream->reading = uv_read_start(tcp_of(stream), on_allocate, on_read) == 0;
    if (stream->reading) return;
    stream->broken = true;
    mark_dirty(stream);
}

void stream_stop_reading(struct stream *stream) {
    if (!stream->reading || stream->closing) return;
    stream->reading = false;
    uv_read_stop(tcp_of(stream));
}

void stream_start_reading(struct stream *stream) {
    if (!stream->closing) start_read(stream);
}

/* Beginnings */

static enum status begin(struct stream *stream, struct stream_loop *shared, struct tls_context *context,
                         const struct stream_callbacks *callbacks) {
    *stream = (struct stream){.shared = shared, .callbacks = callbacks};
    enum status status = tls_open(&stream->tls, context);
    if (status != STATUS_OK) return status;
    list_init(&stream->node);
    if (uv_tcp_init(shared->loop, &stream->tcp) != 0) {
        tls_close(stream->tls);
        return STATUS_UNAVAILABLE;
    }
    shared->streams++;
    return STATUS_OK;
}

static void fail_at_once(struct stream *stream) {
    stream->broken = true;
    stream_abort(stream);
}

enum status stream_accept(struct stream *stream, struct stream_loop *shared, uv_stream_t *listener,
                          struct tls_context *context, const struct stream_callbacks *callbacks) {
    enum status status = begin(stream, shared, context, callbacks);
    if (status != STATUS_OK) return status;
    if (uv_accept(listener, tcp_of(stream)) != 0) {
        fail_at_once(stream);
        return STATUS_OK;
    }
    (void)uv_tcp_nodelay(&stream->tcp, 1); /* slower without, not wrong */
    int send_buffer = SEND_BUFFER_BYTES;
    (void)uv_send_buffer_size((uv_handle_t *)&stream->tcp, &send_buffer);
    start_read(stream);
    return STATUS_OK;
}

static void on_connected(uv_connect_t *request, int result) {
    struct stream *stream = stream_of(request->handle);
    free(request);
    if (uv_is_closing((uv_handle_t *)&stream->tcp)) return;
    if (result != 0) {
        end_and_abort(stream, STREAM_END_RESET);
        return;
    }
    if (stream->closing) return; /* the flush has it */
    (void)uv_tcp_nodelay(&stream->tcp, 1);
    if (tls_start(stream->tls, fresh_cipher(stream->shared)) != STATUS_OK) {
        end_and_abort(stream, STREAM_END_TLS);
        return;
    }
    write_cipher(stream);
    start_read(stream);
}

enum status stream_connect(struct stream *stream, struct stream_loop *shared, const struct sockaddr *address,
                           struct tls_context *context, const struct stream_callbacks *callbacks) {
    uv_connect_t *request = calloc(1, sizeof *request);
    if (request == NULL) return STATUS_UNAVAILABLE;
    enum status status = begin(stream, shared, context, callbacks);
    if (status != STATUS_OK) {
        free(request);
        return status;
    }
    if (uv_tcp_connect(request, &stream->tcp, address, on_connected) != 0) {
        free(request);
        fail_at_once(stream);
    }
    return STATUS_OK;
}

void stream_peer_address(const struct stream *stream, char text[STREAM_ADDRESS_BYTES]) {
    struct sockaddr_storage address;
    int length = sizeof address;
    text[0] = '\0';
    if (uv_tcp_getpeername(&stream->tcp, (struct sockaddr *)&address, &length) != 0) return;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&address;
    int result;
    if (address.ss_family == AF_INET)
        result = uv_ip4_name((const struct sockaddr_in *)&address, text, STREAM_ADDRESS_BYTES);
    else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        result = uv_inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text, STREAM_ADDRESS_BYTES);
    else
        result = uv_ip6_name(six, text, STREAM_ADDRESS_BYTES);
    if (result != 0) text[0] = '\0';
}

/* The loop's share */

/* Writing to a line that the peer has reset must be an error, not the end of the process. */
static void ignore_broken_pipes(void) {
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) != 0 || action.sa_handler != SIG_DFL) return;
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGPIPE, &action, NULL);
}

enum status stream_loop_open(struct stream_loop **shared, uv_loop_t *loop) {
    ignore_broken_pipes();
    struct stream_loop *made = calloc(1, sizeof *made);
    if (made == NULL) return STATUS_UNAVAILABLE;
    made->loop = loop;
    list_init(&made->dirty);
    list_init(&made->lingering);
    uv_check_init(loop, &made->check);
    uv_prepare_init(loop, &made->prepare);
    uv_idle_init(loop, &made->idle);
    uv_timer_init(loop, &made->linger);
    made->check.data = made->prepare.data = made->idle.data = made->linger.data = made;
    uv_check_start(&made->check, on_check);
    uv_prepare_start(&made->prepare, on_prepare);
    /* Alone they keep no loop alive. */
    uv_unref((uv_handle_t *)&made->check);
    uv_unref((uv_handle_t *)&made->prepare);
    made->handles = LOOP_HANDLES;
    *shared = made;
    return STATUS_OK;
}

static void on_loop_handle_closed(uv_handle_t *handle) {
    struct stream_loop *shared = handle->data;
    if (--shared->handles > 0) return;
    void (*on_closed)(void *owner) = shared->on_closed;
    void *owner = shared->owner;
    bytes_free(&shared->plain_in);
    bytes_free(&shared->cipher);
    free(shared);
    if (on_closed != NULL) on_closed(owner);
}

void stream_loop_close(struct stream_loop *shared, void (*on_closed)(void *owner), void *owner) {
    CHECK(shared->streams == 0);
    shared->on_closed = on_closed;
    shared->owner = owner;
    uv_close((uv_handle_t *)&shared->check, on_loop_handle_closed);
    uv_close((uv_handle_t *)&shared->prepare, on_loop_handle_closed);
    uv_close((uv_handle_t *)&shared->idle, on_loop_handle_closed);
    uv_close((uv_handle_t *)&shared->linger, on_loop_handle_closed);
}
