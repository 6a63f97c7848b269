/* SPDX-License-Identifier: Apache-2.0 */
/* outbox, outbox send, show, mend, drop: what is written here and not yet on the server. */
#include <stdlib.h>
#include <string.h>

#include "client/cli/arguments.h"
#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/cli/show.h"
#include "client/cli/times.h"
#include "client/cli/words.h"
#include "common/message.h"
#include "common/text.h"

/* Looks at the outbox: needs no line. */
static int open_outbox(struct cli *cli) {
    int code = cli_begin(cli);
    if (code != EXIT_OK) return code;
    if (client_outbox(cli->client) != NULL) return EXIT_OK;
    cli_error(cli, _("nothing is kept without a state directory"));
    return EXIT_USAGE;
}

struct listing {
    struct cli *cli;
    struct bytes out;
    enum status status;
};

static void append_item(void *owner, const struct outbox_item *item) {
    struct listing *listing = owner;
    if (listing->status == STATUS_OK) listing->status = kept_append_json(listing->cli, item, true, &listing->out);
    if (listing->status == STATUS_OK) listing->status = bytes_append_text(&listing->out, "\n");
}

static int finish(struct bytes *out, enum status status) {
    if (status == STATUS_OK && out->length > 0) (void)fwrite(out->data, 1, out->length, stdout);
    bytes_free(out);
    return status == STATUS_OK && fflush(stdout) == 0 ? EXIT_OK : EXIT_USAGE;
}

static int run_outbox(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    int code = open_outbox(cli);
    if (code != EXIT_OK) return code;
    struct listing listing = {.cli = cli};
    if (cli->json) {
        outbox_list(client_outbox(cli->client), append_item, &listing);
        return finish(&listing.out, listing.status);
    }
    cli_use_zone(cli);
    struct outbox_counts counts = client_waiting_counts(cli->client);
    code = finish(&listing.out, kept_append_table(cli, &listing.out));
    if (counts.waiting + counts.refused == 0) code = show_nothing(cli, _("nothing waits here: all is on the server"));
    if (counts.refused > 0)
        cli_hint(cli, "%s", _("mend: frontdesk outbox mend W-N FIELD=VALUE; drop: frontdesk outbox drop W-N"));
    if (counts.waiting > 0) cli_hint(cli, "%s", _("wait until they are sent: frontdesk outbox send"));
    kept_tell_others(cli);
    if (counts.elsewhere > 0) cli_error(cli, _("%d wait for another server: name it with --server"), counts.elsewhere);
    return code;
}

const struct cli_command command_outbox = {
    .path = "outbox",
    .synopsis = "",
    .summary = N_("what is written on this machine and not yet on the server"),
    .details =
        N_("What is registered while the server is away is kept here and sent when it is back, once and in order: "
           "complaints, notes on them, visitors, emergencies. Until it has a number of the server's it is called "
           "W-3 or the like, in later commands, too. More: frontdesk outbox send, show, mend, drop."),
    .run = run_outbox,
};

/* "W-3", "~3" or "3". */
static int read_place(struct cli *cli, const char *word, int64_t *position) {
    char *end = NULL;
    long long number = strtoll(word, &end, 10);
    *position = end != word && *end == '\0' && number > 0 ? number : outbox_local_number(word);
    if (*position > 0) return EXIT_OK;
    cli_error(cli, _("\"%s\" is no number of what waits, as W-3 is"), word);
    cli_hint(cli, "frontdesk outbox");
    return EXIT_USAGE;
}

struct found {
    struct cli *cli;
    bool seen, own, unknown; /* unknown: it went out, and no answer came */
    enum outbox_state state;
    const struct outbox_kind *kind;
    const char *site_id, *what;
    ProtobufCMessage *message; /* in the arena */
    int named_by;
    int64_t position;
};

