/* SPDX-License-Identifier: Apache-2.0 */
#include "client/core/outbox_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/log.h"
#include "common/moment.h"

enum { BUSY_MS = 2000 };

static const char file_name[] = "outbox.db", damaged_name[] = "outbox.db.damaged-";

/* Full synchronisation: what a clerk was told is kept must survive a power cut. Names and phone numbers of customers
 * wait here, so that what is deleted is overwritten. */
static const char schema[] =
    "pragma journal_mode = wal;"
    "pragma synchronous = full;"
    "pragma secure_delete = on;"
    "create table if not exists outbox (position integer primary key autoincrement, server text not null, "
    "person_id text not null, person_name text not null, site_id text not null, operation text not null, "
    "key text not null unique, body blob not null, made_at_ms integer not null, received_at_ms integer not null, "
    "sent_at_ms integer not null default 0, depends_on integer not null, state integer not null, "
    "status integer not null default 0, message text not null default '', field text not null default '');"
    "create index if not exists outbox_depends on outbox (depends_on);"
    "create table if not exists made (position integer primary key, server text not null, number text not null);";

static void bind(sqlite3_stmt *statement, const char *kinds, va_list *values) {
    for (int i = 1; *kinds != '\0'; kinds++, i++) {
        if (*kinds == 's') sqlite3_bind_text(statement, i, va_arg(*values, const char *), -1, SQLITE_TRANSIENT);
        if (*kinds == 'i') sqlite3_bind_int64(statement, i, va_arg(*values, int64_t));
        if (*kinds != 'b') continue;
        const void *data = va_arg(*values, const void *);
        size_t length = va_arg(*values, size_t);
        sqlite3_bind_blob64(statement, i, length == 0 ? "" : data, length, SQLITE_TRANSIENT);
    }
}

static void note(struct outbox *outbox, int result) {
    int primary = result & 0xFF;
    outbox->corrupt = primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
    (void)snprintf(outbox->why, sizeof outbox->why, "%.400s: %.100s", outbox->path, sqlite3_errmsg(outbox->database));
    LOG(WARNING, "outbox not written", LOG_TEXT("why", outbox->why));
}

int outbox_run(struct outbox *outbox, const char *sql, void (*read)(sqlite3_stmt *row, void *owner), void *owner,
               const char *kinds, ...) {
    if (outbox->database == NULL) return SQLITE_MISUSE;
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(outbox->database, sql, -1, &statement, NULL), last = SQLITE_DONE;
    if (result == SQLITE_OK) {
        va_list values;
        va_start(values, kinds);
        bind(statement, kinds, &values);
        va_end(values);
        while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
            last = SQLITE_ROW;
            if (read != NULL) read(statement, owner);
        }
    }
    if (result != SQLITE_DONE) {
        note(outbox, result);
        last = result;
    }
    sqlite3_finalize(statement);
    return last;
}

bool outbox_begin(struct outbox *outbox) {
    return outbox_run(outbox, "begin immediate", NULL, NULL, "") == SQLITE_DONE;
}

enum status outbox_end(struct outbox *outbox, enum status status) {
    if (status == STATUS_OK && outbox_run(outbox, "commit", NULL, NULL, "") == SQLITE_DONE) return STATUS_OK;
    if (sqlite3_get_autocommit(outbox->database) == 0)
        (void)sqlite3_exec(outbox->database, "rollback", NULL, NULL, NULL);
    return status == STATUS_OK ? STATUS_UNAVAILABLE : status;
}

