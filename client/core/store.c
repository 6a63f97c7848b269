/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/store.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/moment.h"

enum { STORE_WHY_BYTES = 256, STORE_BUSY_MS = 2000, STORE_DESK_BYTES = 128 };

struct store {
    sqlite3 *database;
    char *server;
    char device[UUID_TEXT_BYTES];
    char desk[STORE_DESK_BYTES];
    int lock; /* descriptor, -1: in memory */
};

/* WAL with full synchronisation: a token that was used up must not come back after a power cut. */
static const char schema[] = "pragma journal_mode = wal;"
                             "pragma synchronous = full;"
                             "create table if not exists device (id text not null);"
                             "create table if not exists pin (server text primary key, pin blob not null);"
                             "create table if not exists token (server text primary key, token text not null);"
                             "create table if not exists desk (server text primary key, name text not null);"
                             "create table if not exists memo (server text not null, name text not null, "
                             "value blob not null, primary key (server, name));"
                             "create table if not exists cursor (server text not null, site_id text not null, "
                             "epoch integer not null, seq integer not null, primary key (server, site_id));";

/* Creates each missing folder of the path, for this user alone. */
static bool make_directory(const char *path) {
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part) return false;
    memcpy(part, path, length + 1);
    for (char *slash = part + 1; *slash != '\0'; slash++) {
        if (*slash != '/') continue;
        *slash = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return false;
        *slash = '/';
    }
    return mkdir(part, 0700) == 0 || errno == EEXIST;
}

static int open_private(const char *directory, const char *name, char path[PATH_MAX]) {
    int length = snprintf(path, PATH_MAX, "%s/%s", directory, name);
    if (length < 0 || length >= PATH_MAX) return -1;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* Runs one statement with text parameters; `read` may be NULL. */
static bool run(struct store *store, const char *sql, const char *const *texts, int count,
                void (*read)(sqlite3_stmt *row, void *owner), void *owner) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->database, sql, -1, &statement, NULL) != SQLITE_OK) return false;
    for (int i = 0; i < count; i++) sqlite3_bind_text(statement, i + 1, texts[i], -1, SQLITE_TRANSIENT);
    int result = sqlite3_step(statement);
    bool found = result == SQLITE_ROW;
    if (found && read != NULL) read(statement, owner);
    if (!found && result != SQLITE_DONE)
        LOG(ERROR, "client state not written", LOG_TEXT("why", sqlite3_errmsg(store->database)));
    sqlite3_finalize(statement);
    return found;
}

static void read_device(sqlite3_stmt *row, void *owner) {
    struct store *store = owner;
    const unsigned char *id = sqlite3_column_text(row, 0);
    if (id == NULL || !uuid_valid((const char *)id)) return;
    memcpy(store->device, id, sizeof store->device);
}

static bool load_device(struct store *store) {
    char fresh[UUID_TEXT_BYTES];
    uuid_make(fresh, moment_now_ms());
    run(store, "insert into device select ? where not exists (select 1 from device)", (const char *[]){fresh}, 1, NULL,
        NULL);
    return run(store, "select id from device limit 1", NULL, 0, read_device, store) && store->device[0] != '\0';
}

static enum status open_files(struct store *store, const char *directory, char *why) {
    char path[PATH_MAX] = ":memory:";
    if (directory != NULL) {
        int file = -1;
        if (make_directory(directory)) {
            store->lock = open_private(directory, "session.lock", path);
            file = open_private(directory, "state.db", path);
        }
        if (file < 0 || store->lock < 0) {
            (void)snprintf(why, STORE_WHY_BYTES, "%.160s: %s", directory, strerror(errno));
            if (file >= 0) close(file);
            return STATUS_INVALID;
        }
        close(file);
    }
    if (sqlite3_open(path, &store->database) != SQLITE_OK ||
        sqlite3_busy_timeout(store->database, STORE_BUSY_MS) != SQLITE_OK ||
        sqlite3_exec(store->database, schema, NULL, NULL, NULL) != SQLITE_OK || !load_device(store)) {
        (void)snprintf(why, STORE_WHY_BYTES, "%.160s: %.80s", path, sqlite3_errmsg(store->database));
        return STATUS_INVALID;
    }
    return STATUS_OK;
}

enum status store_open(struct store **out, const char *directory, const char *server, char *why) {
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL) return STATUS_TOO_LARGE;
    store->lock = -1;
    store->server = strdup(server);
    enum status status = store->server == NULL ? STATUS_TOO_LARGE : open_files(store, directory, why);
    if (status != STATUS_OK) {
        store_close(store);
        return status;
    }
    *out = store;
    return STATUS_OK;
}

void store_close(struct store *store) {
    if (store == NULL) return;
    sqlite3_close(store->database);
    if (store->lock >= 0) close(store->lock);
    free(store->server);
    free(store);
}

const char *store_device(const struct store *store) {
    return store->device;
}

static void read_pin(sqlite3_stmt *row, void *owner) {
    if (sqlite3_column_bytes(row, 0) == TLS_PIN_BYTES) memcpy(owner, sqlite3_column_blob(row, 0), TLS_PIN_BYTES);
}

bool store_pin(struct store *store, uint8_t pin[TLS_PIN_BYTES]) {
    return run(store, "select pin from pin where server = ?", (const char *[]){store->server}, 1, read_pin, pin);
}

