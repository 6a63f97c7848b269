/* SPDX-License-Identifier: Apache-2.0 */
/* site calendar show, site calendar set, site calendar reset. */
#include <stdlib.h>
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/site_figures.h"
#include "common/message.h"

static int run_show(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    const Fd__Site *site = NULL;
    Fd__GetRulesResponse *rules = NULL;
    int code = figures_ask(cli, &site, &rules);
    if (code != EXIT_OK) return code;
    if (cli->json || rules->calendar == NULL)
        return rules->calendar == NULL ? EXIT_REFUSED : cli_print_json(cli, &rules->calendar->base);
    return show_calendar(cli, site, rules->calendar);
}

const struct cli_command command_site_calendar_show = {
    .path = "site calendar show",
    .synopsis = "",
    .summary = N_("working hours, days off and on, and the figures all severities share"),
    .run = run_show,
};

static const struct cli_option set_options[] = {
    {"workdays",        0, N_("HOURS"), N_("Monday to Friday: 09:00-12:00,13:00-18:00, or none"),           NULL,                      NULL},
    {"monday",          0, N_("HOURS"), N_("hours of this weekday, as above"),                              "monday",                  NULL},
    {"tuesday",         0, N_("HOURS"), N_("hours of this weekday, as above"),                              "tuesday",                 NULL},
    {"wednesday",       0, N_("HOURS"), N_("hours of this weekday, as above"),                              "wednesday",               NULL},
    {"thursday",        0, N_("HOURS"), N_("hours of this weekday, as above"),                              "thursday",                NULL},
    {"friday",          0, N_("HOURS"), N_("hours of this weekday, as above"),                              "friday",                  NULL},
    {"saturday",        0, N_("HOURS"), N_("hours of this weekday, as above"),                              "saturday",                NULL},
    {"sunday",          0, N_("HOURS"), N_("hours of this weekday, as above"),                              "sunday",                  NULL},
    {"days-off",        0, N_("DATES"), N_("2027-01-01,2027-10-01; +DATES adds to what is there, or none"), "days_off",                NULL},
    {"days-on",         0, N_("DATES"),
     N_("worked although the weekday is free, with the hours of the first working "
        "weekday"),
     "days_on",                                                                                                                        NULL},
    {"follow-up",       0, N_("SPAN"),  N_("from closing until the customer was asked: 48h, or none"),      "follow_up_minutes",
     NULL                                                                                                                                  },
    {"next-level",      0, N_("SPAN"),  N_("past a deadline, each level has this long"),                    "next_level_minutes",      NULL},
    {"entered-in-time", 0, N_("SPAN"),  N_("from received to registered"),                                  "entered_in_time_minutes", NULL},
    {"visit-repeat",    0, N_("SPAN"),  N_("push the alert of a visitor's arrival again"),                  "visit_repeat_minutes",    NULL},
    {NULL,              0, NULL,        NULL,                                                               NULL,                      NULL},
};

/* The words of a comma-separated list, in the arena, behind `kept` that are there already. False: no memory. */
static bool split(struct cli *cli, const char *text, char ***items, size_t *count, size_t kept) {
    size_t most = kept + 1;
    for (const char *at = text; *at != '\0'; at++) most += *at == ',';
    char *own = arena_string(&cli->arena, text), *rest = own, **list = arena_take(&cli->arena, most * sizeof(char *));
    if (own == NULL || list == NULL) return false;
    if (kept > 0) memcpy(list, *items, kept * sizeof(char *));
    *items = list;
    *count = kept;
    for (char *word = strsep(&rest, ","); word != NULL; word = strsep(&rest, ","))
        if (word[0] != '\0') list[(*count)++] = word;
    return true;
}

/* A repeated text of the message from the option, which replaces it, or with a + adds to it. */
static bool set_list(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                     const char *option, ProtobufCMessage *message, const char *name) {
    const char *text = arguments_value(command, arguments, option);
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    if (text == NULL || field == NULL) return true;
    if (strcmp(text, "none") == 0 || strcmp(text, "无") == 0) {
        *message_count(message, field) = 0;
        return true;
    }
    size_t *count = message_count(message, field), kept = text[0] == '+' ? *count : 0;
    return split(cli, text + (text[0] == '+' ? 1 : 0), message_field(message, field), count, kept);
}

