/* SPDX-License-Identifier: Apache-2.0 */
/* The command line: one table of options, which also prints the help. */
#ifndef FRONTDESK_SERVER_ARGUMENTS_H
#define FRONTDESK_SERVER_ARGUMENTS_H

#include <stdio.h>

#include "server/config.h"

struct arguments {
    const char *config_path;
    const char *database, *state_directory, *listen, *node, *log_level; /* in place of settings; NULL: not given */
    const char *first_administrator;
    const char *port_file;
    bool print_config, check_config, version, help;
};

/* INVALID: the fault has been told on stderr. */
MUST_USE enum status arguments_read(struct arguments *arguments, int argc, char **argv);
void arguments_help(FILE *out);
/* What was given wins over file and environment. INVALID: `why` (WHY_BYTES). */
MUST_USE enum status arguments_apply(const struct arguments *arguments, struct config *config, char *why);

#endif
