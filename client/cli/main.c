/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>
#include <string.h>

#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "client/cli/usage.h"

/* "--lang" counts for the messages about what stands before it, too. */
static void find_language(int argc, char **argv) {
    language_set(NULL);
    for (int i = 1; i < argc && argv[i] != NULL; i++) {
        const char *value = NULL;
        if (strncmp(argv[i], "--lang=", 7) == 0) value = argv[i] + 7;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) value = argv[i + 1];
        if (value != NULL && (strcmp(value, "en") == 0 || strcmp(value, "zh") == 0)) language_set(value);
    }
}

static int run(struct cli *cli, int argc, char **argv) {
    struct global_values global = {0};
    int next = 0, words = 0;
    int code = arguments_read_global(cli, argc, argv, &global, &next);
    if (code != EXIT_OK) return code;
    argc -= next;
    argv += next;
    const struct cli_command *command = command_find(argc, argv, &words);
    struct arguments arguments = {0};
    if (global.version) {
        (void)printf("frontdesk %s\n", FRONTDESK_VERSION);
        return EXIT_OK;
    }
    if (command == NULL) {
        /* A group alone, or with --help: show its commands. */
        bool help = argc == 0 || argc == 1 || argv[1][0] == '-';
        int shown = usage_help(cli, help && argc > 0 ? 1 : argc, argv);
        return shown == EXIT_OK && !cli->help && argc == 0 ? EXIT_USAGE : shown;
    }
    code = arguments_read(cli, command, argc - words + 1, argv + words - 1, &global, &arguments);
    if (code != EXIT_OK) return code;
    cli->command = command;
    if (cli->help) return usage_help(cli, words, argv);
    code = cli_settle(cli, global.server, global.state_directory);
    return code == EXIT_OK ? command->run(cli, command, &arguments) : code;
}

int main(int argc, char **argv) {
    /* Widths and classes of characters are UTF-8's whatever the machine's locale. */
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) (void)setlocale(LC_CTYPE, "");
    find_language(argc, argv);
    struct cli cli;
    cli_init(&cli);
    int code = run(&cli, argc, argv);
    cli_close(&cli);
    return code;
}