static void read_found(void *owner, const struct outbox_item *item) {
    struct found *found = owner;
    found->seen = true;
    found->own = kept_is_own(found->cli, item);
    found->state = item->state;
    found->unknown = item->state == OUTBOX_SENT || item->status == STATUS_UNAVAILABLE;
    found->kind = item->kind;
    found->site_id = arena_string(&found->cli->arena, item->site_id);
    found->what = kept_what(found->cli, item);
    if (message_unpack_newer(item->kind->request, &found->cli->arena,
                             item->length == 0 ? (const uint8_t *)"" : item->body, item->length, &found->message,
                             NULL) != STATUS_OK)
        found->message = NULL;
}

static void count_named(void *owner, const struct outbox_item *item) {
    struct found *found = owner;
    found->named_by += item->depends_on == found->position;
}

/* The one that is meant, if it is this person's. */
static int find(struct cli *cli, const char *word, struct found *found) {
    *found = (struct found){.cli = cli};
    int code = open_outbox(cli);
    if (code == EXIT_OK) code = read_place(cli, word, &found->position);
    if (code != EXIT_OK) return code;
    cli_use_zone(cli);
    (void)outbox_find(client_outbox(cli->client), found->position, read_found, found);
    outbox_list(client_outbox(cli->client), count_named, found);
    if (found->seen && found->own && found->message != NULL) return EXIT_OK;
    char number[OUTBOX_NUMBER_BYTES];
    if (found->seen)
        cli_error(cli, _("W-%lld was written by somebody else"), (long long)found->position);
    else if (outbox_number(client_outbox(cli->client), found->position, number))
        cli_error(cli, _("W-%lld is on the server: it is %s"), (long long)found->position, number);
    else
        cli_error(cli, _("nothing waits here as W-%lld"), (long long)found->position);
    cli_hint(cli, "frontdesk outbox");
    return EXIT_REFUSED;
}

static void print_field(struct cli *cli, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field) {
    char at[TIMES_TEXT_BYTES];
    const char *text = "";
    const void *value = message_field(message, field);
    if (field->type == PROTOBUF_C_TYPE_STRING) text = *(char *const *)value;
    if (field->type == PROTOBUF_C_TYPE_ENUM && *(const int *)value != 0)
        text = word_of(field->descriptor, *(const int *)value);
    if (field->type == PROTOBUF_C_TYPE_BOOL && *(const protobuf_c_boolean *)value) text = _("yes");
    if (field->type == PROTOBUF_C_TYPE_INT32 && *(const int32_t *)value != 0)
        text = arena_printf(&cli->arena, "%d", *(const int32_t *)value);
    if (field->type == PROTOBUF_C_TYPE_INT64 && arguments_is_time(field)) {
        times_full(*(const int64_t *)value, at);
        text = at;
    }
    const char *safe = text_empty(text) ? NULL : text_printable(&cli->arena, text);
    if (safe != NULL) (void)printf("  %-16s %s\n", field->name, safe);
}

static void print_item(void *owner, const struct outbox_item *item) {
    struct cli *cli = owner;
    char made[TIMES_TEXT_BYTES], sent[TIMES_TEXT_BYTES];
    times_full(item->made_at_ms, made);
    times_full(item->sent_at_ms, sent);
    (void)printf(_("W-%lld  %s, written %s\n"), (long long)item->position, kept_kind(item->kind), made);
    if (item->sent_at_ms != 0) (void)printf(_("  sent first at %s\n"), sent);
    if (item->state == OUTBOX_HELD)
        (void)printf(_("  held: W-%lld, which it names, was refused\n"), (long long)item->depends_on);
    if (item->state != OUTBOX_REFUSED) return;
    const char *why = text_printable(&cli->arena, item->message);
    (void)printf(_("  refused: %s: %s %s\n"), status_name(item->status), item->field, why == NULL ? "" : why);
}

static int run_show(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    struct found found;
    int code = find(cli, arguments->positionals[0], &found);
    if (code != EXIT_OK) return code;
    struct listing listing = {.cli = cli};
    if (cli->json) {
        (void)outbox_find(client_outbox(cli->client), found.position, append_item, &listing);
        return finish(&listing.out, listing.status);
    }
    (void)outbox_find(client_outbox(cli->client), found.position, print_item, cli);
    for (unsigned i = 0; i < found.message->descriptor->n_fields; i++)
        print_field(cli, found.message, &found.message->descriptor->fields[i]);
    return EXIT_OK;
}

