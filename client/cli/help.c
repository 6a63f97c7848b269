/* SPDX-License-Identifier: Apache-2.0 */
/* help, version, completion. */
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/usage.h"

static const struct cli_option help_options[] = {
    {"man", 0, NULL, N_("the whole manual page, for man -l"), NULL, NULL},
    {NULL,  0, NULL, NULL,                                    NULL, NULL},
};

static int print(struct cli *cli, enum status (*append)(struct arena *arena, struct bytes *out)) {
    struct bytes out = {0};
    enum status status = append(&cli->arena, &out);
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return status == STATUS_OK ? EXIT_OK : EXIT_USAGE;
}

static int run_help(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    if (arguments_value(command, arguments, "man") != NULL) return print(cli, usage_man);
    return usage_help(cli, arguments->count, arguments->positionals);
}

const struct cli_command command_help = {
    .path = "help",
    .synopsis = N_("[COMMAND]"),
    .summary = N_("help for a command"),
    .options = help_options,
    .at_most = 3,
    .run = run_help,
};

static int run_version(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    (void)printf(cli->json ? "{\"version\":\"%s\"}\n" : "frontdesk %s\n", FRONTDESK_VERSION);
    return EXIT_OK;
}

const struct cli_command command_version = {
    .path = "version",
    .synopsis = "",
    .summary = N_("the version of this program"),
    .run = run_version,
};

static int run_completion(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    if (strcmp(arguments->positionals[0], "bash") == 0) return print(cli, usage_completion);
    cli_error(cli, _("there is completion for bash only"));
    return EXIT_USAGE;
}

const struct cli_command command_completion = {
    .path = "completion",
    .synopsis = "bash",
    .summary = N_("completion for the shell: source <(frontdesk completion bash)"),
    .at_least = 1,
    .at_most = 1,
    .run = run_completion,
};
