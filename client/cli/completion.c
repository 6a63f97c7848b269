/* SPDX-License-Identifier: Apache-2.0 */
/* Completion for bash: the tables, written out as a shell function. */
#include <string.h>

#include "client/cli/usage.h"
#include "common/message.h"

static const char head[] =
    "# bash completion of frontdesk\n"
    "_frontdesk() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} first= second= third= words= i\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        -*) ;;\n"
    "        *) if [ -z \"$first\" ]; then first=${COMP_WORDS[i]}\n"
    "           elif [ -z \"$second\" ]; then second=${COMP_WORDS[i]}\n"
    "           elif [ -z \"$third\" ]; then third=${COMP_WORDS[i]}; fi ;;\n"
    "        esac\n"
    "    done\n"
    "    case \"$first $second $third\" in\n";

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

/* The length of the path's first `words` words, with the space behind them; 0: it has no more than these. */
static size_t prefix_length(const char *path, int words) {
    const char *at = path;
    for (; words > 0; words--) {
        at = strchr(at, ' ');
        if (at == NULL) return 0;
        at++;
    }
    return (size_t)(at - path);
}

/* Whether the command is the first in the table of those that go on behind these words. */
static bool begins_group(int index, int words) {
    size_t length = prefix_length(commands[index]->path, words);
    return length > 0 && (index == 0 || strncmp(commands[index - 1]->path, commands[index]->path, length) != 0);
}

/* Each word once that may follow the group's: "complaint" -> its verbs. */
static enum status append_next_words(struct bytes *out, int index, int words) {
    size_t length = prefix_length(commands[index]->path, words);
    enum status status = STATUS_OK;
    for (int i = index; commands[i] != NULL && status == STATUS_OK; i++) {
        const char *path = commands[i]->path, *word = path + length;
        if (strncmp(path, commands[index]->path, length) != 0) break;
        int size = (int)strcspn(word, " ");
        bool again = i > index && strncmp(commands[i - 1]->path, path, length + (size_t)size) == 0;
        if (!again) status = bytes_printf(out, "%.*s ", size, word);
    }
    return status;
}

static const struct cli_command *command_at(const char *path, size_t length) {
    for (int i = 0; commands[i] != NULL; i++)
        if (strlen(commands[i]->path) == length && strncmp(commands[i]->path, path, length) == 0) return commands[i];
    return NULL;
}

/* Behind a group's words: what may follow, and the options where the words alone are a command. */
static enum status append_group(struct bytes *out, int index, int words) {
    size_t length = prefix_length(commands[index]->path, words) - 1;
    const struct cli_command *alone = command_at(commands[index]->path, length);
    enum status status =
        bytes_printf(out, "    \"%.*s%*s\") words='", (int)length, commands[index]->path, 3 - words, "");
    if (status == STATUS_OK) status = append_next_words(out, index, words);
    if (status == STATUS_OK && alone != NULL) status = append_names(out, alone->options);
    if (status == STATUS_OK && alone != NULL) status = append_names(out, global_options);
    return status == STATUS_OK ? bytes_append_text(out, "' ;;\n") : status;
}

static enum status append_command(struct bytes *out, const struct cli_command *command) {
    const char *star = prefix_length(command->path, 2) > 0 ? "\"" : " \"*";
    enum status status = bytes_printf(out, "    \"%s%s) words='", command->path, star);
    if (status == STATUS_OK) status = append_names(out, command->options);
    if (status == STATUS_OK) status = append_names(out, global_options);
    return status == STATUS_OK ? bytes_append_text(out, "' ;;\n") : status;
}

/* Commands of three words come first: the pattern of one with two takes whatever follows. */
static enum status append_all(struct bytes *out, bool three) {
    enum status status = STATUS_OK;
    for (int i = 0; commands[i] != NULL && status == STATUS_OK; i++) {
        if ((prefix_length(commands[i]->path, 2) > 0) == three && status == STATUS_OK) {
            if (three && begins_group(i, 2)) status = append_group(out, i, 2);
            if (status == STATUS_OK) status = append_command(out, commands[i]);
        }
        if (!three && status == STATUS_OK && begins_group(i, 1)) status = append_group(out, i, 1);
    }
    return status;
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
    if (status == STATUS_OK) status = append_all(out, true);
    if (status == STATUS_OK) status = append_all(out, false);
    if (status == STATUS_OK) status = bytes_append_text(out, "    *) words='");
    for (int i = 0; commands[i] != NULL && status == STATUS_OK; i++) {
        const char *space = strchr(commands[i]->path, ' ');
        if (space == NULL || begins_group(i, 1))
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
