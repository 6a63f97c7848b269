/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/schema.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "server/database/migration.h"
#include "server/database/place.h"

/* Of this program: any number that nobody else locks. Held by the session, so it ends with it, however that ends. */
static const char lock_command[] = "select pg_advisory_lock(7316058942)";

static const char table_command[] = "create table if not exists schema_migration ("
                                    "number integer primary key, name text not null, checksum text not null, "
                                    "applied_at timestamptz not null default now())";

static enum status refused(PGconn *line, const char *what, char *why) {
    enum status status = PQstatus(line) == CONNECTION_OK ? STATUS_INTERNAL : STATUS_UNAVAILABLE;
    return explain(why, status, "%s: %s", what, PQerrorMessage(line));
}

static enum status run(PGconn *line, const char *command, const char *what, char *why) {
    PGresult *result = PQexec(line, command);
    ExecStatusType outcome = PQresultStatus(result);
    PQclear(result);
    if (outcome == PGRES_COMMAND_OK || outcome == PGRES_TUPLES_OK) return STATUS_OK;
    return refused(line, what, why);
}

static const struct migration *find(const struct migration *migrations, size_t count, int number) {
    for (size_t i = 0; i < count; i++)
        if (migrations[i].number == number) return &migrations[i];
    return NULL;
}

/* What is applied must be what this program has, number by number. */
static enum status compare(const PGresult *applied, const struct migration *migrations, size_t count, char *why) {
    int newest = count > 0 ? migrations[count - 1].number : 0;
    for (int row = 0; row < PQntuples(applied); row++) {
        int number = (int)strtol(PQgetvalue(applied, row, 0), NULL, 10);
        const char *name = PQgetvalue(applied, row, 1);
        const struct migration *ours = find(migrations, count, number);
        if (number > newest)
            return explain(why, STATUS_CONFLICT,
                           "the database is newer (migration %s) than this program (up to %d): install the newer "
                           "program, or restore the backup made before its upgrade",
                           name, newest);
        if (ours == NULL)
            return explain(why, STATUS_INTERNAL, "the database has migration %s, which this program does not know",
                           name);
        if (strcmp(PQgetvalue(applied, row, 2), ours->checksum) != 0)
            return explain(why, STATUS_INTERNAL,
                           "migration %s is not the one that was applied to this database (checksum): a migration "
                           "must never be changed once it was released",
                           name);
    }
    return STATUS_OK;
}

static bool is_applied(const PGresult *applied, int number) {
    for (int row = 0; row < PQntuples(applied); row++)
        if (strtol(PQgetvalue(applied, row, 0), NULL, 10) == number) return true;
    return false;
}

static enum status record(PGconn *line, const struct migration *migration, char *why) {
    char number[16];
    (void)snprintf(number, sizeof(number), "%d", migration->number);
    const char *values[] = {number, migration->name, migration->checksum};
    PGresult *result = PQexecParams(line, "insert into schema_migration (number, name, checksum) values ($1, $2, $3)",
                                    3, NULL, values, NULL, NULL, 0);
    ExecStatusType outcome = PQresultStatus(result);
    PQclear(result);
    return outcome == PGRES_COMMAND_OK ? STATUS_OK : refused(line, migration->name, why);
}

static enum status apply(PGconn *line, const struct migration *migration, char *why) {
    enum status status = run(line, "begin", migration->name, why);
    if (status == STATUS_OK) status = run(line, migration->text, migration->name, why);
    if (status == STATUS_OK && PQtransactionStatus(line) != PQTRANS_INTRANS)
        return explain(why, STATUS_INTERNAL, "migration %s ends its transaction itself: take out begin and commit",
                       migration->name);
    /* A migration may have changed role or path for its own purposes. */
    if (status == STATUS_OK) status = run(line, "reset role; reset search_path", migration->name, why);
    if (status == STATUS_OK) status = record(line, migration, why);
    if (status == STATUS_OK) status = run(line, "commit", migration->name, why);
    if (status != STATUS_OK) return status; /* closing the line rolls back */
    LOG(NOTICE, "migration applied", LOG_TEXT("name", migration->name));
    return STATUS_OK;
}

static enum status apply_missing(PGconn *line, const struct migration *migrations, size_t count, char *why) {
    PGresult *applied = PQexec(line, "select number, name, checksum from schema_migration order by number");
    enum status status = STATUS_OK;
    if (PQresultStatus(applied) != PGRES_TUPLES_OK)
        status = refused(line, "cannot read schema_migration", why);
    else
        status = compare(applied, migrations, count, why);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        if (!is_applied(applied, migrations[i].number)) status = apply(line, &migrations[i], why);
    PQclear(applied);
    return status;
}

static void ignore_notice(void *owner, const PGresult *result) {
    (void)owner;
    (void)result;
}

enum status migrations_apply(const char *conninfo, const struct migration *migrations, size_t count, char *why) {
    why[0] = '\0';
    PGconn *line = PQconnectdb(conninfo);
    PQsetNoticeReceiver(line, ignore_notice, NULL);
    enum status status = STATUS_OK;
    if (PQstatus(line) != CONNECTION_OK)
        status = explain(why, STATUS_UNAVAILABLE, "cannot connect to the database: %s", PQerrorMessage(line));
    if (status == STATUS_OK) status = run(line, lock_command, "cannot lock the schema", why);
    if (status == STATUS_OK)
        status = run(line, table_command,
                     "cannot make the table schema_migration (the login must own the database, or be allowed to create "
                     "in schema public)",
                     why);
    if (status == STATUS_OK) status = apply_missing(line, migrations, count, why);
    PQfinish(line);
    return status;
}

enum status schema_migrate(const char *conninfo, char *why) {
    return migrations_apply(conninfo, sql_migrations, sql_migration_count, why);
}
