/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/usage.h"

#include <string.h>

#include "client/cli/language.h"
#include "client/cli/table.h"
#include "client/cli/words.h"
#include "common/text.h"

enum { OPTION_COLUMNS = 26, COMMAND_COLUMNS = 26 };

const struct exit_line exit_lines[] = {
    {EXIT_OK,          N_("done")                                                          },
    {EXIT_REFUSED,     N_("refused by the server; the message begins with its status word")},
    {EXIT_USAGE,       N_("called wrongly")                                                },
    {EXIT_NO_LINE,     N_("no line to the server, or no answer in time")                   },
    {EXIT_CERTIFICATE, N_("the server's certificate has changed")                          },
    {EXIT_SIGN_IN,     N_("sign in first")                                                 },
    {EXIT_PARTLY,      N_("some were refused (import, outbox send)")                       },
    {EXIT_KEPT,        N_("saved on this machine, not sent yet: the server is away")       },
    {0,                NULL                                                                },
};

const ProtobufCEnumDescriptor *usage_words(const struct cli_command *command, const struct cli_option *option) {
    if (option->field == NULL || option->argument == NULL) return NULL;
    if (command->remote != NULL) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(command->remote->request, option->field);
        return field != NULL && field->type == PROTOBUF_C_TYPE_ENUM ? field->descriptor : NULL;
    }
    if (strcmp(option->field, "roles") == 0) return &fd__role__descriptor;
    return strcmp(option->field, "team") == 0 ? &fd__team__descriptor : NULL;
}

const char *usage_option(struct arena *arena, const struct cli_option *option) {
    const char *argument = option->argument == NULL ? "" : _(option->argument);
    const char *space = option->argument == NULL ? "" : " ";
    const char *text = option->letter != 0
                           ? arena_printf(arena, "-%c, --%s%s%s", option->letter, option->name, space, argument)
                           : arena_printf(arena, "    --%s%s%s", option->name, space, argument);
    return text == NULL ? "" : text;
}

const char *usage_option_help(struct arena *arena, const struct cli_command *command, const struct cli_option *option) {
    const ProtobufCEnumDescriptor *kind = command == NULL ? NULL : usage_words(command, option);
    if (kind == NULL) return _(option->help);
    const char *list = word_list(arena, kind);
    const char *text = arena_printf(arena, "%s: %s", _(option->help), list == NULL ? "" : list);
    return text == NULL ? "" : text;
}

/* As much of the text as `room` columns hold: to the last space if there is one, else to where it is full. */
static size_t line_bytes(const char *text, size_t room) {
    const char *at = text, *space = NULL;
    for (size_t used = 0; *at != '\0';) {
        const char *next = at;
        uint32_t code_point = text_next(&next);
        used += text_width(code_point);
        if (used > room && at > text) return (size_t)((space == NULL ? at : space) - text);
        if (code_point == ' ') space = at;
        at = next;
    }
    return (size_t)(at - text);
}

/* Two columns; the right one goes on below itself where the terminal ends. */
static enum status append_pair(struct bytes *out, const char *left, const char *right, size_t columns) {
    enum { MARGIN = 2, LEAST_ROOM = 20 };
    size_t width = text_columns(left), terminal = terminal_columns();
    size_t first = width < columns ? columns : width + MARGIN;
    size_t room = terminal < MARGIN + first + LEAST_ROOM ? SIZE_MAX : terminal - MARGIN - first;
    enum status status = bytes_printf(out, "%*s%s%*s", MARGIN, "", left, (int)(first - width), "");
    for (;;) {
        size_t length = line_bytes(right, room);
        if (status == STATUS_OK) status = bytes_append(out, right, length);
        if (status == STATUS_OK) status = bytes_append(out, "\n", 1);
        right += length;
        while (*right == ' ') right++;
        if (status != STATUS_OK || *right == '\0') return status;
        status = bytes_printf(out, "%*s", (int)(MARGIN + first), "");
    }
}

static enum status append_options(struct arena *arena, struct bytes *out, const struct cli_command *command,
                                  const struct cli_option *options) {
    enum status status = STATUS_OK;
    for (int i = 0; options != NULL && options[i].name != NULL && status == STATUS_OK; i++)
        status = append_pair(out, usage_option(arena, &options[i]), usage_option_help(arena, command, &options[i]),
                             OPTION_COLUMNS + 4);
    return status;
}

