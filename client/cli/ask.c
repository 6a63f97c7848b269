/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "client/cli/cli.h"
#include "client/cli/language.h"
#include "client/cli/times.h"
#include "common/json.h"
#include "common/message.h"
#include "common/text.h"

struct question {
    struct cli *cli;
    const ProtobufCMessageDescriptor *kind;
    ProtobufCMessage *response;
    const Fd__Reply *reply;
};

ProtobufCMessage *cli_keep(struct cli *cli, const ProtobufCMessageDescriptor *kind, const ProtobufCMessage *message) {
    struct bytes packed = {0};
    ProtobufCMessage *kept = NULL;
    enum status status = message_append(&packed, message);
    if (status == STATUS_OK)
        status = message_unpack_newer(kind, &cli->arena, packed.data == NULL ? (const uint8_t *)"" : packed.data,
                                      packed.length, &kept, NULL);
    bytes_free(&packed);
    return status == STATUS_OK ? kept : NULL;
}

static void on_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct question *question = owner;
    question->reply = (const Fd__Reply *)(const void *)cli_keep(question->cli, &fd__reply__descriptor, &reply->base);
    if (response != NULL) question->response = cli_keep(question->cli, question->kind, response);
}

static bool answered(void *owner) {
    const struct question *question = owner;
    enum client_line line = client_line(question->cli->client);
    return question->reply != NULL || line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED;
}

int cli_try(struct cli *cli, const char *operation, const char *site_id, const ProtobufCMessage *command,
            const ProtobufCMessageDescriptor *response_kind, void *response, const Fd__Reply **reply) {
    struct question question = {.cli = cli, .kind = response_kind};
    *reply = NULL;
    enum status status =
        client_call(cli->client, operation, site_id, NULL, command, response_kind, on_reply, &question);
    if (status != STATUS_OK) {
        cli_error(cli, _("too large to be sent: shorten it"));
        return EXIT_REFUSED;
    }
    (void)cli_wait(cli, answered, &question, cli->timeout_ms);
    client_forget_calls(cli->client, &question);
    if (question.reply == NULL) {
        int code = cli_line_trouble(cli);
        if (code != EXIT_OK) return code;
        cli_error(cli, _("no answer in time; whether it was done is not known"));
        return EXIT_NO_LINE;
    }
    *reply = question.reply;
    ProtobufCMessage **out = response;
    *out = question.response;
    return question.reply->status == FD__STATUS__STATUS_OK && *out != NULL ? EXIT_OK : EXIT_REFUSED;
}

/* The field at fault as the person wrote it: "--cause". */
static const char *option_of(struct cli *cli, const char *field) {
    const struct cli_option *options = cli->command == NULL ? NULL : cli->command->options;
    for (int i = 0; options != NULL && options[i].name != NULL; i++) {
        if (options[i].field == NULL || strcmp(options[i].field, field) != 0) continue;
        const char *name = arena_printf(&cli->arena, "--%s", options[i].name);
        return name == NULL ? field : name;
    }
    return field;
}

int cli_tell_refusal(struct cli *cli, const Fd__Reply *reply) {
    const char *word = status_name((enum status)reply->status);
    if (cli->json) {
        Fd__Reply shown = *reply;
        shown.body = (ProtobufCBinaryData){0};
        (void)cli_print_json(cli, &shown.base);
    }
    if (text_empty(reply->field))
        cli_error(cli, "%s: %s", word, reply->message);
    else
        cli_error(cli, "%s: %s: %s", word, option_of(cli, reply->field), reply->message);
    long long wait_s = reply->retry_after_ms / 1000 + (reply->retry_after_ms % 1000 != 0);
    if (wait_s > 0) cli_hint(cli, _("try again in %lld s"), wait_s);
    const Fd__SignInResponse *self = client_person(cli->client);
    if (self != NULL && self->password_must_change) cli_hint(cli, "frontdesk passwd");
    return reply->status == FD__STATUS__STATUS_UNAUTHENTICATED ? EXIT_SIGN_IN : EXIT_REFUSED;
}

int cli_ask(struct cli *cli, const char *operation, const char *site_id, const ProtobufCMessage *command,
            const ProtobufCMessageDescriptor *response_kind, void *response) {
    const Fd__Reply *reply = NULL;
    int code = cli_try(cli, operation, site_id, command, response_kind, response, &reply);
    if (reply != NULL && code != EXIT_OK) code = cli_tell_refusal(cli, reply);
    return code;
}

static void list_sites(struct cli *cli, const Fd__SignInResponse *person) {
    for (size_t i = 0; i < person->n_memberships; i++) {
        const Fd__Site *site = person->memberships[i]->site;
        if (site != NULL) cli_hint(cli, "--site %s   %s", site->code, site->name);
    }
}

