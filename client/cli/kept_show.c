/* SPDX-License-Identifier: Apache-2.0 */
/* What waits, for people and for programs. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/cli/times.h"
#include "common/json.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"

const char *kept_kind(const struct outbox_kind *kind) {
    static const struct {
        const char *operation, *label;
    } labels[] = {
        {"complaint.register",      N_("new complaint")    },
        {"complaint.record_action", N_("note")             },
        {"visit.announce",          N_("visitor announced")},
        {"visit.walk_in",           N_("walk-in")          },
        {"visit.arrive",            N_("arrival")          },
        {"visit.leave",             N_("departure")        },
        {"visit.emergency",         N_("EMERGENCY")        },
    };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i].operation, kind->operation) == 0) return _(labels[i].label);
    return kind->operation;
}

struct look {
    const char *word, *sign, *label;
    enum paint paint;
};

static struct look look_of(const struct outbox_item *item) {
    static const struct look looks[] = {
        [OUTBOX_WAITING] = {"waiting", ".", N_("waiting"),   PAINT_YELLOW},
        [OUTBOX_SENT] = {"sent",    "?", N_("no answer"), PAINT_YELLOW},
        [OUTBOX_REFUSED] = {"refused", "!", N_("refused"),   PAINT_RED   },
        [OUTBOX_HELD] = {"held",    "=", N_("held"),      PAINT_RED   },
    };
    struct look look = looks[item->state];
    /* As long as an emergency waits here, nobody has been told of it: that must not look like the rest. */
    if (item->state == OUTBOX_WAITING && outbox_kind_alarms(item->kind, item->body, item->length)) {
        look.sign = "!!";
        look.label = N_("NOT REPORTED");
        look.paint = PAINT_RED;
    }
    return look;
}

bool kept_is_own(const struct cli *cli, const struct outbox_item *item) {
    const Fd__SignInResponse *person = client_known_person(cli->client);
    return person != NULL && strcmp(person->person_id, item->person_id) == 0;
}

static const char *text_of(const ProtobufCMessage *message, const char *name) {
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    if (field == NULL || field->type != PROTOBUF_C_TYPE_STRING) return "";
    const char *value = *(char **)message_field(message, field);
    return value == NULL ? "" : value;
}

static const ProtobufCMessage *unpack(struct cli *cli, const struct outbox_item *item) {
    ProtobufCMessage *message = NULL;
    return message_unpack_newer(item->kind->request, &cli->arena, item->length == 0 ? (const uint8_t *)"" : item->body,
                                item->length, &message, NULL) == STATUS_OK
               ? message
               : NULL;
}

const char *kept_what(struct cli *cli, const struct outbox_item *item) {
    static const char *const fields[] = {"number", "subject", "visitor_name", "note", "reason"};
    const ProtobufCMessage *message = unpack(cli, item);
    const char *what = "";
    for (size_t i = 0; message != NULL && i < sizeof fields / sizeof fields[0]; i++) {
        const char *value = text_of(message, fields[i]);
        if (text_empty(value)) continue;
        const char *joined = arena_printf(&cli->arena, "%s%s%s", what, what[0] == '\0' ? "" : " ", value);
        if (joined != NULL) what = joined;
    }
    const char *safe = text_printable(&cli->arena, what);
    return safe == NULL ? "" : safe;
}

const char *kept_summary(struct cli *cli) {
    struct outbox_counts counts = client_waiting_counts(cli->client);
    const char *waiting =
        counts.waiting == 0 ? "" : arena_printf(&cli->arena, _("%d waiting to be sent"), counts.waiting);
    const char *refused = counts.refused == 0 ? "" : arena_printf(&cli->arena, _("%d refused!"), counts.refused);
    if (waiting == NULL || refused == NULL) return "";
    const char *both =
        arena_printf(&cli->arena, "%s%s%s", waiting, counts.waiting > 0 && counts.refused > 0 ? _(", ") : "", refused);
    return both == NULL ? "" : both;
}

