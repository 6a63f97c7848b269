/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/cluster.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/check.h"
#include "server/database/embedded.h"

struct cluster {
    char directory[64];
    char administrator[512];
    struct embedded *embedded;
};

static void refuse(const char *what, const char *why) {
    (void)fprintf(stderr, "cluster: %s: %s\n", what, why);
    abort();
}

void cluster_up(struct cluster *cluster) {
    char why[WHY_BYTES];
    if (embedded_start(&cluster->embedded, cluster->directory, NULL, why) != STATUS_OK) refuse("start", why);
    int length = snprintf(cluster->administrator, sizeof(cluster->administrator), "%s user=postgres",
                          embedded_conninfo(cluster->embedded));
    CHECK(length > 0 && (size_t)length < sizeof(cluster->administrator));
}

void cluster_down(struct cluster *cluster) {
    embedded_stop(cluster->embedded);
    cluster->embedded = NULL;
}

struct cluster *cluster_start(bool durable) {
    struct cluster *cluster = calloc(1, sizeof(*cluster));
    CHECK(cluster != NULL);
    (void)snprintf(cluster->directory, sizeof(cluster->directory), "/tmp/frontdesk-test-XXXXXX");
    CHECK(mkdtemp(cluster->directory) != NULL);
    cluster_up(cluster);
    if (!durable) {
        cluster_run(cluster, "alter system set fsync = off");
        cluster_run(cluster, "alter system set full_page_writes = off");
        cluster_run(cluster, "select pg_reload_conf()");
    }
    return cluster;
}

void cluster_end(struct cluster *cluster) {
    if (cluster->embedded != NULL) cluster_down(cluster);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/rm", "rm", "-rf", "--", cluster->directory, (char *)NULL);
        _exit(127);
    }
    CHECK(child > 0 && waitpid(child, NULL, 0) == child);
    free(cluster);
}

const char *cluster_directory(const struct cluster *cluster) {
    return cluster->directory;
}

const char *cluster_conninfo(const struct cluster *cluster) {
    return embedded_conninfo(cluster->embedded);
}

const char *cluster_administrator(const struct cluster *cluster) {
    return cluster->administrator;
}

struct embedded *cluster_embedded(const struct cluster *cluster) {
    return cluster->embedded;
}

static void ignore_notice(void *owner, const PGresult *result) {
    (void)owner;
    (void)result;
}

static PGresult *query_result(const struct cluster *cluster, const char *sql) {
    PGconn *line = PQconnectdb(cluster->administrator);
    PQsetNoticeReceiver(line, ignore_notice, NULL);
    PGresult *result = PQexec(line, sql);
    ExecStatusType outcome = PQresultStatus(result);
    if (outcome != PGRES_COMMAND_OK && outcome != PGRES_TUPLES_OK) refuse(sql, PQerrorMessage(line));
    PQfinish(line);
    return result;
}

void cluster_run(const struct cluster *cluster, const char *sql) {
    PQclear(query_result(cluster, sql));
}

int64_t cluster_number(const struct cluster *cluster, const char *sql) {
    PGresult *result = query_result(cluster, sql);
    if (PQntuples(result) == 0) refuse(sql, "no row");
    int64_t number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return number;
}
