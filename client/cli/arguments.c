/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/arguments.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/times.h"
#include "client/cli/words.h"
#include "common/message.h"
#include "common/moment.h"

enum { LONG_LIMIT = COMMAND_OPTIONS_LIMIT + 20, OWN_BASE = 1000, GLOBAL_BASE = 2000, TEXT_INPUT_BYTES = 32 * 1024 };

const struct cli_option global_options[] = {
    {"server",  0,   N_("HOST:PORT"),
     N_("the server, or several on one database with commas between; else FRONTDESK_SERVER, else localhost:7443"),   NULL,
     NULL                                                                                                                      },
    {"site",    0,   N_("CODE"),      N_("the site; else FRONTDESK_SITE, else the only one you belong to"),          NULL, NULL},
    {"state",   0,   N_("DIR"),       N_("where sign-in and cursors are kept; else FRONTDESK_STATE"),                NULL, NULL},
    {"desk",    0,   N_("NAME"),      N_("the desk you stand at; else FRONTDESK_DESK, else as at the last sign-in"), NULL, NULL},
    {"lang",    0,   "zh|en",         N_("language; else English when LANG begins with en, else Chinese"),           NULL, NULL},
    {"timeout", 0,   N_("SECONDS"),   N_("how long to wait for line and answer (15)"),                               NULL, NULL},
    {"json",    0,   NULL,            N_("JSON on the standard output"),                                             NULL, NULL},
    {"plain",   0,   NULL,            N_("no colour and nothing redrawn, for screen readers and logs"),              NULL, NULL},
    {"no-keep", 0,   NULL,            N_("what cannot be sent now is not kept for later"),                           NULL, NULL},
    {"yes",     'y', NULL,            N_("do not ask back"),                                                         NULL, NULL},
    {"help",    'h', NULL,            N_("help for this command"),                                                   NULL, NULL},
    {"version", 0,   NULL,            N_("the version"),                                                             NULL, NULL},
    {NULL,      0,   NULL,            NULL,                                                                          NULL, NULL},
};

struct reader {
    struct option longs[LONG_LIMIT];
    char shorts[2 * LONG_LIMIT];
};

static void add_options(struct reader *reader, size_t *count, size_t *letters, const struct cli_option *options,
                        int base) {
    for (int i = 0; options != NULL && options[i].name != NULL && *count < LONG_LIMIT - 1; i++) {
        reader->longs[(*count)++] = (struct option){
            .name = options[i].name,
            .has_arg = options[i].argument == NULL ? no_argument : required_argument,
            .val = base + i,
        };
        if (options[i].letter == 0) continue;
        reader->shorts[(*letters)++] = options[i].letter;
        if (options[i].argument != NULL) reader->shorts[(*letters)++] = ':';
    }
}

static void prepare(struct reader *reader, const struct cli_command *command) {
    *reader = (struct reader){0};
    size_t count = 0, letters = 0;
    if (command == NULL) reader->shorts[letters++] = '+'; /* stop at the first word */
    reader->shorts[letters++] = ':';
    add_options(reader, &count, &letters, command == NULL ? NULL : command->options, OWN_BASE);
    add_options(reader, &count, &letters, global_options, GLOBAL_BASE);
}

static int by_letter(const struct cli_option *options, int base, int letter) {
    for (int i = 0; options != NULL && options[i].name != NULL; i++)
        if (options[i].letter == letter) return base + i;
    return -1;
}

static bool set_timeout(struct cli *cli, const char *text) {
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(seconds > 0) || seconds > 86400) return false;
    cli->timeout_ms = (int64_t)(seconds * SECOND_MS);
    cli->timeout_given = true;
    return true;
}

