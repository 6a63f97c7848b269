/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "server/config.h"
#include "server/ctl/ctl.h"

enum { OPTIONS_LIMIT = 32 };

const char *ctl_say(const struct ctl *ctl, const char *chinese, const char *english) {
    return ctl->chinese ? chinese : english;
}

void ctl_fail(const struct ctl *ctl, const char *format, ...) {
    (void)ctl;
    va_list arguments;
    va_start(arguments, format);
    fputs("frontdeskctl: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}

const char *ctl_path(const struct ctl *ctl, const char *name) {
    static char path[PATH_MAX];
    (void)snprintf(path, sizeof(path), "%.*s/%s", (int)sizeof(path) - 64, ctl->directory, name);
    return path;
}

/* As the client does: Chinese unless the environment is English. */
static void choose_language(struct ctl *ctl) {
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *language = ctl->language;
    for (size_t i = 0; language == NULL && i < sizeof(names) / sizeof(names[0]); i++)
        if (!text_empty(getenv(names[i]))) language = getenv(names[i]);
    ctl->chinese = language == NULL || strncmp(language, "en", 2) != 0;
}

static bool read_options(struct ctl *ctl, int argc, char **argv) {
    struct option options[OPTIONS_LIMIT] = {0};
    for (int i = 0; ctl_options[i].name != NULL; i++)
        options[i] = (struct option){.name = ctl_options[i].name,
                                     .has_arg = ctl_options[i].value != NULL ? required_argument : no_argument};
    int index = 0, found;
    while ((found = getopt_long(argc, argv, "", options, &index)) != -1) {
        if (found != 0) return false;
        char *field = (char *)ctl + ctl_options[index].offset;
        if (ctl_options[index].value != NULL)
            *(const char **)(void *)field = optarg;
        else
            *(bool *)(void *)field = true;
    }
    return true;
}

/* The words that are no options, as one path; NULL: no such command. */
static const struct ctl_command *find(int argc, char **argv) {
    char path[64] = "";
    for (int i = optind; i < argc; i++) {
        size_t length = strlen(path);
        (void)snprintf(path + length, sizeof(path) - length, "%s%s", length > 0 ? " " : "", argv[i]);
    }
    for (int i = 0; ctl_commands[i].path != NULL; i++)
        if (strcmp(ctl_commands[i].path, path) == 0) return &ctl_commands[i];
    return NULL;
}

static bool was_given(const struct ctl *ctl, const struct ctl_option *option) {
    const char *field = (const char *)ctl + option->offset;
    return option->value != NULL ? *(const char *const *)(const void *)field != NULL
                                 : *(const bool *)(const void *)field;
}

/* Options of another command are a mistake that would go unnoticed. */
static bool fits(const struct ctl *ctl, const struct ctl_command *command) {
    for (int i = 0; ctl_options[i].name != NULL; i++) {
        const struct ctl_option *option = &ctl_options[i];
        if (option->of[0] == '\0' || strcmp(option->of, command->path) == 0 || !was_given(ctl, option)) continue;
        ctl_fail(ctl, ctl_say(ctl, "--%s 属于 %s", "--%s belongs to %s"), option->name, option->of);
        return false;
    }
    return true;
}

/* From the server's own settings: where its state lies and which database it has. */
static bool settle(struct ctl *ctl) {
    struct config config;
    struct setting_error error;
    char why[WHY_BYTES] = "";
    if (config_load(&config, ctl->config, &error) != STATUS_OK) {
        ctl_fail(ctl, "%s:%d: %s", ctl->config != NULL ? ctl->config : "", error.line, error.message);
        return false;
    }
    if (ctl->state_directory != NULL) config_set(&config.state_directory, ctl->state_directory);
    bool good = config_check(&config, why) == STATUS_OK;
    if (!good) ctl_fail(ctl, "%s", why);
    if (good)
        good = strlen(config.state_directory) < sizeof(ctl->directory) &&
               strlen(config.database_url) < sizeof(ctl->database_url);
    if (good) {
        memcpy(ctl->directory, config.state_directory, strlen(config.state_directory) + 1);
        memcpy(ctl->database_url, config.database_url, strlen(config.database_url) + 1);
    }
    config_free(&config);
    return good;
}

static enum ctl_exit run(struct ctl *ctl, int argc, char **argv) {
    bool understood = read_options(ctl, argc, argv);
    choose_language(ctl);
    if (ctl->version) {
        puts("frontdeskctl " FRONTDESK_VERSION);
        return CTL_OK;
    }
    if (understood && (ctl->help || ctl->man)) {
        if (ctl->man)
            ctl_manual(ctl, stdout);
        else
            ctl_help(ctl, stdout);
        return CTL_OK;
    }
    if (understood && optind == argc) {
        ctl_help(ctl, stderr);
        return CTL_USAGE;
    }
    const struct ctl_command *command = understood ? find(argc, argv) : NULL;
    if (command != NULL && !fits(ctl, command)) return CTL_USAGE;
    if (command != NULL && settle(ctl)) return command->run(ctl, command);
    if (understood && command == NULL) ctl_fail(ctl, "%s", ctl_say(ctl, "没有这个命令", "there is no such command"));
    if (command == NULL)
        ctl_fail(ctl, "%s", ctl_say(ctl, "frontdeskctl --help 列出全部", "frontdeskctl --help lists all"));
    return CTL_USAGE;
}

int main(int argc, char **argv) {
    struct ctl ctl = {0};
    choose_language(&ctl);
    enum ctl_exit code = run(&ctl, argc, argv);
    if (fflush(stdout) != 0 && code == CTL_OK) code = CTL_REFUSED;
    return (int)code;
}
