/* SPDX-License-Identifier: Apache-2.0 */
#include "server/control/control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"
#include "server/control/room.h"

void control_handle_closed(struct control *control) {
    if (--control->handles > 0) return;
    void (*on_closed)(void *owner) = control->on_closed;
    void *owner = control->closed_owner;
    close(control->file);
    free(control);
    if (on_closed != NULL) on_closed(owner);
}

static void on_own_closed(uv_handle_t *handle) {
    control_handle_closed(handle->data);
}

static void on_visitor(uv_poll_t *poll, int status, int events) {
    struct control *control = poll->data;
    (void)events;
    if (status < 0) return;
    int file = accept4(control->file, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (file < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) uv_poll_stop(poll); /* the sweep tries again */
        return;
    }
    if (!visitor_welcome(control, file)) close(file);
    control_expect_visitors(control);
}

void control_expect_visitors(struct control *control) {
    if (control->closing) return;
    if (control->count < CONTROL_VISITORS)
        (void)uv_poll_start(&control->listener, UV_READABLE, on_visitor);
    else
        uv_poll_stop(&control->listener);
}

static void on_sweep(uv_timer_t *timer) {
    struct control *control = timer->data;
    visitors_sweep(control);
    control_expect_visitors(control);
}

enum status control_open(struct control **control, uv_loop_t *loop, const struct control_options *options, char *why) {
    struct control *made = calloc(1, sizeof(*made));
    if (made == NULL) return STATUS_TOO_LARGE;
    made->loop = loop;
    made->options = *options;
    list_init(&made->visitors);
    enum status status = socket_listen(options->path, &made->file, why);
    if (status != STATUS_OK) {
        free(made);
        return status;
    }
    CHECK(uv_poll_init(loop, &made->listener, made->file) == 0);
    CHECK(uv_timer_init(loop, &made->sweep) == 0);
    made->listener.data = made->sweep.data = made;
    made->handles = 2;
    CHECK(uv_timer_start(&made->sweep, on_sweep, CONTROL_SWEEP_MS, CONTROL_SWEEP_MS) == 0);
    control_expect_visitors(made);
    *control = made;
    return STATUS_OK;
}

void control_close(struct control *control, void (*on_closed)(void *owner), void *owner) {
    CHECK(!control->closing);
    control->closing = true;
    control->on_closed = on_closed;
    control->closed_owner = owner;
    (void)unlink(control->options.path);
    visitors_leave(control);
    uv_close((uv_handle_t *)&control->listener, on_own_closed);
    uv_close((uv_handle_t *)&control->sweep, on_own_closed);
}
