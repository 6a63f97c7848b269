/* SPDX-License-Identifier: Apache-2.0 */
/* complaint show, complaint list, visit show, visit list. */
#include <stdlib.h>

#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "client/cli/remote.h"
#include "client/cli/show.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"

enum { LIMIT_DEFAULT = 50 };

static int open_site(struct cli *cli, const char **site_id) {
    const Fd__Membership *membership = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code == EXIT_OK) *site_id = membership->site->id;
    return code;
}

static int run_complaint_show(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    Fd__GetComplaintRequest request = FD__GET_COMPLAINT_REQUEST__INIT;
    Fd__GetComplaintResponse *response = NULL;
    const char *site_id = NULL;
    request.number = (char *)remote_number(cli, arguments->positionals[0], 'C');
    int code = open_site(cli, &site_id);
    if (code == EXIT_OK) code = remote_name_as_server_does(cli, &request.base);
    if (code == EXIT_OK)
        code =
            cli_ask(cli, "complaint.get", site_id, &request.base, &fd__get_complaint_response__descriptor, &response);
    if (code != EXIT_OK || cli->json || response->complaint == NULL)
        return code == EXIT_OK ? cli_print_json(cli, &response->base) : code;
    cli_people(cli, site_id);
    return show_complaint(cli, response->complaint, response->steps, response->n_steps);
}

const struct cli_command command_complaint_show = {
    .path = "complaint show",
    .synopsis = N_("NUMBER"),
    .summary = N_("everything about a complaint, with its history"),
    .at_least = 1,
    .at_most = 1,
    .run = run_complaint_show,
};

static const struct cli_option complaint_list_options[] = {
    {"all",     'a', NULL,         N_("closed ones too"),                NULL,    NULL},
    {"mine",    'm', NULL,         N_("only those you handle"),          NULL,    NULL},
    {"handler", 'H', N_("PERSON"), N_("only those this person handles"), NULL,    NULL},
    {"unit",    'u', N_("UNIT"),   N_("only those of this unit"),        "unit",  NULL},
    {"after",   0,   N_("NUMBER"), N_("those that come after this one"), NULL,    NULL},
    {"limit",   'n', N_("N"),      N_("how many, 200 at most (50)"),     "limit", NULL},
    {NULL,      0,   NULL,         NULL,                                 NULL,    NULL},
};

static int fill_complaint_list(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                               const char *site_id, Fd__ListComplaintsRequest *request) {
    const char *after = arguments_value(command, arguments, "after");
    const char *handler = arguments_value(command, arguments, "handler");
    if (after != NULL) request->after_number = (char *)remote_number(cli, after, 'C');
    if (arguments_value(command, arguments, "mine") != NULL)
        request->handler_id = client_person(cli->client)->person_id;
    if (handler == NULL) return EXIT_OK;
    const Fd__Person *person = NULL;
    int code = cli_find_person(cli, site_id, handler, &person);
    if (code == EXIT_OK) request->handler_id = person->id;
    return code;
}

static int run_complaint_list(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__ListComplaintsRequest request = FD__LIST_COMPLAINTS_REQUEST__INIT;
    Fd__ListComplaintsResponse *response = NULL;
    const char *site_id = NULL, *unit = arguments_value(command, arguments, "unit");
    const char *limit = arguments_value(command, arguments, "limit");
    request.open_only = arguments_value(command, arguments, "all") == NULL;
    request.limit = LIMIT_DEFAULT;
    if (unit != NULL) request.unit = (char *)unit;
    if (limit != NULL && !arguments_set_field(cli, &request.base, "limit", limit, "limit")) return EXIT_USAGE;
    int code = open_site(cli, &site_id);
    if (code == EXIT_OK) code = fill_complaint_list(cli, command, arguments, site_id, &request);
    if (code == EXIT_OK)
        code = cli_ask(cli, "complaint.list", site_id, &request.base, &fd__list_complaints_response__descriptor,
                       &response);
    if (code != EXIT_OK) return code;
    if (cli->json) return cli_print_json(cli, &response->base);
    cli_people(cli, site_id);
    code = show_complaints(cli, response->complaints, response->n_complaints);
    if (response->n_complaints > 0 && (int32_t)response->n_complaints == request.limit)
        (void)printf(_("more: --after %s\n"), response->complaints[response->n_complaints - 1]->number);
    return code;
}

const struct cli_command command_complaint_list = {
    .path = "complaint list",
    .synopsis = "",
    .summary = N_("the open complaints"),
    .options = complaint_list_options,
    .run = run_complaint_list,
};

static int run_visit_show(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    Fd__GetVisitRequest request = FD__GET_VISIT_REQUEST__INIT;
    Fd__GetVisitResponse *response = NULL;
    const char *site_id = NULL;
    request.number = (char *)remote_number(cli, arguments->positionals[0], 'V');
    int code = open_site(cli, &site_id);
    if (code == EXIT_OK) code = remote_name_as_server_does(cli, &request.base);
    if (code == EXIT_OK)
        code = cli_ask(cli, "visit.get", site_id, &request.base, &fd__get_visit_response__descriptor, &response);
    if (code != EXIT_OK || cli->json || response->visit == NULL)
        return code == EXIT_OK ? cli_print_json(cli, &response->base) : code;
    cli_people(cli, site_id);
    return show_visit(cli, response->visit, response->steps, response->n_steps);
}

const struct cli_command command_visit_show = {
    .path = "visit show",
    .synopsis = N_("NUMBER"),
    .summary = N_("everything about a visit, with its history"),
    .at_least = 1,
    .at_most = 1,
    .run = run_visit_show,
};

static const struct cli_option visit_list_options[] = {
    {"all",   'a', NULL,         N_("those that are over too"),        NULL,    NULL},
    {"after", 0,   N_("NUMBER"), N_("those that come after this one"), NULL,    NULL},
    {"limit", 'n', N_("N"),      N_("how many, 200 at most (50)"),     "limit", NULL},
    {NULL,    0,   NULL,         NULL,                                 NULL,    NULL},
};

static int run_visit_list(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__ListVisitsRequest request = FD__LIST_VISITS_REQUEST__INIT;
    Fd__ListVisitsResponse *response = NULL;
    const char *site_id = NULL, *after = arguments_value(command, arguments, "after");
    const char *limit = arguments_value(command, arguments, "limit");
    request.open_only = arguments_value(command, arguments, "all") == NULL;
    request.limit = LIMIT_DEFAULT;
    if (after != NULL) request.after_number = (char *)remote_number(cli, after, 'V');
    if (limit != NULL && !arguments_set_field(cli, &request.base, "limit", limit, "limit")) return EXIT_USAGE;
    int code = open_site(cli, &site_id);
    if (code == EXIT_OK)
        code = cli_ask(cli, "visit.list", site_id, &request.base, &fd__list_visits_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    if (cli->json) return cli_print_json(cli, &response->base);
    cli_people(cli, site_id);
    code = show_visits(cli, response->visits, response->n_visits);
    if (response->n_visits > 0 && (int32_t)response->n_visits == request.limit)
        (void)printf(_("more: --after %s\n"), response->visits[response->n_visits - 1]->number);
    return code;
}

const struct cli_command command_visit_list = {
    .path = "visit list",
    .synopsis = "",
    .summary = N_("visitors expected and present"),
    .options = visit_list_options,
    .run = run_visit_list,
};