static enum status append_commands(struct bytes *out, const char *group) {
    enum status status = STATUS_OK;
    for (int i = 0; commands[i] != NULL && status == STATUS_OK; i++)
        if (group == NULL || command_in_group(commands[i], group))
            status = append_pair(out, commands[i]->path, _(commands[i]->summary), COMMAND_COLUMNS);
    return status;
}

enum status usage_program(struct arena *arena, struct bytes *out) {
    enum status status =
        bytes_printf(out, "%s\n\n%s\n", _("frontdesk: the desks of a property customer-service centre, live"),
                     _("usage: frontdesk [options] COMMAND …"));
    if (status == STATUS_OK) status = bytes_printf(out, "\n%s\n", _("commands:"));
    if (status == STATUS_OK) status = append_commands(out, NULL);
    if (status == STATUS_OK) status = bytes_printf(out, "\n%s\n", _("options of every command:"));
    if (status == STATUS_OK) status = append_options(arena, out, NULL, global_options);
    if (status == STATUS_OK) status = bytes_printf(out, "\n%s\n", _("exit codes:"));
    for (int i = 0; exit_lines[i].meaning != NULL && status == STATUS_OK; i++)
        status = bytes_printf(out, "  %d  %s\n", exit_lines[i].code, _(exit_lines[i].meaning));
    if (status == STATUS_OK) status = bytes_printf(out, "\n%s\n", _("more on one: frontdesk help COMMAND"));
    return status;
}

enum status usage_group(struct arena *arena, const char *group, struct bytes *out) {
    (void)arena;
    enum status status = bytes_printf(out, _("usage: frontdesk %s COMMAND …\n\ncommands:\n"), group);
    return status == STATUS_OK ? append_commands(out, group) : status;
}

enum status usage_command(struct arena *arena, const struct cli_command *command, struct bytes *out) {
    const char *synopsis = command->synopsis[0] == '\0' ? "" : _(command->synopsis);
    enum status status =
        bytes_printf(out, _("usage: frontdesk %s%s%s%s\n\n%s\n"), command->path, synopsis[0] == '\0' ? "" : " ",
                     synopsis, command->options == NULL ? "" : _(" [options]"), _(command->summary));
    if (status == STATUS_OK && command->details != NULL) status = bytes_printf(out, "%s\n", _(command->details));
    if (status == STATUS_OK && command->options != NULL) {
        status = bytes_printf(out, "\n%s\n", _("options:"));
        if (status == STATUS_OK) status = append_options(arena, out, command, command->options);
    }
    if (status == STATUS_OK) status = bytes_printf(out, "\n%s\n", _("options of every command:"));
    return status == STATUS_OK ? append_options(arena, out, NULL, global_options) : status;
}

static bool is_group(const char *word) {
    for (int i = 0; commands[i] != NULL; i++)
        if (command_in_group(commands[i], word)) return true;
    return false;
}

/* The first words of argv as a group's name: "site calendar" before "site". NULL: they begin none. */
static const char *group_of(struct arena *arena, int argc, char **argv) {
    const char *two = argc == 2 ? arena_printf(arena, "%s %s", argv[0], argv[1]) : NULL;
    if (two != NULL && is_group(two)) return two;
    return argc > 0 && is_group(argv[0]) ? argv[0] : NULL;
}

int usage_help(struct cli *cli, int argc, char **argv) {
    const char *group = group_of(&cli->arena, argc, argv);
    int words = 0;
    const struct cli_command *command = command_find(argc, argv, &words);
    struct bytes out = {0};
    enum status status = STATUS_OK;
    if (argc == 0) {
        status = usage_program(&cli->arena, &out);
    } else if (command != NULL) {
        status = usage_command(&cli->arena, command, &out);
    } else if (group != NULL && (argc == 1 || group != argv[0])) {
        status = usage_group(&cli->arena, group, &out);
    } else if (group != NULL) {
        cli_error(cli, _("there is no command \"%s %s\""), argv[0], argv[1]);
        cli_hint(cli, "frontdesk help %s", argv[0]);
        return EXIT_USAGE;
    } else {
        cli_error(cli, _("there is no command \"%s\""), argv[0]);
        cli_hint(cli, "frontdesk help");
        return EXIT_USAGE;
    }
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return status == STATUS_OK ? EXIT_OK : EXIT_USAGE;
}
