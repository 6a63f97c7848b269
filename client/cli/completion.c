/* SPDX-License-Identifier: Apache-2.0 */
/* Completion for bash: the tables, written out as a shell function. */
#include <string.h>

#include "client/cli/usage.h"
#include "common/message.h"

static const char head[] =
    "# bash completion of frontdesk\n"
    "_frontdesk() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} first= second= words= i\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        -*) ;;\n"
    "        *) if [ -z \"$first\" ]; then first=${COMP_WORDS[i]}\n"
    "           elif [ -z \"$second\" ]; then second=${COMP_WORDS[i]}; fi ;;\n"
    "        esac\n"
    "    done\n"
    "    case \"$first $second\" in\n";

static const char middle[] = "    esac\n"
                             "    case \"$first:$previous\" in\n";

static const char tail[] =
    "    *:--*file|*:--report|*:--mapping) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
    "    *:--state) COMPREPLY=($(compgen -d -- \"$current\")); return ;;\n"
    "    *:--lang) words='zh en' ;;\n"
    "    import:*.csv | import:import) COMPREPLY=($(compgen -f -- \"$current\")); return ;;\n"
    "    esac\n"
    "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
    "}\n"
    "complete -F _frontdesk frontdesk\n";

static enum status append_names(struct bytes *out, const struct cli_option *options) {
    enum status status = STATUS_OK;
    for (int i = 0; options != NULL && options[i].name != NULL && status == STATUS_OK; i++)
        status = bytes_printf(out, " --%s", options[i].name);
    return status;
}

static bool begins_group(int index) {
    const char *path = commands[index]->path, *space = strchr(path, ' ');
    if (space == NULL) return false;
    size_t length = (size_t)(space - path) + 1;
    return index == 0 || strncmp(commands[index - 1]->path, path, length) != 0;
}

/* "complaint " -> its verbs */
static enum status append_group(struct bytes *out, int index) {
    size_t length = (size_t)(strchr(commands[index]->path, ' ') - commands[index]->path);
    enum status status = bytes_printf(out, "    \"%.*s \") words='", (int)length, commands[index]->path);
    for (int i = index; commands[i] != NULL && status == STATUS_OK; i++)
        if (strncmp(commands[i]->path, commands[index]->path, length + 1) == 0)
            status = bytes_printf(out, "%s ", commands[i]->path + length + 1);
    return status == STATUS_OK ? bytes_append_text(out, "' ;;\n") : status;
}

static enum status append_command(struct bytes *out, const struct cli_command *command) {
    const char *star = strchr(command->path, ' ') == NULL ? " \"*" : "\"";
    enum status status = bytes_printf(out, "    \"%s%s) words='", command->path, star);
    if (status == STATUS_OK) status = append_names(out, command->options);
    if (status == STATUS_OK) status = append_names(out, global_options);
    return status == STATUS_OK ? bytes_append_text(out, "' ;;\n") : status;
}

/* The words that an option of a command takes. */
static enum status append_values(struct bytes *out, const struct cli_command *command) {
    enum status status = STATUS_OK;
    const char *space = strchr(command->path, ' ');
    int length = space == NULL ? (int)strlen(command->path) : (int)(space - command->path);
    for (int i = 0; command->options != NULL && command->options[i].name != NULL && status == STATUS_OK; i++) {
        const ProtobufCEnumDescriptor *kind = usage_words(command, &command->options[i]);
        if (kind == NULL) continue;
        status = bytes_printf(out, "    %.*s:--%s) words='", length, command->path, command->options[i].name);
        for (unsigned v = 0; v < kind->n_values && status == STATUS_OK; v++)
            if (kind->values[v].value != 0)
                status = bytes_printf(out, "%s ", message_enum_word(kind, kind->values[v].value));
        if (status == STATUS_OK) status = bytes_append_text(out, "' ;;\n");
    }
    return status;
}

enum status usage_completion(struct arena *arena, struct bytes *out) {
    (void)arena;
    enum status status = bytes_append_text(out, head);
    for (int i = 0; commands[i] != NULL && status == STATUS_OK; i++) {
        if (begins_group(i)) status = append_group(out, i);
        if (status == STATUS_OK) status = append_command(out, commands[i]);
    }
    if (status == STATUS_OK) status = bytes_append_text(out, "    *) words='");
    for (int i = 0; commands[i] != NULL && status == STATUS_OK; i++) {
        const char *space = strchr(commands[i]->path, ' ');
        if (space == NULL || begins_group(i))
            status = bytes_printf(out, "%.*s ",
                                  space == NULL ? (int)strlen(commands[i]->path) : (int)(space - commands[i]->path),
                                  commands[i]->path);
    }
    if (status == STATUS_OK) status = append_names(out, global_options);
    if (status == STATUS_OK) status = bytes_append_text(out, "' ;;\n");
    if (status == STATUS_OK) status = bytes_append_text(out, middle);
    for (int i = 0; commands[i] != NULL && status == STATUS_OK; i++) status = append_values(out, commands[i]);
    return status == STATUS_OK ? bytes_append_text(out, tail) : status;
}
