/* SPDX-License-Identifier: Apache-2.0 */
/* Registering at a terminal: what was not given is asked for. */
#include <string.h>
#include <unistd.h>

#include "client/cli/complaint.h"
#include "client/cli/language.h"
#include "client/cli/remote.h"
#include "client/cli/words.h"
#include "common/check.h"

enum { ANSWER_BYTES = 4096 };

/* Where the value of the option is kept. */
static const char **place_of(const struct cli_command *command, struct arguments *arguments, const char *name) {
    int i = 0;
    while (command->options[i].name != NULL && strcmp(command->options[i].name, name) != 0) i++;
    CHECK(command->options[i].name != NULL);
    return &arguments->values[i];
}

/* False: the person wants to stop (end of input). */
static bool ask(struct cli *cli, const char *question, const char **answer) {
    char *line = arena_take(&cli->arena, ANSWER_BYTES);
    if (line == NULL) return false;
    (void)fprintf(stderr, "%s: ", question);
    if (fgets(line, ANSWER_BYTES, stdin) == NULL) return false;
    line[strcspn(line, "\r\n")] = '\0';
    *answer = line[0] == '\0' ? NULL : line;
    return true;
}

/* "1 general  2 serious …": a digit, or the word itself. */
static bool choose(struct cli *cli, const char *question, const ProtobufCEnumDescriptor *kind, const char **answer) {
    const char *menu = question;
    for (unsigned i = 0; i < kind->n_values; i++)
        if (kind->values[i].value != 0)
            menu = arena_printf(&cli->arena, "%s  (%d) %s", menu, kind->values[i].value,
                                word_of(kind, kind->values[i].value));
    for (;;) {
        int value = 0;
        if (!ask(cli, menu, answer)) return false;
        if (*answer == NULL || word_parse(kind, *answer, &value)) return true;
        for (unsigned i = 0; i < kind->n_values; i++) {
            value = kind->values[i].value;
            const char *number = arena_printf(&cli->arena, "%d", value);
            if (value == 0 || number == NULL || strcmp(number, *answer) != 0) continue;
            *answer = word_of(kind, value);
            return true;
        }
    }
}

struct register_places {
    const char **description, **severity, **type, **name, **phone, **unit, **anonymous;
};

static bool ask_customer(struct cli *cli, struct register_places *places) {
    if (*places->anonymous != NULL || *places->name != NULL) return true;
    if (!ask(cli, _("Customer (empty: anonymous)"), places->name)) return false;
    if (*places->name == NULL) *places->anonymous = "";
    if (*places->name != NULL && *places->phone == NULL && !ask(cli, _("Phone"), places->phone)) return false;
    return *places->unit != NULL || ask(cli, _("Unit"), places->unit);
}

static bool ask_all(struct cli *cli, const struct cli_command *command, struct arguments *arguments) {
    struct register_places places = {
        .description = place_of(command, arguments, "description"),
        .severity = place_of(command, arguments, "severity"),
        .type = place_of(command, arguments, "type"),
        .name = place_of(command, arguments, "name"),
        .phone = place_of(command, arguments, "phone"),
        .unit = place_of(command, arguments, "unit"),
        .anonymous = place_of(command, arguments, "anonymous"),
    };
    const char **subject = place_of(command, arguments, "subject");
    if (arguments->count == 0)
        while (*subject == NULL)
            if (!ask(cli, _("Subject"), subject)) return false;
    if (*places.description == NULL && !ask(cli, _("What happened"), places.description)) return false;
    if (*places.severity == NULL && !choose(cli, _("Severity"), &fd__severity__descriptor, places.severity))
        return false;
    if (*places.type == NULL && !choose(cli, _("Type"), &fd__complaint_type__descriptor, places.type)) return false;
    return ask_customer(cli, &places);
}

int complaint_register_run(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    struct arguments own = *arguments;
    bool person = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && !cli->yes && !cli->json;
    if (person && !ask_all(cli, command, &own)) {
        cli_error(cli, _("nothing was registered"));
        return EXIT_USAGE;
    }
    if (own.count == 0 && arguments_value(command, &own, "subject") == NULL) {
        cli_error(cli, _("a complaint needs a subject"));
        cli_hint(cli, "frontdesk help %s", command->path);
        return EXIT_USAGE;
    }
    return remote_run(cli, command, &own);
}
