/* SPDX-License-Identifier: Apache-2.0 */
/* Where a private cluster lies, which PostgreSQL serves it, and as whom:
 *
 *   state_directory/                 ours
 *     postgres.log                   what PostgreSQL says
 *     postgres.lock                  held by the server that looks after it
 *     postgres/                      of the user it runs as, 0700
 *       data/  run/.s.PGSQL.5432
 */
#ifndef FRONTDESK_DATABASE_PLACE_H
#define FRONTDESK_DATABASE_PLACE_H

#include <limits.h>

#include "common/status.h"
#include "server/database/child.h"

enum { PLACE_PORT = 5432 /* only part of the socket's name: nothing listens on TCP */ };

struct place {
    struct child_user user;
    char owner[64]; /* the OS user we run as ourselves */
    char state[PATH_MAX];
    char root[PATH_MAX];   /* state/postgres */
    char data[PATH_MAX];   /* root/data */
    char socket[PATH_MAX]; /* directory: root/run, or a short one elsewhere */
    char log[PATH_MAX];
    char programs[PATH_MAX]; /* directory of initdb and postgres */
};

/* Puts the reason and its mend into `why` (WHY_BYTES) and gives the status back. */
MUST_USE enum status explain(char *why, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Finds everything and makes the directories. */
MUST_USE enum status place_find(struct place *place, const char *state_directory, const char *run_as, char *why);
/* directory + name; INVALID when it is too long. */
MUST_USE enum status place_path(char path[PATH_MAX], const char *directory, const char *name, char *why);

#endif
