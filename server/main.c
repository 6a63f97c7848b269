/* SPDX-License-Identifier: Apache-2.0 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/log.h"
#include "server/server.h"

enum { EXIT_USAGE = 2 };

static enum status load(struct config *config, const struct arguments *arguments) {
    struct setting_error error;
    char why[WHY_BYTES] = "";
    if (config_load(config, arguments->config_path, &error) != STATUS_OK) {
        if (error.line > 0) fprintf(stderr, "%s:%d: ", arguments->config_path, error.line);
        fprintf(stderr, "%s\n", error.message);
        return STATUS_INVALID;
    }
    if (arguments_apply(arguments, config, why) == STATUS_OK) return STATUS_OK;
    fprintf(stderr, "%s\n", why);
    config_free(config);
    return STATUS_INVALID;
}

static int run(const struct config *config, const struct arguments *arguments) {
    struct ground ground;
    char why[WHY_BYTES] = "";
    log_setup(config_log_level(config), strcmp(config->log_format, "json") == 0);
    if (prepare(&ground, config, arguments, why) != STATUS_OK) {
        fprintf(stderr, "frontdeskd: %s\n", why);
        return 1;
    }
    enum status status = server_run(config, arguments, &ground);
    prepare_undo(&ground);
    if (status == STATUS_OK) LOG(NOTICE, "stopped");
    return status == STATUS_OK ? 0 : 1;
}

/* What is gathered for a thousand desks comes and goes with each turn of the loop: giving it back to the kernel and
 * taking it again costs a fifth of a push. So much stays with the process instead. */
static void keep_memory(void) {
    enum { KEPT_BYTES = 16 * 1024 * 1024 };
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void)mallopt(M_TOP_PAD, KEPT_BYTES / 16);
}

int main(int argc, char **argv) {
    struct arguments arguments;
    struct config config;
    (void)signal(SIGPIPE, SIG_IGN);
    keep_memory();
    if (arguments_read(&arguments, argc, argv) != STATUS_OK) return EXIT_USAGE;
    if (arguments.help) {
        arguments_help(stdout);
        return 0;
    }
    if (arguments.version) {
        puts("frontdeskd " FRONTDESK_VERSION);
        return 0;
    }
    if (arguments.print_config) {
        config_print(stdout);
        return 0;
    }
    if (load(&config, &arguments) != STATUS_OK) return EXIT_USAGE;
    int result = 0;
    if (arguments.check_config)
        puts("the settings are good");
    else
        result = run(&config, &arguments);
    config_free(&config);
    return result;
}
