/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed from the table of commands: help, the manual page, the shell's completion. */
#ifndef FRONTDESK_CLIENT_CLI_USAGE_H
#define FRONTDESK_CLIENT_CLI_USAGE_H

#include "client/cli/cli.h"

struct exit_line {
    int code;
    const char *meaning; /* N_("…") */
};

extern const struct exit_line exit_lines[]; /* ends with a NULL meaning */

/* The words an option takes; NULL: any. */
const ProtobufCEnumDescriptor *usage_words(const struct cli_command *command, const struct cli_option *option);
/* "-s, --severity LEVEL"; in the arena. */
const char *usage_option(struct arena *arena, const struct cli_option *option);
/* The help of an option with the words it takes. */
const char *usage_option_help(struct arena *arena, const struct cli_command *command, const struct cli_option *option);

MUST_USE enum status usage_program(struct arena *arena, struct bytes *out);
MUST_USE enum status usage_group(struct arena *arena, const char *group, struct bytes *out);
MUST_USE enum status usage_command(struct arena *arena, const struct cli_command *command, struct bytes *out);
MUST_USE enum status usage_man(struct arena *arena, struct bytes *out);
MUST_USE enum status usage_completion(struct arena *arena, struct bytes *out);

/* Help for the words of argv: a command, a group, or the program. */
int usage_help(struct cli *cli, int argc, char **argv);

#endif
