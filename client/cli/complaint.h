/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands of complaints share. */
#ifndef FRONTDESK_CLIENT_CLI_COMPLAINT_H
#define FRONTDESK_CLIENT_CLI_COMPLAINT_H

#include "client/cli/cli.h"

/* Asks at the terminal for what a complaint cannot do without, then registers it. */
int complaint_register_run(struct cli *cli, const struct cli_command *command, const struct arguments *arguments);

#endif
