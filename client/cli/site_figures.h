/* SPDX-License-Identifier: Apache-2.0 */
/* A site's figures for people: deadlines by severity, and the calendar. */
#ifndef FRONTDESK_CLIENT_CLI_SITE_FIGURES_H
#define FRONTDESK_CLIENT_CLI_SITE_FIGURES_H

#include "client/cli/cli.h"
#include "frontdesk/v1/rules.pb-c.h"

int show_deadlines(struct cli *cli, Fd__Deadlines *const *deadlines, size_t count);
int show_calendar(struct cli *cli, const Fd__Site *site, const Fd__Calendar *calendar);

/* The site, and its present figures: in cli->arena. */
int figures_ask(struct cli *cli, const Fd__Site **site, Fd__GetRulesResponse **rules);
/* "general" or "一般"; told when it is none. */
bool figures_severity(struct cli *cli, const char *text, Fd__Severity *severity);
/* An option's length of time into *minutes, which stays where the option is not given. False: told why. */
bool figures_span(struct cli *cli, const struct cli_command *command, const struct arguments *arguments,
                  const char *name, int32_t *minutes);

#endif
