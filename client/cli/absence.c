/* SPDX-License-Identifier: Apache-2.0 */
/* people absent, back: who hears a person's alerts while they are away. */
#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "client/cli/people.h"
#include "client/cli/times.h"
#include "common/text.h"

const char *people_state(struct cli *cli, const Fd__Person *person) {
    char from[TIMES_TEXT_BYTES], until[TIMES_TEXT_BYTES];
    int64_t now_ms = cli_now_ms(cli);
    if (!person->active) return _("not active");
    if (person->absent_until_ms <= now_ms) return _("active");
    times_short(person->absent_from_ms, now_ms, from);
    times_short(person->absent_until_ms, now_ms, until);
    const char *state = person->absent_from_ms > now_ms
                            ? arena_printf(&cli->arena, _("absent from %s until %s"), from, until)
                            : arena_printf(&cli->arena, _("absent until %s"), until);
    if (state == NULL || text_empty(person->substitute_id)) return state;
    return arena_printf(&cli->arena, _("%s, %s stands in"), state, cli_person_name(cli, person->substitute_id));
}

static const struct cli_option absent_options[] = {
    {"until",      'u', N_("TIME"),   N_("when the person is back; for going off duty, the end of it"),           "absent_until_ms",
     NULL                                                                                                                                },
    {"from",       'f', N_("TIME"),   N_("when it begins; now, unless given"),                                    "absent_from_ms",  NULL},
    {"substitute", 's', N_("PERSON"), N_("who hears the person's alerts meanwhile; else the next level up does"),
     "substitute_id",                                                                                                                NULL},
    {NULL,         0,   NULL,         NULL,                                                                       NULL,              NULL},
};

/* Times are read once the site's time zone is known. */
static int fill_times(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                      Fd__SetAbsenceRequest *request) {
    static const char *const options[] = {"until", "from"}, *const fields[] = {"absent_until_ms", "absent_from_ms"};
    for (int i = 0; i < 2; i++) {
        const char *text = arguments_value(command, arguments, options[i]);
        if (text != NULL && !arguments_set_field(cli, &request->base, fields[i], text, options[i])) return EXIT_USAGE;
    }
    return EXIT_OK;
}

static int find_both(struct cli *cli, const char *site_id, const char *who, const char *substitute,
                     Fd__SetAbsenceRequest *request) {
    const Fd__Person *person = NULL, *other = NULL;
    int code = cli_find_person(cli, site_id, who, &person);
    if (code == EXIT_OK && substitute != NULL) code = cli_find_person(cli, site_id, substitute, &other);
    if (code != EXIT_OK) return code;
    request->person_id = person->id;
    request->version = person->version;
    if (other != NULL) request->substitute_id = other->id;
    return EXIT_OK;
}

static int run_absent(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__SetAbsenceRequest request = FD__SET_ABSENCE_REQUEST__INIT;
    Fd__SetAbsenceResponse *response = NULL;
    const char *site_id = NULL;
    if (arguments_value(command, arguments, "until") == NULL) {
        cli_error(cli, _("--%s must be given"), "until");
        cli_hint(cli, "frontdesk help %s", command->path);
        return EXIT_USAGE;
    }
    int code = people_open_site(cli, &site_id);
    if (code == EXIT_OK) code = fill_times(cli, command, arguments, &request);
    if (code == EXIT_OK)
        code = find_both(cli, site_id, arguments->positionals[0], arguments_value(command, arguments, "substitute"),
                         &request);
    if (code == EXIT_OK)
        code = cli_ask(cli, "person.set_absence", site_id, &request.base, &fd__set_absence_response__descriptor,
                       &response);
    return code == EXIT_OK ? people_show_one(cli, &response->base, response->person) : code;
}

const struct cli_command command_people_absent = {
    .path = "people absent",
    .synopsis = N_("PERSON --until TIME"),
    .summary = N_("say that a person is away or off duty, and who hears their alerts meanwhile"),
    .options = absent_options,
    .at_least = 1,
    .at_most = 1,
    .run = run_absent,
};

static int run_back(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    Fd__ClearAbsenceRequest request = FD__CLEAR_ABSENCE_REQUEST__INIT;
    Fd__ClearAbsenceResponse *response = NULL;
    const Fd__Person *person = NULL;
    const char *site_id = NULL;
    int code = people_open_site(cli, &site_id);
    if (code == EXIT_OK) code = cli_find_person(cli, site_id, arguments->positionals[0], &person);
    if (code != EXIT_OK) return code;
    request.person_id = person->id;
    request.version = person->version;
    code = cli_ask(cli, "person.clear_absence", site_id, &request.base, &fd__clear_absence_response__descriptor,
                   &response);
    return code == EXIT_OK ? people_show_one(cli, &response->base, response->person) : code;
}

const struct cli_command command_people_back = {
    .path = "people back",
    .synopsis = N_("PERSON"),
    .summary = N_("say that a person is back, or will not go"),
    .at_least = 1,
    .at_most = 1,
    .run = run_back,
};
