/* SPDX-License-Identifier: Apache-2.0 */
/* site list, site add, desk list, desk add, authority. */
#include <stdlib.h>

#include "client/cli/language.h"
#include "client/cli/show.h"
#include "client/cli/words.h"
#include "frontdesk/v1/account.pb-c.h"

static int show_sites(struct cli *cli, Fd__Membership *const *memberships, size_t count) {
    const struct table_column columns[] = {
        {_("code"),      false, false},
        {_("name"),      false, true },
        {_("time zone"), false, false}
    };
    struct table table;
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) {
        const Fd__Site *site = memberships[i]->site;
        if (site == NULL) continue;
        table_add(&table, site->code, PAINT_BOLD);
        table_add(&table, site->name, PAINT_NONE);
        table_add(&table, site->time_zone, PAINT_NONE);
    }
    return count == 0 ? show_nothing(cli, _("no sites")) : show_table(cli, &table);
}

static int run_site_list(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    Fd__ListSitesRequest request = FD__LIST_SITES_REQUEST__INIT;
    Fd__ListSitesResponse *response = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK)
        code = cli_ask(cli, "site.list", "", &request.base, &fd__list_sites_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    return cli->json ? cli_print_json(cli, &response->base)
                     : show_sites(cli, response->memberships, response->n_memberships);
}

const struct cli_command command_site_list = {
    .path = "site list",
    .synopsis = "",
    .summary = N_("your sites"),
    .run = run_site_list,
};

static const struct cli_option site_add_options[] = {
    {"time-zone", 'z', N_("ZONE"), N_("its civil time (Asia/Shanghai)"), "time_zone", NULL},
    {NULL,        0,   NULL,       NULL,                                 NULL,        NULL},
};

static int run_site_add(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    Fd__CreateSiteRequest request = FD__CREATE_SITE_REQUEST__INIT;
    Fd__CreateSiteResponse *response = NULL;
    const char *zone = arguments_value(command, arguments, "time-zone");
    request.code = arguments->positionals[0];
    request.name = arguments->positionals[1];
    request.time_zone = zone == NULL ? (char *)"Asia/Shanghai" : (char *)zone;
    int code = cli_open(cli);
    if (code == EXIT_OK)
        code = cli_ask(cli, "site.create", "", &request.base, &fd__create_site_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    if (cli->json || response->site == NULL) return cli_print_json(cli, &response->base);
    Fd__Membership one = FD__MEMBERSHIP__INIT, *all = &one;
    one.site = response->site;
    return show_sites(cli, &all, 1);
}

const struct cli_command command_site_add = {
    .path = "site add",
    .synopsis = N_("CODE NAME"),
    .summary = N_("found a site (head office's administrator)"),
    .options = site_add_options,
    .at_least = 2,
    .at_most = 2,
    .run = run_site_add,
};

static int show_desks(struct cli *cli, Fd__Desk *const *desks, size_t count) {
    const struct table_column columns[] = {
        {_("desk"),  false, true },
        {_("state"), false, false}
    };
    struct table table;
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) {
        table_add(&table, desks[i]->name, PAINT_BOLD);
        table_add(&table, desks[i]->active ? _("active") : _("not active"), PAINT_NONE);
    }
    return count == 0 ? show_nothing(cli, _("no desks")) : show_table(cli, &table);
}

static int run_desk_list(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    Fd__ListDesksRequest request = FD__LIST_DESKS_REQUEST__INIT;
    Fd__ListDesksResponse *response = NULL;
    const Fd__Membership *membership = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code == EXIT_OK)
        code = cli_ask(cli, "desk.list", membership->site->id, &request.base, &fd__list_desks_response__descriptor,
                       &response);
    if (code != EXIT_OK) return code;
    return cli->json ? cli_print_json(cli, &response->base) : show_desks(cli, response->desks, response->n_desks);
}

const struct cli_command command_desk_list = {
    .path = "desk list",
    .synopsis = "",
    .summary = N_("the desks of the site"),
    .run = run_desk_list,
};

static int run_desk_add(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    Fd__CreateDeskRequest request = FD__CREATE_DESK_REQUEST__INIT;
    Fd__CreateDeskResponse *response = NULL;
    const Fd__Membership *membership = NULL;
    request.name = arguments->positionals[0];
    int code = cli_open(cli);
    if (code == EXIT_OK) code = cli_site(cli, &membership);
    if (code == EXIT_OK)
        code = cli_ask(cli, "desk.create", membership->site->id, &request.base, &fd__create_desk_response__descriptor,
                       &response);
    if (code != EXIT_OK) return code;
    if (cli->json || response->desk == NULL) return cli_print_json(cli, &response->base);
    return show_desks(cli, &response->desk, 1);
}

const struct cli_command command_desk_add = {
    .path = "desk add",
    .synopsis = N_("NAME"),
    .summary = N_("add a desk to the site"),
    .at_least = 1,
    .at_most = 1,
    .run = run_desk_add,
};

static int show_authority(struct cli *cli, Fd__AuthorityItem *const *items, size_t count) {
    const struct table_column columns[] = {
        {_("id"),         false, false},
        {_("element"),    false, true },
        {_("work item"),  false, true },
        {_("staff"),      false, false},
        {_("supervisor"), false, false},
        {_("manager"),    false, false}
    };
    struct table table;
    table_init(&table, &cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) {
        table_add(&table, items[i]->id, PAINT_BOLD);
        table_add(&table, items[i]->element, PAINT_NONE);
        table_add(&table, items[i]->name, PAINT_NONE);
        table_add(&table, word_of(&fd__right__descriptor, (int)items[i]->staff), PAINT_NONE);
        table_add(&table, word_of(&fd__right__descriptor, (int)items[i]->supervisor), PAINT_NONE);
        table_add(&table, word_of(&fd__right__descriptor, (int)items[i]->manager), PAINT_NONE);
    }
    return show_table(cli, &table);
}

static int run_authority(struct cli *cli, const struct cli_command *command, const struct arguments *arguments) {
    (void)command;
    (void)arguments;
    Fd__ListAuthorityRequest request = FD__LIST_AUTHORITY_REQUEST__INIT;
    Fd__ListAuthorityResponse *response = NULL;
    int code = cli_open(cli);
    if (code == EXIT_OK)
        code = cli_ask(cli, "authority.list", "", &request.base, &fd__list_authority_response__descriptor, &response);
    if (code != EXIT_OK) return code;
    return cli->json ? cli_print_json(cli, &response->base) : show_authority(cli, response->items, response->n_items);
}

const struct cli_command command_authority = {
    .path = "authority",
    .synopsis = "",
    .summary = N_("the authority table: who may do what"),
    .run = run_authority,
};
