/* SPDX-License-Identifier: Apache-2.0 */
/* watch: the journal as it grows, one line an entry. */
#include <stdlib.h>
#include <string.h>

#include "client/cli/kept.h"
#include "client/cli/language.h"
#include "client/cli/live.h"
#include "client/cli/show.h"
#include "client/cli/times.h"
#include "client/cli/words.h"
#include "common/json.h"
#include "common/message.h"
#include "common/text.h"
#include "frontdesk/v1/rules.pb-c.h"

enum { LINE_ARENA_BYTES = 4 * 1024 * 1024 };

struct watch {
    struct live live;
    int64_t until_seq; /* 0: no end */
    int64_t count;     /* entries still to print; 0: no end */
    bool counting, finished;
};

static void flush(struct bytes *out, enum status status) {
    if (status == STATUS_OK) status = bytes_append(out, "\n", 1);
    if (status == STATUS_OK) (void)fwrite(out->data, 1, out->length, stdout);
    (void)fflush(stdout);
    bytes_free(out);
}

static const ProtobufCMessageDescriptor *record_kind(const char *type) {
    static const struct {
        const char *type;
        const ProtobufCMessageDescriptor *kind;
    } kinds[] = {
        {"complaint", &fd__complaint__descriptor},
        {"visit",     &fd__visit__descriptor    },
        {"person",    &fd__person__descriptor   },
        {"desk",      &fd__desk__descriptor     },
        {"site",      &fd__site__descriptor     },
        {"deadlines", &fd__deadlines__descriptor},
        {"calendar",  &fd__calendar__descriptor },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].type, type) == 0) return kinds[i].kind;
    return NULL;
}

/* {"event":{…},"record":{…}} */
static void print_json(struct arena *arena, const Fd__Event *event) {
    struct bytes out = {0};
    Fd__Event bare = *event;
    bare.record = (ProtobufCBinaryData){0};
    const ProtobufCMessageDescriptor *kind = record_kind(event->record_type);
    ProtobufCMessage *record = NULL;
    if (kind != NULL &&
        message_unpack_newer(kind, arena, event->record.data, event->record.len, &record, NULL) != STATUS_OK)
        record = NULL;
    enum status status = bytes_append_text(&out, "{\"event\":");
    if (status == STATUS_OK) status = json_append_message(&out, &bare.base, false);
    if (status == STATUS_OK && record != NULL) status = bytes_append_text(&out, ",\"record\":");
    if (status == STATUS_OK && record != NULL) status = json_append_message(&out, record, false);
    if (status == STATUS_OK) status = bytes_append_text(&out, "}");
    flush(&out, status);
}

static enum status append_case(struct cli *cli, struct bytes *out, const struct live *live,
                               const struct model_case *item) {
    struct mark mark = mark_of(item, cli_now_ms(cli));
    const char *what = item->complaint != NULL ? item->complaint->subject : item->visit->visitor_name;
    const char *safe = text_printable(&cli->arena, what);
    const char *owner = text_printable(&cli->arena, show_owner(cli, &live->model, item));
    char *sign = arena_printf(&cli->arena, "%s %s", mark.sign, mark.word);
    enum status status = paint_append(out, sign == NULL ? "" : sign, mark.paint, cli->colour);
    if (status == STATUS_OK) status = bytes_printf(out, "  %s", safe == NULL ? "" : safe);
    if (status == STATUS_OK && !text_empty(owner)) status = bytes_printf(out, "  -> %s", owner);
    return status;
}

/* An alert for this person rings, and so does the alarm that nobody looks after the deadlines. */
static bool rings(const struct live *live, const Fd__Event *event, const struct model_case *item) {
    if (strcmp(event->kind, "site.alarm") == 0) return true;
    return item != NULL && live_is_mine(live, model_alert(item));
}

static void print_line(struct cli *cli, const struct live *live, const Fd__Event *event) {
    char at[TIMES_TEXT_BYTES];
    struct bytes out = {0};
    const struct model_case *item = model_find(&live->model, event->record_id);
    const char *actor = text_printable(&cli->arena, text_empty(event->actor_name) ? _("(system)") : event->actor_name);
    const char *note = text_printable(&cli->arena, event->note);
    times_full(event->at_ms, at);
    enum status status =
        bytes_printf(&out, "%s  #%lld  %-7s %s  %s", at, (long long)event->seq, item == NULL ? "" : item->number,
                     word_of_kind(event->kind), actor == NULL ? "" : actor);
    if (status == STATUS_OK && item != NULL) status = bytes_append_text(&out, "  ");
    if (status == STATUS_OK && item != NULL) status = append_case(cli, &out, live, item);
    if (status == STATUS_OK && !text_empty(note)) status = bytes_printf(&out, "  (%s)", note);
    if (status == STATUS_OK && rings(live, event, item))
        status = bytes_append_text(&out, cli->terminal && !cli->plain ? "  [!!]\a" : "  [!!]");
    flush(&out, status);
}

static void on_event(struct live *live, const Fd__Event *event) {
    struct watch *watch = live->owner;
    struct cli *cli = live->cli;
    if (watch->finished) return;
    struct arena kept = cli->arena;
    arena_init(&cli->arena, LINE_ARENA_BYTES);
    if (cli->json)
        print_json(&cli->arena, event);
    else
        print_line(cli, live, event);
    arena_free(&cli->arena);
    cli->arena = kept;
    if (watch->counting && --watch->count <= 0) watch->finished = true;
}

