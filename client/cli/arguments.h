/* SPDX-License-Identifier: Apache-2.0 */
/* From argv to arguments, and from arguments to a request message. */
#ifndef FRONTDESK_CLIENT_CLI_ARGUMENTS_H
#define FRONTDESK_CLIENT_CLI_ARGUMENTS_H

#include "client/cli/cli.h"

struct global_values {
    const char *server, *state_directory, *language;
    bool version;
};

/* Options that stand before the command; *next is the first word that is none. */
int arguments_read_global(struct cli *cli, int argc, char **argv, struct global_values *global, int *next);
/* Everything after the command's words; argv[0] is the last of these. */
int arguments_read(struct cli *cli, const struct cli_command *command, int argc, char **argv,
                   struct global_values *global, struct arguments *arguments);

/* Fills one field from text: enum words in either language, numbers, flags, times, a comma-separated list for a
 * repeated enum, "-" for a text from the standard input. False: told why. */
bool arguments_set_field(struct cli *cli, ProtobufCMessage *message, const char *field, const char *text,
                         const char *option);
/* Is it filled with a person's id, so that a login or name may be given? */
bool arguments_names_person(const char *field);
bool arguments_is_time(const ProtobufCFieldDescriptor *field);

#endif
