/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/daemon.h"
#include "tests/support/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void pause_ms(long ms) {
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000}, NULL);
}

static void run_tool(const char *const arguments[]) {
    int result = 0;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &result, 0), pid);
    if (!WIFEXITED(result) || WEXITSTATUS(result) != 0) fail_msg("%s failed", arguments[0]);
}

void tree_copy(const char *from, const char *to) {
    const char *const arguments[] = {"cp", "-a", "--", from, to, NULL};
    run_tool(arguments);
}

void tree_remove(const char *directory) {
    const char *const arguments[] = {"rm", "-rf", "--", directory, NULL};
    run_tool(arguments);
}

static void make_directory(struct daemon_process *daemon) {
    snprintf(daemon->directory, sizeof daemon->directory, "/tmp/frontdesk-test-XXXXXX");
    assert_non_null(mkdtemp(daemon->directory));
    assert_int_equal(chmod(daemon->directory, 0755), 0); /* PostgreSQL runs as another user when we are root */
    snprintf(daemon->state, sizeof daemon->state, "%s/state", daemon->directory);
    daemon->keep = getenv("FRONTDESK_TEST_KEEP") != NULL;
}

void daemon_create(struct daemon_process *daemon) {
    memset(daemon, 0, sizeof *daemon);
    make_directory(daemon);
}

void daemon_create_beside(struct daemon_process *daemon, const struct daemon_process *first) {
    daemon_create(daemon);
    memcpy(daemon->database, first->database, sizeof daemon->database);
    memcpy(daemon->password, first->password, sizeof daemon->password);
    daemon->external = true;
    daemon->program = first->program;
}

void daemon_create_twin(struct daemon_process *daemon, const struct daemon_process *first) {
    char from[128], to[128];
    daemon_create_beside(daemon, first);
    assert_int_equal(mkdir(daemon->state, 0755), 0);
    snprintf(from, sizeof from, "%s/tls", first->state);
    snprintf(to, sizeof to, "%s/tls", daemon->state);
    tree_copy(from, to);
}

static void add_option(struct daemon_process *daemon, const char *option, const char *value) {
    int count = 0;
    while (daemon->arguments[count] != NULL) count++;
    assert_true(count + 2 < DAEMON_ARGUMENTS);
    daemon->arguments[count] = option;
    daemon->arguments[count + 1] = value;
}

void daemon_call(struct daemon_process *daemon, const char *node) {
    add_option(daemon, "--node", node);
}

void daemon_keep_port(struct daemon_process *daemon) {
    snprintf(daemon->listen, sizeof daemon->listen, "127.0.0.1:%d", daemon->port);
    add_option(daemon, "--listen", daemon->listen);
}

int daemon_ctl(const struct daemon_process *daemon, const char *const *arguments, char *output, size_t size) {
    const char *words[DAEMON_ARGUMENTS + 4] = {FRONTDESKCTL_PROGRAM, "--lang", "en", "--state-directory",
                                               daemon->state};
    int ends[2], result = 0;
    for (int i = 0; arguments[i] != NULL && i < DAEMON_ARGUMENTS - 2; i++) words[5 + i] = arguments[i];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) < 0 || dup2(ends[1], STDERR_FILENO) < 0) _exit(126);
        close(ends[0]);
        close(ends[1]);
        execv(FRONTDESKCTL_PROGRAM, (char *const *)(uintptr_t)words);
        _exit(127);
    }
    close(ends[1]);
    size_t length = 0;
    for (ssize_t count = 1; count > 0 && length + 1 < size; length += (size_t)(count > 0 ? count : 0))
        count = read(ends[0], output + length, size - 1 - length);
    output[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(pid, &result, 0), pid);
    return WIFEXITED(result) ? WEXITSTATUS(result) : -1;
}

static void run_server(const struct daemon_process *daemon, const char *output) {
    const char *program = daemon->program != NULL ? daemon->program : FRONTDESKD_PROGRAM;
    const char *arguments[DAEMON_ARGUMENTS + 12] = {program, "--state-directory", daemon->state, "--listen",
                                                    "127.0.0.1:0"};
    int count = 5;
    if (daemon->external) {
        arguments[count++] = "--database";
        arguments[count++] = daemon->database;
    }
    for (int i = 0; daemon->arguments[i] != NULL; i++) arguments[count++] = daemon->arguments[i];
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that aborts leaves nothing behind */
    const char *shim = getenv("FRONTDESK_SHIM_LIBRARY");
    if (shim != NULL) setenv("LD_PRELOAD", shim, 1);
    int file = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0) _exit(126);
    execv(program, (char *const *)(uintptr_t)arguments);
    _exit(127);
}

static bool read_file(const char *path, char *text, size_t size) {
    FILE *file = fopen(path, "r");
    if (file == NULL) return false;
    size_t length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
    return length > 0;
}

static bool read_port(struct daemon_process *daemon) {
    char path[128], text[32];
    snprintf(path, sizeof path, "%s/port", daemon->state);
    if (!read_file(path, text, sizeof text) || strchr(text, '\n') == NULL) return false;
    daemon->port = (int)strtol(text, NULL, 10);
    return daemon->port > 0;
}

static void fail_with_output(const char *output, const char *why) {
    char text[16384];
    if (read_file(output, text, sizeof text)) print_error("%s\n", text);
    fail_msg("%s", why);
}

/* The first start prints the administrator's password once. */
static void read_password(struct daemon_process *daemon, const char *output) {
    char text[16384];
    if (daemon->password[0] != '\0' || !read_file(output, text, sizeof text)) return;
    const char *line = strstr(text, "password: ");
    if (line != NULL) sscanf(line + strlen("password: "), "%127s", daemon->password);
}

