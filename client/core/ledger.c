/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/ledger.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/uuid.h"

enum { LEDGER_WHY_BYTES = 256, LEDGER_BUSY_MS = 5000, GATHERED = 64 };

struct ledger {
    sqlite3 *database;
    sqlite3_stmt *find, *add;
    char site_id[UUID_TEXT_BYTES];
    int gathered;
};

static const char schema[] = "pragma journal_mode = wal;"
                             "create table if not exists imported (site_id text not null, key text not null, "
                             "number text not null, primary key (site_id, key)) without rowid;";

static bool prepare(struct ledger *ledger) {
    return sqlite3_busy_timeout(ledger->database, LEDGER_BUSY_MS) == SQLITE_OK &&
           sqlite3_exec(ledger->database, schema, NULL, NULL, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(ledger->database, "select number from imported where site_id = ? and key = ?", -1,
                              &ledger->find, NULL) == SQLITE_OK &&
           sqlite3_prepare_v2(ledger->database, "insert or replace into imported values (?, ?, ?)", -1, &ledger->add,
                              NULL) == SQLITE_OK;
}

enum status ledger_open(struct ledger **out, const char *directory, const char *site_id, char *why) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/imports.db", directory);
    if (length < 0 || (size_t)length >= sizeof path || strlen(site_id) >= UUID_TEXT_BYTES) {
        (void)snprintf(why, LEDGER_WHY_BYTES, "%.120s, %.40s: the path or the site's id is too long", directory,
                       site_id);
        return STATUS_INVALID;
    }
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL) {
        (void)snprintf(why, LEDGER_WHY_BYTES, "out of memory");
        return STATUS_INVALID;
    }
    memcpy(ledger->site_id, site_id, strlen(site_id) + 1);
    if (sqlite3_open(path, &ledger->database) != SQLITE_OK || !prepare(ledger)) {
        (void)snprintf(why, LEDGER_WHY_BYTES, "%.150s: %.90s", path, sqlite3_errmsg(ledger->database));
        ledger_close(ledger);
        return STATUS_INVALID;
    }
    *out = ledger;
    return STATUS_OK;
}

static void commit(struct ledger *ledger) {
    if (ledger->gathered == 0) return;
    ledger->gathered = 0;
    if (sqlite3_exec(ledger->database, "commit", NULL, NULL, NULL) != SQLITE_OK)
        LOG(ERROR, "imported keys not written", LOG_TEXT("why", sqlite3_errmsg(ledger->database)));
}

void ledger_close(struct ledger *ledger) {
    if (ledger == NULL) return;
    commit(ledger);
    sqlite3_finalize(ledger->find);
    sqlite3_finalize(ledger->add);
    sqlite3_close(ledger->database);
    free(ledger);
}

bool ledger_find(struct ledger *ledger, const char *key, char number[LEDGER_NUMBER_BYTES]) {
    sqlite3_bind_text(ledger->find, 1, ledger->site_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(ledger->find, 2, key, -1, SQLITE_TRANSIENT);
    bool found = sqlite3_step(ledger->find) == SQLITE_ROW;
    const unsigned char *text = found ? sqlite3_column_text(ledger->find, 0) : NULL;
    (void)snprintf(number, LEDGER_NUMBER_BYTES, "%s", text == NULL ? "" : (const char *)text);
    sqlite3_reset(ledger->find);
    return found;
}

void ledger_add(struct ledger *ledger, const char *key, const char *number) {
    if (ledger->gathered == 0) (void)sqlite3_exec(ledger->database, "begin", NULL, NULL, NULL);
    sqlite3_bind_text(ledger->add, 1, ledger->site_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(ledger->add, 2, key, -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(ledger->add, 3, number, -1, SQLITE_TRANSIENT);
    if (sqlite3_step(ledger->add) != SQLITE_DONE)
        LOG(ERROR, "imported key not kept", LOG_TEXT("why", sqlite3_errmsg(ledger->database)));
    sqlite3_reset(ledger->add);
    ledger->gathered++;
    if (ledger->gathered >= GATHERED) commit(ledger);
}
