/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/check.h"
#include "common/log.h"
#include "common/moment.h"
#include "server/database/initial.h"
#include "server/database/place.h"

enum {
    LOOK_EVERY_MS = 20,
    START_LIMIT_MS = 30 * 1000,      /* to a sign of life; orphans of a killed postmaster need a moment to go */
    RECOVERY_LIMIT_MS = 1800 * 1000, /* while it says that it is starting up or shutting down */
    STOP_LIMIT_MS = 60 * 1000,
    RESTART_PAUSE_MS = 300,
    /* Room for a path and its quotes. */
    CONNINFO_BYTES = 2 * PATH_MAX + 128,
};

struct embedded {
    struct place place;
    pid_t pid;  /* 0: not running */
    bool child; /* ours to wait for; otherwise adopted */
    int lock;
    char owner_conninfo[CONNINFO_BYTES];
    char administrator_conninfo[CONNINFO_BYTES];
};

static void sleep_ms(int ms) {
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&pause, NULL);
}

/* ---- the process ---- */

/* postmaster.pid survives a crash, and its number may be anybody's by now: the process must stand in our data. */
static bool stands_in_data(const struct embedded *embedded, pid_t pid) {
    char link[64], directory[PATH_MAX];
    if (kill(pid, 0) != 0 && errno == ESRCH) return false;
    (void)snprintf(link, sizeof(link), "/proc/%d/cwd", (int)pid);
    ssize_t length = readlink(link, directory, sizeof(directory) - 1);
    if (length < 0) return errno != ENOENT;
    directory[length] = '\0';
    return strcmp(directory, embedded->place.data) == 0;
}

/* The postmaster of our data directory, whoever started it; 0: none. */
static pid_t find_postmaster(const struct embedded *embedded) {
    char path[PATH_MAX + 32], line[32];
    (void)snprintf(path, sizeof(path), "%s/postmaster.pid", embedded->place.data);
    FILE *file = fopen(path, "re");
    if (file == NULL) return 0;
    long pid = fgets(line, sizeof(line), file) != NULL ? strtol(line, NULL, 10) : 0;
    (void)fclose(file);
    if (pid <= 1 || pid > INT32_MAX) return 0;
    if (stands_in_data(embedded, (pid_t)pid)) return (pid_t)pid;
    /* PostgreSQL itself only asks whether the number is in use, and would refuse to start. It still checks the shared
     * memory of the old one afterwards. */
    (void)unlink(path);
    return 0;
}

static bool still_running(struct embedded *embedded) {
    if (embedded->pid == 0) return false;
    bool gone = embedded->child ? waitpid(embedded->pid, NULL, WNOHANG) != 0 : !stands_in_data(embedded, embedded->pid);
    if (gone) embedded->pid = 0;
    return !gone;
}

/* A directory as an element of a list setting: quoted, so that a comma or blank in it means nothing. */
static void socket_setting(const struct embedded *embedded, char setting[CONNINFO_BYTES]) {
    static const char name[] = "unix_socket_directories=\"";
    char *out = setting;
    memcpy(out, name, sizeof(name) - 1);
    out += sizeof(name) - 1;
    for (const char *sign = embedded->place.socket; *sign != '\0'; sign++) {
        if (*sign == '"') *out++ = '"';
        *out++ = *sign;
    }
    *out++ = '"';
    *out = '\0';
}

