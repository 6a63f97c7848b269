/* SPDX-License-Identifier: Apache-2.0 */
/* One who asks:
 *
 *   ASKING --a whole line--> WAITING --answer--> TAKING --all taken--> gone       any --too long, too late--> gone
 *
 * The call is a memory of its own: it is answered even when the one who asked has gone. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"
#include "server/control/room.h"

enum visitor_state { ASKING, WAITING, TAKING };

struct visitor {
    struct list node;
    struct control *control;
    uv_poll_t poll;
    int file;
    enum visitor_state state;
    uint64_t until_ms;
    char line[CONTROL_LINE_BYTES];
    size_t length;
    struct control_call *call; /* while WAITING */
    struct bytes answer;
    size_t taken;
};

struct control_call {
    struct visitor *visitor; /* NULL: gone */
    enum control_form form;
};

static void on_poll(uv_poll_t *poll, int status, int events);

static void enter(struct visitor *visitor, enum visitor_state state, int64_t limit_ms) {
    visitor->state = state;
    visitor->until_ms = uv_now(visitor->control->loop) + (uint64_t)limit_ms;
    if (state == WAITING)
        uv_poll_stop(&visitor->poll);
    else
        (void)uv_poll_start(&visitor->poll, state == ASKING ? UV_READABLE : UV_WRITABLE, on_poll);
}

static void on_closed(uv_handle_t *handle) {
    struct visitor *visitor = handle->data;
    struct control *control = visitor->control;
    close(visitor->file);
    bytes_free(&visitor->answer);
    free(visitor);
    control_expect_visitors(control);
    control_handle_closed(control);
}

static void leave(struct visitor *visitor) {
    if (visitor->call != NULL) visitor->call->visitor = NULL;
    visitor->call = NULL;
    list_remove(&visitor->node);
    visitor->control->count--;
    uv_close((uv_handle_t *)&visitor->poll, on_closed);
}

/* The request */

static bool take_form(const char *word, enum control_form *form) {
    static const char *const words[] = {[CONTROL_JSON] = "json", [CONTROL_CHINESE] = "zh", [CONTROL_ENGLISH] = "en"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], word) != 0) continue;
        *form = (enum control_form)i;
        return true;
    }
    return false;
}

static const struct control_request *find(const struct control *control, const char *name) {
    for (size_t i = 0; i < control->options.count; i++)
        if (strcmp(control->options.requests[i].name, name) == 0) return &control->options.requests[i];
    return NULL;
}

/* "form name", in place. */
static void begin(struct visitor *visitor) {
    struct control_call *call = calloc(1, sizeof(*call));
    if (call == NULL) {
        leave(visitor);
        return;
    }
    call->visitor = visitor;
    call->form = CONTROL_ENGLISH;
    visitor->call = call;
    enter(visitor, WAITING, CONTROL_WORK_MS);
    char *name = strchr(visitor->line, ' ');
    if (name != NULL) *name++ = '\0';
    const struct control_request *request = NULL;
    if (name != NULL && take_form(visitor->line, &call->form)) request = find(visitor->control, name);
    if (request != NULL)
        request->run(visitor->control->options.owner, call);
    else
        control_answer(call, CONTROL_USAGE,
                       call->form == CONTROL_CHINESE ? "服务器不认识此请求；frontdeskctl 与 frontdeskd 的版本应相同"
                                                     : "the server does not know this request: frontdeskctl and "
                                                       "frontdeskd should be of one version");
}

static void hear(struct visitor *visitor) {
    ssize_t count =
        recv(visitor->file, visitor->line + visitor->length, sizeof(visitor->line) - visitor->length, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count <= 0) {
        leave(visitor);
        return;
    }
    visitor->length += (size_t)count;
    char *end = memchr(visitor->line, '\n', visitor->length);
    if (end != NULL) {
        *end = '\0';
        begin(visitor);
    } else if (visitor->length == sizeof(visitor->line)) {
        leave(visitor);
    }
}

/* The answer */

static void give(struct visitor *visitor) {
    ssize_t count = send(visitor->file, visitor->answer.data + visitor->taken, visitor->answer.length - visitor->taken,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (count > 0) visitor->taken += (size_t)count;
    if (count < 0 || visitor->taken == visitor->answer.length) leave(visitor);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    struct visitor *visitor = poll->data;
    (void)events;
    if (status < 0)
        leave(visitor);
    else if (visitor->state == ASKING)
        hear(visitor);
    else
        give(visitor);
}

enum control_form control_form(const struct control_call *call) {
    return call->form;
}

void control_answer(struct control_call *call, enum control_code code, const char *text) {
    struct visitor *visitor = call->visitor;
    free(call);
    if (visitor == NULL) return;
    visitor->call = NULL;
    if (bytes_printf(&visitor->answer, "%d\n%s", (int)code, text) != STATUS_OK)
        leave(visitor);
    else
        enter(visitor, TAKING, CONTROL_STEP_MS);
}

/* Coming and going */

static bool is_ours(int file) {
    struct ucred peer = {0};
    socklen_t size = sizeof(peer);
    if (getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    if (peer.uid == 0 || peer.uid == geteuid()) return true;
    LOG(WARNING, "a stranger at the administrator's door", LOG_NUMBER("uid", peer.uid), LOG_NUMBER("pid", peer.pid));
    return false;
}

bool visitor_welcome(struct control *control, int file) {
    struct visitor *visitor = is_ours(file) ? calloc(1, sizeof(*visitor)) : NULL;
    if (visitor == NULL) return false;
    visitor->control = control;
    visitor->file = file;
    if (uv_poll_init(control->loop, &visitor->poll, file) != 0) {
        free(visitor);
        return false;
    }
    visitor->poll.data = visitor;
    list_append(&control->visitors, &visitor->node);
    control->count++;
    control->handles++;
    enter(visitor, ASKING, CONTROL_STEP_MS);
    return true;
}

void visitors_sweep(struct control *control) {
    list_each_safe(node, &control->visitors) {
        struct visitor *visitor = list_item(node, struct visitor, node);
        if (uv_now(control->loop) >= visitor->until_ms) leave(visitor);
    }
}

void visitors_leave(struct control *control) {
    list_each_safe(node, &control->visitors) leave(list_item(node, struct visitor, node));
}
