/* SPDX-License-Identifier: Apache-2.0 */
/* people list, add, update, reset-password. */
#include <sodium.h>
#include <string.h>

#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "client/cli/password.h"
#include "client/cli/people.h"
#include "client/cli/show.h"
#include "client/cli/words.h"
#include "frontdesk/v1/account.pb-c.h"

#define PASSWORD_OPTIONS                                                                                               \
    {"password-file",                                                                                                  \
     0,                                                                                                                \
     N_("FILE"),                                                                                                       \
     N_("the password is the first line of FILE; else one is made and shown"),                                         \
     NULL,                                                                                                             \
     NULL},                                                                                                            \
    {                                                                                                                  \
        "password-stdin", 0, NULL, N_("the password comes on the standard input"), NULL, NULL                          \
    }
#define ROLE_OPTION                                                                                                    \
    { "role", 'r', N_("ROLES"), N_("roles, with commas between"), "roles", NULL }
#define TEAM_OPTION                                                                                                    \
    { "team", 'T', N_("TEAM"), N_("the team"), "team", NULL }

static const char *role_words(struct cli *cli, const Fd__Person *person) {
    const char *words = "";
    for (size_t i = 0; i < person->n_roles && words != NULL; i++)
        words = arena_printf(&cli->arena, "%s%s%s", words, i == 0 ? "" : ", ",
                             word_of(&fd__role__descriptor, (int)person->roles[i]));
    return words;
}

static void add_person(struct cli *cli, struct table *table, const Fd__Person *person) {
    enum paint paint = person->active ? PAINT_NONE : PAINT_DIM;
    table_add(table, person->login, person->active ? PAINT_BOLD : PAINT_DIM);
    table_add(table, person->name, paint);
    table_add(table, role_words(cli, person), paint);
    table_add(table, word_of(&fd__team__descriptor, (int)person->team), paint);
    table_add(table, people_state(cli, person), paint);
}

static int show_people(struct cli *cli, Fd__Person *const *people, size_t count) {
    const struct table_column columns[] = {
        {_("login"), false, false},
        {_("name"),  false, true },
        {_("roles"), false, true },
        {_("team"),  false, false},
        {_("state"), false, true }
    };
    struct table table;
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) add_person(cli, &table, people[i]);
    return count == 0 ? show_nothing(cli, _("nobody")) : show_table(cli, &table);
}

int people_show_one(struct cli *cli, const ProtobufCMessage *response, Fd__Person *person) {
    if (cli->json) return cli_print_json(cli, response);
    return person == NULL ? EXIT_OK : show_people(cli, &person, 1);
}

int people_open_site(struct cli *cli, const char **site_id) {
    const Fd__Membership *membership = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code == EXIT_OK) *site_id = membership->site->id;
    return code;
}