static void note_database(struct daemon_process *daemon) {
    char path[128];
    if (daemon->database[0] != '\0') return;
    snprintf(path, sizeof path, "%s/database", daemon->state);
    if (read_file(path, daemon->database, sizeof daemon->database)) {
        daemon->database[strcspn(daemon->database, "\n")] = '\0';
    }
}

void daemon_start(struct daemon_process *daemon) {
    char output[96], port[128];
    snprintf(output, sizeof output, "%s/output", daemon->directory);
    snprintf(port, sizeof port, "%s/port", daemon->state);
    unlink(port);
    daemon->pid = fork();
    assert_true(daemon->pid >= 0);
    if (daemon->pid == 0) run_server(daemon, output);
    for (int i = 0; i < 1200 && !read_port(daemon); i++) {
        if (waitpid(daemon->pid, NULL, WNOHANG) != 0) fail_with_output(output, "frontdeskd ended at its start");
        pause_ms(50);
    }
    if (!read_port(daemon)) fail_with_output(output, "frontdeskd is not ready after a minute");
    read_password(daemon, output);
    note_database(daemon);
}

void daemon_stop(struct daemon_process *daemon) {
    char output[96];
    int result = 0;
    snprintf(output, sizeof output, "%s/output", daemon->directory);
    assert_int_equal(kill(daemon->pid, SIGTERM), 0);
    assert_int_equal(waitpid(daemon->pid, &result, 0), daemon->pid);
    daemon->pid = 0;
    if (!WIFEXITED(result) || WEXITSTATUS(result) != 0) fail_with_output(output, "frontdeskd did not stop clean");
}

void daemon_kill(struct daemon_process *daemon) {
    assert_int_equal(kill(daemon->pid, SIGKILL), 0);
    assert_int_equal(waitpid(daemon->pid, NULL, 0), daemon->pid);
    daemon->pid = 0;
}

/* The file outlives a kill: only a process that is there counts. */
pid_t postmaster_of(const char *data) {
    char path[192], text[64];
    snprintf(path, sizeof path, "%s/postmaster.pid", data);
    if (!read_file(path, text, sizeof text)) return 0;
    pid_t postmaster = (pid_t)strtol(text, NULL, 10);
    return postmaster > 1 && kill(postmaster, 0) == 0 ? postmaster : 0;
}

static pid_t own_postmaster(const struct daemon_process *daemon) {
    char data[160];
    snprintf(data, sizeof data, "%s/postgres/data", daemon->state);
    return postmaster_of(data);
}

enum { CHILDREN = 64 };

static unsigned children_of(pid_t postmaster, pid_t children[CHILDREN]) {
    char path[64], pid[32];
    unsigned count = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", postmaster, postmaster);
    FILE *file = fopen(path, "r");
    if (file == NULL) return 0;
    while (count < CHILDREN && fscanf(file, "%31s", pid) == 1) children[count++] = (pid_t)strtol(pid, NULL, 10);
    fclose(file);
    return count;
}

void postgres_crash(pid_t postmaster) {
    pid_t children[CHILDREN];
    assert_true(postmaster > 1);
    assert_int_equal(kill(postmaster, SIGSTOP), 0);
    unsigned count = children_of(postmaster, children);
    for (unsigned i = 0; i < count; i++) kill(children[i], SIGKILL);
    assert_int_equal(kill(postmaster, SIGKILL), 0);
}

bool daemon_kill_postmaster(const struct daemon_process *daemon) {
    pid_t postmaster = own_postmaster(daemon);
    return postmaster > 1 && kill(postmaster, SIGKILL) == 0;
}

bool daemon_kill_backend(const struct daemon_process *daemon, unsigned chance) {
    pid_t children[CHILDREN], postmaster = own_postmaster(daemon);
    unsigned count = postmaster > 1 ? children_of(postmaster, children) : 0;
    return count > 0 && kill(children[chance % count], SIGKILL) == 0;
}

/* Who is told to stand still first starts no new ones. A server without its PostgreSQL would start it again. */
void daemon_crash(struct daemon_process *daemon) {
    assert_int_equal(kill(daemon->pid, SIGSTOP), 0);
    postgres_crash(own_postmaster(daemon));
    daemon_kill(daemon);
}

void daemon_remove(struct daemon_process *daemon) {
    if (daemon->pid > 0) daemon_stop(daemon);
    if (!daemon->keep) tree_remove(daemon->directory);
}

/* The fence holds for the owner too; a test that looks for itself steps over it. The server's role stays behind it. */
static const char see_all[] = "do $$ declare fenced regclass; begin set client_min_messages = error; "
                              "for fenced in select oid from pg_class where relforcerowsecurity loop "
                              "execute format('alter table %s no force row level security', fenced); end loop; end $$";

PGconn *daemon_database(const struct daemon_process *daemon) {
    PGconn *connection = PQconnectdb(daemon->database);
    if (PQstatus(connection) != CONNECTION_OK) fail_msg("%s", PQerrorMessage(connection));
    PQclear(PQexec(connection, see_all));
    return connection;
}

const char *database_value(PGconn *connection, const char *sql) {
    static char value[65536];
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK || PQntuples(result) < 1) {
        fail_msg("%s: %s", sql, PQresultErrorMessage(result));
    }
    snprintf(value, sizeof value, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return value;
}

long database_number(PGconn *connection, const char *sql) {
    return strtol(database_value(connection, sql), NULL, 10);
}
