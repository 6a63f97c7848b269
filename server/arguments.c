/* SPDX-License-Identifier: Apache-2.0 */
#include "server/arguments.h"

#include <getopt.h>
#include <stddef.h>
#include <stdint.h>

struct option_line {
    const char *name;
    const char *value; /* NULL: a flag */
    size_t offset;     /* of a const char * or, for a flag, a bool */
    const char *help;
};

#define FIELD(name) offsetof(struct arguments, name)

static const struct option_line lines[] = {
    {"config",              "FILE",      FIELD(config_path),         "settings file (see --print-config)"              },
    {"database",            "URL",       FIELD(database),            "a PostgreSQL that is already there"              },
    {"state-directory",     "DIR",       FIELD(state_directory),     "certificate, private PostgreSQL, anchor"         },
    {"listen",              "HOST:PORT", FIELD(listen),              "address to listen on; port 0: any"               },
    {"node",                "NAME",      FIELD(node),                "name of this server beside others"               },
    {"log-level",           "LEVEL",     FIELD(log_level),           "error, warning, notice, info or debug"           },
    {"first-administrator", "LOGIN",     FIELD(first_administrator), "account made at the first start (default: admin)"},
    {"port-file",           "FILE",      FIELD(port_file),           "where the port goes (default: DIR/port)"         },
    {"print-config",        NULL,        FIELD(print_config),        "print all settings with their defaults"          },
    {"check-config",        NULL,        FIELD(check_config),        "check the settings and end"                      },
    {"version",             NULL,        FIELD(version),             "print the version"                               },
    {"help",                NULL,        FIELD(help),                "print this text"                                 },
};
enum { LINES = sizeof(lines) / sizeof(lines[0]) };

void arguments_help(FILE *out) {
    fputs("frontdeskd: the server of the front desks.\n\nfrontdeskd [OPTION...]\n\n", out);
    for (size_t i = 0; i < LINES; i++) {
        const char *value = lines[i].value != NULL ? lines[i].value : "";
        char left[64];
        (void)snprintf(left, sizeof(left), "--%s %s", lines[i].name, value);
        fprintf(out, "  %-32s %s\n", left, lines[i].help);
    }
    fputs("\nEvery setting can also be given as FRONTDESK_<SECTION>_<KEY> in the environment.\n", out);
}

enum status arguments_read(struct arguments *arguments, int argc, char **argv) {
    struct option options[LINES + 1] = {0};
    *arguments = (struct arguments){.first_administrator = "admin"};
    for (size_t i = 0; i < LINES; i++)
        options[i] =
            (struct option){.name = lines[i].name, .has_arg = lines[i].value != NULL ? required_argument : no_argument};
    int index = 0, found;
    while ((found = getopt_long(argc, argv, "", options, &index)) != -1) {
        if (found != 0) {
            fputs("frontdeskd --help lists the options\n", stderr);
            return STATUS_INVALID;
        }
        char *field = (char *)arguments + lines[index].offset;
        if (lines[index].value != NULL)
            *(const char **)(void *)field = optarg;
        else
            *(bool *)(void *)field = true;
    }
    if (optind == argc) return STATUS_OK;
    fprintf(stderr, "%s: not an option; frontdeskd --help lists them\n", argv[optind]);
    return STATUS_INVALID;
}

enum status arguments_apply(const struct arguments *arguments, struct config *config, char *why) {
    if (arguments->database != NULL) config_set(&config->database_url, arguments->database);
    if (arguments->state_directory != NULL) config_set(&config->state_directory, arguments->state_directory);
    if (arguments->node != NULL) config_set(&config->node_name, arguments->node);
    if (arguments->log_level != NULL) config_set(&config->log_level, arguments->log_level);
    if (arguments->listen != NULL && !config_set_listen(config, arguments->listen)) {
        (void)snprintf(why, WHY_BYTES, "--listen %s: write HOST:PORT, [::1]:PORT or :PORT", arguments->listen);
        return STATUS_INVALID;
    }
    return config_check(config, why);
}
