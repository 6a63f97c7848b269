/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/site_figures.h"

#include <string.h>

#include "client/cli/language.h"
#include "client/cli/show.h"
#include "client/cli/spans.h"
#include "client/cli/words.h"
#include "common/text.h"

enum { SEVERITIES = 5, LEVELS = 4 };

int figures_ask(struct cli *cli, const Fd__Site **site, Fd__GetRulesResponse **rules) {
    Fd__GetRulesRequest request = FD__GET_RULES_REQUEST__INIT;
    const Fd__Membership *membership = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code != EXIT_OK) return code;
    *site = membership->site;
    return cli_ask(cli, "rules.get", membership->site->id, &request.base, &fd__get_rules_response__descriptor, rules);
}

bool figures_severity(struct cli *cli, const char *text, Fd__Severity *severity) {
    int value = 0;
    bool known = word_parse(&fd__severity__descriptor, text, &value);
    *severity = (Fd__Severity)value;
    if (known) return true;
    const char *list = word_list(&cli->arena, &fd__severity__descriptor);
    cli_error(cli, _("\"%s\" is none of: %s"), text, list == NULL ? "" : list);
    return false;
}

bool figures_span(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                  const char *name, int32_t *minutes) {
    const char *text = arguments_value(command, arguments, name);
    if (text == NULL || spans_parse(text, minutes)) return true;
    cli_error(cli, _("--%s: \"%s\" is no length of time; write 20min, 2h, 3d or none"), name, text);
    return false;
}

static const char *close_text(struct arena *arena, const Fd__Deadlines *figures) {
    if (figures->close_working_days == 0) return spans_text(arena, figures->close_minutes);
    return arena_printf(arena, _("%d wd"), (int)figures->close_working_days);
}

static const char *plan_text(struct arena *arena, const Fd__Deadlines *figures) {
    if (figures->plan_days == 0) return "—";
    return arena_printf(arena, figures->working_time ? _("%d wd") : _("%d d"), (int)figures->plan_days);
}

static const char *clock_text(struct arena *arena, const Fd__Deadlines *figures) {
    (void)arena;
    return figures->working_time ? _("work hours") : _("all hours");
}

/* A major one is told to the level below as well, at the same moment (D6). */
static bool told_to_two(const Fd__Deadlines *figures) {
    return figures->severity == FD__SEVERITY__SEVERITY_MAJOR && figures->first_level > 1;
}

static const char *first_text(struct arena *arena, const Fd__Deadlines *figures) {
    (void)arena;
    return figures->first_level == 0 ? "—" : word_of_level(figures->first_level - (told_to_two(figures) ? 1 : 0));
}

static const char *second_text(struct arena *arena, const Fd__Deadlines *figures) {
    (void)arena;
    return told_to_two(figures) ? word_of_level(figures->first_level) : "—";
}

static const char *accept_text(struct arena *arena, const Fd__Deadlines *figures) {
    return spans_text(arena, figures->accept_minutes);
}

static const char *contact_text(struct arena *arena, const Fd__Deadlines *figures) {
    return spans_text(arena, figures->contact_minutes);
}

static const char *feedback_text(struct arena *arena, const Fd__Deadlines *figures) {
    return spans_text(arena, figures->feedback_minutes);
}

static const char *repeat_text(struct arena *arena, const Fd__Deadlines *figures) {
    return spans_text(arena, figures->repeat_minutes);
}

static const char *expiry_text(struct arena *arena, const Fd__Deadlines *figures) {
    return spans_text(arena, figures->acknowledgement_minutes);
}

static const char *climb_text(struct arena *arena, const Fd__Deadlines *figures, int32_t level) {
    for (size_t i = 0; i < figures->n_climb_levels && i < figures->n_climb_minutes; i++)
        if (figures->climb_levels[i] == level) return spans_text(arena, figures->climb_minutes[i]);
    return "—";
}

static const char *own_text(struct arena *arena, const Fd__Deadlines *figures) {
    (void)arena;
    return figures->own ? _("own") : _("default");
}

struct line {
    const char *label;
    const char *(*text)(struct arena *arena, const Fd__Deadlines *figures);
};

static void add_line(struct cli *cli, struct table *table, const struct line *line, Fd__Deadlines *const *deadlines,
                     size_t count) {
    table_add(table, _(line->label), PAINT_BOLD);
    for (size_t i = 0; i < count; i++) {
        bool marked = line->text == own_text && deadlines[i]->own;
        table_add(table, line->text(&cli->arena, deadlines[i]), marked ? PAINT_YELLOW : PAINT_NONE);
    }
}

