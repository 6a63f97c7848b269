/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/show.h"

#include <string.h>

#include "client/cli/language.h"
#include "client/cli/times.h"
#include "client/cli/words.h"
#include "common/text.h"

enum { LABEL_COLUMNS = 16, LABEL_COLUMNS_ZH = 10 };

static int finish(struct bytes *out, enum status status) {
    if (status == STATUS_OK) (void)fwrite(out->data, 1, out->length, stdout);
    bytes_free(out);
    return status == STATUS_OK && fflush(stdout) == 0 ? EXIT_OK : EXIT_USAGE;
}

int show_table(struct cli *cli, const struct table *table) {
    struct bytes out = {0};
    return finish(&out, table_append(table, &out, terminal_columns(), cli->colour));
}

int show_nothing(struct cli *cli, const char *sentence) {
    (void)cli;
    (void)printf("%s\n", sentence);
    return EXIT_OK;
}

/* "label  value", left out when the value is empty. */
static void field_line(struct cli *cli, const char *label, const char *value) {
    if (text_empty(value)) return;
    size_t wanted = language_chinese() ? LABEL_COLUMNS_ZH : LABEL_COLUMNS, columns = text_columns(label);
    int padding = columns < wanted ? (int)(wanted - columns) : 1;
    const char *safe = text_printable(&cli->arena, value);
    (void)printf("  %s%*s%s\n", label, padding, "", safe == NULL ? "" : safe);
}

static void time_line(struct cli *cli, const char *label, int64_t at_ms) {
    char text[TIMES_TEXT_BYTES];
    times_full(at_ms, text);
    field_line(cli, label, text);
}

static void due_line(struct cli *cli, const char *label, int64_t due_ms, int64_t done_ms) {
    char text[TIMES_TEXT_BYTES], left[TIMES_TEXT_BYTES];
    if (due_ms == 0 || done_ms != 0) return;
    times_full(due_ms, text);
    times_left(due_ms, cli_now_ms(cli), left);
    field_line(cli, label, arena_printf(&cli->arena, "%s (%s)", text, left));
}

/* Text of several lines, indented, each line made safe. */
static void paragraph(struct cli *cli, const char *label, const char *text) {
    if (text_empty(text)) return;
    (void)printf("  %s\n", label);
    char *lines = arena_string(&cli->arena, text), *rest = lines;
    for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        const char *safe = text_printable(&cli->arena, line);
        (void)printf("    %s\n", safe == NULL ? "" : safe);
    }
}

static void enum_line(struct cli *cli, const char *label, const ProtobufCEnumDescriptor *kind, int value) {
    if (value != 0) field_line(cli, label, word_of(kind, value));
}

static void headline(struct cli *cli, const struct model_case *item, const char *title) {
    struct mark mark = mark_of(item, cli_now_ms(cli));
    struct bytes out = {0};
    const char *safe = text_printable(&cli->arena, title);
    enum status status = bytes_printf(&out, "%s  ", item->number);
    if (status == STATUS_OK)
        status = paint_append(&out, arena_printf(&cli->arena, "%s %s", mark.sign, mark.word), mark.paint, cli->colour);
    if (status == STATUS_OK) status = bytes_printf(&out, "  %s\n", safe == NULL ? "" : safe);
    (void)finish(&out, status);
}

static struct model_case case_of_complaint(const Fd__Complaint *complaint) {
    return (struct model_case){.complaint = complaint,
                               .id = complaint->id,
                               .number = complaint->number,
                               .site_id = complaint->site_id,
                               .version = complaint->version};
}

static struct model_case case_of_visit(const Fd__Visit *visit) {
    return (struct model_case){
        .visit = visit, .id = visit->id, .number = visit->number, .site_id = visit->site_id, .version = visit->version};
}

static const char *visit_title(struct cli *cli, const Fd__Visit *visit) {
    const char *purpose = text_empty(visit->purpose) ? "" : " — ";
    return arena_printf(&cli->arena, "%s%s%s", visit->visitor_name, purpose, visit->purpose);
}

int show_line(struct cli *cli, const ProtobufCMessage *record) {
    if (record->descriptor == &fd__complaint__descriptor) {
        const Fd__Complaint *complaint = (const Fd__Complaint *)(const void *)record;
        struct model_case item = case_of_complaint(complaint);
        headline(cli, &item, complaint->subject);
    } else if (record->descriptor == &fd__visit__descriptor) {
        const Fd__Visit *visit = (const Fd__Visit *)(const void *)record;
        struct model_case item = case_of_visit(visit);
        headline(cli, &item, visit_title(cli, visit));
    }
    return EXIT_OK;
}