void store_keep_pin(struct store *store, const uint8_t pin[TLS_PIN_BYTES]) {
    char hex[2 * TLS_PIN_BYTES + 1];
    for (int i = 0; i < TLS_PIN_BYTES; i++) (void)snprintf(hex + 2 * i, 3, "%02x", pin[i]);
    char sql[160];
    (void)snprintf(sql, sizeof sql, "insert or replace into pin (server, pin) values (?, x'%s')", hex);
    run(store, sql, (const char *[]){store->server}, 1, NULL, NULL);
}

void store_forget_pin(struct store *store) {
    run(store, "delete from pin where server = ?", (const char *[]){store->server}, 1, NULL, NULL);
}

static void read_desk(sqlite3_stmt *row, void *owner) {
    const unsigned char *name = sqlite3_column_text(row, 0);
    (void)snprintf(owner, STORE_DESK_BYTES, "%s", name == NULL ? "" : (const char *)name);
}

const char *store_desk(struct store *store) {
    store->desk[0] = '\0';
    run(store, "select name from desk where server = ?", (const char *[]){store->server}, 1, read_desk, store->desk);
    return store->desk;
}

void store_keep_desk(struct store *store, const char *name) {
    run(store, "insert or replace into desk (server, name) values (?, ?)", (const char *[]){store->server, name}, 2,
        NULL, NULL);
}

bool store_lock_token(struct store *store) {
    return store->lock < 0 || flock(store->lock, LOCK_EX | LOCK_NB) == 0;
}

void store_unlock_token(struct store *store) {
    if (store->lock >= 0) (void)flock(store->lock, LOCK_UN);
}

static void read_token(sqlite3_stmt *row, void *owner) {
    const unsigned char *token = sqlite3_column_text(row, 0);
    (void)snprintf(owner, STORE_TOKEN_BYTES, "%s", token == NULL ? "" : (const char *)token);
}

bool store_token(struct store *store, char token[STORE_TOKEN_BYTES]) {
    token[0] = '\0';
    return run(store, "select token from token where server = ?", (const char *[]){store->server}, 1, read_token,
               token) &&
           token[0] != '\0';
}

void store_keep_token(struct store *store, const char *token) {
    if (token == NULL)
        run(store, "delete from token where server = ?", (const char *[]){store->server}, 1, NULL, NULL);
    else
        run(store, "insert or replace into token (server, token) values (?, ?)", (const char *[]){store->server, token},
            2, NULL, NULL);
}

void store_remember(struct store *store, const char *name, const void *data, size_t length) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->database, "insert or replace into memo (server, name, value) values (?, ?, ?)", -1,
                           &statement, NULL) != SQLITE_OK)
        return;
    sqlite3_bind_text(statement, 1, store->server, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
    sqlite3_bind_blob64(statement, 3, length == 0 ? "" : data, length, SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_DONE)
        LOG(ERROR, "client state not written", LOG_TEXT("why", sqlite3_errmsg(store->database)));
    sqlite3_finalize(statement);
}

static void read_memo(sqlite3_stmt *row, void *owner) {
    const void *value = sqlite3_column_blob(row, 0);
    if (value != NULL && bytes_append(owner, value, (size_t)sqlite3_column_bytes(row, 0)) != STATUS_OK)
        LOG(ERROR, "client state not read");
}

bool store_recall(struct store *store, const char *name, struct bytes *out) {
    size_t before = out->length;
    return run(store, "select value from memo where server = ? and name = ?", (const char *[]){store->server, name}, 2,
               read_memo, out) &&
           out->length > before;
}

void store_forget_all(struct store *store) {
    run(store, "delete from memo where server = ?", (const char *[]){store->server}, 1, NULL, NULL);
}

static void read_cursor(sqlite3_stmt *row, void *owner) {
    int64_t *cursor = owner;
    cursor[0] = sqlite3_column_int64(row, 0);
    cursor[1] = sqlite3_column_int64(row, 1);
}

bool store_cursor(struct store *store, const char *site_id, int64_t *epoch, int64_t *seq) {
    int64_t cursor[2] = {0, 0};
    if (!run(store, "select epoch, seq from cursor where server = ? and site_id = ?",
             (const char *[]){store->server, site_id}, 2, read_cursor, cursor))
        return false;
    *epoch = cursor[0];
    *seq = cursor[1];
    return true;
}

void store_keep_cursor(struct store *store, const char *site_id, int64_t epoch, int64_t seq) {
    char epoch_text[24], seq_text[24];
    /* Not worth a wait for the disk: an older cursor only makes the server repeat what was seen. */
    (void)sqlite3_exec(store->database, "pragma synchronous = normal", NULL, NULL, NULL);
    (void)snprintf(epoch_text, sizeof epoch_text, "%lld", (long long)epoch);
    (void)snprintf(seq_text, sizeof seq_text, "%lld", (long long)seq);
    if (epoch == 0)
        run(store, "delete from cursor where server = ? and site_id = ?", (const char *[]){store->server, site_id}, 2,
            NULL, NULL);
    else
        run(store,
            "insert or replace into cursor (server, site_id, epoch, seq) "
            "values (?, ?, cast(? as integer), cast(? as integer))",
            (const char *[]){store->server, site_id, epoch_text, seq_text}, 4, NULL, NULL);
    (void)sqlite3_exec(store->database, "pragma synchronous = full", NULL, NULL, NULL);
}