static int take_global(struct cli *cli, struct global_values *global, int index, const char *value) {
    const char *name = global_options[index].name;
    if (strcmp(name, "server") == 0) global->server = value;
    if (strcmp(name, "site") == 0) cli->site_code = value;
    if (strcmp(name, "state") == 0) global->state_directory = value;
    if (strcmp(name, "desk") == 0) cli->desk = value;
    if (strcmp(name, "json") == 0) cli->json = true;
    if (strcmp(name, "plain") == 0) cli->plain = true;
    if (strcmp(name, "no-keep") == 0) cli->no_keep = true;
    if (strcmp(name, "yes") == 0) cli->yes = true;
    if (strcmp(name, "help") == 0) cli->help = true;
    if (strcmp(name, "version") == 0) global->version = true;
    if (strcmp(name, "lang") == 0) {
        if (strcmp(value, "zh") != 0 && strcmp(value, "en") != 0) {
            cli_error(cli, _("--lang: \"%s\" is neither zh nor en"), value);
            return EXIT_USAGE;
        }
        language_set(value);
    }
    if (strcmp(name, "timeout") == 0 && !set_timeout(cli, value)) {
        cli_error(cli, _("--timeout: \"%s\" is no number of seconds"), value);
        return EXIT_USAGE;
    }
    return EXIT_OK;
}

static int wrong_option(struct cli *cli, const struct cli_command *command, int result, char *const *argv) {
    char letter[3] = {'-', (char)optopt, '\0'};
    bool short_one = optopt > 0 && optopt < OWN_BASE;
    const char *word = short_one ? letter : argv[optind - 1];
    if (result == ':')
        cli_error(cli, _("%s needs a value"), word);
    else
        cli_error(cli, _("there is no option %s here"), word);
    cli_hint(cli, "frontdesk help%s%s", command == NULL ? "" : " ", command == NULL ? "" : command->path);
    return EXIT_USAGE;
}

int arguments_read_global(struct cli *cli, int argc, char **argv, struct global_values *global, int *next) {
    struct reader reader;
    prepare(&reader, NULL);
    opterr = 0;
    optind = 0;
    for (;;) {
        int result = getopt_long(argc, argv, reader.shorts, reader.longs, NULL);
        if (result == -1) break;
        if (result == '?' || result == ':') return wrong_option(cli, NULL, result, argv);
        if (result < GLOBAL_BASE) result = by_letter(global_options, GLOBAL_BASE, result);
        int code = take_global(cli, global, result - GLOBAL_BASE, optarg);
        if (code != EXIT_OK) return code;
    }
    *next = optind;
    return EXIT_OK;
}

static int check_count(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    if (cli->help) return EXIT_OK;
    if (arguments->count < command->at_least)
        cli_error(cli, _("something is missing: frontdesk %s %s"), command->path, _(command->synopsis));
    else if (arguments->count > command->at_most)
        cli_error(cli, _("too many words from \"%s\" on; put texts with spaces into quotes"),
                  arguments->positionals[command->at_most]);
    else
        return EXIT_OK;
    cli_hint(cli, "frontdesk help %s", command->path);
    return EXIT_USAGE;
}

int arguments_read(struct cli *cli, const struct cli_command *command, int argc, char **argv,
                   struct global_values *global, struct arguments *arguments) {
    struct reader reader;
    prepare(&reader, command);
    *arguments = (struct arguments){0};
    opterr = 0;
    optind = 0;
    for (;;) {
        int result = getopt_long(argc, argv, reader.shorts, reader.longs, NULL);
        if (result == -1) break;
        if (result == '?' || result == ':') return wrong_option(cli, command, result, argv);
        if (result < OWN_BASE) {
            int own = by_letter(command->options, OWN_BASE, result);
            result = own >= 0 ? own : by_letter(global_options, GLOBAL_BASE, result);
        }
        if (result >= GLOBAL_BASE) {
            int code = take_global(cli, global, result - GLOBAL_BASE, optarg);
            if (code != EXIT_OK) return code;
        } else {
            arguments->values[result - OWN_BASE] = optarg == NULL ? "" : optarg;
        }
    }
    arguments->positionals = argv + optind;
    arguments->count = argc - optind;
    return check_count(cli, command, arguments);
}