static bool fill(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                 Fd__SetCalendarRequest *request) {
    static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    enum { DAYS = 7, WORKDAYS = 5 };
    for (int i = 0; i < WORKDAYS; i++)
        if (!set_list(cli, command, arguments, "workdays", &request->base, days[i])) return false;
    for (int i = 0; i < DAYS; i++)
        if (!set_list(cli, command, arguments, days[i], &request->base, days[i])) return false;
    return set_list(cli, command, arguments, "days-off", &request->base, "days_off") &&
           set_list(cli, command, arguments, "days-on", &request->base, "days_on") &&
           figures_span(cli, command, arguments, "follow-up", &request->follow_up_minutes) &&
           figures_span(cli, command, arguments, "next-level", &request->next_level_minutes) &&
           figures_span(cli, command, arguments, "entered-in-time", &request->entered_in_time_minutes) &&
           figures_span(cli, command, arguments, "visit-repeat", &request->visit_repeat_minutes);
}

#define LIST(name) request.n_##name = present->n_##name, request.name = present->name

static Fd__SetCalendarRequest as_present(const Fd__Calendar *present) {
    Fd__SetCalendarRequest request = FD__SET_CALENDAR_REQUEST__INIT;
    request.version = present->version;
    LIST(monday);
    LIST(tuesday);
    LIST(wednesday);
    LIST(thursday);
    LIST(friday);
    LIST(saturday);
    LIST(sunday);
    LIST(days_off);
    LIST(days_on);
    request.follow_up_minutes = present->follow_up_minutes;
    request.next_level_minutes = present->next_level_minutes;
    request.entered_in_time_minutes = present->entered_in_time_minutes;
    request.visit_repeat_minutes = present->visit_repeat_minutes;
    return request;
}

static int run_set(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    const Fd__Site *site = NULL;
    Fd__GetRulesResponse *rules = NULL;
    Fd__SetCalendarResponse *response = NULL;
    Fd__SetCalendarRequest check = FD__SET_CALENDAR_REQUEST__INIT;
    if (!fill(cli, command, arguments, &check)) return EXIT_USAGE;
    int code = figures_ask(cli, &site, &rules);
    if (code != EXIT_OK) return code;
    if (rules->calendar == NULL) return EXIT_REFUSED;
    Fd__SetCalendarRequest request = as_present(rules->calendar);
    if (!fill(cli, command, arguments, &request)) return EXIT_USAGE;
    code =
        cli_ask(cli, "rules.set_calendar", site->id, &request.base, &fd__set_calendar_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    if (cli->json || response->calendar == NULL) return cli_print_json(cli, &response->base);
    return show_calendar(cli, site, response->calendar);
}

const struct cli_command command_site_calendar_set = {
    .path = "site calendar set",
    .synopsis = "",
    .summary = N_("change the site's calendar; what is not named stays"),
    .details = N_("It holds at once, and the deadlines of open complaints are counted anew."),
    .options = set_options,
    .run = run_set,
};

static int run_reset(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    const Fd__Membership *membership = NULL;
    Fd__ResetCalendarRequest request = FD__RESET_CALENDAR_REQUEST__INIT;
    Fd__ResetCalendarResponse *response = NULL;
    if (!cli_confirm(cli, _("Give up the site's own figures?"))) return EXIT_USAGE;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code == EXIT_OK)
        code = cli_ask(cli, "rules.reset_calendar", membership->site->id, &request.base,
                       &fd__reset_calendar_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    if (cli->json || response->calendar == NULL) return cli_print_json(cli, &response->base);
    return show_calendar(cli, membership->site, response->calendar);
}

const struct cli_command command_site_calendar_reset = {
    .path = "site calendar reset",
    .synopsis = "",
    .summary = N_("go back to the default calendar"),
    .run = run_reset,
};
