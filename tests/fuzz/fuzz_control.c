/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is said at the administrator's door, and however it is cut: a whole line within its limit gets one answer,
 * in the form that was asked for; anything else gets none, and the door lets go.
 * Input: one byte for how it is cut, then what is said. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/check.h"
#include "server/control/room.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/played_log.h"

static uv_loop_t loop;
static int runs[3];

static void run_now(void *owner, struct control_call *call) {
    (void)owner;
    runs[0]++;
    control_answer(call, control_form(call) == CONTROL_JSON ? CONTROL_OK : CONTROL_REFUSED, "{}\n");
}

/* Answered when the visitor may have gone. */
static void run_later(void *owner, struct control_call *call) {
    runs[1]++;
    *(struct control_call **)owner = call;
}

static void run_long(void *owner, struct control_call *call) {
    static char text[300 * 1024]; /* more than a socket takes at once */
    (void)owner;
    runs[2]++;
    memset(text, 'x', sizeof text - 1);
    control_answer(call, CONTROL_OK, text);
}

static const struct control_request requests[] = {
    {"status",     run_now  },
    {"sync now",   run_later},
    {"audit tell", run_long },
};

/* What the line asks for, by a reading of our own: -1 nothing that is known. */
static int wanted(const uint8_t *said, size_t size, bool *whole) {
    static const char *const forms[] = {"json ", "zh ", "en "};
    size_t limit = size < CONTROL_LINE_BYTES ? size : CONTROL_LINE_BYTES;
    const uint8_t *end = limit == 0 ? NULL : memchr(said, '\n', limit);
    *whole = end != NULL;
    if (end == NULL) return -1;
    for (size_t form = 0; form < 3; form++) {
        for (int request = 0; request < 3; request++) {
            char line[64];
            int length = snprintf(line, sizeof line, "%s%s", forms[form], requests[request].name);
            size_t said_length = strnlen((const char *)said, (size_t)(end - said)); /* the name ends at a NUL */
            if ((size_t)length == said_length && memcmp(line, said, said_length) == 0) return request;
        }
    }
    return -1;
}

static void turn(void) {
    for (int i = 0; i < 3; i++) (void)uv_run(&loop, UV_RUN_NOWAIT);
}

/* What has come until now; true: the door has let go. */
static bool hear(int file, char answer[64], size_t *length) {
    char piece[4096];
    for (;;) {
        ssize_t count = recv(file, piece, sizeof piece, MSG_DONTWAIT);
        if (count == 0) return true;
        if (count < 0) return errno == ECONNRESET;
        for (ssize_t i = 0; i < count && *length < 63; i++) answer[(*length)++] = piece[i];
        turn();
    }
}

static void open_door(struct control *control, struct control_call **kept) {
    *control = (struct control){.loop = &loop, .file = -1, .handles = 1, .closing = true};
    control->options = (struct control_options){.requests = requests, .count = 3, .owner = kept};
    list_init(&control->visitors);
}

static void say(int file, const uint8_t *said, size_t size, uint32_t cut) {
    for (size_t at = 0; at < size;) {
        cut = cut * 1103515245 + 12345;
        size_t piece = 1 + (cut >> 16) % 300;
        if (piece > size - at) piece = size - at;
        if (send(file, said + at, piece, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)piece) return; /* it has let go */
        at += piece;
        turn();
    }
    turn();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    if (loop.data == NULL) CHECK(uv_loop_init(&loop) == 0);
    loop.data = &loop;
    struct control control;
    struct control_call *kept = NULL;
    bool whole = false;
    int before[3], ends[2], asked = wanted(data + 1, size - 1, &whole);
    char answer[64] = "";
    size_t length = 0;
    memcpy(before, runs, sizeof before);
    open_door(&control, &kept);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0 && visitor_welcome(&control, ends[0]));
    say(ends[1], data + 1, size - 1, data[0]);
    for (int i = 0; i < 3; i++) CHECK(runs[i] == before[i] + (i == asked ? 1 : 0));
    bool gone = false;
    if (kept != NULL && data[0] % 2 == 0) control_answer(kept, CONTROL_OK, "done\n");
    if (kept == NULL || data[0] % 2 == 0) {
        turn();
        gone = hear(ends[1], answer, &length);
    }
    CHECK((length > 0) == (whole && (kept == NULL || data[0] % 2 == 0)));
    if (length > 0) {
        CHECK(answer[0] >= '0' && answer[0] <= '2' && answer[1] == '\n');
        CHECK((answer[0] == '2') == (asked < 0));
        CHECK(gone);
    } else if (kept == NULL) {
        CHECK(gone == (size - 1 >= CONTROL_LINE_BYTES)); /* it waits for the rest of a line, or has had enough */
    }
    CHECK(control.count == (list_empty(&control.visitors) ? 0 : 1));
    (void)close(ends[1]);
    if (!gone) visitors_leave(&control);
    turn();
    if (kept != NULL && data[0] % 2 != 0) control_answer(kept, CONTROL_OK, "to nobody\n");
    CHECK(control.handles == 1 && control.count == 0 && uv_loop_alive(&loop) == 0);
    return 0;
}
