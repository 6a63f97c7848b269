/* SPDX-License-Identifier: Apache-2.0 */
/* status: one screen on the line, the server and what waits. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/cli/live.h"
#include "client/cli/times.h"
#include "common/json.h"
#include "common/moment.h"
#include "common/text.h"

struct figures {
    size_t complaints, visits, alerts, mine, overdue;
};

static struct figures count(const struct cli *cli, const struct live *live) {
    struct figures figures = {0};
    const struct model *model = &live->model;
    for (size_t i = 0; i < model->count; i++) {
        const struct model_case *item = model->cases[i];
        const Fd__Alert *alert = model_alert(item);
        int64_t due = item->complaint == NULL ? 0 : model_due_ms(item->complaint);
        figures.complaints += item->complaint != NULL;
        figures.visits += item->visit != NULL;
        figures.overdue += due != 0 && due < cli_now_ms(cli);
        figures.alerts += model_alert_pending(alert);
        figures.mine += live_is_mine(live, alert);
    }
    return figures;
}

static void line(struct cli *cli, const char *label, const char *value) {
    enum { LABEL_COLUMNS = 20 };
    size_t columns = text_columns(label);
    const char *safe = text_printable(&cli->arena, value == NULL ? "" : value);
    (void)printf("%s%*s%s\n", label, columns < LABEL_COLUMNS ? (int)(LABEL_COLUMNS - columns) : 1, "",
                 safe == NULL ? "" : safe);
}

static const char *alarm_words(struct cli *cli, const struct live *live) {
    char at[TIMES_TEXT_BYTES];
    times_full(live->alarm_at_ms, at);
    return arena_printf(&cli->arena, _("!! NOT LOOKED AFTER (found at %s): tell the administrator"), at);
}

static int print_text(struct cli *cli, const struct live *live, const struct figures *figures) {
    const Fd__Welcome *server = client_server(cli->client);
    const Fd__SignInResponse *self = client_person(cli->client);
    struct arena *arena = &cli->arena;
    int64_t ahead_ms = client_clock_ahead_ms(cli->client);
    const char *waiting = kept_summary(cli);
    line(cli, _("line"),
         arena_printf(arena, "%s%s%s  %s:%d", _("online"), waiting[0] == '\0' ? "" : _(", "), waiting, cli->host,
                      cli->port));
    line(cli, _("server"), arena_printf(arena, "%s, %s %s", server->server, _("node"), server->node));
    line(cli, _("protocol"), arena_printf(arena, "%u", (unsigned)server->version));
    line(cli, _("clock"),
         arena_printf(arena, _("this machine is %+.3f s off the server"), (double)ahead_ms / (double)SECOND_MS));
    line(cli, _("signed in"), self->name);
    line(cli, _("site"), arena_printf(arena, "%s (%s)", live->site->name, live->site->code));
    line(cli, _("open complaints"), arena_printf(arena, "%zu", figures->complaints));
    line(cli, _("overdue"), arena_printf(arena, "%zu", figures->overdue));
    line(cli, _("visits"), arena_printf(arena, "%zu", figures->visits));
    line(cli, _("alerts waiting"), arena_printf(arena, _("%zu, %zu of them for you"), figures->alerts, figures->mine));
    line(cli, _("deadlines"), live_alarm(live) ? alarm_words(cli, live) : _("looked after"));
    line(cli, _("calls waiting"), arena_printf(arena, "%d", client_waiting(cli->client)));
    line(cli, _("state directory"), cli->state_directory);
    struct bytes out = {0};
    if (kept_append_lines(cli, 0, &out) == STATUS_OK && out.length > 0) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    kept_tell_others(cli);
    return EXIT_OK;
}

static enum status append_json(struct cli *cli, const struct live *live, const struct figures *figures,
                               struct bytes *out) {
    struct outbox_counts counts = client_waiting_counts(cli->client);
    enum status status = bytes_append_text(out, "{\"line\":\"up\",\"server\":");
    if (status == STATUS_OK) status = json_append_message(out, &client_server(cli->client)->base, false);
    if (status == STATUS_OK)
        status = bytes_printf(out, ",\"clock_ahead_ms\":%" PRId64 ",\"name\":", client_clock_ahead_ms(cli->client));
    if (status == STATUS_OK) status = json_append_text(out, client_person(cli->client)->name);
    if (status == STATUS_OK) status = bytes_append_text(out, ",\"site\":");
    if (status == STATUS_OK) status = json_append_text(out, live->site->code);
    if (status == STATUS_OK)
        status = bytes_printf(out,
                              ",\"open_complaints\":%zu,\"overdue\":%zu,\"visits\":%zu,\"alerts\":%zu,"
                              "\"alerts_for_me\":%zu,\"deadlines_alarm\":%s,\"calls_waiting\":%d,\"waiting\":%d,"
                              "\"refused\":%d}\n",
                              figures->complaints, figures->overdue, figures->visits, figures->alerts, figures->mine,
                              live_alarm(live) ? "true" : "false", client_waiting(cli->client), counts.waiting,
                              counts.refused);
    return status;
}

static int print_json(struct cli *cli, const struct live *live, const struct figures *figures) {
    struct bytes out = {0};
    enum status status = append_json(cli, live, figures, &out);
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return status == STATUS_OK ? EXIT_OK : EXIT_USAGE;
}

static int run_status(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    struct live live;
    int code = live_open(&live, cli);
    if (code == EXIT_NO_LINE) return kept_print_offline(cli, code);
    if (code != EXIT_OK) return code;
    code = live_observe(&live);
    if (code == EXIT_OK) {
        struct figures figures = count(cli, &live);
        code = cli->json ? print_json(cli, &live, &figures) : print_text(cli, &live, &figures);
    }
    live_close(&live);
    return code;
}

const struct cli_command command_status = {
    .path = "status",
    .synopsis = "",
    .summary = N_("line, server, clock, and how much waits"),
    .run = run_status,
};