/* What keeps it private goes by command line, which no file and no ALTER SYSTEM overrides. */
static enum status start_postmaster(struct embedded *embedded, char *why) {
    const struct place *place = &embedded->place;
    char program[PATH_MAX], setting[CONNINFO_BYTES], port[32];
    enum status status = place_path(program, place->programs, "postgres", why);
    if (status != STATUS_OK) return status;
    socket_setting(embedded, setting);
    (void)snprintf(port, sizeof(port), "port=%d", PLACE_PORT);
    int log = open(place->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (log < 0) return explain(why, STATUS_UNAVAILABLE, "cannot write %s: %s", place->log, strerror(errno));
    const char *const arguments[] = {program,
                                     "-D",
                                     place->data,
                                     "-c",
                                     "listen_addresses=",
                                     "-c",
                                     port,
                                     "-c",
                                     setting,
                                     "-c",
                                     "unix_socket_permissions=0700",
                                     NULL};
    pid_t pid = child_start(arguments, &place->user, CHILD_WITH_US, log);
    close(log);
    if (pid < 0) return explain(why, STATUS_UNAVAILABLE, "cannot start PostgreSQL: %s", strerror(errno));
    embedded->pid = pid;
    embedded->child = true;
    return STATUS_OK;
}

/* Takes over the running one, or starts one. */
static enum status run_postmaster(struct embedded *embedded, char *why) {
    pid_t running = find_postmaster(embedded);
    if (running == 0) return start_postmaster(embedded, why);
    LOG(NOTICE, "adopting the PostgreSQL that is running", LOG_NUMBER("pid", running));
    embedded->pid = running;
    embedded->child = false;
    (void)kill(running, SIGHUP); /* the configuration was written anew */
    return STATUS_OK;
}

/* The last line of PostgreSQL's log, for the message. */
static void last_words(const struct embedded *embedded, char words[200]) {
    words[0] = '\0';
    FILE *file = fopen(embedded->place.log, "re");
    if (file == NULL) return;
    char line[400];
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '\0') (void)snprintf(words, 200, "%.199s", line);
    }
    (void)fclose(file);
}

static enum status did_not_start(struct embedded *embedded, char *why) {
    char words[200];
    last_words(embedded, words);
    if (embedded->pid != 0)
        return explain(why, STATUS_UNAVAILABLE,
                       "PostgreSQL (process %d) does not answer: look into %.150s, or stop it with `kill -INT %d`",
                       (int)embedded->pid, embedded->place.log, (int)embedded->pid);
    return explain(why, STATUS_UNAVAILABLE, "PostgreSQL did not start: %s (more in %.150s)", words,
                   embedded->place.log);
}

static enum status wait_until_ready(struct embedded *embedded, char *why) {
    int64_t begun = moment_steady_ms(), silent_since = begun;
    for (;;) {
        int64_t now = moment_steady_ms();
        if (!still_running(embedded)) {
            if (now - silent_since > START_LIMIT_MS) return did_not_start(embedded, why);
            if (now != begun) sleep_ms(RESTART_PAUSE_MS);
            enum status status = run_postmaster(embedded, why);
            if (status != STATUS_OK) return status;
        }
        PGPing answer = PQping(embedded->administrator_conninfo);
        if (answer == PQPING_OK) return STATUS_OK;
        if (answer == PQPING_REJECT) silent_since = now;
        if (now - silent_since > START_LIMIT_MS || now - begun > RECOVERY_LIMIT_MS) return did_not_start(embedded, why);
        sleep_ms(LOOK_EVERY_MS);
    }
}

/* ---- its contents ---- */

/* The owner of the data may change tables, the server's role only use them; neither may make roles or databases. */
static const char make_roles[] =
    "do $$ begin "
    "if not exists (select from pg_roles where rolname = 'frontdesk_owner') then create role frontdesk_owner login; "
    "end if; "
    "if not exists (select from pg_roles where rolname = 'frontdesk_app') then create role frontdesk_app nologin; "
    "end if; "
    "grant frontdesk_app to frontdesk_owner with admin option; "
    "end $$";

