/* SPDX-License-Identifier: Apache-2.0 */
/* Many desks of one clerk on a site and somebody who writes all the time: for tests in which servers come and go. */
#ifndef FRONTDESK_TESTS_CROWD_H
#define FRONTDESK_TESTS_CROWD_H

#include "tests/support/estate.h"

enum { CROWD_DESKS = 20, CROWD_IN_FLIGHT = 3 };

struct crowd {
    struct estate *estate;
    struct desk desks[CROWD_DESKS];
    struct desk writer;
    int count; /* of desks that are open */
    uv_timer_t pace;
    struct answer *answers; /* of the writer's requests, in the order of asking */
    size_t asked, capacity;
    bool writing;
};

/* Signs everybody in: the desks at `servers`, the writer at `writer_servers`. */
void crowd_open(struct crowd *crowd, struct estate *estate, const char *servers, const char *writer_servers);
void crowd_close(struct crowd *crowd);

void crowd_write(struct crowd *crowd); /* from now on, all the time */
void crowd_rest(struct crowd *crowd);  /* stops writing and waits until all is answered */
/* Every desk has the site's newest entry. */
bool crowd_is_level(const struct crowd *crowd, int64_t seq);
/* Every desk heard every entry of the site once and in order, was never told to start anew, and every request of the
 * writer took effect once. Fails the test otherwise. */
void crowd_check(const struct crowd *crowd);
int crowd_at(const struct crowd *crowd, int port); /* desks whose line is up at that port */

#endif
