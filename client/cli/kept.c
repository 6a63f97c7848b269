/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/kept.h"

#include <string.h>
#include <unistd.h>

#include "client/cli/language.h"
#include "client/cli/times.h"
#include "common/json.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"

/* Longer than a server takes to start again, shorter than a customer's patience. */
enum { LINE_PATIENCE_MS = 2000 };

bool kept_may_wait(const struct cli *cli, const char *operation) {
    return !cli->no_keep && outbox_kind_of(operation) != NULL;
}

void kept_place(int64_t position, char text[KEPT_PLACE_BYTES]) {
    (void)snprintf(text, KEPT_PLACE_BYTES, "W-%lld", (long long)position);
}

static bool line_decided(void *owner) {
    struct cli *cli = owner;
    enum client_line line = client_line(cli->client);
    if (line == CLIENT_LINE_UP || line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED) return true;
    /* Who has something waiting already knows that the line is away. */
    return line == CLIENT_LINE_DOWN && client_waiting_counts(cli->client).waiting > 0;
}

int kept_open(struct cli *cli) {
    int code = cli->client == NULL ? cli_begin(cli) : EXIT_OK;
    if (code != EXIT_OK) return code;
    if (client_known_person(cli->client) == NULL || client_outbox(cli->client) == NULL) return cli_open(cli);
    int64_t patience = cli->timeout_ms < LINE_PATIENCE_MS ? cli->timeout_ms : LINE_PATIENCE_MS;
    (void)cli_wait(cli, line_decided, cli, patience);
    if (client_line(cli->client) == CLIENT_LINE_UP) kept_send_waiting(cli);
    return EXIT_OK;
}

static bool is_drained(void *owner) {
    struct cli *cli = owner;
    return client_waiting_counts(cli->client).waiting == 0 || client_line(cli->client) != CLIENT_LINE_UP;
}

void kept_send_waiting(struct cli *cli) {
    const Fd__SignInResponse *person = client_person(cli->client);
    if (client_outbox(cli->client) == NULL || client_waiting_counts(cli->client).waiting == 0) return;
    if (person == NULL || person->password_must_change) return;
    cli->sent = cli->refused = 0;
    (void)cli_wait(cli, is_drained, cli, cli->timeout_ms);
    if (cli->sent > 0) cli_error(cli, _("%d kept here while the server was away: sent"), cli->sent);
    if (cli->refused > 0) {
        cli_error(cli, _("%d kept here while the server was away: REFUSED"), cli->refused);
        cli_hint(cli, "frontdesk outbox");
    }
}

void kept_tell_damaged(struct cli *cli) {
    struct outbox *outbox = client_outbox(cli->client);
    const char *path = outbox == NULL ? NULL : outbox_damaged(outbox);
    if (path == NULL) return;
    cli_error(cli, _("the file of what waits to be sent was damaged and is set aside: %s"), path);
    cli_hint(cli, _("what waited in it was NOT sent; an administrator can read it (docs/operations.md); then move it"));
}

void kept_tell_others(struct cli *cli) {
    int others = client_waiting_counts(cli->client).others;
    if (others > 0) cli_error(cli, _("%d that others have written wait here: sent when they sign in"), others);
}

struct outcome {
    struct cli *cli;
    const ProtobufCMessageDescriptor *kind;
    ProtobufCMessage *response;
    const Fd__Reply *reply;
    bool kept, done, told;
    enum outbox_state state;
};

static void on_reply(void *owner, const Fd__Reply *reply, const ProtobufCMessage *response) {
    struct outcome *outcome = owner;
    outcome->done = true;
    outcome->reply = (const Fd__Reply *)(const void *)cli_keep(outcome->cli, &fd__reply__descriptor, &reply->base);
    if (response != NULL) outcome->response = cli_keep(outcome->cli, outcome->kind, response);
}

static void print_kept_json(struct cli *cli, const struct outbox_item *item) {
    struct bytes out = {0};
    enum status status = bytes_append_text(&out, "{\"kept\":");
    if (status == STATUS_OK) status = kept_append_json(cli, item, false, &out);
    if (status == STATUS_OK) status = bytes_append_text(&out, "}\n");
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
}

/* First what is wrong, then what is safe, then what to do. An emergency that nobody hears of comes before everything.
 */
static void tell_kept(struct cli *cli, const struct outbox_item *item) {
    char place[KEPT_PLACE_BYTES];
    kept_place(item->position, place);
    bool sent = item->state == OUTBOX_SENT;
    enum client_line line = client_line(cli->client);
    if (line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED)
        (void)cli_line_trouble(cli);
    else if (line != CLIENT_LINE_UP)
        cli_error(cli, _("OFFLINE: no line to %s:%d"), cli->host, cli->port);
    if (outbox_kind_alarms(item->kind, item->body, item->length)) {
        cli_error(cli, "%s",
                  sent ? _("!! PERHAPS NOT REPORTED: no answer came, so it is not known whether anybody is alarmed")
                       : _("!! NOT REPORTED: the server is away, so NOBODY has been alarmed"));
        cli_hint(cli, "%s", _("telephone the supervisor and the manager now"));
    }
    if (cli->json) {
        print_kept_json(cli, item);
        return;
    }
    const char *told = arena_printf(&cli->arena,
                                    sent ? _("%s  saved on this machine, sent but not answered: %s, %s")
                                         : _("%s  saved on this machine, NOT sent yet: %s, %s"),
                                    place, kept_kind(item->kind), kept_what(cli, item));
    size_t columns = terminal_columns();
    if (told != NULL && columns > 0) told = text_fit(&cli->arena, told, columns);
    (void)printf("%s\n", told == NULL ? place : told);
    cli_hint(cli, "%s", _("the next command that reaches the server sends it; or: frontdesk outbox send"));
}

