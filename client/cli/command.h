/* SPDX-License-Identifier: Apache-2.0 */
/* One const struct says everything of a command: how it is called, what it takes, what it does. Help, completion and
 * the manual page are printed from it. */
#ifndef FRONTDESK_CLIENT_CLI_COMMAND_H
#define FRONTDESK_CLIENT_CLI_COMMAND_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct cli;

enum { COMMAND_OPTIONS_LIMIT = 24, COMMAND_FIELDS_LIMIT = 3 };

/* How a program ends. docs/cli.md and --help list them. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_REFUSED = 1,     /* by the server, with its status word */
    EXIT_USAGE = 2,       /* called wrongly */
    EXIT_NO_LINE = 3,     /* no connection, or no answer in time */
    EXIT_CERTIFICATE = 4, /* the server's certificate has changed */
    EXIT_SIGN_IN = 5,     /* sign in first */
    EXIT_PARTLY = 6,      /* some were refused (import, outbox send) */
    EXIT_KEPT = 7,        /* saved on this machine, not sent yet */
};

struct cli_option {
    const char *name;     /* "severity"; NULL ends the table */
    char letter;          /* 0: none */
    const char *argument; /* N_("LEVEL"); NULL: a flag */
    const char *help;     /* N_("…") */
    const char *field;    /* of the operation's request message; NULL: the command reads it itself */
    const char *constant; /* for a flag with a field: the value it stands for */
};

/* A command that is one operation: positionals and options fill its request message. */
struct cli_remote {
    const char *operation;
    const ProtobufCMessageDescriptor *request, *response;
    const char *fields[COMMAND_FIELDS_LIMIT]; /* of the positionals, in order */
    const char *required;                     /* an option that must be given, by name; NULL: none */
    const char *defaults;                     /* "field=value field=value": where nothing is given */
    char number_prefix;                       /* 'C' or 'V': "12" is taken as "C-12" */
    const char *confirm;                      /* N_("…?"): asked on a terminal; NULL: not asked */
};

struct arguments {
    const char *values[COMMAND_OPTIONS_LIMIT]; /* by index in the option table; a flag is ""; NULL: not given */
    char **positionals;
    int count;
};

struct cli_command {
    const char *path;     /* "complaint register" */
    const char *synopsis; /* of its positionals: "NUMBER" */
    const char *summary;  /* N_("…") */
    const char *details;  /* N_("…") or NULL */
    const struct cli_option *options;
    int at_least, at_most; /* positionals */
    const struct cli_remote *remote;
    int (*run)(struct cli *cli, const struct cli_command *command, const struct arguments *arguments);
};

extern const struct cli_option global_options[];   /* ends with a NULL name */
extern const struct cli_command *const commands[]; /* ends with NULL */

/* The value given for an option of the command, by name; NULL: not given. */
const char *arguments_value(const struct cli_command *command, const struct arguments *arguments, const char *name);
/* The command whose path is the first words of argv (1 to 3, as many as possible); *words says how many. NULL: none. */
const struct cli_command *command_find(int argc, char **argv, int *words);
bool command_in_group(const struct cli_command *command, const char *group);

#endif
