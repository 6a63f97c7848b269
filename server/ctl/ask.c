/* SPDX-License-Identifier: Apache-2.0 */
/* One request at the server's door (server/control/control.h), blocking. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "server/ctl/ctl.h"

enum { PATIENCE_S = 40, ANSWER_LIMIT = 16 * 1024 * 1024, POLL_MS = 200 };

static const char *no_server(const struct ctl *ctl) {
    return ctl_say(ctl,
                   "没有服务器在 %.300s 上应答：frontdeskd 未运行，或状态目录不同（--state-directory），或权限不足：%s",
                   "no server answers on %.300s: frontdeskd does not run, or has another state directory "
                   "(--state-directory), or you are neither root nor its user: %s");
}

static int knock(const struct ctl *ctl, char *why) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = ctl_path(ctl, "control");
    struct timeval patience = {.tv_sec = PATIENCE_S};
    errno = ENAMETOOLONG;
    int line = -1;
    if (strlen(path) < sizeof(address.sun_path)) {
        memcpy(address.sun_path, path, strlen(path) + 1);
        line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    }
    if (line >= 0 && setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0 &&
        connect(line, (const struct sockaddr *)&address, sizeof(address)) == 0)
        return line;
    (void)snprintf(why, WHY_BYTES, no_server(ctl), path, strerror(errno));
    if (line >= 0) close(line);
    return -1;
}

/* Everything up to the end; NULL: nothing, or too much. */
static char *hear(int line) {
    size_t length = 0, capacity = 4096;
    char *text = malloc(capacity + 1);
    while (text != NULL && length < ANSWER_LIMIT) {
        ssize_t count = recv(line, text + length, capacity - length, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        length += (size_t)count;
        if (length < capacity) continue;
        capacity *= 2;
        char *more = realloc(text, capacity + 1);
        if (more == NULL) break;
        text = more;
    }
    if (text != NULL) text[length] = '\0';
    return text;
}

char *ctl_request(const struct ctl *ctl, const char *form, const char *name, enum ctl_exit *code, char *why) {
    char request[256];
    *code = CTL_NO_ANSWER;
    int line = knock(ctl, why);
    if (line < 0) return NULL;
    int length = snprintf(request, sizeof(request), "%s %s\n", form, name);
    char *answer = NULL;
    if (length > 0 && send(line, request, (size_t)length, MSG_NOSIGNAL) == length) answer = hear(line);
    close(line);
    char *text = answer != NULL ? strchr(answer, '\n') : NULL;
    if (text == NULL) {
        (void)snprintf(why, WHY_BYTES, "%s", ctl_say(ctl, "服务器没有应答", "the server does not answer"));
        free(answer);
        return NULL;
    }
    *code = (enum ctl_exit)strtol(answer, NULL, 10);
    memmove(answer, text + 1, strlen(text + 1) + 1);
    return answer;
}

static enum ctl_exit show(const char *answer, enum ctl_exit code) {
    size_t length = strlen(answer);
    (void)fputs(answer, code == CTL_OK ? stdout : stderr);
    if (length > 0 && answer[length - 1] != '\n') (void)fputc('\n', code == CTL_OK ? stdout : stderr);
    return code;
}

enum ctl_exit ctl_ask(struct ctl *ctl, const struct ctl_command *command) {
    enum ctl_exit code;
    char why[WHY_BYTES] = "";
    const char *form = ctl->json ? "json" : ctl_say(ctl, "zh", "en");
    char *answer = ctl_request(ctl, form, command->path, &code, why);
    if (answer == NULL) {
        ctl_fail(ctl, "%s", why);
        return code;
    }
    code = show(answer, code);
    free(answer);
    return code;
}

/* False: the server has gone. */
static bool anybody_left(const struct ctl *ctl, bool *left) {
    enum ctl_exit code;
    char why[WHY_BYTES];
    char *answer = ctl_request(ctl, "en", "connections", &code, why);
    if (answer == NULL) return false;
    *left = strtol(answer, NULL, 10) > 0;
    free(answer);
    return true;
}

enum ctl_exit ctl_drain(struct ctl *ctl, const struct ctl_command *command) {
    enum ctl_exit code = ctl_ask(ctl, command);
    bool left = true;
    while (code == CTL_OK && ctl->wait && left) {
        if (!anybody_left(ctl, &left)) return CTL_NO_ANSWER;
        if (left) nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
    return code;
}