static void show_alert(struct cli *cli, const Fd__Alert *alert) {
    if (alert == NULL || alert->raised_at_ms == 0) return;
    char raised[TIMES_TEXT_BYTES], text[TIMES_TEXT_BYTES];
    times_full(alert->raised_at_ms, raised);
    const char *reason = word_of(&fd__alert_reason__descriptor, (int)alert->reason);
    /* Who was given a case is alerted whatever their level. */
    bool levelled = alert->reason != FD__ALERT_REASON__ALERT_REASON_ASSIGNED;
    field_line(cli, _("alert"),
               levelled ? arena_printf(&cli->arena, "%s (%s) %s", reason, word_of_level(alert->level), raised)
                        : arena_printf(&cli->arena, "%s %s", reason, raised));
    for (size_t i = 0; i < alert->n_person_ids && model_alert_pending(alert); i++) {
        const char *name = cli_person_name(cli, alert->person_ids[i]);
        const char *place = show_stands_in(cli, alert, alert->person_ids[i]);
        field_line(cli, _("waits for"), arena_printf(&cli->arena, "%s%s%s", name, place[0] == '\0' ? "" : " ", place));
    }
    if (alert->n_person_ids == 0 && model_alert_pending(alert))
        field_line(cli, _("waits for"), _("nobody is there: whoever leads may take it"));
    if (alert->acknowledged_at_ms != 0) {
        times_full(alert->acknowledged_at_ms, text);
        field_line(cli, _("acknowledged"),
                   arena_printf(&cli->arena, "%s %s", text, cli_person_name(cli, alert->acknowledged_by)));
    }
}

/* "to Li Gong: he knows the pump": whom or what time the step is about, then its words. */
static const char *step_text(struct cli *cli, const Fd__Step *step) {
    const char *about = "", *note = step->note == NULL ? "" : step->note;
    char until[TIMES_TEXT_BYTES];
    times_full(step->until_ms, until);
    if (!text_empty(step->to_id))
        about = arena_printf(&cli->arena, _("to %s"), cli_person_name(cli, step->to_id));
    else if (step->to_team != 0)
        about = arena_printf(&cli->arena, _("to %s"), word_of(&fd__team__descriptor, (int)step->to_team));
    else if (step->until_ms != 0)
        about = arena_printf(&cli->arena, _("until %s"), until);
    if (text_empty(about)) return note;
    return text_empty(note) ? about : arena_printf(&cli->arena, _("%s: %s"), about, note);
}

static int show_steps(struct cli *cli, Fd__Step *const *steps, size_t count) {
    static const struct table_column columns[] = {
        {"", false, false},
        {"", false, false},
        {"", false, false},
        {"", false, true }
    };
    if (count == 0) return EXIT_OK;
    struct table table;
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) {
        char *at = arena_take(&cli->arena, TIMES_TEXT_BYTES);
        if (at != NULL) times_full(steps[i]->at_ms, at);
        table_add(&table, at, PAINT_DIM);
        table_add(&table, word_of_kind(steps[i]->kind), PAINT_NONE);
        table_add(&table, text_empty(steps[i]->actor_name) ? _("(system)") : steps[i]->actor_name, PAINT_NONE);
        table_add(&table, step_text(cli, steps[i]), PAINT_NONE);
    }
    return show_table(cli, &table);
}

static void show_complaint_people(struct cli *cli, const Fd__Complaint *complaint) {
    field_line(cli, _("customer"), complaint->anonymous ? _("anonymous") : complaint->customer_name);
    field_line(cli, _("phone"), complaint->customer_phone);
    field_line(cli, _("unit"), complaint->unit);
    field_line(cli, _("place"), complaint->place);
    enum_line(cli, _("channel"), &fd__channel__descriptor, (int)complaint->channel);
    enum_line(cli, _("type"), &fd__complaint_type__descriptor, (int)complaint->type);
    enum_line(cli, _("severity"), &fd__severity__descriptor, (int)complaint->severity);
    enum_line(cli, _("team"), &fd__team__descriptor, (int)complaint->team);
    field_line(cli, _("handler"), cli_person_name(cli, complaint->handler_id));
    field_line(cli, _("escalated to"), word_of_level(complaint->level));
    field_line(cli, _("duplicate of"), complaint->duplicate_of);
    time_line(cli, _("received"), complaint->received_at_ms);
    time_line(cli, _("registered"), complaint->registered_at_ms);
    field_line(cli, _("registered by"), cli_person_name(cli, complaint->registered_by));
    field_line(cli, _("desk"), complaint->desk);
}

