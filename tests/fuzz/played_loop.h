/* SPDX-License-Identifier: Apache-2.0 */
/* libuv's timers, idle turns and closing, played at link time by a clock that moves when the target says so: hours pass
 * in microseconds, and a failure repeats. One program includes this once. */
#ifndef FRONTDESK_TESTS_FUZZ_PLAYED_LOOP_H
#define FRONTDESK_TESTS_FUZZ_PLAYED_LOOP_H

#include <string.h>
#include <uv.h>

#include "common/check.h"

enum { PLAYED_HANDLES = 256 };

static struct {
    uv_loop_t loop; /* only its address is used */
    uint64_t now_ms;
    uv_handle_t *active[PLAYED_HANDLES]; /* timers and idle handles that run */
    size_t active_count;
    struct {
        uv_handle_t *handle;
        uv_close_cb on_closed;
    } closing[PLAYED_HANDLES];
    size_t closing_count;
    int open; /* handles that were begun and whose close callback has not come */
} played = {.now_ms = 1000};

uint64_t uv_now(const uv_loop_t *loop) {
    CHECK(loop == &played.loop);
    return played.now_ms;
}

static inline void played_begin(uv_loop_t *loop, uv_handle_t *handle, uv_handle_type type) {
    CHECK(loop == &played.loop);
    handle->loop = loop;
    handle->type = type;
    handle->close_cb = NULL;
    handle->flags = 0;
    played.open++;
}

static inline void played_stop(const uv_handle_t *handle) {
    for (size_t i = 0; i < played.active_count; i++) {
        if (played.active[i] != handle) continue;
        played.active_count--;
        memmove(&played.active[i], &played.active[i + 1], (played.active_count - i) * sizeof played.active[0]);
        return;
    }
}

static inline void played_start(uv_handle_t *handle) {
    played_stop(handle);
    CHECK(played.active_count < PLAYED_HANDLES);
    played.active[played.active_count++] = handle;
}

int uv_is_closing(const uv_handle_t *handle) {
    return handle->flags != 0;
}

int uv_is_active(const uv_handle_t *handle) {
    for (size_t i = 0; i < played.active_count; i++)
        if (played.active[i] == handle) return 1;
    return 0;
}

int uv_timer_init(uv_loop_t *loop, uv_timer_t *timer) {
    played_begin(loop, (uv_handle_t *)timer, UV_TIMER);
    timer->timer_cb = NULL;
    timer->repeat = 0;
    return 0;
}

int uv_timer_start(uv_timer_t *timer, uv_timer_cb on_due, uint64_t after_ms, uint64_t repeat_ms) {
    if (uv_is_closing((uv_handle_t *)timer)) return UV_EINVAL;
    timer->timer_cb = on_due;
    timer->timeout = after_ms > UINT64_MAX - played.now_ms ? UINT64_MAX : played.now_ms + after_ms;
    timer->repeat = repeat_ms;
    played_start((uv_handle_t *)timer);
    return 0;
}

int uv_timer_stop(uv_timer_t *timer) {
    played_stop((uv_handle_t *)timer);
    return 0;
}

int uv_timer_again(uv_timer_t *timer) {
    if (timer->timer_cb == NULL) return UV_EINVAL;
    return timer->repeat == 0 ? 0 : uv_timer_start(timer, timer->timer_cb, timer->repeat, timer->repeat);
}

void uv_timer_set_repeat(uv_timer_t *timer, uint64_t repeat_ms) {
    timer->repeat = repeat_ms;
}

uint64_t uv_timer_get_repeat(const uv_timer_t *timer) {
    return timer->repeat;
}

int uv_idle_init(uv_loop_t *loop, uv_idle_t *idle) {
    played_begin(loop, (uv_handle_t *)idle, UV_IDLE);
    return 0;
}

int uv_idle_start(uv_idle_t *idle, uv_idle_cb on_idle) {
    if (uv_is_active((uv_handle_t *)idle)) return 0;
    idle->idle_cb = on_idle;
    played_start((uv_handle_t *)idle);
    return 0;
}

int uv_idle_stop(uv_idle_t *idle) {
    played_stop((uv_handle_t *)idle);
    return 0;
}

int uv_tcp_init(uv_loop_t *loop, uv_tcp_t *tcp) {
    played_begin(loop, (uv_handle_t *)tcp, UV_TCP);
    return 0;
}

int uv_accept(uv_stream_t *listener, uv_stream_t *line) {
    (void)listener;
    (void)line;
    return 0;
}

void uv_close(uv_handle_t *handle, uv_close_cb on_closed) {
    CHECK(handle->loop == &played.loop && !uv_is_closing(handle) && played.closing_count < PLAYED_HANDLES);
    played_stop(handle);
    handle->flags = 1;
    played.closing[played.closing_count].handle = handle;
    played.closing[played.closing_count++].on_closed = on_closed;
}

/* NULL: none is due. */
static inline uv_timer_t *played_due(uint64_t until_ms) {
    uv_timer_t *first = NULL;
    for (size_t i = 0; i < played.active_count; i++) {
        if (played.active[i]->type != UV_TIMER) continue;
        uv_timer_t *timer = (uv_timer_t *)(void *)played.active[i];
        if (timer->timeout <= until_ms && (first == NULL || timer->timeout < first->timeout)) first = timer;
    }
    return first;
}

static inline void played_fire(uv_timer_t *timer) {
    if (timer->timeout > played.now_ms) played.now_ms = timer->timeout;
    played_stop((uv_handle_t *)timer);
    if (timer->repeat != 0) (void)uv_timer_start(timer, timer->timer_cb, timer->repeat, timer->repeat);
    timer->timer_cb(timer);
}

/* One turn of the loop: idle handles, then close callbacks. */
static inline void played_turn(void) {
    uv_handle_t *now[PLAYED_HANDLES];
    size_t count = played.active_count;
    memcpy(now, played.active, count * sizeof now[0]);
    for (size_t i = 0; i < count; i++)
        if (now[i]->type == UV_IDLE && uv_is_active(now[i]))
            ((uv_idle_t *)(void *)now[i])->idle_cb((uv_idle_t *)(void *)now[i]);
    for (size_t left = played.closing_count; left > 0; left--) {
        uv_handle_t *handle = played.closing[0].handle;
        uv_close_cb on_closed = played.closing[0].on_closed;
        played.closing_count--;
        memmove(&played.closing[0], &played.closing[1], played.closing_count * sizeof played.closing[0]);
        played.open--;
        if (on_closed != NULL) on_closed(handle);
    }
}

/* Timers fire in their order, each followed by a turn. */
static inline void played_pass(uint64_t ms) {
    uint64_t until_ms = played.now_ms + ms;
    for (uv_timer_t *timer = played_due(until_ms); timer != NULL; timer = played_due(until_ms)) {
        played_fire(timer);
        played_turn();
    }
    played.now_ms = until_ms;
}

/* The end of a run: nothing may be left. */
static inline void played_end(void) {
    CHECK(played.open == 0 && played.active_count == 0 && played.closing_count == 0);
    played.now_ms = 1000;
}

#endif
