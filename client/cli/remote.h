/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that are one operation of the server: fill its message, ask, show the record. */
#ifndef FRONTDESK_CLIENT_CLI_REMOTE_H
#define FRONTDESK_CLIENT_CLI_REMOTE_H

#include "client/cli/cli.h"

/* The run function of such a command. */
int remote_run(struct cli *cli, const struct cli_command *command, const struct arguments *arguments);
/* "12" and "c-12" as "C-12"; in the arena. */
const char *remote_number(struct cli *cli, const char *text, char prefix);
/* With the line UP: "W-3" in the message has become "C-12", the only one that the server knows. EXIT_REFUSED: it is not
 * there yet; told. */
int remote_name_as_server_does(struct cli *cli, ProtobufCMessage *message);
/* Shows a response whose first field is the record: one line, or JSON. */
int remote_show(struct cli *cli, const ProtobufCMessage *response);

#endif