void outbox_clean(struct outbox *outbox) {
    /* Another program that is just reading keeps it for the moment; its own clean-up, or the next one, does it. */
    (void)sqlite3_wal_checkpoint_v2(outbox->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

bool outbox_file_present(const struct outbox *outbox) {
    struct stat about;
    return outbox->database != NULL && stat(outbox->path, &about) == 0 && about.st_ino == outbox->file;
}

static void read_check(sqlite3_stmt *row, void *owner) {
    const unsigned char *found = sqlite3_column_text(row, 0);
    *(bool *)owner = found != NULL && strcmp((const char *)found, "ok") == 0;
}

static void close_database(struct outbox *outbox) {
    sqlite3_close(outbox->database);
    outbox->database = NULL;
}

/* INVALID: why is filled; corrupt says whether the file itself is to blame. */
static enum status open_database(struct outbox *outbox) {
    struct stat about;
    int file = open(outbox->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    outbox->corrupt = false;
    if (file < 0 || fstat(file, &about) != 0) {
        (void)snprintf(outbox->why, sizeof outbox->why, "%.400s: %s", outbox->path, strerror(errno));
        if (file >= 0) close(file);
        return STATUS_INVALID;
    }
    close(file);
    outbox->file = about.st_ino;
    bool sound = false;
    int result = sqlite3_open(outbox->path, &outbox->database);
    if (result == SQLITE_OK) result = sqlite3_busy_timeout(outbox->database, BUSY_MS);
    if (result == SQLITE_OK) result = sqlite3_exec(outbox->database, schema, NULL, NULL, NULL);
    if (result == SQLITE_OK) {
        (void)outbox_run(outbox, "pragma quick_check(1)", read_check, &sound, "");
        if (sound) return STATUS_OK;
        outbox->corrupt = true;
        (void)snprintf(outbox->why, sizeof outbox->why, "%.400s: damaged", outbox->path);
    } else {
        note(outbox, result);
    }
    close_database(outbox);
    return STATUS_INVALID;
}

/* With what SQLite keeps beside it, under a name that tells when: nothing of it is thrown away. */
static bool set_aside(struct outbox *outbox) {
    static const char *const parts[] = {"", "-wal", "-shm"};
    char from[PATH_MAX + 8], to[PATH_MAX + 8], base[PATH_MAX];
    int length = snprintf(base, sizeof base, "%s/%s%lld", outbox->directory, damaged_name, (long long)moment_now_ms());
    if (length < 0 || (size_t)length >= sizeof base) return false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        (void)snprintf(from, sizeof from, "%s%s", outbox->path, parts[i]);
        (void)snprintf(to, sizeof to, "%s%s", base, parts[i]);
        if (rename(from, to) != 0 && i == 0) return false;
    }
    memcpy(outbox->damaged, base, (size_t)length + 1);
    LOG(WARNING, "damaged outbox set aside", LOG_TEXT("path", base));
    return true;
}

/* A second program may have done it meanwhile: under the lock the file is looked at once more. */
static enum status open_or_set_aside(struct outbox *outbox) {
    enum status status = open_database(outbox);
    if (status == STATUS_OK || !outbox->corrupt) return status;
    if (flock(outbox->lock, LOCK_EX) != 0) return status;
    status = open_database(outbox);
    if (status != STATUS_OK && outbox->corrupt && set_aside(outbox)) status = open_database(outbox);
    (void)flock(outbox->lock, LOCK_UN);
    return status;
}

bool outbox_reopen(struct outbox *outbox) {
    close_database(outbox);
    outbox_unlock(outbox);
    return open_or_set_aside(outbox) == STATUS_OK;
}

static void find_damaged(struct outbox *outbox) {
    DIR *folder = opendir(outbox->directory);
    if (folder == NULL) return;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        const char *end = entry->d_name + strlen(entry->d_name);
        bool whole = end[-1] >= '0' && end[-1] <= '9';
        if (strncmp(entry->d_name, damaged_name, strlen(damaged_name)) == 0 && whole)
            (void)snprintf(outbox->damaged, sizeof outbox->damaged, "%s/%s", outbox->directory, entry->d_name);
    }
    closedir(folder);
}

static enum status open_files(struct outbox *outbox) {
    char path[PATH_MAX];
    int length = snprintf(outbox->path, sizeof outbox->path, "%s/%s", outbox->directory, file_name);
    if (length < 0 || (size_t)length >= sizeof outbox->path - sizeof "-journal") return STATUS_INVALID;
    length = snprintf(path, sizeof path, "%s/outbox.lock", outbox->directory);
    if (length < 0 || (size_t)length >= sizeof path) return STATUS_INVALID;
    outbox->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (outbox->lock < 0) {
        (void)snprintf(outbox->why, sizeof outbox->why, "%.400s: %s", path, strerror(errno));
        return STATUS_INVALID;
    }
    enum status status = open_or_set_aside(outbox);
    if (status == STATUS_OK) find_damaged(outbox);
    return status;
}

enum status outbox_open(struct outbox **out, const char *directory, const char *server, char *why) {
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox == NULL) return STATUS_TOO_LARGE;
    outbox->lock = -1;
    outbox->server = strdup(server);
    outbox->directory = strdup(directory);
    enum status status = outbox->server == NULL || outbox->directory == NULL ? STATUS_TOO_LARGE : open_files(outbox);
    if (status != STATUS_OK) {
        (void)snprintf(why, WHY_BYTES, "%s", outbox->why);
        outbox_close(outbox);
        return status;
    }
    *out = outbox;
    return STATUS_OK;
}

void outbox_close(struct outbox *outbox) {
    if (outbox == NULL) return;
    close_database(outbox);
    if (outbox->lock >= 0) close(outbox->lock);
    free(outbox->server);
    free(outbox->directory);
    free(outbox);
}

const char *outbox_damaged(const struct outbox *outbox) {
    return outbox->damaged[0] == '\0' ? NULL : outbox->damaged;
}

const char *outbox_why(const struct outbox *outbox) {
    return outbox->why;
}

bool outbox_lock(struct outbox *outbox) {
    return flock(outbox->lock, LOCK_EX | LOCK_NB) == 0;
}

void outbox_unlock(struct outbox *outbox) {
    (void)flock(outbox->lock, LOCK_UN);
}

static void read_version(sqlite3_stmt *row, void *owner) {
    *(int64_t *)owner = sqlite3_column_int64(row, 0);
}

bool outbox_changed(struct outbox *outbox) {
    int64_t version = outbox->seen_version;
    (void)outbox_run(outbox, "pragma data_version", read_version, &version, "");
    bool changed = version != outbox->seen_version;
    outbox->seen_version = version;
    return changed;
}
