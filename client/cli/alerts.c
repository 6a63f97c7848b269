/* SPDX-License-Identifier: Apache-2.0 */
/* alerts, ack. */
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/live.h"
#include "client/cli/remote.h"
#include "client/cli/show.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"

static const struct cli_option alerts_options[] = {
    {"all", 'a', NULL, N_("everybody's, not only yours"), NULL, NULL},
    {NULL,  0,   NULL, NULL,                              NULL, NULL},
};

static int print_alerts(struct cli *cli, const struct live *live, const struct model_case **cases, size_t count) {
    int code = EXIT_OK;
    if (cli->json) {
        for (size_t i = 0; i < count && code == EXIT_OK; i++)
            code =
                cli_print_json(cli, cases[i]->complaint != NULL ? &cases[i]->complaint->base : &cases[i]->visit->base);
        return code;
    }
    if (count == 0) return show_nothing(cli, _("no alert is waiting"));
    struct bytes out = {0};
    if (show_cases(cli, &live->model, cases, count, 0, &out) == STATUS_OK)
        (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    (void)printf("%s\n", _("acknowledge one with: frontdesk ack NUMBER"));
    return code;
}

static int run_alerts(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    bool all = arguments_value(command, arguments, "all") != NULL;
    struct live live;
    int code = live_open(&live, cli);
    if (code != EXIT_OK) return code;
    code = live_observe(&live);
    const struct model_case **cases = code == EXIT_OK ? model_in_order(&live.model, &cli->arena) : NULL;
    size_t count = 0;
    for (size_t i = 0; cases != NULL && i < live.model.count; i++) {
        const Fd__Alert *alert = model_alert(cases[i]);
        if (all ? model_alert_pending(alert) : live_is_mine(&live, alert)) cases[count++] = cases[i];
    }
    if (cases != NULL) code = print_alerts(cli, &live, cases, count);
    live_close(&live);
    return code;
}

const struct cli_command command_alerts = {
    .path = "alerts",
    .synopsis = "",
    .summary = N_("the alerts that wait for you"),
    .options = alerts_options,
    .run = run_alerts,
};

static const struct cli_remote ack_complaint = {
    .operation = "complaint.acknowledge",
    .request = &fd__acknowledge_complaint_request__descriptor,
    .response = &fd__acknowledge_complaint_response__descriptor,
    .fields = {"number"},
    .number_prefix = 'C',
};

static const struct cli_remote ack_visit = {
    .operation = "visit.acknowledge",
    .request = &fd__acknowledge_visit_request__descriptor,
    .response = &fd__acknowledge_visit_response__descriptor,
    .fields = {"number"},
    .number_prefix = 'V',
};

static int run_ack(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    struct cli_command own = *command;
    bool visit = arguments->positionals[0][0] == 'V' || arguments->positionals[0][0] == 'v';
    own.remote = visit ? &ack_visit : &ack_complaint;
    return remote_run(cli, &own, arguments);
}

const struct cli_command command_ack = {
    .path = "ack",
    .synopsis = N_("NUMBER"),
    .summary = N_("acknowledge the alert of a complaint (C-…) or a visit (V-…)"),
    .at_least = 1,
    .at_most = 1,
    .run = run_ack,
};
