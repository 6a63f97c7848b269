/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec: only calls that are safe there. */
static bool become(const struct child_user *user) {
    if (!user->change) return true;
    return setgroups(1, &user->gid) == 0 && setgid(user->gid) == 0 && setuid(user->uid) == 0;
}

static void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++)
        if (number != SIGKILL && number != SIGSTOP) signal(number, SIG_DFL);
}

static _Noreturn void run(const char *const arguments[], const struct child_user *user, enum child_life life,
                          int output, pid_t parent) {
    static char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
    int nothing = open("/dev/null", O_RDONLY);
    reset_signals();
    setsid();
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) _exit(126);
    close_range(3, ~0U, 0);
    /* Below the user's own files PostgreSQL makes nothing for others. */
    umask(077);
    if (!become(user) || chdir("/") != 0) _exit(126);
    /* After the change of user, which clears it; and the parent may have died before it took effect. */
    if (life == CHILD_WITH_US && (prctl(PR_SET_PDEATHSIG, SIGINT) != 0 || getppid() != parent)) _exit(126);
    execve(arguments[0], (char *const *)(void *)arguments, environment);
    _exit(127);
}

pid_t child_start(const char *const arguments[], const struct child_user *user, enum child_life life, int output) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) run(arguments, user, life, output, parent);
    return child;
}

/* Keeps the last half when the buffer is full: the reason stands at the end. */
static size_t read_tail(int from, char *output, size_t size) {
    size_t length = 0;
    for (;;) {
        if (length == size - 1) {
            size_t half = length / 2;
            memmove(output, output + half, length - half);
            length -= half;
        }
        ssize_t got = read(from, output + length, size - 1 - length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        length += (size_t)got;
    }
    while (length > 0 && output[length - 1] == '\n') length--;
    output[length] = '\0';
    return length;
}

static int wait_for(pid_t child) {
    int state;
    while (waitpid(child, &state, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

int child_run(const char *const arguments[], const struct child_user *user, char *output, size_t size) {
    int ends[2];
    output[0] = '\0';
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    pid_t child = child_start(arguments, user, CHILD_ALONE, ends[1]);
    close(ends[1]);
    if (child > 0) (void)read_tail(ends[0], output, size);
    close(ends[0]);
    return child > 0 ? wait_for(child) : -1;
}

bool child_can_enter(const struct child_user *user, const char *directory) {
    pid_t child = fork();
    if (child == 0) _exit(become(user) && chdir(directory) == 0 ? 0 : 1);
    return child > 0 && wait_for(child) == 0;
}

static bool replace_file(const char *path, const char *text) {
    char draft[PATH_MAX];
    size_t length = strlen(text);
    int written = snprintf(draft, sizeof(draft), "%s.new", path);
    if (written < 0 || (size_t)written >= sizeof(draft)) return false;
    (void)unlink(draft);
    int file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return file >= 0 && write(file, text, length) == (ssize_t)length && fsync(file) == 0 && rename(draft, path) == 0;
}

bool child_write(const struct child_user *user, const char *path, const char *text) {
    pid_t child = fork();
    if (child == 0) _exit(become(user) && replace_file(path, text) ? 0 : 1);
    return child > 0 && wait_for(child) == 0;
}
