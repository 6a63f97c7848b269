/* SPDX-License-Identifier: Apache-2.0 */
/* The manual page, in man(7). */
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/usage.h"

/* Text as troff takes it: no escapes, no requests at a line's begin, hyphens that can be copied. */
static enum status plain(struct bytes *out, const char *text) {
    enum status status = STATUS_OK;
    if (text[0] == '.' || text[0] == '\'') status = bytes_append_text(out, "\\&");
    for (const char *at = text; *at != '\0' && status == STATUS_OK; at++) {
        if (*at == '-')
            status = bytes_append_text(out, "\\-");
        else if (*at == '\\')
            status = bytes_append_text(out, "\\e");
        else
            status = bytes_append(out, at, 1);
    }
    return status;
}

static enum status paragraph(struct bytes *out, const char *request, const char *text) {
    enum status status = request[0] == '\0' ? STATUS_OK : bytes_printf(out, "%s\n", request);
    if (status == STATUS_OK) status = plain(out, text);
    return status == STATUS_OK ? bytes_append_text(out, "\n") : status;
}

static enum status section(struct bytes *out, const char *title) {
    return bytes_printf(out, ".SH %s\n", title);
}

static enum status pair(struct bytes *out, const char *left, const char *right) {
    while (*left == ' ') left++;
    enum status status = bytes_append_text(out, ".TP\n\\fB");
    if (status == STATUS_OK) status = plain(out, left);
    if (status == STATUS_OK) status = bytes_append_text(out, "\\fR\n");
    return status == STATUS_OK ? paragraph(out, "", right) : status;
}

static enum status options_of(struct arena *arena, struct bytes *out, const struct cli_command *command,
                              const struct cli_option *options) {
    enum status status = STATUS_OK;
    for (int i = 0; options != NULL && options[i].name != NULL && status == STATUS_OK; i++)
        status = pair(out, usage_option(arena, &options[i]), usage_option_help(arena, command, &options[i]));
    return status;
}

static enum status command_of(struct arena *arena, struct bytes *out, const struct cli_command *command) {
    const char *synopsis = command->synopsis[0] == '\0' ? "" : _(command->synopsis);
    enum status status = bytes_append_text(out, ".SS ");
    if (status == STATUS_OK) status = plain(out, command->path);
    if (status == STATUS_OK) status = bytes_append_text(out, " ");
    if (status == STATUS_OK) status = plain(out, synopsis);
    if (status == STATUS_OK) status = paragraph(out, "\n.PP", _(command->summary));
    if (status == STATUS_OK && command->details != NULL) status = paragraph(out, ".PP", _(command->details));
    return status == STATUS_OK ? options_of(arena, out, command, command->options) : status;
}

static enum status environment(struct bytes *out) {
    static const char *const lines[][2] = {
        {"FRONTDESK_SERVER",          N_("the server, HOST:PORT")                                                    },
        {"FRONTDESK_SITE",            N_("the site's code")                                                          },
        {"FRONTDESK_STATE",           N_("where sign-in and cursors are kept; else $XDG_STATE_HOME/frontdesk-client")},
        {"FRONTDESK_DESK",            N_("the desk you stand at")                                                    },
        {"LC_ALL, LC_MESSAGES, LANG", N_("English when the first of them begins with en, else Chinese")              },
        {"NO_COLOR",                  N_("no colour when it is set")                                                 },
        {"TZ",                        N_("the civil time shown; else the site's")                                    },
    };
    enum status status = section(out, _("ENVIRONMENT"));
    for (size_t i = 0; i < sizeof lines / sizeof lines[0] && status == STATUS_OK; i++)
        status = pair(out, lines[i][0], _(lines[i][1]));
    return status;
}

enum status usage_man(struct arena *arena, struct bytes *out) {
    enum status status = bytes_append_text(out, ".TH FRONTDESK 1 \"\" \"frontdesk " FRONTDESK_VERSION "\"\n");
    if (status == STATUS_OK) status = section(out, _("NAME"));
    if (status == STATUS_OK)
        status = paragraph(out, "", _("frontdesk - the desks of a property customer-service centre, live"));
    if (status == STATUS_OK) status = section(out, _("SYNOPSIS"));
    if (status == STATUS_OK) status = paragraph(out, "", _("frontdesk [options] COMMAND …"));
    if (status == STATUS_OK) status = section(out, _("OPTIONS"));
    if (status == STATUS_OK) status = options_of(arena, out, NULL, global_options);
    if (status == STATUS_OK) status = section(out, _("COMMANDS"));
    for (int i = 0; commands[i] != NULL && status == STATUS_OK; i++) status = command_of(arena, out, commands[i]);
    if (status == STATUS_OK) status = environment(out);
    if (status == STATUS_OK) status = section(out, _("EXIT STATUS"));
    for (int i = 0; exit_lines[i].meaning != NULL && status == STATUS_OK; i++) {
        const char *code = arena_printf(arena, "%d", exit_lines[i].code);
        status = pair(out, code == NULL ? "" : code, _(exit_lines[i].meaning));
    }
    return status;
}
