/* SPDX-License-Identifier: Apache-2.0 */
/* A real frontdeskd with its own PostgreSQL in a throw-away state directory: started, killed and started again. */
#ifndef FRONTDESK_TESTS_DAEMON_H
#define FRONTDESK_TESTS_DAEMON_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <sys/types.h>

enum { DAEMON_ARGUMENTS = 16 };

struct daemon_process {
    char directory[64]; /* removed by daemon_remove */
    char state[96];
    char password[128];                      /* of the first administrator, as printed at the first start */
    char database[512];                      /* conninfo of the owner, for looking into the records */
    const char *arguments[DAEMON_ARGUMENTS]; /* further ones, NULL-terminated */
    const char *program;                     /* NULL: the frontdeskd of this build */
    bool external;                           /* works on `database`, which is not its own */
    pid_t pid;
    int port;
    char listen[32];
    bool keep; /* leave the directory for a look */
};

void daemon_create(struct daemon_process *daemon);
/* A second node on the first one's database. */
void daemon_create_beside(struct daemon_process *daemon, const struct daemon_process *first);
/* As daemon_create_beside, with the first one's certificate, so that clients take one for the other. */
void daemon_create_twin(struct daemon_process *daemon, const struct daemon_process *first);
void daemon_call(struct daemon_process *daemon, const char *node); /* --node; the name is lent */
void daemon_keep_port(struct daemon_process *daemon);              /* over the next starts */
/* frontdeskctl on the daemon's state directory, in English; `arguments` end with NULL. Its exit status; what it says,
 * on stdout and stderr, into output. */
int daemon_ctl(const struct daemon_process *daemon, const char *const *arguments, char *output, size_t size);
/* Starts and waits until it listens; fails the test when it does not within a minute. */
void daemon_start(struct daemon_process *daemon);
void daemon_stop(struct daemon_process *daemon); /* SIGTERM; anything but exit 0 fails the test */
/* The power fails: PostgreSQL and the server die at the same moment, with what they had not yet given to the disk. */
void daemon_crash(struct daemon_process *daemon);
void daemon_kill(struct daemon_process *daemon); /* SIGKILL, reaped */
/* SIGKILL for its private PostgreSQL's postmaster, or for one of its children; false: there is none just now. */
bool daemon_kill_postmaster(const struct daemon_process *daemon);
bool daemon_kill_backend(const struct daemon_process *daemon, unsigned chance);
void daemon_remove(struct daemon_process *daemon);
/* `cp -a`, `rm -rf`; what fails ends the test. */
void tree_copy(const char *from, const char *to);
void tree_remove(const char *directory);
/* A postmaster and all its children die at once. */
void postgres_crash(pid_t postmaster);
pid_t postmaster_of(const char *data); /* 0: none */
/* A blocking connection as the owner: sees every row. */
PGconn *daemon_database(const struct daemon_process *daemon);
/* First column of the first row, in static memory; fails the test on an error. */
const char *database_value(PGconn *connection, const char *sql);
long database_number(PGconn *connection, const char *sql);

#endif
