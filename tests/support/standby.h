/* SPDX-License-Identifier: Apache-2.0 */
/* A PostgreSQL that follows a test's cluster by streaming, asynchronously, and can be promoted when that one dies.
 * What goes wrong here ends the program. */
#ifndef FRONTDESK_TESTS_STANDBY_H
#define FRONTDESK_TESTS_STANDBY_H

#include <stdint.h>
#include <sys/types.h>

#include "tests/support/cluster.h"

struct standby {
    char directory[64];
    char socket[96];         /* of the standby */
    char administrator[256]; /* conninfo */
    char both[512];          /* owner's conninfo of both: wherever one can write */
    pid_t pid;               /* 0: not running */
    pid_t sender;            /* of the primary, told to stand still; 0: it does not */
};

void standby_start(struct standby *standby, const struct cluster *primary); /* returns when it streams */
/* Waits until all that is committed on the primary is here. */
void standby_catch_up(const struct standby *standby, const struct cluster *primary);
/* From now on nothing comes over: the network is slow. Goes when the primary does. */
void standby_lag(struct standby *standby, const struct cluster *primary);
void standby_promote(struct standby *standby); /* returns when it can be written */
int64_t standby_number(const struct standby *standby, const char *sql);
void standby_end(struct standby *standby); /* and removes it */

/* The whole of it at once, as when the machine dies. cluster_end still has to follow. */
void cluster_crash(const struct cluster *cluster);
/* pg_basebackup of the running cluster of a state directory into one that is not there yet, as PostgreSQL's user. */
void postgres_backup(const char *state_directory, const char *administrator, const char *directory, const char *option);

#endif
