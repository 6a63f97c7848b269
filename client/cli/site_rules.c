/* SPDX-License-Identifier: Apache-2.0 */
/* site rules, site rules set, site rules reset. */
#include <stdlib.h>
#include <string.h>

#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "client/cli/site_figures.h"
#include "client/cli/spans.h"
#include "client/cli/words.h"

enum { LEVELS = 4 };

static int run_rules(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    const Fd__Site *site = NULL;
    Fd__GetRulesResponse *rules = NULL;
    int code = figures_ask(cli, &site, &rules);
    if (code != EXIT_OK) return code;
    if (cli->json || rules->calendar == NULL) return cli_print_json(cli, &rules->base);
    code = show_deadlines(cli, rules->deadlines, rules->n_deadlines);
    (void)printf("\n");
    return code == EXIT_OK ? show_calendar(cli, site, rules->calendar) : code;
}

const struct cli_command command_site_rules = {
    .path = "site rules",
    .synopsis = "",
    .summary = N_("the site's figures: deadlines, escalation, calendar"),
    .run = run_rules,
};

static const struct cli_option set_options[] = {
    {"accept",          0, N_("SPAN"),  N_("until a handler has accepted: 20min, 2h, 3d, or none"),           NULL,        NULL},
    {"contact",         0, N_("SPAN"),  N_("until the first contact with the customer"),                      NULL,        NULL},
    {"feedback",        0, N_("SPAN"),  N_("until the customer was told what will be done"),                  NULL,        NULL},
    {"close",           0, N_("SPAN"),  N_("until closed; 3wd: to the end of the third working day"),         NULL,        NULL},
    {"plan",            0, N_("DAYS"),  N_("until there is a plan, whole days; 0: none is owed"),             "plan_days", NULL},
    {"working-time",    0, NULL,        N_("count by the site's calendar"),                                   NULL,        NULL},
    {"day-and-night",   0, NULL,        N_("count every hour"),                                               NULL,        NULL},
    {"first-level",     0, N_("LEVEL"), N_("alerted at registration: none, or 1 to 4"),                       NULL,        NULL},
    {"climb",           0, N_("CHAIN"), N_("up, when nobody acknowledges: 2:15min,3:15min,4:30min, or none"), NULL,        NULL},
    {"repeat",          0, N_("SPAN"),  N_("push an alert again after this long"),                            NULL,        NULL},
    {"acknowledgement", 0, N_("SPAN"),  N_("an acknowledgement that nothing follows lasts so long, or none"),
     "accept_minutes",                                                                                                     NULL},
    {NULL,              0, NULL,        NULL,                                                                 NULL,        NULL},
};

/* What stands now, to be changed where an option says so. */
static Fd__SetDeadlinesRequest as_present(const Fd__Deadlines *present) {
    Fd__SetDeadlinesRequest request = FD__SET_DEADLINES_REQUEST__INIT;
    request.severity = present->severity;
    request.version = present->version;
    request.accept_minutes = present->accept_minutes;
    request.contact_minutes = present->contact_minutes;
    request.feedback_minutes = present->feedback_minutes;
    request.close_minutes = present->close_minutes;
    request.close_working_days = present->close_working_days;
    request.plan_days = present->plan_days;
    request.working_time = present->working_time;
    request.first_level = present->first_level;
    request.n_climb_levels = present->n_climb_levels;
    request.climb_levels = present->climb_levels;
    request.n_climb_minutes = present->n_climb_minutes;
    request.climb_minutes = present->climb_minutes;
    request.repeat_minutes = present->repeat_minutes;
    request.acknowledgement_minutes = present->acknowledgement_minutes;
    return request;
}

/* "3wd", "3 工作日": whole working days instead of minutes. */
static bool set_close(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                      Fd__SetDeadlinesRequest *request) {
    const char *text = arguments_value(command, arguments, "close");
    if (text == NULL) return true;
    char *end = NULL;
    long days = strtol(text, &end, 10);
    while (*end == ' ') end++;
    bool working = end > text && (strcmp(end, "wd") == 0 || strcmp(end, "工作日") == 0 || strcmp(end, "个工作日") == 0);
    request->close_working_days = 0;
    request->close_minutes = 0;
    if (!working) return figures_span(cli, command, arguments, "close", &request->close_minutes);
    request->close_working_days = days < 0 || days > INT32_MAX ? -1 : (int32_t)days;
    return true;
}

static bool set_plan(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                     Fd__SetDeadlinesRequest *request) {
    const char *text = arguments_value(command, arguments, "plan");
    return text == NULL || arguments_set_field(cli, &request->base, "plan_days", text, "plan");
}

static bool set_first_level(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                            Fd__SetDeadlinesRequest *request) {
    const char *text = arguments_value(command, arguments, "first-level");
    if (text == NULL) return true;
    bool none = strcmp(text, "none") == 0 || strcmp(text, "无") == 0;
    if (!none && (text[0] < '0' || text[0] > '0' + LEVELS || text[1] != '\0')) {
        cli_error(cli,
                  _("--%s: \"%s\" is no level; write none, or 1 team leader, 2 supervisor, 3 manager, 4 head office"),
                  "first-level", text);
        return false;
    }
    request->first_level = none ? 0 : text[0] - '0';
    return true;
}

