/* SPDX-License-Identifier: Apache-2.0 */
/* A private PostgreSQL cluster of the server's own: socket only, peer authentication, no TCP. Blocking: before the
 * loop. */
#ifndef FRONTDESK_DATABASE_EMBEDDED_H
#define FRONTDESK_DATABASE_EMBEDDED_H

#include <stdbool.h>

#include "common/status.h"

struct embedded;

/* Creates the cluster under state_directory/postgres at first, starts it or adopts a running one, waits until it
 * answers. As root the child runs as the user `run_as` (default "postgres"). `why` (WHY_BYTES) names the mend.
 * CONFLICT: another server looks after this directory. */
MUST_USE enum status embedded_start(struct embedded **embedded, const char *state_directory, const char *run_as,
                                    char *why);
const char *embedded_conninfo(const struct embedded *embedded);
/* To be called every second or so while the loop runs: starts PostgreSQL again when it has gone. Never waits; false
 * while it is not running. */
bool embedded_watch(struct embedded *embedded);
/* Fast shutdown, waits. */
void embedded_stop(struct embedded *embedded);

#endif