const struct cli_command command_outbox_show = {
    .path = "outbox show",
    .synopsis = N_("W-N"),
    .summary = N_("everything of one that waits, by the names that outbox mend takes"),
    .at_least = 1,
    .at_most = 1,
    .run = run_show,
};

static int run_drop(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    struct found found;
    int code = find(cli, arguments->positionals[0], &found);
    if (code != EXIT_OK) return code;
    if (found.unknown) cli_error(cli, _("it was sent before without an answer: perhaps the server has it"));
    if (found.named_by > 0) cli_error(cli, _("%d others that name it are dropped with it"), found.named_by);
    const char *question = arena_printf(&cli->arena, _("Drop W-%lld (%s, %s) for good? It will never be sent."),
                                        (long long)found.position, kept_kind(found.kind), found.what);
    if (question == NULL || !cli_confirm(cli, question)) return EXIT_USAGE;
    enum status status = outbox_drop(client_outbox(cli->client), found.position);
    if (status == STATUS_OK && !cli->json) (void)printf(_("W-%lld is dropped\n"), (long long)found.position);
    if (status != STATUS_OK) cli_error(cli, "%s", outbox_why(client_outbox(cli->client)));
    return status == STATUS_OK ? EXIT_OK : EXIT_REFUSED;
}

const struct cli_command command_outbox_drop = {
    .path = "outbox drop",
    .synopsis = N_("W-N"),
    .summary = N_("give up one that waits or was refused, and what names it"),
    .at_least = 1,
    .at_most = 1,
    .run = run_drop,
};

struct sending {
    struct cli *cli;
    int sent, refused;
};

static void print_news(struct sending *sending, const struct outbox_item *item) {
    struct cli *cli = sending->cli;
    if (item->state == OUTBOX_DONE) {
        sending->sent++;
        if (cli->json)
            (void)printf("{\"sent\":{\"place\":\"W-%lld\",\"number\":\"%s\"}}\n", (long long)item->position,
                         item->number);
        else
            (void)printf(_("W-%lld  sent  %s\n"), (long long)item->position, item->number);
    } else if (item->state == OUTBOX_REFUSED) {
        sending->refused++;
        struct bytes out = {0};
        if (cli->json && bytes_append_text(&out, "{\"refused\":") == STATUS_OK &&
            kept_append_json(cli, item, false, &out) == STATUS_OK && bytes_append_text(&out, "}\n") == STATUS_OK)
            (void)fwrite(out.data, 1, out.length, stdout);
        bytes_free(&out);
        const char *why = text_printable(&cli->arena, item->message);
        if (!cli->json)
            (void)printf(_("W-%lld  REFUSED  %s: %s\n"), (long long)item->position, status_name(item->status),
                         why == NULL ? "" : why);
    }
    (void)fflush(stdout);
}

static void on_outbox(struct client *client, const struct outbox_item *item) {
    struct cli *cli = client_owner(client);
    if (item != NULL) print_news(cli->watcher, item);
}

static void on_line(struct client *client, enum client_line line, const char *why) {
    struct cli *cli = client_owner(client);
    if (line == CLIENT_LINE_DOWN && why[0] != '\0' && !cli->json) cli_error(cli, _("offline: %s; trying again"), why);
}

static const struct client_callbacks sending_callbacks = {.on_line = on_line, .on_outbox = on_outbox};

static bool is_sent(void *owner) {
    const struct sending *sending = owner;
    enum client_line line = client_line(sending->cli->client);
    return line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED ||
           client_waiting_counts(sending->cli->client).waiting == 0;
}

