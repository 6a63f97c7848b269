/* SPDX-License-Identifier: Apache-2.0 */
/* One import: its rows and what became of each. */
#ifndef FRONTDESK_CLIENT_CLI_IMPORT_H
#define FRONTDESK_CLIENT_CLI_IMPORT_H

#include "client/cli/cli.h"
#include "client/cli/mapping.h"
#include "client/core/ledger.h"

struct import;

enum import_state {
    IMPORT_WAITING,
    IMPORT_UNDER_WAY,
    IMPORT_REGISTERED,
    IMPORT_BEFORE, /* by an earlier run */
    IMPORT_REFUSED,
};

struct import_row {
    struct import *import;
    const struct csv_row *row;
    enum import_state state;
    enum status status;
    char key[UUID_TEXT_BYTES];
    char number[LEDGER_NUMBER_BYTES];
    const char *field, *why; /* when refused; in the arena or static */
};

struct import {
    struct cli *cli;
    struct csv_file file;
    struct mapping mapping;
    struct ledger *ledger;
    const char *site_id;
    struct import_row *rows;
    size_t next, under_way, registered, before, refused;
    size_t limit; /* under way at once */
    int64_t began_at_ms, told_at_ms;
    bool ends;
};

size_t import_done(const struct import *import);
void import_refuse(struct import_row *row, enum status status, const char *field, const char *why);

/* Progress on stderr: a bar on a terminal, else a line every ten seconds. `last` ends it. */
void import_progress(struct import *import, bool last);
/* The refused rows as CSV, or as JSON lines when the path ends in .json. False: told why. */
bool import_report(const struct import *import, const char *path);
/* What became of all; the exit code. */
int import_summary(const struct import *import, bool dry_run);

#endif