static void add_chain(struct cli *cli, struct table *table, Fd__Deadlines *const *deadlines, size_t count) {
    for (int32_t level = 1; level <= LEVELS; level++) {
        table_add(table, arena_printf(&cli->arena, _("climbs to %s"), word_of_level(level)), PAINT_BOLD);
        for (size_t i = 0; i < count; i++) table_add(table, climb_text(&cli->arena, deadlines[i], level), PAINT_NONE);
    }
}

/* One column for each severity: ten figures of each would not fit beside each other. */
int show_deadlines(struct cli *cli, Fd__Deadlines *const *deadlines, size_t count) {
    static const struct line before[] = {
        {N_("accepted within"),      accept_text  },
        {N_("first contact within"), contact_text },
        {N_("feedback within"),      feedback_text},
        {N_("plan within"),          plan_text    },
        {N_("closed within"),        close_text   },
        {N_("counted in"),           clock_text   },
        {N_("told at once"),         first_text   },
        {N_("together with"),        second_text  },
    };
    static const struct line behind[] = {
        {N_("alert repeated"),        repeat_text},
        {N_("acknowledgement lasts"), expiry_text},
        {N_("figures"),               own_text   },
    };
    struct table_column columns[SEVERITIES + 1] = {
        {"", false, false}
    };
    struct table table;
    if (count > SEVERITIES) count = SEVERITIES;
    for (size_t i = 0; i < count; i++)
        columns[i + 1] =
            (struct table_column){word_of(&fd__severity__descriptor, (int)deadlines[i]->severity), false, true};
    table_init(&table, &cli->arena, columns, count + 1);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) add_line(cli, &table, &before[i], deadlines, count);
    add_chain(cli, &table, deadlines, count);
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) add_line(cli, &table, &behind[i], deadlines, count);
    return show_table(cli, &table);
}

static const char *joined(struct arena *arena, char *const *texts, size_t count) {
    const char *text = count == 0 ? "—" : texts[0];
    for (size_t i = 1; i < count && text != NULL; i++) text = arena_printf(arena, "%s %s", text, texts[i]);
    return text;
}

static void add_pair(struct table *table, const char *label, const char *text) {
    table_add(table, label, PAINT_BOLD);
    table_add(table, text, PAINT_NONE);
}

static void add_week(struct cli *cli, struct table *table, const Fd__Calendar *calendar) {
    const struct {
        const char *label;
        char *const *hours;
        size_t count;
    } days[] = {
        {_("Monday"),    calendar->monday,    calendar->n_monday   },
        {_("Tuesday"),   calendar->tuesday,   calendar->n_tuesday  },
        {_("Wednesday"), calendar->wednesday, calendar->n_wednesday},
        {_("Thursday"),  calendar->thursday,  calendar->n_thursday },
        {_("Friday"),    calendar->friday,    calendar->n_friday   },
        {_("Saturday"),  calendar->saturday,  calendar->n_saturday },
        {_("Sunday"),    calendar->sunday,    calendar->n_sunday   },
    };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        add_pair(table, days[i].label, joined(&cli->arena, days[i].hours, days[i].count));
}

/* A few dates a line, so that a year's holidays stay on the screen. */
static void add_dates(struct cli *cli, struct table *table, const char *label, char *const *dates, size_t count) {
    enum { LINE = 5 };
    if (count == 0) add_pair(table, label, "—");
    for (size_t i = 0; i < count; i += LINE)
        add_pair(table, i == 0 ? label : "", joined(&cli->arena, dates + i, count - i < LINE ? count - i : LINE));
}

int show_calendar(struct cli *cli, const Fd__Site *site, const Fd__Calendar *calendar) {
    static const struct table_column columns[] = {
        {"", false, false},
        {"", false, true }
    };
    struct table table;
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    add_pair(&table, _("time zone"), site->time_zone);
    add_week(cli, &table, calendar);
    add_dates(cli, &table, _("days off"), calendar->days_off, calendar->n_days_off);
    add_dates(cli, &table, _("days on"), calendar->days_on, calendar->n_days_on);
    add_pair(&table, _("followed up within"), spans_text(&cli->arena, calendar->follow_up_minutes));
    add_pair(&table, _("next level after"), spans_text(&cli->arena, calendar->next_level_minutes));
    add_pair(&table, _("entered in time"), spans_text(&cli->arena, calendar->entered_in_time_minutes));
    add_pair(&table, _("visitor's alert repeated"), spans_text(&cli->arena, calendar->visit_repeat_minutes));
    add_pair(&table, _("figures"), calendar->own ? _("own") : _("default"));
    return show_table(cli, &table);
}
