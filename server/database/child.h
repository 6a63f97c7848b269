/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of PostgreSQL's, run as its own user, in a session of their own (so that Ctrl-C at our terminal is ours
 * alone) and with a bare environment (PG* variables of the caller mean nothing to them). Blocking. */
#ifndef FRONTDESK_DATABASE_CHILD_H
#define FRONTDESK_DATABASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct child_user {
    bool change; /* we are root and have to become somebody else */
    uid_t uid;
    gid_t gid;
    char name[64];
};

enum child_life {
    CHILD_ALONE,   /* outlives us */
    CHILD_WITH_US, /* the kernel stops it in an orderly way when we die, however we die */
};

/* stdout and stderr go to `output`; arguments[0] is the program's path. -1: errno. */
pid_t child_start(const char *const arguments[], const struct child_user *user, enum child_life life, int output);
/* Runs to the end. The exit code, or -1; the end of what it wrote is in `output` (at least 2 bytes). */
int child_run(const char *const arguments[], const struct child_user *user, char *output, size_t size);
/* Whether that user may go into the directory. */
bool child_can_enter(const struct child_user *user, const char *directory);

/* Replaces the file as a whole or not at all, with that user's rights, so that no link it has laid there leads root
 * astray. */
bool child_write(const struct child_user *user, const char *path, const char *text);

#endif