/* Waits, for as long as it takes unless --timeout says otherwise. */
static int send_all(struct cli *cli, int64_t timeout_ms) {
    struct sending sending = {.cli = cli};
    cli->callbacks = &sending_callbacks;
    cli->watcher = &sending;
    (void)cli_wait(cli, is_sent, &sending, timeout_ms);
    cli->callbacks = NULL;
    cli->watcher = NULL;
    struct outbox_counts counts = client_waiting_counts(cli->client);
    if (counts.waiting > 0) {
        (void)cli_line_trouble(cli);
        cli_error(cli, _("%d still wait"), counts.waiting);
        return client_line(cli->client) == CLIENT_LINE_STRANGER ? EXIT_SIGN_IN : EXIT_KEPT;
    }
    if (sending.sent + sending.refused == 0 && !cli->json) (void)show_nothing(cli, _("nothing waits to be sent"));
    return sending.refused > 0 ? EXIT_PARTLY : EXIT_OK;
}

static int run_send(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    int code = open_outbox(cli);
    return code == EXIT_OK ? send_all(cli, cli->timeout_given ? cli->timeout_ms : 0) : code;
}

const struct cli_command command_outbox_send = {
    .path = "outbox send",
    .synopsis = "",
    .summary = N_("wait until everything is sent"),
    .details = N_("Prints one line for each, and waits for the line as long as it takes; --timeout ends it sooner."),
    .run = run_send,
};

/* "customer_phone=13800138000" */
static int mend_field(struct cli *cli, struct found *found, char *pair) {
    char *value = strchr(pair, '=');
    const ProtobufCFieldDescriptor *field = NULL;
    if (value != NULL) {
        *value++ = '\0';
        field = protobuf_c_message_descriptor_get_field_by_name(found->message->descriptor, pair);
        /* "received_at" is what --json calls it. */
        const char *moment = field == NULL ? arena_printf(&cli->arena, "%s_ms", pair) : NULL;
        if (moment != NULL) field = protobuf_c_message_descriptor_get_field_by_name(found->message->descriptor, moment);
    }
    if (field == NULL) {
        cli_error(cli, _("\"%s\" is no FIELD=VALUE of this"), pair);
        cli_hint(cli, "frontdesk outbox show %lld", (long long)found->position);
        return EXIT_USAGE;
    }
    if (arguments_names_person(field->name)) {
        const Fd__Person *person = NULL;
        int code = cli_find_person(cli, found->site_id, value, &person);
        if (code != EXIT_OK) return code;
        value = person->id;
    }
    return arguments_set_field(cli, found->message, field->name, value, field->name) ? EXIT_OK : EXIT_USAGE;
}

static int run_mend(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    struct found found;
    int code = find(cli, arguments->positionals[0], &found);
    if (code == EXIT_OK && found.state != OUTBOX_REFUSED) {
        cli_error(cli, _("W-%lld was not refused: it is sent as it is, or drop it"), (long long)found.position);
        code = EXIT_REFUSED;
    }
    for (int i = 1; i < arguments->count && code == EXIT_OK; i++)
        code = mend_field(cli, &found, arguments->positionals[i]);
    if (code != EXIT_OK) return code;
    if (found.unknown && arguments->count == 1 &&
        !cli_confirm(cli, _("Send it again? If the server did it the first time, it is done twice.")))
        return EXIT_USAGE;
    struct bytes body = {0};
    enum status status = message_append(&body, found.message);
    if (status == STATUS_OK) status = outbox_mend(client_outbox(cli->client), found.position, &body);
    bytes_free(&body);
    if (status != STATUS_OK) {
        cli_error(cli, "%s", outbox_why(client_outbox(cli->client)));
        return EXIT_REFUSED;
    }
    if (!cli->json) (void)printf(_("W-%lld waits again\n"), (long long)found.position);
    client_send_waiting(cli->client);
    return send_all(cli, cli->timeout_ms);
}

const struct cli_command command_outbox_mend = {
    .path = "outbox mend",
    .synopsis = N_("W-N [FIELD=VALUE]…"),
    .summary = N_("change one that was refused and send it again"),
    .at_least = 1,
    .at_most = 16,
    .run = run_mend,
};
