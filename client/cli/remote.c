/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/remote.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/arguments.h"
#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/cli/show.h"
#include "common/message.h"
#include "common/text.h"

const char *remote_number(struct cli *cli, const char *text, char prefix) {
    size_t digits = strspn(text, "0123456789");
    if (prefix != 0 && digits > 0 && text[digits] == '\0') return arena_printf(&cli->arena, "%c-%s", prefix, text);
    if (outbox_local_number(text) != 0)
        return arena_printf(&cli->arena, "W-%lld", (long long)outbox_local_number(text));
    char *own = arena_string(&cli->arena, text);
    if (own != NULL && own[0] != '\0' && own[1] == '-') own[0] = (char)toupper((unsigned char)own[0]);
    return own;
}

/* Times and people need the site, hence the line; what can be wrong without it is said before. */
static bool is_late(const ProtobufCMessageDescriptor *kind, const char *name) {
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(kind, name);
    return field != NULL && (arguments_is_time(field) || arguments_names_person(name));
}

static int set_person(struct cli *cli, const char *site_id, ProtobufCMessage *message, const char *field,
                      const char *word) {
    const Fd__Person *person = NULL;
    int code = cli_find_person(cli, site_id, word, &person);
    if (code != EXIT_OK) return code;
    return arguments_set_field(cli, message, field, person->id, field) ? EXIT_OK : EXIT_USAGE;
}

static int set_one(struct cli *cli, const char *site_id, ProtobufCMessage *message, const char *field, const char *text,
                   const char *option, bool late) {
    if (is_late(message->descriptor, field) != late) return EXIT_OK;
    if (arguments_names_person(field)) return set_person(cli, site_id, message, field, text);
    return arguments_set_field(cli, message, field, text, option) ? EXIT_OK : EXIT_USAGE;
}

/* "field=value field=value" */
static int fill_defaults(struct cli *cli, const struct cli_remote *remote, ProtobufCMessage *message) {
    char *pairs = arena_string(&cli->arena, remote->defaults == NULL ? "" : remote->defaults), *rest = pairs;
    for (char *pair = strsep(&rest, " "); pair != NULL; pair = strsep(&rest, " ")) {
        char *value = strchr(pair, '=');
        if (value == NULL) continue;
        *value++ = '\0';
        if (!arguments_set_field(cli, message, pair, value, pair)) return EXIT_USAGE;
    }
    return EXIT_OK;
}

static int fill(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                const char *site_id, ProtobufCMessage *message, bool late) {
    const struct cli_remote *remote = command->remote;
    for (int i = 0; i < arguments->count && i < COMMAND_FIELDS_LIMIT && remote->fields[i] != NULL; i++) {
        bool number = strcmp(remote->fields[i], "number") == 0 || strcmp(remote->fields[i], "duplicate_of") == 0;
        const char *text = arguments->positionals[i];
        if (number) text = remote_number(cli, text, remote->number_prefix);
        int code = set_one(cli, site_id, message, remote->fields[i], text, remote->fields[i], late);
        if (code != EXIT_OK) return code;
    }
    for (int i = 0; command->options != NULL && command->options[i].name != NULL; i++) {
        const struct cli_option *option = &command->options[i];
        if (arguments->values[i] == NULL || option->field == NULL) continue;
        const char *text = option->constant != NULL ? option->constant : arguments->values[i];
        if (option->argument == NULL && text[0] == '\0') text = "yes";
        int code = set_one(cli, site_id, message, option->field, text, option->name, late);
        if (code != EXIT_OK) return code;
    }
    return EXIT_OK;
}

static int check_required(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    const char *name = command->remote->required;
    if (name == NULL || arguments_value(command, arguments, name) != NULL) return EXIT_OK;
    cli_error(cli, _("--%s must be given"), name);
    cli_hint(cli, "frontdesk help %s", command->path);
    return EXIT_USAGE;
}

int remote_show(struct cli *cli, const ProtobufCMessage *response) {
    if (cli->json) return cli_print_json(cli, response);
    const ProtobufCFieldDescriptor *field = &response->descriptor->fields[0];
    const ProtobufCMessage *record = *(ProtobufCMessage **)message_field(response, field);
    return record == NULL ? EXIT_OK : show_line(cli, record);
}

int remote_name_as_server_does(struct cli *cli, ProtobufCMessage *message) {
    static const char *const fields[] = {"number", "duplicate_of"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field_by_name(message->descriptor, fields[i]);
        char **number = field == NULL ? NULL : message_field(message, field);
        int64_t place = number == NULL ? 0 : outbox_local_number(*number);
        char made[OUTBOX_NUMBER_BYTES];
        if (place == 0) continue;
        struct outbox *outbox = client_outbox(cli->client);
        if (outbox == NULL || !outbox_number(outbox, place, made)) {
            cli_error(cli, _("%s is not on the server yet, and this command cannot wait for it"), *number);
            cli_hint(cli, "frontdesk outbox show %lld", (long long)place);
            return EXIT_REFUSED;
        }
        *number = arena_string(&cli->arena, made);
        if (*number == NULL) return EXIT_USAGE;
    }
    return EXIT_OK;
}

int remote_run(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    const struct cli_remote *remote = command->remote;
    ProtobufCMessage *message = message_new(&cli->arena, remote->request);
    if (message == NULL) return EXIT_USAGE;
    int code = check_required(cli, command, arguments);
    if (code == EXIT_OK) code = fill_defaults(cli, remote, message);
    if (code == EXIT_OK) code = fill(cli, command, arguments, "", message, false);
    if (code != EXIT_OK) return code;
    if (remote->confirm != NULL && !cli_confirm(cli, _(remote->confirm))) return EXIT_USAGE;
    const Fd__Membership *membership = NULL;
    ProtobufCMessage *response = NULL;
    bool waits = kept_may_wait(cli, remote->operation);
    code = waits ? kept_open(cli) : cli_open(cli);
    if (code == EXIT_NO_LINE) cli_hint(cli, "%s", _("nothing was saved: do it again when the server is there"));
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code == EXIT_OK) code = fill(cli, command, arguments, membership->site->id, message, true);
    if (code == EXIT_OK && !waits) code = remote_name_as_server_does(cli, message);
    if (code == EXIT_OK && waits)
        code = kept_ask(cli, remote->operation, membership->site->id, message, remote->response, &response);
    else if (code == EXIT_OK)
        code = cli_ask(cli, remote->operation, membership->site->id, message, remote->response, &response);
    return code == EXIT_OK && response != NULL ? remote_show(cli, response) : code;
}