static void show_complaint_end(struct cli *cli, const Fd__Complaint *complaint) {
    bool open = complaint->closed_at_ms == 0;
    enum_line(cli, _("waiting for"), &fd__waiting_for__descriptor, (int)complaint->waiting_for);
    due_line(cli, _("accept by"), open ? complaint->accept_due_at_ms : 0, complaint->accepted_at_ms);
    due_line(cli, _("contact by"), open ? complaint->contact_due_at_ms : 0, complaint->first_contact_at_ms);
    due_line(cli, _("feedback by"), open ? complaint->feedback_due_at_ms : 0, complaint->feedback_at_ms);
    due_line(cli, _("plan by"), open ? complaint->plan_due_at_ms : 0, complaint->planned_at_ms);
    due_line(cli, _("close by"), complaint->close_due_at_ms, complaint->closed_at_ms);
    due_line(cli, _("follow up by"), complaint->follow_up_due_at_ms, complaint->followed_up_at_ms);
    time_line(cli, _("accepted"), complaint->accepted_at_ms);
    time_line(cli, _("contacted"), complaint->first_contact_at_ms);
    time_line(cli, _("feedback"), complaint->feedback_at_ms);
    time_line(cli, _("closed"), complaint->closed_at_ms);
    field_line(cli, _("closed by"), cli_person_name(cli, complaint->closed_by));
    enum_line(cli, _("verdict"), &fd__verdict__descriptor, (int)complaint->verdict);
    time_line(cli, _("followed up"), complaint->followed_up_at_ms);
    if (complaint->satisfaction > 0)
        field_line(cli, _("satisfaction"), arena_printf(&cli->arena, "%d / 5", complaint->satisfaction));
    if (complaint->reopened > 0) field_line(cli, _("reopened"), arena_printf(&cli->arena, "%d", complaint->reopened));
}

static const char *at_by(struct cli *cli, int64_t at_ms, const char *person_id) {
    char text[TIMES_TEXT_BYTES];
    times_full(at_ms, text);
    return arena_printf(&cli->arena, "%s %s", text, cli_person_name(cli, person_id));
}

static void show_plan(struct cli *cli, const Fd__Complaint *complaint) {
    if (complaint->planned_at_ms == 0) return;
    field_line(cli, _("planned"), at_by(cli, complaint->planned_at_ms, complaint->planned_by));
    paragraph(cli, _("plan"), complaint->plan);
}

static void show_extension(struct cli *cli, const Fd__Extension *extension) {
    if (extension == NULL || extension->state == 0) return;
    char until[TIMES_TEXT_BYTES];
    times_full(extension->until_ms, until);
    const char *state = word_of(&fd__extension_state__descriptor, (int)extension->state);
    field_line(cli, _("extension"), arena_printf(&cli->arena, _("until %s: %s"), until, state));
    field_line(cli, _("asked"), at_by(cli, extension->asked_at_ms, extension->asked_by));
    paragraph(cli, _("why"), extension->reason);
    if (extension->decided_at_ms != 0)
        field_line(cli, _("decided"), at_by(cli, extension->decided_at_ms, extension->decided_by));
    paragraph(cli, _("answer"), extension->answer);
}

int show_complaint(struct cli *cli, const Fd__Complaint *complaint, Fd__Step *const *steps, size_t step_count) {
    struct model_case item = case_of_complaint(complaint);
    headline(cli, &item, complaint->subject);
    show_complaint_people(cli, complaint);
    show_complaint_end(cli, complaint);
    show_alert(cli, complaint->alert);
    paragraph(cli, _("what happened"), complaint->description);
    paragraph(cli, _("wanted outcome"), complaint->wanted_outcome);
    show_plan(cli, complaint);
    show_extension(cli, complaint->extension);
    paragraph(cli, _("cause"), complaint->cause);
    paragraph(cli, _("remedy"), complaint->remedy);
    paragraph(cli, _("what the customer said"), complaint->customer_opinion);
    return show_steps(cli, steps, step_count);
}

int show_visit(struct cli *cli, const Fd__Visit *visit, Fd__Step *const *steps, size_t step_count) {
    struct model_case item = case_of_visit(visit);
    headline(cli, &item, visit_title(cli, visit));
    field_line(cli, _("phone"), visit->visitor_phone);
    if (visit->party > 0) field_line(cli, _("people"), arena_printf(&cli->arena, "%d", visit->party));
    field_line(cli, _("vehicle"), visit->vehicle);
    field_line(cli, _("host"), cli_person_name(cli, visit->host_id));
    field_line(cli, _("unit visited"), visit->host_unit);
    field_line(cli, _("pass"), visit->pass);
    field_line(cli, _("registered by"), cli_person_name(cli, visit->registered_by));
    field_line(cli, _("desk"), visit->desk);
    time_line(cli, _("registered"), visit->registered_at_ms);
    time_line(cli, _("expected"), visit->expected_at_ms);
    time_line(cli, _("arrived"), visit->arrived_at_ms);
    time_line(cli, _("with host"), visit->with_host_at_ms);
    time_line(cli, _("left"), visit->left_at_ms);
    show_alert(cli, visit->alert);
    return show_steps(cli, steps, step_count);
}
