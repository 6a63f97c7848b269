/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of show.h. */
#include <string.h>

#include "client/cli/language.h"
#include "client/cli/show.h"
#include "client/cli/times.h"
#include "client/cli/words.h"
#include "common/text.h"

enum { CASE_COLUMNS = 7 };

const char *show_owner(struct cli *cli, const struct model *model, const struct model_case *item) {
    const char *id = item->complaint != NULL ? item->complaint->handler_id : item->visit->host_id;
    if (!text_empty(id)) {
        const char *name = model == NULL ? "" : model_name(model, id);
        return name[0] != '\0' ? name : cli_person_name(cli, id);
    }
    if (item->complaint == NULL) return item->visit->host_unit;
    return word_of(&fd__team__descriptor, (int)item->complaint->team);
}

static const char *who(struct cli *cli, const struct model_case *item) {
    if (item->visit != NULL) return item->visit->visitor_name;
    const Fd__Complaint *complaint = item->complaint;
    const char *name = complaint->anonymous ? _("anonymous") : complaint->customer_name;
    if (text_empty(complaint->unit)) return name;
    return arena_printf(&cli->arena, "%s%s%s", name, text_empty(name) ? "" : " ", complaint->unit);
}

const char *show_stands_in(struct cli *cli, const Fd__Alert *alert, const char *person_id) {
    const char *names = "";
    for (size_t i = 0; i < alert->n_addressee_ids && i < alert->n_stand_in_ids && names != NULL; i++) {
        if (strcmp(alert->stand_in_ids[i], alert->addressee_ids[i]) == 0) continue;
        if (person_id != NULL && strcmp(alert->stand_in_ids[i], person_id) != 0) continue;
        names = arena_printf(&cli->arena, "%s%s%s", names, names[0] == '\0' ? "" : ", ",
                             cli_person_name(cli, alert->addressee_ids[i]));
    }
    if (names == NULL || names[0] == '\0') return "";
    const char *text = arena_printf(&cli->arena, _("for %s"), names);
    return text == NULL ? "" : text;
}

/* Why an alert waits, at which level and in whose place; where names are known. */
static const char *alert_state(struct cli *cli, const Fd__Alert *alert, bool names) {
    const char *reason = word_of(&fd__alert_reason__descriptor, (int)alert->reason);
    if (alert->n_person_ids == 0) return arena_printf(&cli->arena, _("%s: NOBODY IS THERE"), reason);
    const char *place = names ? show_stands_in(cli, alert, NULL) : "";
    return arena_printf(&cli->arena, "%s L%d%s%s", reason, alert->level, place[0] == '\0' ? "" : " ", place);
}

static const char *state(struct cli *cli, const struct model *model, const struct model_case *item,
                         const struct mark *mark) {
    const Fd__Alert *alert = model_alert(item);
    if (model_alert_pending(alert)) return alert_state(cli, alert, model != NULL);
    int level = item->complaint != NULL ? item->complaint->level : item->visit->level;
    return level <= 0 ? mark->word : arena_printf(&cli->arena, "%s L%d", mark->word, level);
}

/* What is left, in a column that complaints and visits share: nothing for a visitor who is there. */
static const char *left(struct cli *cli, const struct model_case *item, int64_t now_ms) {
    char *text = arena_take(&cli->arena, TIMES_TEXT_BYTES);
    if (text == NULL) return "";
    const Fd__Visit *visit = item->visit;
    if (visit == NULL)
        times_left(model_due_ms(item->complaint), now_ms, text);
    else
        times_left(visit->state == FD__VISIT_STATE__VISIT_STATE_ANNOUNCED ? visit->expected_at_ms : 0, now_ms, text);
    return text;
}

static const char *expected(struct cli *cli, const Fd__Visit *visit, int64_t now_ms) {
    char *text = arena_take(&cli->arena, TIMES_TEXT_BYTES);
    if (text == NULL) return "";
    times_short(visit->expected_at_ms, now_ms, text);
    return text;
}

/* As a row; `visits`: in a table that holds nothing else. */
static void add_case(struct cli *cli, struct table *table, const struct model *model, const struct model_case *item,
                     bool visits) {
    int64_t now_ms = cli_now_ms(cli);
    struct mark mark = mark_of(item, now_ms);
    table_add(table, mark.sign, mark.paint);
    table_add(table, item->number, PAINT_BOLD);
    table_add(table, visits ? expected(cli, item->visit, now_ms) : left(cli, item, now_ms), mark.paint);
    table_add(table, state(cli, model, item, &mark), mark.paint);
    table_add(table, who(cli, item), PAINT_NONE);
    table_add(table, item->complaint != NULL ? item->complaint->subject : item->visit->purpose, PAINT_NONE);
    table_add(table, show_owner(cli, model, item), PAINT_NONE);
}

static void case_columns(struct table_column columns[CASE_COLUMNS]) {
    columns[0] = (struct table_column){"", false, false};
    columns[1] = (struct table_column){_("number"), false, false};
    columns[2] = (struct table_column){_("due in"), true, false};
    columns[3] = (struct table_column){_("state"), false, false};
    columns[4] = (struct table_column){_("who"), false, true};
    columns[5] = (struct table_column){_("subject"), false, true};
    columns[6] = (struct table_column){_("in charge"), false, true};
}

enum status show_cases(struct cli *cli, const struct model *model, const struct model_case *const *cases, size_t count,
                       size_t limit, struct bytes *out) {
    struct table_column columns[CASE_COLUMNS];
    case_columns(columns);
    struct table table;
    table_init(&table, &cli->arena, columns, CASE_COLUMNS);
    size_t shown = limit > 0 && limit < count ? limit : count;
    for (size_t i = 0; i < shown; i++) add_case(cli, &table, model, cases[i], false);
    enum status status = table_append(&table, out, terminal_columns(), cli->colour);
    if (status == STATUS_OK && shown < count) status = bytes_printf(out, _("… and %zu more\n"), count - shown);
    return status;
}

static int print_cases(struct cli *cli, const struct model_case *items, size_t count) {
    struct table_column columns[CASE_COLUMNS];
    case_columns(columns);
    bool visits = count > 0 && items[0].visit != NULL;
    if (visits) columns[2].title = _("expected");
    struct table table;
    table_init(&table, &cli->arena, columns, CASE_COLUMNS);
    for (size_t i = 0; i < count; i++) add_case(cli, &table, NULL, &items[i], visits);
    return show_table(cli, &table);
}

int show_complaints(struct cli *cli, Fd__Complaint *const *complaints, size_t count) {
    struct model_case *items = arena_take(&cli->arena, (count + 1) * sizeof *items);
    if (items == NULL) return EXIT_USAGE;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct model_case){.complaint = complaints[i], .number = complaints[i]->number};
    return count == 0 ? show_nothing(cli, _("no complaints")) : print_cases(cli, items, count);
}

int show_visits(struct cli *cli, Fd__Visit *const *visits, size_t count) {
    struct model_case *items = arena_take(&cli->arena, (count + 1) * sizeof *items);
    if (items == NULL) return EXIT_USAGE;
    for (size_t i = 0; i < count; i++) items[i] = (struct model_case){.visit = visits[i], .number = visits[i]->number};
    return count == 0 ? show_nothing(cli, _("no visits")) : print_cases(cli, items, count);
}