static const Fd__Membership *find_site(const struct cli *cli) {
    const Fd__SignInResponse *person = client_known_person(cli->client);
    const Fd__Membership *found = NULL;
    for (size_t i = 0; person != NULL && i < person->n_memberships; i++) {
        const Fd__Membership *one = person->memberships[i];
        if (one->site == NULL) continue;
        if (cli->site_code == NULL
                ? person->n_memberships == 1
                : strcmp(one->site->code, cli->site_code) == 0 || strcmp(one->site->id, cli->site_code) == 0)
            found = one;
    }
    return found;
}

void cli_use_zone(struct cli *cli) {
    const Fd__Membership *membership = find_site(cli);
    if (membership != NULL) times_set_zone(membership->site->time_zone);
}

int cli_site(struct cli *cli, const Fd__Membership **membership) {
    const Fd__SignInResponse *person = client_known_person(cli->client);
    *membership = find_site(cli);
    if (*membership != NULL) {
        times_set_zone((*membership)->site->time_zone);
        return EXIT_OK;
    }
    if (person == NULL || person->n_memberships == 0)
        cli_error(cli, _("you belong to no site: ask the administrator"));
    else if (cli->site_code == NULL)
        cli_error(cli, _("you belong to several sites: name one"));
    else
        cli_error(cli, _("no site \"%s\" among yours"), cli->site_code);
    if (person != NULL) list_sites(cli, person);
    return EXIT_USAGE;
}

static void remember_people(struct cli *cli, const char *memo) {
    struct bytes packed = {0};
    if (message_append(&packed, &cli->people->base) == STATUS_OK)
        client_remember(cli->client, memo, packed.data, packed.length);
    bytes_free(&packed);
}

static void recall_people(struct cli *cli, const char *memo) {
    struct bytes packed = {0};
    ProtobufCMessage *people = NULL;
    if (client_recall(cli->client, memo, &packed) &&
        message_unpack_newer(&fd__list_people_response__descriptor, &cli->arena, packed.data, packed.length, &people,
                             NULL) == STATUS_OK)
        cli->people = (const Fd__ListPeopleResponse *)(const void *)people;
    bytes_free(&packed);
}

void cli_people(struct cli *cli, const char *site_id) {
    if (cli->people_asked) return;
    cli->people_asked = true;
    const char *memo = arena_printf(&cli->arena, "people %s", site_id);
    if (memo == NULL) return;
    if (client_line(cli->client) != CLIENT_LINE_UP) {
        recall_people(cli, memo);
        return;
    }
    Fd__ListPeopleRequest request = FD__LIST_PEOPLE_REQUEST__INIT;
    const Fd__Reply *reply = NULL;
    Fd__ListPeopleResponse *response = NULL;
    if (cli_try(cli, "person.list", site_id, &request.base, &fd__list_people_response__descriptor, &response, &reply) ==
        EXIT_OK) {
        cli->people = response;
        remember_people(cli, memo);
    }
}

const char *cli_person_name(struct cli *cli, const char *id) {
    enum { SHORT_ID = 8 };
    if (text_empty(id)) return "";
    const Fd__SignInResponse *self = client_known_person(cli->client);
    if (self != NULL && strcmp(self->person_id, id) == 0) return self->name;
    for (size_t i = 0; cli->people != NULL && i < cli->people->n_people; i++)
        if (strcmp(cli->people->people[i]->id, id) == 0) return cli->people->people[i]->name;
    /* Some fields hold a name, not an id. */
    if (strlen(id) != 36 || id[8] != '-') return id;
    const char *text = arena_string_n(&cli->arena, id, SHORT_ID);
    return text == NULL ? "" : text;
}

int cli_find_person(struct cli *cli, const char *site_id, const char *word, const Fd__Person **person) {
    cli_people(cli, site_id);
    *person = NULL;
    int names = 0;
    for (size_t i = 0; cli->people != NULL && i < cli->people->n_people; i++) {
        const Fd__Person *one = cli->people->people[i];
        if (strcmp(one->login, word) == 0 || strcmp(one->id, word) == 0) {
            *person = one;
            return EXIT_OK;
        }
        if (strcmp(one->name, word) != 0) continue;
        *person = one;
        names++;
    }
    if (names == 1) return EXIT_OK;
    *person = NULL;
    if (names > 1)
        cli_error(cli, _("several people are called \"%s\": give the login"), word);
    else
        cli_error(cli, _("nobody on this site is called \"%s\""), word);
    if (client_line(cli->client) == CLIENT_LINE_UP)
        cli_hint(cli, "frontdesk people list");
    else
        cli_hint(cli, "%s",
                 _("the server is away: only people looked up before are known here; leave it out, or give the id"));
    return EXIT_USAGE;
}