struct listing {
    struct cli *cli;
    struct bytes *out;
    struct table *table;
    size_t limit, count;
    bool refusals;
    enum status status;
};

static void append_line(void *owner, const struct outbox_item *item) {
    struct listing *listing = owner;
    struct cli *cli = listing->cli;
    char place[KEPT_PLACE_BYTES], at[TIMES_TEXT_BYTES];
    if (!kept_is_own(cli, item) || listing->status != STATUS_OK) return;
    if (listing->limit != 0 && listing->count >= listing->limit) return;
    listing->count++;
    kept_place(item->position, place);
    times_short(item->made_at_ms, cli_now_ms(cli), at);
    struct look look = look_of(item);
    const char *state = arena_printf(&cli->arena, "%s %s", look.sign, _(look.label));
    listing->status = paint_append(listing->out, state == NULL ? "" : state, look.paint, cli->colour);
    if (listing->status != STATUS_OK) return;
    const char *line =
        arena_printf(&cli->arena, "  %s  %s  %s  %s", place, at, kept_kind(item->kind), kept_what(cli, item));
    size_t columns = terminal_columns(), used = text_columns(state == NULL ? "" : state);
    if (line != NULL && columns > used) line = text_fit(&cli->arena, line, columns - used);
    listing->status = bytes_printf(listing->out, "%s\n", line == NULL ? "" : line);
}

enum status kept_append_lines(struct cli *cli, size_t limit, struct bytes *out) {
    struct listing listing = {.cli = cli, .out = out, .limit = limit};
    if (client_outbox(cli->client) != NULL) outbox_list(client_outbox(cli->client), append_line, &listing);
    return listing.status;
}

static void add_row(void *owner, const struct outbox_item *item) {
    struct listing *listing = owner;
    struct cli *cli = listing->cli;
    char place[KEPT_PLACE_BYTES], at[TIMES_TEXT_BYTES];
    if (!kept_is_own(cli, item)) return;
    kept_place(item->position, place);
    times_short(item->made_at_ms, cli_now_ms(cli), at);
    struct look look = look_of(item);
    table_add(listing->table, look.sign, look.paint);
    table_add(listing->table, arena_string(&cli->arena, place), PAINT_BOLD);
    table_add(listing->table, _(look.label), look.paint);
    table_add(listing->table, arena_string(&cli->arena, at), PAINT_NONE);
    table_add(listing->table, kept_kind(item->kind), PAINT_NONE);
    table_add(listing->table, kept_what(cli, item), PAINT_NONE);
    listing->count++;
    listing->refusals = listing->refusals || item->state == OUTBOX_REFUSED;
}

/* Whole, under the table: a reason that is cut helps nobody. */
static void append_refusal(void *owner, const struct outbox_item *item) {
    struct listing *listing = owner;
    struct cli *cli = listing->cli;
    char place[KEPT_PLACE_BYTES];
    if (!kept_is_own(cli, item) || item->state != OUTBOX_REFUSED || listing->status != STATUS_OK) return;
    kept_place(item->position, place);
    const char *why = text_printable(&cli->arena, item->message);
    const char *field = text_empty(item->field) ? "" : arena_printf(&cli->arena, "%s: ", item->field);
    listing->status = bytes_printf(listing->out, "%s  %s: %s%s\n", place, status_name(item->status),
                                   field == NULL ? "" : field, why == NULL ? "" : why);
}

enum status kept_append_table(struct cli *cli, struct bytes *out) {
    const struct table_column columns[] = {
        {"",           false, false},
        {_("number"),  false, false},
        {_("state"),   false, false},
        {_("written"), false, false},
        {_("kind"),    false, false},
        {_("about"),   false, true },
    };
    struct table table;
    struct listing listing = {.cli = cli, .out = out, .table = &table};
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    outbox_list(client_outbox(cli->client), add_row, &listing);
    if (listing.count == 0) return STATUS_OK;
    enum status status = table_append(&table, out, terminal_columns(), cli->colour);
    if (status == STATUS_OK && listing.refusals) outbox_list(client_outbox(cli->client), append_refusal, &listing);
    return status == STATUS_OK ? listing.status : status;
}