static bool succeeds(PGconn *line, const char *command, int *rows) {
    PGresult *result = PQexec(line, command);
    ExecStatusType status = PQresultStatus(result);
    *rows = PQntuples(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static void ignore_notice(void *owner, const PGresult *result) {
    (void)owner;
    (void)result;
}

static enum status fill(const struct embedded *embedded, char *why) {
    int rows = 0;
    PGconn *line = PQconnectdb(embedded->administrator_conninfo);
    PQsetNoticeReceiver(line, ignore_notice, NULL);
    bool done = PQstatus(line) == CONNECTION_OK && succeeds(line, make_roles, &rows) &&
                succeeds(line, "select from pg_database where datname = 'frontdesk'", &rows);
    if (done && rows == 0) done = succeeds(line, "create database frontdesk owner frontdesk_owner", &rows);
    enum status status = STATUS_OK;
    if (!done) status = explain(why, STATUS_INTERNAL, "cannot prepare the database: %s", PQerrorMessage(line));
    PQfinish(line);
    return status;
}

/* ---- the public part ---- */

static void make_conninfo(const struct embedded *embedded, char out[CONNINFO_BYTES], const char *rest) {
    static const char host[] = "host='";
    char *end = out;
    memcpy(end, host, sizeof(host) - 1);
    end += sizeof(host) - 1;
    for (const char *sign = embedded->place.socket; *sign != '\0'; sign++) {
        if (*sign == '\'' || *sign == '\\') *end++ = '\\';
        *end++ = *sign;
    }
    (void)snprintf(end, (size_t)(out + CONNINFO_BYTES - end), "' port=%d connect_timeout=10 %s", PLACE_PORT, rest);
}

static enum status take_lock(struct embedded *embedded, char *why) {
    char path[PATH_MAX];
    enum status status = place_path(path, embedded->place.state, "postgres.lock", why);
    if (status != STATUS_OK) return status;
    embedded->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (embedded->lock < 0) return explain(why, STATUS_UNAVAILABLE, "cannot open %s: %s", path, strerror(errno));
    if (flock(embedded->lock, LOCK_EX | LOCK_NB) == 0) return STATUS_OK;
    return explain(why, STATUS_CONFLICT,
                   "another frontdeskd runs on %.300s: stop it, or give this one another state directory",
                   embedded->place.state);
}

static enum status start_all(struct embedded *embedded, const char *state_directory, const char *run_as, char *why) {
    enum status status = place_find(&embedded->place, state_directory, run_as, why);
    if (status == STATUS_OK) status = take_lock(embedded, why);
    if (status == STATUS_OK) status = initial_cluster(&embedded->place, why);
    if (status == STATUS_OK) status = initial_configuration(&embedded->place, why);
    if (status != STATUS_OK) return status;
    make_conninfo(embedded, embedded->owner_conninfo, "dbname=frontdesk user=frontdesk_owner");
    make_conninfo(embedded, embedded->administrator_conninfo, "dbname=postgres user=postgres");
    status = wait_until_ready(embedded, why);
    if (status == STATUS_OK) status = fill(embedded, why);
    return status;
}

enum status embedded_start(struct embedded **embedded, const char *state_directory, const char *run_as, char *why) {
    struct embedded *made = calloc(1, sizeof(*made));
    CHECK(made != NULL);
    made->lock = -1;
    why[0] = '\0';
    enum status status = start_all(made, state_directory, run_as, why);
    if (status == STATUS_OK) {
        LOG(NOTICE, "PostgreSQL is running", LOG_NUMBER("pid", made->pid), LOG_TEXT("directory", made->place.data));
        *embedded = made;
    } else {
        embedded_stop(made);
    }
    return status;
}

const char *embedded_conninfo(const struct embedded *embedded) {
    return embedded->owner_conninfo;
}

bool embedded_watch(struct embedded *embedded) {
    if (still_running(embedded)) return true;
    char why[WHY_BYTES];
    LOG(WARNING, "PostgreSQL has gone, starting it again", LOG_TEXT("log", embedded->place.log));
    if (run_postmaster(embedded, why) == STATUS_OK) return true;
    LOG(ERROR, "PostgreSQL cannot be started", LOG_TEXT("why", why));
    return false;
}

void embedded_stop(struct embedded *embedded) {
    int64_t begun = moment_steady_ms();
    bool urged = false;
    if (embedded->pid != 0) (void)kill(embedded->pid, SIGINT);
    while (still_running(embedded)) {
        sleep_ms(LOOK_EVERY_MS);
        if (urged || moment_steady_ms() - begun < STOP_LIMIT_MS) continue;
        /* Without a last checkpoint: the next start recovers from the journal files. */
        (void)kill(embedded->pid, SIGQUIT);
        urged = true;
    }
    if (embedded->lock >= 0) close(embedded->lock);
    free(embedded);
}
