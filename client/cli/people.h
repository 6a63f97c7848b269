/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands on people share. */
#ifndef FRONTDESK_CLIENT_CLI_PEOPLE_H
#define FRONTDESK_CLIENT_CLI_PEOPLE_H

#include "client/cli/cli.h"
#include "frontdesk/v1/account.pb-c.h"

/* Opens the line and finds the site. */
int people_open_site(struct cli *cli, const char **site_id);
/* The answer to a command on one person. */
int people_show_one(struct cli *cli, const ProtobufCMessage *response, Fd__Person *person);
/* "active", "not active", "absent until 18:00, Li Na stands in". In the arena. */
const char *people_state(struct cli *cli, const Fd__Person *person);

#endif
