/* SPDX-License-Identifier: Apache-2.0 */
/* Registering at a terminal: what was not given is asked for. */
#include <string.h>
#include <unistd.h>

#include "client/cli/complaint.h"
#include "client/cli/language.h"
#include "client/cli/remote.h"
#include "client/cli/words.h"
#include "common/check.h"
#include "common/text.h"

enum { ANSWER_BYTES = 4096 };

/* Where the value of the option is kept. */
static const char **place_of(const struct cli_command *command, struct arguments *arguments, const char *name) {
    int i = 0;
    while (command->options[i].name != NULL && strcmp(command->options[i].name, name) != 0) i++;
    CHECK(command->options[i].name != NULL);
    return &arguments->values[i];
}

/* What was answered before stands in brackets and stays when nothing is typed. False: the person wants to stop (end of
 * input). */
static bool ask(struct cli *cli, const char *question, const char **answer) {
    char *line = arena_take(&cli->arena, ANSWER_BYTES);
    if (line == NULL) return false;
    if (text_empty(*answer))
        (void)fprintf(stderr, _("%s: "), question);
    else
        (void)fprintf(stderr, _("%s [%s]: "), question, *answer);
    if (fgets(line, ANSWER_BYTES, stdin) == NULL) return false;
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] != '\0') *answer = line;
    return true;
}

/* "(1) general  (2) serious …" under the question, broken between two choices. */
static const char *menu_of(struct cli *cli, const ProtobufCEnumDescriptor *kind) {
    enum { MARGIN = 2, COLUMNS = 76 };
    const char *menu = "";
    size_t used = 0;
    for (unsigned i = 0; i < kind->n_values && menu != NULL; i++) {
        int value = kind->values[i].value;
        if (value == 0) continue;
        const char *choice = arena_printf(&cli->arena, "(%d) %s", value, word_of(kind, value));
        if (choice == NULL) return "";
        size_t width = text_columns(choice);
        bool below = used > 0 && used + MARGIN + width > COLUMNS;
        menu = arena_printf(&cli->arena, "%s%s%*s%s", menu, below ? "\n" : "", MARGIN, "", choice);
        used = (below ? 0 : used) + MARGIN + width;
    }
    return menu == NULL ? "" : menu;
}

/* A digit, or the word itself. */
static bool choose(struct cli *cli, const char *question, const ProtobufCEnumDescriptor *kind, const char **answer) {
    const char *before = *answer;
    for (;; cli_error(cli, _("choose one of these"))) {
        int value = 0;
        (void)fprintf(stderr, "%s\n", menu_of(cli, kind));
        *answer = before;
        if (!ask(cli, question, answer)) return false;
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

static bool ask_customer(struct cli *cli, struct register_places *places, bool again) {
    if (!again && (*places->anonymous != NULL || *places->name != NULL)) return true;
    *places->anonymous = NULL;
    if (!ask(cli, _("Customer (empty: anonymous)"), places->name)) return false;
    if (*places->name == NULL) *places->anonymous = "";
    if (*places->name != NULL && (again || *places->phone == NULL) && !ask(cli, _("Phone"), places->phone))
        return false;
    return (!again && *places->unit != NULL) || ask(cli, _("Unit"), places->unit);
}

/* Again: everything, with what was answered as the proposal. */
static bool ask_all(struct cli *cli, const struct cli_command *command, struct arguments *arguments, bool again) {
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
    if (arguments->count == 0) do {
            if ((again || *subject == NULL) && !ask(cli, _("Subject"), subject)) return false;
        } while (*subject == NULL);
    if ((again || *places.description == NULL) && !ask(cli, _("What happened"), places.description)) return false;
    if ((again || *places.severity == NULL) &&
        !choose(cli, _("Severity (empty: general)"), &fd__severity__descriptor, places.severity))
        return false;
    if ((again || *places.type == NULL) && !choose(cli, _("Type"), &fd__complaint_type__descriptor, places.type))
        return false;
    return ask_customer(cli, &places, again);
}

/* A refusal does not cost what was typed: the questions come again, with the answers. */
static int register_with_person(struct cli *cli, const struct cli_command *command, struct arguments *arguments) {
    for (bool again = false;; again = true) {
        if (!ask_all(cli, command, arguments, again)) {
            cli_error(cli, _("nothing was registered"));
            return EXIT_USAGE;
        }
        int code = remote_run(cli, command, arguments);
        if (code != EXIT_REFUSED) return code;
        cli_hint(cli, "%s", _("correct it; Enter keeps what stands in brackets, Ctrl-C ends"));
        uv_signal_stop(&cli->interrupt);
    }
}

int complaint_register_run(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    struct arguments own = *arguments;
    bool person = isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 && !cli->yes && !cli->json;
    if (person) return register_with_person(cli, command, &own);
    if (own.count == 0 && arguments_value(command, &own, "subject") == NULL) {
        cli_error(cli, _("a complaint needs a subject"));
        cli_hint(cli, "frontdesk help %s", command->path);
        return EXIT_USAGE;
    }
    return remote_run(cli, command, &own);
}
