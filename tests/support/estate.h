/* SPDX-License-Identifier: Apache-2.0 */
/* A site with its people for a test: one real server, and a desk for whoever is asked for. */
#ifndef FRONTDESK_TESTS_ESTATE_H
#define FRONTDESK_TESTS_ESTATE_H

#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "tests/support/daemon.h"
#include "tests/support/desk.h"

struct estate {
    struct daemon_process daemon;
    uv_loop_t loop;
    struct desk administrator;
    char site_id[37];
};

#define ESTATE_PASSWORD "correct-horse-7"

void estate_open(struct estate *estate);
void estate_close(struct estate *estate); /* fails unless the loop and the server end clean */

/* Creates the account and gives it ESTATE_PASSWORD, already changed once. */
void estate_hire(struct estate *estate, const char *site_id, const char *login, Fd__Role role, Fd__Team team,
                 char person_id[37]);
/* Hires and signs in, subscribed to the site. */
void estate_person(struct estate *estate, struct desk *desk, const char *login, Fd__Role role, Fd__Team team);
/* Another site, with the administrator as its first person. */
void estate_found(struct estate *estate, const char *code, char site_id[37]);

/* Shorthands: the record after the command, or NULL with *status set. `status` NULL: must succeed. */
const Fd__Complaint *estate_register(struct desk *desk, const char *site_id, Fd__Severity severity,
                                     const char *subject);
struct answer estate_acknowledge(struct desk *desk, const char *site_id, const char *number);
struct answer estate_assign(struct desk *desk, const char *site_id, const char *number, const char *handler_id);

#endif