static int run_list(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    Fd__ListPeopleRequest request = FD__LIST_PEOPLE_REQUEST__INIT;
    Fd__ListPeopleResponse *response = NULL;
    const char *site_id = NULL;
    int code = people_open_site(cli, &site_id);
    if (code == EXIT_OK)
        code = cli_ask(cli, "person.list", site_id, &request.base, &fd__list_people_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    cli->people = response;
    cli->people_asked = true;
    return cli->json ? cli_print_json(cli, &response->base) : show_people(cli, response->people, response->n_people);
}

const struct cli_command command_people_list = {
    .path = "people list",
    .synopsis = "",
    .summary = N_("the people of the site"),
    .run = run_list,
};

/* Fills the message's fields from the options that name one. */
static int fill(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                ProtobufCMessage *message) {
    for (int i = 0; command->options[i].name != NULL; i++) {
        const struct cli_option *option = &command->options[i];
        if (arguments->values[i] == NULL || option->field == NULL) continue;
        const char *text = option->constant != NULL ? option->constant : arguments->values[i];
        if (!arguments_set_field(cli, message, option->field, text, option->name)) return EXIT_USAGE;
    }
    return EXIT_OK;
}

/* *made: nobody chose it, so it has to be shown. */
static int first_password(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                          char password[PASSWORD_BYTES], bool *made) {
    const char *file = arguments_value(command, arguments, "password-file");
    bool from_input = arguments_value(command, arguments, "password-stdin") != NULL;
    *made = file == NULL && !from_input;
    if (!*made) return password_read(cli, file, from_input, "", password);
    password_make(password);
    return EXIT_OK;
}

static void tell_password(const char *login, const char *password, bool made) {
    if (made)
        (void)fprintf(stderr, _("first password of %s, to be changed at the first sign-in: %s\n"), login, password);
}

static const struct cli_option add_options[] = {
    {"name", 'n', N_("NAME"), N_("the person's name"), "name", NULL},
    ROLE_OPTION,
    TEAM_OPTION,
    PASSWORD_OPTIONS,
    {NULL,   0,   NULL,       NULL,                    NULL,   NULL},
};

static int run_add(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__CreatePersonRequest request = FD__CREATE_PERSON_REQUEST__INIT;
    Fd__CreatePersonResponse *response = NULL;
    const char *site_id = NULL;
    char password[PASSWORD_BYTES] = "";
    bool made = false;
    request.login = request.name = arguments->positionals[0];
    int code = fill(cli, command, arguments, &request.base);
    if (code == EXIT_OK) code = first_password(cli, command, arguments, password, &made);
    request.password = password;
    if (code == EXIT_OK) code = people_open_site(cli, &site_id);
    if (code == EXIT_OK)
        code =
            cli_ask(cli, "person.create", site_id, &request.base, &fd__create_person_response__descriptor, &response);
    if (code == EXIT_OK) tell_password(request.login, password, made);
    sodium_memzero(password, sizeof password);
    return code == EXIT_OK ? people_show_one(cli, &response->base, response->person) : code;
}

const struct cli_command command_people_add = {
    .path = "people add",
    .synopsis = N_("LOGIN"),
    .summary = N_("add a person to the site"),
    .options = add_options,
    .at_least = 1,
    .at_most = 1,
    .run = run_add,
};

static const struct cli_option update_options[] = {
    {"name",     'n', N_("NAME"), N_("the person's name"),                                           "name",   NULL },
    ROLE_OPTION,
    TEAM_OPTION,
    {"active",   0,   NULL,       N_("may sign in"),                                                 "active", "yes"},
    {"inactive", 0,   NULL,       N_("may not sign in on this site any more; takes effect at once"), "active", "no" },
    {NULL,       0,   NULL,       NULL,                                                              NULL,     NULL },
};

static int run_update(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__UpdatePersonRequest request = FD__UPDATE_PERSON_REQUEST__INIT;
    Fd__UpdatePersonResponse *response = NULL;
    const Fd__Person *person = NULL;
    const char *site_id = NULL;
    int code = people_open_site(cli, &site_id);
    if (code == EXIT_OK) code = cli_find_person(cli, site_id, arguments->positionals[0], &person);
    if (code != EXIT_OK) return code;
    request.person_id = person->id;
    request.version = person->version;
    request.name = person->name;
    request.roles = person->roles;
    request.n_roles = person->n_roles;
    request.team = person->team;
    request.active = person->active;
    code = fill(cli, command, arguments, &request.base);
    if (code == EXIT_OK && person->active && !request.active && !cli_confirm(cli, _("End this person's access?")))
        return EXIT_USAGE;
    if (code == EXIT_OK)
        code =
            cli_ask(cli, "person.update", site_id, &request.base, &fd__update_person_response__descriptor, &response);
    return code == EXIT_OK ? people_show_one(cli, &response->base, response->person) : code;
}

const struct cli_command command_people_update = {
    .path = "people update",
    .synopsis = N_("PERSON"),
    .summary = N_("change name, roles, team or access; what is not named stays"),
    .options = update_options,
    .at_least = 1,
    .at_most = 1,
    .run = run_update,
};

static const struct cli_option reset_options[] = {PASSWORD_OPTIONS, {0}};

static int run_reset(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__ResetPasswordRequest request = FD__RESET_PASSWORD_REQUEST__INIT;
    Fd__ResetPasswordResponse *response = NULL;
    const Fd__Person *person = NULL;
    const char *site_id = NULL;
    char password[PASSWORD_BYTES] = "";
    bool made = false;
    int code = first_password(cli, command, arguments, password, &made);
    if (code == EXIT_OK) code = people_open_site(cli, &site_id);
    if (code == EXIT_OK) code = cli_find_person(cli, site_id, arguments->positionals[0], &person);
    if (code == EXIT_OK && !cli_confirm(cli, _("Give this person a new password?"))) code = EXIT_USAGE;
    if (code == EXIT_OK) {
        request.person_id = person->id;
        request.password = password;
        code = cli_ask(cli, "person.reset_password", site_id, &request.base, &fd__reset_password_response__descriptor,
                       &response);
    }
    if (code == EXIT_OK) tell_password(person->login, password, made);
    sodium_memzero(password, sizeof password);
    return code == EXIT_OK ? people_show_one(cli, &response->base, response->person) : code;
}

const struct cli_command command_people_reset_password = {
    .path = "people reset-password",
    .synopsis = N_("PERSON"),
    .summary = N_("give a person a new first password"),
    .options = reset_options,
    .at_least = 1,
    .at_most = 1,
    .run = run_reset,
};
