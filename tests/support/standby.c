/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/standby.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/database/place.h"
#include "tests/support/daemon.h"
#include "tests/support/test.h"

enum { WAIT_MS = 30 * 1000, LOOK_MS = 20 };

static void find_place(struct place *place, const char *state_directory) {
    char why[WHY_BYTES];
    if (place_find(place, state_directory, NULL, why) != STATUS_OK) fail_msg("%s", why);
}

/* Administrators only, by the kernel's word, as the cluster itself. */
static int64_t number_at(const char *conninfo, const char *sql) {
    PGconn *line = PQconnectdb(conninfo);
    PGresult *result = PQexec(line, sql);
    int64_t number = -1;
    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
        number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    PQfinish(line);
    return number;
}

static void wait_for(const char *conninfo, const char *sql, int64_t least) {
    for (int waited = 0; number_at(conninfo, sql) < least; waited += LOOK_MS) {
        if (waited > WAIT_MS) fail_msg("not within 30 s: %s", sql);
        usleep(LOOK_MS * 1000);
    }
}

void postgres_backup(const char *state_directory, const char *administrator, const char *directory,
                     const char *option) {
    struct place place;
    char program[PATH_MAX], output[512];
    find_place(&place, state_directory);
    assert_true((size_t)snprintf(program, sizeof program, "%s/pg_basebackup", place.programs) < sizeof program);
    const char *const arguments[] = {program,  "-D", directory,     "-c",   "fast", "-X",
                                     "stream", "-d", administrator, option, NULL};
    if (child_run(arguments, &place.user, output, sizeof output) != 0) fail_msg("pg_basebackup: %s", output);
}

static void start_postmaster(struct standby *standby, const struct place *place) {
    char program[PATH_MAX], data[96], sockets[128], port[32], log[96];
    snprintf(data, sizeof data, "%s/data", standby->directory);
    snprintf(log, sizeof log, "%s/log", standby->directory);
    snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", standby->socket);
    snprintf(port, sizeof port, "port=%d", PLACE_PORT);
    assert_true((size_t)snprintf(program, sizeof program, "%s/postgres", place->programs) < sizeof program);
    const char *const arguments[] = {program, "-D", data, "-c", "listen_addresses=", "-c", port, "-c", sockets, NULL};
    int file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    assert_true(file >= 0);
    standby->pid = child_start(arguments, &place->user, CHILD_WITH_US, file);
    assert_true(standby->pid > 0);
    close(file);
}

void standby_start(struct standby *standby, const struct cluster *primary) {
    struct place place;
    char data[96];
    find_place(&place, cluster_directory(primary));
    memset(standby, 0, sizeof *standby);
    snprintf(standby->directory, sizeof standby->directory, "/tmp/frontdesk-test-XXXXXX");
    assert_non_null(mkdtemp(standby->directory));
    if (place.user.change) assert_int_equal(chown(standby->directory, place.user.uid, place.user.gid), 0);
    snprintf(standby->socket, sizeof standby->socket, "%s", standby->directory);
    snprintf(standby->administrator, sizeof standby->administrator,
             "host=%s port=%d connect_timeout=10 dbname=frontdesk user=postgres", standby->socket, PLACE_PORT);
    int length = snprintf(standby->both, sizeof standby->both,
                          "host=%s,%s port=%d connect_timeout=10 dbname=frontdesk user=frontdesk_owner "
                          "target_session_attrs=read-write",
                          place.socket, standby->socket, PLACE_PORT);
    assert_true(length > 0 && (size_t)length < sizeof standby->both);
    snprintf(data, sizeof data, "%s/data", standby->directory);
    postgres_backup(cluster_directory(primary), cluster_administrator(primary), data, "-R");
    start_postmaster(standby, &place);
    wait_for(cluster_administrator(primary), "select count(*) from pg_stat_replication where state = 'streaming'", 1);
}

void standby_catch_up(const struct standby *standby, const struct cluster *primary) {
    char sql[160];
    int64_t wanted = number_at(cluster_administrator(primary), "select (pg_current_wal_lsn() - '0/0')::bigint");
    assert_true(wanted > 0);
    snprintf(sql, sizeof sql, "select (pg_last_wal_replay_lsn() - '0/0')::bigint");
    wait_for(standby->administrator, sql, wanted);
}

/* The receiver must stay awake, or it could not be told to promote; so it is the sender that sleeps. */
void standby_lag(struct standby *standby, const struct cluster *primary) {
    standby->sender = (pid_t)number_at(cluster_administrator(primary), "select pid from pg_stat_replication");
    assert_true(standby->sender > 1);
    assert_int_equal(kill(standby->sender, SIGSTOP), 0);
}

void standby_promote(struct standby *standby) {
    assert_int_equal(number_at(standby->administrator, "select pg_promote(true, 60)::integer"), 1);
    wait_for(standby->administrator, "select (not pg_is_in_recovery())::integer", 1);
    standby->sender = 0;
}

int64_t standby_number(const struct standby *standby, const char *sql) {
    return number_at(standby->administrator, sql);
}

void standby_end(struct standby *standby) {
    if (standby->pid > 0) {
        kill(standby->pid, SIGINT);
        assert_int_equal(waitpid(standby->pid, NULL, 0), standby->pid);
    }
    tree_remove(standby->directory);
}

void cluster_crash(const struct cluster *cluster) {
    char data[160];
    snprintf(data, sizeof data, "%s/postgres/data", cluster_directory(cluster));
    postgres_crash(postmaster_of(data));
}