static enum status append_moment(struct bytes *out, const char *name, int64_t at_ms) {
    char text[MOMENT_TEXT_BYTES];
    if (at_ms == 0) return STATUS_OK;
    moment_format(at_ms, text);
    return bytes_printf(out, ",\"%s\":\"%s\"", name, text);
}

static enum status append_text(struct bytes *out, const char *name, const char *text) {
    if (text_empty(text)) return STATUS_OK;
    enum status status = bytes_printf(out, ",\"%s\":", name);
    return status == STATUS_OK ? json_append_text(out, text) : status;
}

static enum status append_refused(struct bytes *out, const struct outbox_item *item) {
    if (item->state != OUTBOX_REFUSED && item->state != OUTBOX_HELD) return STATUS_OK;
    enum status status = append_text(out, "status", status_name(item->status));
    if (status == STATUS_OK) status = append_text(out, "message", item->message);
    return status == STATUS_OK ? append_text(out, "field", item->field) : status;
}

enum status kept_append_json(struct cli *cli, const struct outbox_item *item, bool whole, struct bytes *out) {
    bool own = kept_is_own(cli, item);
    const ProtobufCMessage *message = own && whole ? unpack(cli, item) : NULL;
    enum status status =
        bytes_printf(out, "{\"place\":\"W-%" PRId64 "\",\"state\":\"%s\",\"operation\":\"%s\",\"site_id\":\"%s\"",
                     item->position, look_of(item).word, item->kind->operation, item->site_id);
    if (status == STATUS_OK && !own) status = append_text(out, "person", item->person_name);
    if (status == STATUS_OK) status = append_moment(out, "made_at", item->made_at_ms);
    if (status == STATUS_OK) status = append_moment(out, "received_at", item->received_at_ms);
    if (status == STATUS_OK) status = append_moment(out, "sent_at", item->sent_at_ms);
    if (status == STATUS_OK && item->depends_on != 0)
        status = bytes_printf(out, ",\"names\":\"W-%" PRId64 "\"", item->depends_on);
    if (status == STATUS_OK) status = append_refused(out, item);
    if (status == STATUS_OK && message != NULL) status = bytes_append_text(out, ",\"request\":");
    if (status == STATUS_OK && message != NULL) status = json_append_message(out, message, false);
    return status == STATUS_OK ? bytes_append_text(out, "}") : status;
}

static int print_offline_json(struct cli *cli, int code) {
    const Fd__SignInResponse *person = client_known_person(cli->client);
    struct outbox_counts counts = client_waiting_counts(cli->client);
    struct bytes out = {0};
    enum status status =
        bytes_printf(&out, "{\"line\":\"down\",\"waiting\":%d,\"refused\":%d", counts.waiting, counts.refused);
    if (status == STATUS_OK) status = append_text(&out, "name", person == NULL ? "" : person->name);
    if (status == STATUS_OK) status = bytes_append_text(&out, "}\n");
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return code;
}

int kept_print_offline(struct cli *cli, int code) {
    const Fd__SignInResponse *person = cli->client == NULL ? NULL : client_known_person(cli->client);
    if (person == NULL) return code;
    if (cli->json) return print_offline_json(cli, code);
    cli_use_zone(cli);
    struct bytes out = {0};
    const char *name = text_printable(&cli->arena, person->name), *summary = kept_summary(cli);
    enum status status = bytes_printf(&out, "%s  ", name == NULL ? "" : name);
    if (status == STATUS_OK) status = paint_append(&out, _("OFFLINE"), PAINT_RED, cli->colour);
    if (status == STATUS_OK)
        status = bytes_printf(&out, "%s%s\n", summary[0] == '\0' ? "" : _(", "), summary[0] == '\0' ? "" : summary);
    if (status == STATUS_OK) status = kept_append_lines(cli, 0, &out);
    if (status == STATUS_OK) (void)fwrite(out.data, 1, out.length, stdout);
    bytes_free(&out);
    return code;
}
