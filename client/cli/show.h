/* SPDX-License-Identifier: Apache-2.0 */
/* Records for people. */
#ifndef FRONTDESK_CLIENT_CLI_SHOW_H
#define FRONTDESK_CLIENT_CLI_SHOW_H

#include "client/cli/cli.h"
#include "client/cli/table.h"
#include "client/core/model.h"

/* One line after a change: number, state, subject. */
/* "for He Jun": in whose place the person hears the alert (NULL: anybody does); "" for nobody's. In the arena. */
const char *show_stands_in(struct cli *cli, const Fd__Alert *alert, const char *person_id);
int show_line(struct cli *cli, const ProtobufCMessage *record);
/* Everything of it, with its history. */
int show_complaint(struct cli *cli, const Fd__Complaint *complaint, Fd__Step *const *steps, size_t step_count);
int show_visit(struct cli *cli, const Fd__Visit *visit, Fd__Step *const *steps, size_t step_count);
/* Tables. */
int show_complaints(struct cli *cli, Fd__Complaint *const *complaints, size_t count);
int show_visits(struct cli *cli, Fd__Visit *const *visits, size_t count);
/* The cases of a board; `limit` rows at most, 0: all. Appends to out; *left_out may be NULL. */
MUST_USE enum status show_cases(struct cli *cli, const struct model *model, const struct model_case *const *cases,
                                size_t count, size_t limit, struct bytes *out);
/* Who it waits for: the handler, the team, or the host. In the arena or static. */
const char *show_owner(struct cli *cli, const struct model *model, const struct model_case *item);
/* Prints a table as wide as the terminal. */
int show_table(struct cli *cli, const struct table *table);
int show_nothing(struct cli *cli, const char *sentence);

#endif