const char *arguments_value(const struct cli_command *command, const struct arguments *arguments, const char *name) {
    for (int i = 0; command->options != NULL && command->options[i].name != NULL; i++)
        if (strcmp(command->options[i].name, name) == 0) return arguments->values[i];
    return NULL;
}

bool arguments_names_person(const char *field) {
    return strcmp(field, "handler_id") == 0 || strcmp(field, "host_id") == 0 || strcmp(field, "person_id") == 0;
}

bool arguments_is_time(const ProtobufCFieldDescriptor *field) {
    size_t length = strlen(field->name);
    return field->type == PROTOBUF_C_TYPE_INT64 && length > 3 && strcmp(field->name + length - 3, "_ms") == 0;
}

/* Line ends as the wire wants them. */
static char *read_standard_input(struct cli *cli) {
    char *text = arena_take(&cli->arena, TEXT_INPUT_BYTES + 1);
    if (text == NULL) return NULL;
    size_t length = fread(text, 1, TEXT_INPUT_BYTES, stdin), kept = 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\r') text[kept++] = text[i];
    while (kept > 0 && text[kept - 1] == '\n') kept--;
    text[kept] = '\0';
    return text;
}

static bool set_enum(struct cli *cli, const ProtobufCEnumDescriptor *kind, const char *text, const char *option,
                     int *value) {
    if (word_parse(kind, text, value)) return true;
    const char *list = word_list(&cli->arena, kind);
    cli_error(cli, _("--%s: \"%s\" is none of: %s"), option, text, list == NULL ? "" : list);
    return false;
}

static bool set_enums(struct cli *cli, ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
                      const char *text, const char *option) {
    size_t count = 1;
    for (const char *at = text; *at != '\0'; at++) count += *at == ',';
    int *values = arena_take(&cli->arena, count * sizeof *values);
    char *words = arena_string(&cli->arena, text), *rest = words;
    if (values == NULL || words == NULL) return false;
    size_t filled = 0;
    for (char *word = strsep(&rest, ","); word != NULL; word = strsep(&rest, ","))
        if (word[0] != '\0' && !set_enum(cli, field->descriptor, word, option, &values[filled++])) return false;
    *(int **)message_field(message, field) = values;
    *message_count(message, field) = filled;
    return true;
}

static bool set_number(struct cli *cli, const char *text, const char *option, int64_t *value) {
    char *end = NULL;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || number < INT32_MIN || number > INT32_MAX) {
        cli_error(cli, _("--%s: \"%s\" is no number"), option, text);
        return false;
    }
    *value = number;
    return true;
}

static bool set_time(struct cli *cli, const char *text, const char *option, int64_t *value) {
    if (times_parse(text, cli_now_ms(cli), value)) return true;
    cli_error(cli, _("--%s: \"%s\" is no time; write 13:00, \"2026-11-23 13:00\" or +30min"), option, text);
    return false;
}

static bool set_text(struct cli *cli, const char *text, char **out) {
    char *own = strcmp(text, "-") == 0 ? read_standard_input(cli) : arena_string(&cli->arena, text);
    if (own != NULL) *out = own;
    return own != NULL;
}

bool arguments_set_field(struct cli *cli, ProtobufCMessage *message, const char *name, const char *text,
                         const char *option) {
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    if (field == NULL) return false;
    void *place = message_field(message, field);
    int64_t number = 0;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) return set_enums(cli, message, field, text, option);
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: return set_text(cli, text, place);
    case PROTOBUF_C_TYPE_ENUM: return set_enum(cli, field->descriptor, text, option, place);
    case PROTOBUF_C_TYPE_BOOL: *(protobuf_c_boolean *)place = strcmp(text, "no") != 0; return true;
    case PROTOBUF_C_TYPE_INT64:
        return arguments_is_time(field) ? set_time(cli, text, option, place) : set_number(cli, text, option, place);
    case PROTOBUF_C_TYPE_INT32:
        if (!set_number(cli, text, option, &number)) return false;
        *(int32_t *)place = (int32_t)number;
        return true;
    default: return false;
    }
}
