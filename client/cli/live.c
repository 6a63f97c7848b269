/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/live.h"

#include <string.h>

#include "client/cli/language.h"
#include "common/moment.h"

/* It is told anew every five minutes while it lasts. */
enum { ALARM_LASTS_MS = 6 * MINUTE_MS };

static struct live *live_of(struct client *client) {
    const struct cli *cli = client_owner(client);
    return cli->watcher;
}

static void on_line(struct client *client, enum client_line line, const char *why) {
    struct live *live = live_of(client);
    live->changed = true;
    if (live->on_line != NULL) live->on_line(live, line, why);
}

static void on_event(struct client *client, const Fd__Event *event) {
    struct live *live = live_of(client);
    if (strcmp(event->kind, "site.alarm") == 0) live->alarm_at_ms = event->at_ms;
    if (model_event(&live->model, event, NULL) != STATUS_OK)
        cli_error(live->cli, _("entry %lld is not understood: upgrade the client"), (long long)event->seq);
    live->changed = true;
    live->whole = true;
    if (live->on_event != NULL) live->on_event(live, event);
    if (live->on_seq != NULL) live->on_seq(live, event->seq);
}

static void on_blank(struct client *client, const Fd__Event *event) {
    struct live *live = live_of(client);
    if (live->on_seq != NULL) live->on_seq(live, event->seq);
}

static void on_reset(struct client *client, const Fd__Reset *reset) {
    struct live *live = live_of(client);
    model_reset(&live->model, reset->site_id);
    live->whole = false;
    live->changed = true;
    if (live->on_reset != NULL) live->on_reset(live, reset);
}

static void on_snapshot(struct client *client, const Fd__Snapshot *snapshot) {
    struct live *live = live_of(client);
    if (model_snapshot(&live->model, snapshot) != STATUS_OK)
        cli_error(live->cli, _("some records are not understood: upgrade the client"));
    live->changed = true;
    if (!snapshot->last) return;
    live->whole = true;
    if (live->on_seq != NULL) live->on_seq(live, snapshot->seq);
}

static void on_outbox(struct client *client, const struct outbox_item *item) {
    struct live *live = live_of(client);
    live->changed = true;
    if (live->on_outbox != NULL) live->on_outbox(live, item);
}

static const struct client_callbacks callbacks = {
    .on_line = on_line,
    .on_event = on_event,
    .on_reset = on_reset,
    .on_snapshot = on_snapshot,
    .on_blank = on_blank,
    .on_outbox = on_outbox,
};

static int name_people(struct live *live) {
    cli_people(live->cli, live->site->id);
    const Fd__ListPeopleResponse *people = live->cli->people;
    for (size_t i = 0; people != NULL && i < people->n_people; i++)
        if (model_person(&live->model, people->people[i]->id, people->people[i]->name) != STATUS_OK) return EXIT_USAGE;
    return EXIT_OK;
}

static bool leads(const Fd__Person *person) {
    for (size_t i = 0; person != NULL && i < person->n_roles; i++) {
        switch (person->roles[i]) {
        case FD__ROLE__ROLE_TEAM_LEADER:
        case FD__ROLE__ROLE_SUPERVISOR:
        case FD__ROLE__ROLE_MANAGER:
        case FD__ROLE__ROLE_HQ_VIEWER:
        case FD__ROLE__ROLE_HQ_ADMIN: return true;
        default: break;
        }
    }
    return false;
}

bool live_is_mine(const struct live *live, const Fd__Alert *alert) {
    const Fd__SignInResponse *self = client_person(live->cli->client);
    if (self == NULL || !model_alert_pending(alert)) return false;
    return alert->n_person_ids == 0 ? live->leads : model_alert_names(alert, self->person_id);
}

bool live_alarm(const struct live *live) {
    return live->alarm_at_ms != 0 && live->alarm_at_ms + ALARM_LASTS_MS > cli_now_ms(live->cli);
}

int live_open(struct live *live, struct cli *cli) {
    *live = (struct live){.cli = cli};
    const Fd__Membership *membership = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code != EXIT_OK) return code;
    if (client_person(cli->client)->password_must_change) {
        cli_error(cli, _("your first password must be changed first"));
        cli_hint(cli, "frontdesk passwd");
        return EXIT_REFUSED;
    }
    /* The membership lives in the client's memory, which a new sign-in replaces. */
    Fd__Site *site = arena_copy(&cli->arena, membership->site, sizeof *membership->site);
    if (site == NULL) return EXIT_USAGE;
    site->id = arena_string(&cli->arena, membership->site->id);
    site->code = arena_string(&cli->arena, membership->site->code);
    site->name = arena_string(&cli->arena, membership->site->name);
    if (site->id == NULL || site->code == NULL || site->name == NULL) return EXIT_USAGE;
    live->site = site;
    live->leads = leads(membership->person);
    live->alarm_at_ms = site->alarm_at_ms;
    cli->callbacks = &callbacks;
    cli->watcher = live;
    return name_people(live);
}

static bool is_whole(void *owner) {
    return ((const struct live *)owner)->whole;
}

int live_observe(struct live *live) {
    struct cli *cli = live->cli;
    if (client_observe(cli->client, live->site->id) != STATUS_OK) return EXIT_USAGE;
    if (cli_wait(cli, is_whole, live, cli->timeout_ms)) return EXIT_OK;
    int code = cli_line_trouble(cli);
    if (code == EXIT_OK) cli_error(cli, _("the server sent no picture of the site in time"));
    return code == EXIT_OK ? EXIT_NO_LINE : code;
}

void live_close(struct live *live) {
    live->cli->callbacks = NULL;
    live->cli->watcher = NULL;
    model_free(&live->model);
}