static void on_seq(struct live *live, int64_t seq) {
    struct watch *watch = live->owner;
    if (watch->until_seq > 0 && seq >= watch->until_seq) watch->finished = true;
}

static void on_reset(struct live *live, const Fd__Reset *reset) {
    struct bytes out = {0};
    const char *reason = message_enum_word(&fd__reset_reason__descriptor, (int)reset->reason);
    enum status status = STATUS_OK;
    if (live->cli->json) {
        status = bytes_append_text(&out, "{\"reset\":");
        if (status == STATUS_OK) status = json_append_message(&out, &reset->base, false);
        if (status == STATUS_OK) status = bytes_append_text(&out, "}");
    } else {
        status = bytes_printf(&out, "RESET  %s  epoch %lld  #%lld  %s", live->site->code, (long long)reset->epoch,
                              (long long)reset->seq, reason == NULL ? "" : reason);
    }
    flush(&out, status);
}

static void print_waiting_json(struct cli *cli) {
    struct outbox_counts counts = client_waiting_counts(cli->client);
    (void)printf("{\"outbox\":{\"waiting\":%d,\"refused\":%d}}\n", counts.waiting, counts.refused);
    (void)fflush(stdout);
}

static void tell_waiting(struct cli *cli) {
    const char *waiting = kept_summary(cli);
    const char *word = client_line(cli->client) == CLIENT_LINE_UP ? _("online") : _("OFFLINE");
    if (waiting[0] != '\0') cli_error(cli, "%s%s%s", word, _(", "), waiting);
}

/* On stderr: the standard output has entries only. */
static void on_line(struct live *live, enum client_line line, const char *why) {
    if (line == CLIENT_LINE_DOWN && why[0] != '\0') cli_error(live->cli, _("the line is lost: %s; trying again"), why);
    if (line == CLIENT_LINE_UP) cli_error(live->cli, _("the line is back"));
    if (line == CLIENT_LINE_DOWN && why[0] != '\0') tell_waiting(live->cli);
}

static void on_outbox(struct live *live, const struct outbox_item *item) {
    struct cli *cli = live->cli;
    if (cli->json) {
        print_waiting_json(cli);
        return;
    }
    if (item == NULL || item->state != OUTBOX_DONE) tell_waiting(cli);
    if (item != NULL && item->state == OUTBOX_DONE)
        cli_error(cli, _("W-%lld  sent  %s"), (long long)item->position, item->number);
}

static bool is_finished(void *owner) {
    const struct watch *watch = owner;
    enum client_line line = client_line(watch->live.cli->client);
    /* Nobody reads any more (watch | head). */
    if (ferror(stdout) != 0) return true;
    return watch->finished || line == CLIENT_LINE_STRANGER || line == CLIENT_LINE_REFUSED;
}

static const struct cli_option watch_options[] = {
    {"resume",    0,   NULL,    N_("go on where the last watch on this device stopped"), NULL, NULL},
    {"until-seq", 0,   N_("N"), N_("end after entry N"),                                 NULL, NULL},
    {"count",     'n', N_("N"), N_("end after N entries"),                               NULL, NULL},
    {"seconds",   0,   N_("N"), N_("end after N seconds"),                               NULL, NULL},
    {NULL,        0,   NULL,    NULL,                                                    NULL, NULL},
};

static bool read_number(const struct cli *cli, const char *option, const char *text, int64_t *number) {
    if (text == NULL) return true;
    char *end = NULL;
    *number = strtoll(text, &end, 10);
    if (end != text && *end == '\0' && *number > 0) return true;
    cli_error(cli, _("--%s: \"%s\" is no number"), option, text);
    return false;
}

static int run_watch(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    struct watch watch = {0};
    int64_t seconds = 0, until_seq = 0, count = 0;
    if (!read_number(cli, "until-seq", arguments_value(command, arguments, "until-seq"), &until_seq) ||
        !read_number(cli, "count", arguments_value(command, arguments, "count"), &count) ||
        !read_number(cli, "seconds", arguments_value(command, arguments, "seconds"), &seconds))
        return EXIT_USAGE;
    int code = live_open(&watch.live, cli);
    if (code != EXIT_OK) return code;
    watch.until_seq = until_seq;
    watch.count = count;
    watch.counting = count > 0;
    watch.live.owner = &watch;
    watch.live.on_line = on_line;
    watch.live.on_event = on_event;
    watch.live.on_reset = on_reset;
    watch.live.on_seq = on_seq;
    watch.live.on_outbox = on_outbox;
    if (arguments_value(command, arguments, "resume") == NULL) client_forget_cursor(cli->client, watch.live.site->id);
    if (client_subscribe(cli->client, watch.live.site->id) != STATUS_OK) code = EXIT_USAGE;
    bool done = code == EXIT_OK && cli_wait(cli, is_finished, &watch, seconds * 1000);
    if (done && !watch.finished && ferror(stdout) == 0) code = cli_line_trouble(cli);
    if (!done && code == EXIT_OK && (watch.counting || watch.until_seq > 0) && !cli->interrupted) code = EXIT_NO_LINE;
    live_close(&watch.live);
    return code;
}

const struct cli_command command_watch = {
    .path = "watch",
    .synopsis = "",
    .summary = N_("live events, one line each"),
    .details = N_(
        "Begins with now; RESET says that what came before does not count any more. With --json each line is an "
        "object with either \"event\" and \"record\", or \"reset\", or \"outbox\" when what waits here has changed."),
    .options = watch_options,
    .run = run_watch,
};
