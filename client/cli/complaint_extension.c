/* SPDX-License-Identifier: Apache-2.0 */
/* complaint plan, ask-extension, decide-extension: what a complex complaint needs beside the rest. */
#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "client/cli/remote.h"
#include "frontdesk/v1/complaint.pb-c.h"

#define REMOTE(name, message)                                                                                          \
    .operation = "complaint." name, .request = &fd__##message##_request__descriptor,                                   \
    .response = &fd__##message##_response__descriptor, .number_prefix = 'C'
#define COMPLAINT_VERSION                                                                                              \
    { "if-version", 0, N_("N"), N_("only if the record still has this version"), "version", NULL }
#define COMPLAINT_REASON                                                                                               \
    { "reason", 'r', N_("TEXT"), N_("why"), "reason", NULL }

static const struct cli_option plan_options[] = {COMPLAINT_VERSION, {0}};

static const struct cli_remote plan_remote = {
    REMOTE("plan", plan_complaint), .fields = {"number", "plan"}
};

const struct cli_command command_complaint_plan = {
    .path = "complaint plan",
    .synopsis = N_("NUMBER TEXT"),
    .summary = N_("record what will be done, by whom and by when"),
    .details = N_(
        "A complex complaint owes a plan within three working days. A newer one replaces it; the history keeps each."),
    .options = plan_options,
    .at_least = 2,
    .at_most = 2,
    .remote = &plan_remote,
    .run = remote_run,
};

static const struct cli_option ask_options[] = {
    {"until", 'u', N_("TIME"), N_("the new closing time"), "until_ms", NULL},
    COMPLAINT_REASON,
    COMPLAINT_VERSION,
    {NULL,    0,   NULL,       NULL,                       NULL,       NULL},
};

static const struct cli_remote ask_remote = {REMOTE("ask_extension", ask_extension), .fields = {"number"},
                                             .required = "until"};

const struct cli_command command_complaint_ask_extension = {
    .path = "complaint ask-extension",
    .synopsis = N_("NUMBER --until TIME --reason TEXT"),
    .summary = N_("ask the manager for a later closing time of a complex complaint"),
    .options = ask_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &ask_remote,
    .run = remote_run,
};

static const struct cli_option decide_options[] = {
    {"approve", 'a', NULL, N_("grant the time asked for"), "decision", "approve"},
    {"return",  'R', NULL, N_("refuse it, with a reason"), "decision", "return" },
    COMPLAINT_REASON,
    COMPLAINT_VERSION,
    {NULL,      0,   NULL, NULL,                           NULL,       NULL     },
};

static const struct cli_remote decide_remote = {REMOTE("decide_extension", decide_extension), .fields = {"number"}};

static int run_decide(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    bool approve = arguments_value(command, arguments, "approve") != NULL;
    bool send_back = arguments_value(command, arguments, "return") != NULL;
    if (approve != send_back) return remote_run(cli, command, arguments);
    cli_error(cli, _("give either --approve or --return"));
    cli_hint(cli, "frontdesk help %s", command->path);
    return EXIT_USAGE;
}

const struct cli_command command_complaint_decide_extension = {
    .path = "complaint decide-extension",
    .synopsis = N_("NUMBER --approve|--return [--reason TEXT]"),
    .summary = N_("decide on an extension that was asked for (manager)"),
    .options = decide_options,
    .at_least = 1,
    .at_most = 1,
    .remote = &decide_remote,
    .run = run_decide,
};