static void tell_elsewhere(struct cli *cli, const struct outbox_item *item) {
    char place[KEPT_PLACE_BYTES];
    kept_place(item->position, place);
    if (cli->json)
        (void)printf("{\"sent\":{\"place\":\"%s\",\"number\":\"%s\"}}\n", place, item->number);
    else
        (void)printf(_("%s  sent: %s\n"), place, item->number);
}

static void on_kept(void *owner, const struct outbox_item *item) {
    struct outcome *outcome = owner;
    outcome->kept = outcome->done = true;
    outcome->state = item->state;
    if (item->state == OUTBOX_WAITING || item->state == OUTBOX_SENT) tell_kept(outcome->cli, item);
    if (item->state == OUTBOX_DONE) tell_elsewhere(outcome->cli, item);
    if (item->state == OUTBOX_REFUSED || item->state == OUTBOX_HELD) {
        cli_error(outcome->cli, "%s: %s", status_name(item->status), item->message);
        cli_hint(outcome->cli, "frontdesk outbox show %lld", (long long)item->position);
    }
}

static bool has_outcome(void *owner) {
    const struct outcome *outcome = owner;
    return outcome->done;
}

static int tell_not_kept(struct cli *cli, enum status status) {
    switch (status) {
    case STATUS_UNAUTHENTICATED:
        cli_error(cli, _("not signed in at %s:%d"), cli->host, cli->port);
        cli_hint(cli, "frontdesk login");
        return EXIT_SIGN_IN;
    case STATUS_TOO_LARGE: cli_error(cli, _("too large to be sent: shorten it")); return EXIT_REFUSED;
    case STATUS_NOT_FOUND:
        cli_error(cli, _("NOT saved: nothing waits here under that number"));
        cli_hint(cli, "frontdesk outbox");
        return EXIT_REFUSED;
    case STATUS_CONFLICT:
        cli_error(cli, _("NOT saved: what waits under that number was refused; mend or drop it first"));
        cli_hint(cli, "frontdesk outbox");
        return EXIT_REFUSED;
    case STATUS_BUSY:
        cli_error(cli, _("NOT saved: %d wait already, and there is no room for more"), OUTBOX_LIMIT);
        cli_hint(cli, _("write it on paper; what was refused makes room when it is dropped: frontdesk outbox"));
        return EXIT_NO_LINE;
    default:
        (void)cli_line_trouble(cli);
        cli_error(cli, _("NOT saved: the disk of this machine does not take it: %s"),
                  client_outbox(cli->client) == NULL ? "" : outbox_why(client_outbox(cli->client)));
        cli_hint(cli, "%s", _("write it on paper, and make room on the disk"));
        return EXIT_NO_LINE;
    }
}

static int code_of(struct cli *cli, const struct outcome *outcome, ProtobufCMessage **response) {
    if (outcome->kept) {
        if (outcome->state == OUTBOX_DONE) return EXIT_OK;
        return outcome->state == OUTBOX_REFUSED || outcome->state == OUTBOX_HELD ? EXIT_REFUSED : EXIT_KEPT;
    }
    if (outcome->reply == NULL) {
        int code = cli_line_trouble(cli);
        if (code == EXIT_OK) cli_error(cli, _("no answer in time; whether it was done is not known"));
        return code == EXIT_OK ? EXIT_NO_LINE : code;
    }
    *response = outcome->response;
    bool good = outcome->reply->status == FD__STATUS__STATUS_OK && outcome->response != NULL;
    return good ? EXIT_OK : cli_tell_refusal(cli, outcome->reply);
}

int kept_ask(struct cli *cli, const char *operation, const char *site_id, const ProtobufCMessage *command,
             const ProtobufCMessageDescriptor *response_kind, void *response) {
    struct outcome outcome = {.cli = cli, .kind = response_kind};
    enum status status =
        client_submit(cli->client, operation, site_id, command, response_kind, on_reply, on_kept, &outcome);
    if (status != STATUS_OK) return tell_not_kept(cli, status);
    if (client_line(cli->client) == CLIENT_LINE_UP) (void)cli_wait(cli, has_outcome, &outcome, cli->timeout_ms);
    if (!outcome.done) client_keep(cli->client, &outcome);
    client_forget_calls(cli->client, &outcome);
    ProtobufCMessage **out = response;
    *out = NULL;
    return code_of(cli, &outcome, out);
}
