/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/control/room.h"

enum { BACKLOG = 8 };

__attribute__((format(printf, 3, 4))) static enum status fail(char *why, enum status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, WHY_BYTES, format, arguments); /* the beginning says what is wrong */
    va_end(arguments);
    return status;
}

static int make(void) {
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* A server that was killed leaves its socket behind; one that lives answers on it. */
static enum status clear_away(const struct sockaddr_un *address, char *why) {
    struct stat found;
    if (lstat(address->sun_path, &found) != 0) return STATUS_OK;
    if (!S_ISSOCK(found.st_mode))
        return fail(why, STATUS_INVALID, "%s is there and no socket: move it away", address->sun_path);
    int line = make();
    if (line < 0) return fail(why, STATUS_UNAVAILABLE, "no socket: %s", strerror(errno));
    bool lives = connect(line, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN;
    close(line);
    if (lives)
        return fail(why, STATUS_CONFLICT,
                    "another frontdeskd answers on %s: stop it, or give this one another state directory",
                    address->sun_path);
    (void)unlink(address->sun_path);
    return STATUS_OK;
}

static bool bind_private(int file, const struct sockaddr_un *address) {
    mode_t before = umask(0177);
    bool bound = bind(file, (const struct sockaddr *)address, sizeof(*address)) == 0;
    umask(before);
    return bound;
}

enum status socket_listen(const char *path, int *file, char *why) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof(address.sun_path))
        return fail(why, STATUS_INVALID,
                    "the socket's path %s is longer than %zu bytes: choose a shorter state directory", path,
                    sizeof(address.sun_path) - 1);
    memcpy(address.sun_path, path, length + 1);
    enum status status = clear_away(&address, why);
    if (status != STATUS_OK) return status;
    *file = make();
    if (*file >= 0 && bind_private(*file, &address) && listen(*file, BACKLOG) == 0) return STATUS_OK;
    status = fail(why, STATUS_UNAVAILABLE, "cannot listen on %s: %s", path, strerror(errno));
    if (*file >= 0) close(*file);
    return status;
}
