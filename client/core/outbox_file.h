/* SPDX-License-Identifier: Apache-2.0 */
/* The file under the outbox: opened, checked, set aside when it is damaged, and its statements run. For outbox.c only.
 */
#ifndef FRONTDESK_CLIENT_CORE_OUTBOX_FILE_H
#define FRONTDESK_CLIENT_CORE_OUTBOX_FILE_H

#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <sys/types.h>

#include "client/core/outbox.h"

struct outbox {
    sqlite3 *database; /* NULL: it could not be opened again */
    char *server, *directory;
    char path[PATH_MAX], damaged[PATH_MAX];
    char why[WHY_BYTES];
    int lock;
    int64_t seen_version;
    ino_t file;
    bool corrupt; /* the last statement found it so */
};

/* Runs a statement to its end, or to its last row, and gives SQLite's result: SQLITE_ROW when there was a row,
 * SQLITE_DONE when there was none. `kinds` says what follows: s text, i int64_t, b bytes and their count. */
int outbox_run(struct outbox *outbox, const char *sql, void (*read)(sqlite3_stmt *row, void *owner), void *owner,
               const char *kinds, ...);
bool outbox_begin(struct outbox *outbox);
/* Commits when status is OK, else takes back; UNAVAILABLE when the disk did not take it. */
MUST_USE enum status outbox_end(struct outbox *outbox, enum status status);
/* What was deleted is taken out of the write-ahead log, too. */
void outbox_clean(struct outbox *outbox);
bool outbox_file_present(const struct outbox *outbox); /* the open file is still the one of that name */
bool outbox_reopen(struct outbox *outbox);

#endif