/* One step "2:15min". */
static bool take_step(char *step, Fd__SetDeadlinesRequest *request) {
    if (step[0] < '0' || step[0] > '9' || step[1] != ':' || request->n_climb_levels == LEVELS) return false;
    request->climb_levels[request->n_climb_levels++] = step[0] - '0';
    return spans_parse(step + 2, &request->climb_minutes[request->n_climb_minutes++]);
}

static bool set_chain(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                      Fd__SetDeadlinesRequest *request) {
    const char *text = arguments_value(command, arguments, "climb");
    if (text == NULL) return true;
    char *steps = arena_string(&cli->arena, text), *rest = steps;
    request->n_climb_levels = request->n_climb_minutes = 0;
    request->climb_levels = arena_take(&cli->arena, LEVELS * sizeof(int32_t));
    request->climb_minutes = arena_take(&cli->arena, LEVELS * sizeof(int32_t));
    if (arena_exhausted(&cli->arena)) return false;
    if (strcmp(text, "none") == 0 || strcmp(text, "无") == 0) return true;
    for (char *step = strsep(&rest, ","); step != NULL; step = strsep(&rest, ",")) {
        if (take_step(step, request)) continue;
        cli_error(cli, _("--%s: \"%s\" is no chain; write level and delay, as in 2:15min,3:15min,4:30min"), "climb",
                  text);
        return false;
    }
    return true;
}

static bool fill(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                 Fd__SetDeadlinesRequest *request) {
    if (arguments_value(command, arguments, "working-time") != NULL) request->working_time = true;
    if (arguments_value(command, arguments, "day-and-night") != NULL) request->working_time = false;
    return figures_span(cli, command, arguments, "accept", &request->accept_minutes) &&
           figures_span(cli, command, arguments, "contact", &request->contact_minutes) &&
           figures_span(cli, command, arguments, "feedback", &request->feedback_minutes) &&
           set_close(cli, command, arguments, request) && set_plan(cli, command, arguments, request) &&
           set_first_level(cli, command, arguments, request) && set_chain(cli, command, arguments, request) &&
           figures_span(cli, command, arguments, "repeat", &request->repeat_minutes) &&
           figures_span(cli, command, arguments, "acknowledgement", &request->acknowledgement_minutes);
}

static const Fd__Deadlines *present_of(const Fd__GetRulesResponse *rules, Fd__Severity severity) {
    for (size_t i = 0; i < rules->n_deadlines; i++)
        if (rules->deadlines[i]->severity == severity) return rules->deadlines[i];
    return NULL;
}

static int run_set(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    const Fd__Site *site = NULL;
    Fd__GetRulesResponse *rules = NULL;
    Fd__SetDeadlinesResponse *response = NULL;
    Fd__Severity severity = FD__SEVERITY__SEVERITY_UNSPECIFIED;
    Fd__SetDeadlinesRequest check = FD__SET_DEADLINES_REQUEST__INIT;
    if (!figures_severity(cli, arguments->positionals[0], &severity) || !fill(cli, command, arguments, &check))
        return EXIT_USAGE;
    int code = figures_ask(cli, &site, &rules);
    if (code != EXIT_OK) return code;
    const Fd__Deadlines *present = present_of(rules, severity);
    if (present == NULL) return EXIT_REFUSED;
    Fd__SetDeadlinesRequest request = as_present(present);
    if (!fill(cli, command, arguments, &request)) return EXIT_USAGE;
    code = cli_ask(cli, "rules.set_deadlines", site->id, &request.base, &fd__set_deadlines_response__descriptor,
                   &response);
    if (code != EXIT_OK) return code;
    return cli->json ? cli_print_json(cli, &response->base) : show_deadlines(cli, &response->deadlines, 1);
}

const struct cli_command command_site_rules_set = {
    .path = "site rules set",
    .synopsis = N_("SEVERITY"),
    .summary = N_("change deadlines and escalation of a severity; what is not named stays"),
    .details = N_("It holds at once, and the deadlines of open complaints are counted anew."),
    .options = set_options,
    .at_least = 1,
    .at_most = 1,
    .run = run_set,
};

static int run_reset(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    const Fd__Membership *membership = NULL;
    Fd__ResetDeadlinesRequest request = FD__RESET_DEADLINES_REQUEST__INIT;
    Fd__ResetDeadlinesResponse *response = NULL;
    if (!figures_severity(cli, arguments->positionals[0], &request.severity)) return EXIT_USAGE;
    if (!cli_confirm(cli, _("Give up the site's own figures?"))) return EXIT_USAGE;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code == EXIT_OK)
        code = cli_ask(cli, "rules.reset_deadlines", membership->site->id, &request.base,
                       &fd__reset_deadlines_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    return cli->json ? cli_print_json(cli, &response->base) : show_deadlines(cli, &response->deadlines, 1);
}

const struct cli_command command_site_rules_reset = {
    .path = "site rules reset",
    .synopsis = N_("SEVERITY"),
    .summary = N_("go back to the defaults of a severity"),
    .at_least = 1,
    .at_most = 1,
    .run = run_reset,
};
