/* SPDX-License-Identifier: Apache-2.0 */
/* A throw-away PostgreSQL of the test's own, on a private socket: the server's embedded cluster in a temporary
 * directory. Start one per test program. What goes wrong here ends the program. */
#ifndef FRONTDESK_TESTS_SUPPORT_CLUSTER_H
#define FRONTDESK_TESTS_SUPPORT_CLUSTER_H

#include <stdbool.h>
#include <stdint.h>

struct cluster;
struct embedded;

/* durable: with fsync, as in production; without it a cluster forgets at a crash of the machine, and tests fly. */
struct cluster *cluster_start(bool durable);
void cluster_end(struct cluster *cluster); /* and removes it */

const char *cluster_directory(const struct cluster *cluster);     /* the state directory */
const char *cluster_conninfo(const struct cluster *cluster);      /* as the owner, database frontdesk */
const char *cluster_administrator(const struct cluster *cluster); /* as PostgreSQL's administrator, same database */
struct embedded *cluster_embedded(const struct cluster *cluster); /* NULL while it is down */

void cluster_down(struct cluster *cluster);
void cluster_up(struct cluster *cluster);

/* As the administrator, on a line of its own. */
void cluster_run(const struct cluster *cluster, const char *sql);
int64_t cluster_number(const struct cluster *cluster, const char *sql); /* first column of the first row */

#endif
