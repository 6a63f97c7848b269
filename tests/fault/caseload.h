/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of complaints that wait for an acknowledgement, each with a timer that pushes its alert again at its own
 * moment, and a record of when each was pushed, by PostgreSQL's clock. */
#ifndef FRONTDESK_TESTS_FAULT_CASELOAD_H
#define FRONTDESK_TESTS_FAULT_CASELOAD_H

#include "tests/support/estate.h"

/* An estate whose first server keeps PostgreSQL and fires nothing, with a supervisor to alert. */
struct caseload {
    struct estate estate;
    struct desk supervisor;
    PGconn *database;
};

void caseload_open(struct caseload *caseload);
void caseload_close(struct caseload *caseload);
/* A server beside the first that fires timers. `program` NULL: the one under test. */
void caseload_node(struct caseload *caseload, struct daemon_process *node, const char *name);
void caseload_start(struct daemon_process *node, const char *program);

/* `count` complaints with `subject` whose alerts are due again from `in_ms` from now on, spread over `spread_ms`. */
void caseload_fill(struct caseload *caseload, const char *subject, int count, int in_ms, int spread_ms);
void caseload_sql(struct caseload *caseload, const char *format, ...) __attribute__((format(printf, 2, 3)));
long caseload_number(struct caseload *caseload, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* How a caseload fired; milliseconds after the moment each was due. */
struct firing {
    long missing, doubles, early;
    long p50_ms, p99_ms, most_ms;
};
/* Waits until all of the subject have fired, or for as long. */
struct firing caseload_fired(struct caseload *caseload, const char *subject, int count, int wait_ms);
void firing_print(const char *what, int count, const struct firing *firing);

#endif
