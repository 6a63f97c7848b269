/* SPDX-License-Identifier: Apache-2.0 */
/* The private cluster through its life: made, adopted, killed, brought back, refused. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "server/database/embedded.h"
#include "tests/unit/server/database/fixture.h"

static struct cluster *cluster;
static char why[WHY_BYTES];

static int setup_all(void **state) {
    (void)state;
    log_setup(LOG_ERROR, false);
    cluster = cluster_start(false);
    return 0;
}

static int teardown_all(void **state) {
    (void)state;
    cluster_end(cluster);
    return 0;
}

static void sleep_ms(int ms) {
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)nanosleep(&pause, NULL);
}

static pid_t postmaster(void) {
    char path[128], line[32];
    (void)snprintf(path, sizeof(path), "%s/postgres/data/postmaster.pid", cluster_directory(cluster));
    FILE *file = fopen(path, "re");
    if (file == NULL) return 0;
    long pid = fgets(line, sizeof(line), file) != NULL ? strtol(line, NULL, 10) : 0;
    (void)fclose(file);
    return (pid_t)pid;
}

static bool until(bool (*condition)(void)) {
    for (int i = 0; i < 1500; i++) {
        if (condition()) return true;
        sleep_ms(20);
    }
    return false;
}

static bool answers(void) {
    return PQping(cluster_conninfo(cluster)) == PQPING_OK;
}

static bool is_silent(void) {
    return PQping(cluster_conninfo(cluster)) == PQPING_NO_RESPONSE;
}

static void test_settings(void **state) {
    (void)state;
    static const char *const yes[] = {
        "current_setting('listen_addresses') = ''",
        "current_setting('data_checksums') = 'on'",
        "current_setting('server_encoding') = 'UTF8'",
        "(select datcollate = 'C.UTF-8' from pg_database where datname = 'frontdesk')",
        "current_setting('jit') = 'off'",
        "current_setting('max_connections') = '50'",
        "current_setting('synchronous_commit') = 'on'",
        "(select count(*) = 1 from pg_collation where collname = 'zh-x-icu')",
        "(select bool_and(auth_method = 'peer' and type = 'local') from pg_hba_file_rules)",
        "(select not (rolsuper or rolcreaterole or rolcreatedb) from pg_roles where rolname = 'frontdesk_owner')",
        "(select not rolcanlogin and not rolsuper from pg_roles where rolname = 'frontdesk_app')",
        "(select pg_get_userbyid(datdba) = 'frontdesk_owner' from pg_database where datname = 'frontdesk')",
    };
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        char sql[512];
        (void)snprintf(sql, sizeof(sql), "select (%s)::int", yes[i]);
        if (cluster_number(cluster, sql) != 1) fail_msg("not so: %s", yes[i]);
    }
}

static void test_nobody_else_gets_in(void **state) {
    (void)state;
    struct stat found;
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/postgres", cluster_directory(cluster));
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    if (geteuid() == 0) assert_int_not_equal(found.st_uid, 0);
    /* No other role is mapped, not even for root. */
    char conninfo[512];
    (void)snprintf(conninfo, sizeof(conninfo), "%s user=frontdesk_app", cluster_conninfo(cluster));
    PGconn *line = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(line), CONNECTION_BAD);
    PQfinish(line);
}

static void test_second_server_is_refused(void **state) {
    (void)state;
    struct embedded *second;
    assert_int_equal(embedded_start(&second, cluster_directory(cluster), NULL, why), STATUS_CONFLICT);
    assert_non_null(strstr(why, "another frontdeskd"));
    assert_true(answers());
}

static void test_stop_and_start(void **state) {
    (void)state;
    cluster_run(cluster, "create table kept (id int); insert into kept values (7)");
    cluster_down(cluster);
    assert_int_equal(postmaster(), 0);
    cluster_up(cluster);
    assert_int_equal(cluster_number(cluster, "select id from kept"), 7);
    cluster_run(cluster, "drop table kept");
}

/* A server killed without a word takes PostgreSQL with it in an orderly way, and the next start finds all in place. */
static void test_killed_server(void **state) {
    (void)state;
    cluster_down(cluster);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t server = fork();
    if (server == 0) {
        struct embedded *embedded;
        enum status status = embedded_start(&embedded, cluster_directory(cluster), NULL, why);
        _exit(write(ready[1], &status, 1) == 1 && pause() == 0 ? 0 : 1);
    }
    char status = 1;
    assert_int_equal(read(ready[0], &status, 1), 1);
    assert_int_equal(status, 0);
    close(ready[0]);
    close(ready[1]);
    pid_t old = postmaster();
    assert_true(old > 0);
    assert_int_equal(kill(server, SIGKILL), 0);
    assert_int_equal(waitpid(server, NULL, 0), server);
    cluster_up(cluster); /* while the old one is going, or gone */
    assert_true(answers());
    assert_int_not_equal(postmaster(), old);
}

/* One that somebody else started in our data, and that does not go with us. */
static void test_adopts(void **state) {
    (void)state;
    char data[128], program[256], options[256];
    (void)snprintf(data, sizeof(data), "%s/postgres/data", cluster_directory(cluster));
    (void)snprintf(options, sizeof(options), "unix_socket_directories=%s/postgres/run", cluster_directory(cluster));
    int64_t version = cluster_number(cluster, "select current_setting('server_version_num')::int / 10000");
    (void)snprintf(program, sizeof(program), "/usr/lib/postgresql/%lld/bin/postgres", (long long)version);
    struct stat owner;
    assert_int_equal(stat(data, &owner), 0);
    cluster_down(cluster);
    pid_t stranger = fork();
    if (stranger == 0) {
        int nothing = open("/dev/null", O_RDWR);
        if (nothing < 0 || dup2(nothing, 2) < 0) _exit(1);
        if (geteuid() == 0 && (setgid(owner.st_gid) != 0 || setuid(owner.st_uid) != 0)) _exit(1);
        execl(program, program, "-D", data, "-c", "listen_addresses=", "-c", options, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 500 && postmaster() == 0; i++) sleep_ms(10);
    cluster_up(cluster);
    assert_int_equal(postmaster(), stranger);
    assert_true(embedded_watch(cluster_embedded(cluster)));
    /* Stopping stops that one, too. It is this test's own child, which must not stay behind as a zombie. */
    signal(SIGCHLD, SIG_IGN);
    cluster_down(cluster);
    signal(SIGCHLD, SIG_DFL);
    assert_int_equal(postmaster(), 0);
    cluster_up(cluster);
}

/* postmaster.pid of before a power cut, its number now somebody else's. */
static void test_stale_pid_file(void **state) {
    (void)state;
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/postgres/data/postmaster.pid", cluster_directory(cluster));
    cluster_down(cluster);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    (void)fprintf(file, "%d\n/elsewhere\n", (int)getpid());
    assert_int_equal(fchmod(fileno(file), 0644), 0);
    assert_int_equal(fclose(file), 0);
    cluster_up(cluster);
    assert_int_not_equal(postmaster(), getpid());
    assert_true(answers());
}

static bool runs_again(void) {
    return embedded_watch(cluster_embedded(cluster)) && answers();
}

static void test_watch_brings_it_back(void **state) {
    (void)state;
    pid_t old = postmaster();
    assert_int_equal(kill(old, SIGKILL), 0);
    assert_true(until(is_silent));
    assert_true(until(runs_again));
    assert_int_not_equal(postmaster(), old);
}

static void set_version(const char *version) {
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/postgres/data/PG_VERSION", cluster_directory(cluster));
    FILE *file = fopen(path, "r+e");
    assert_non_null(file);
    (void)fprintf(file, "%s\n", version);
    assert_int_equal(ftruncate(fileno(file), (off_t)strlen(version) + 1), 0);
    assert_int_equal(fclose(file), 0);
}

static void test_other_version(void **state) {
    (void)state;
    char version[32];
    (void)snprintf(version, sizeof(version), "%lld",
                   (long long)cluster_number(cluster, "select current_setting('server_version_num')::int / 10000"));
    cluster_down(cluster);
    set_version("9");
    struct embedded *embedded;
    enum status status = embedded_start(&embedded, cluster_directory(cluster), NULL, why);
    set_version(version);
    assert_int_equal(status, STATUS_INVALID);
    assert_non_null(strstr(why, "pg_upgrade"));
    cluster_up(cluster);
}

static void test_long_path(void **state) {
    (void)state;
    char directory[256];
    (void)snprintf(directory, sizeof(directory), "%s/%0100d/it's here, \"too\"", cluster_directory(cluster), 0);
    struct embedded *embedded;
    if (embedded_start(&embedded, directory, NULL, why) != STATUS_OK) fail_msg("%s", why);
    assert_int_equal(PQping(embedded_conninfo(embedded)), PQPING_OK);
    PGconn *line = PQconnectdb(embedded_conninfo(embedded));
    assert_int_equal(PQstatus(line), CONNECTION_OK);
    const char *socket = PQhost(line);
    assert_true(strncmp(socket, "/run/frontdesk-", 15) == 0 || strncmp(socket, "/tmp/frontdesk-", 15) == 0);
    struct stat found;
    char taken[128];
    (void)snprintf(taken, sizeof(taken), "%s", socket);
    assert_int_equal(stat(taken, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    PQfinish(line);
    embedded_stop(embedded);
    assert_int_equal(rmdir(taken), 0);
}

static void test_odd_but_short_path(void **state) {
    (void)state;
    char directory[128];
    (void)snprintf(directory, sizeof(directory), "%s/it's \\ \"so\"", cluster_directory(cluster));
    struct embedded *embedded;
    if (embedded_start(&embedded, directory, NULL, why) != STATUS_OK) fail_msg("%s", why);
    PGconn *line = PQconnectdb(embedded_conninfo(embedded));
    assert_int_equal(PQstatus(line), CONNECTION_OK);
    assert_non_null(strstr(PQhost(line), directory));
    PQfinish(line);
    embedded_stop(embedded);
}

static void test_refusals(void **state) {
    (void)state;
    struct embedded *embedded;
    char path[128];
    assert_int_equal(embedded_start(&embedded, "", NULL, why), STATUS_INVALID);
    /* Something else lies where the data should. */
    (void)snprintf(path, sizeof(path), "%s/other/postgres", cluster_directory(cluster));
    assert_int_equal(embedded_start(&embedded, "/dev/null/x", NULL, why), STATUS_UNAVAILABLE);
    if (geteuid() != 0) return;
    assert_int_equal(embedded_start(&embedded, path, "nobody-of-that-name", why), STATUS_INVALID);
    assert_non_null(strstr(why, "apt-get install"));
    assert_int_equal(embedded_start(&embedded, path, "root", why), STATUS_INVALID);
    assert_non_null(strstr(why, "refuses to run as root"));
}

/* A home that others may not enter. */
static void test_closed_home(void **state) {
    (void)state;
    if (geteuid() != 0) skip();
    char home[128], directory[160];
    (void)snprintf(home, sizeof(home), "%s/home", cluster_directory(cluster));
    assert_int_equal(mkdir(home, 0700), 0);
    (void)snprintf(directory, sizeof(directory), "%s/state", home);
    struct embedded *embedded;
    assert_int_equal(embedded_start(&embedded, directory, NULL, why), STATUS_INVALID);
    assert_non_null(strstr(why, "cannot enter"));
}

/* As an ordinary user, if this machine has one to be. */
static void test_ordinary_user(void **state) {
    (void)state;
    const struct passwd *nobody = getpwnam("nobody");
    if (geteuid() != 0 || nobody == NULL) skip();
    char directory[] = "/tmp/frontdesk-user-XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chown(directory, nobody->pw_uid, nobody->pw_gid), 0);
    pid_t user = fork();
    if (user == 0) {
        struct embedded *embedded;
        if (setgid(nobody->pw_gid) != 0 || setuid(nobody->pw_uid) != 0) _exit(2);
        if (embedded_start(&embedded, directory, "ignored", why) != STATUS_OK) {
            (void)fprintf(stderr, "%s\n", why);
            _exit(3);
        }
        PGconn *line = PQconnectdb(embedded_conninfo(embedded));
        bool connected = PQstatus(line) == CONNECTION_OK;
        PQfinish(line);
        embedded_stop(embedded);
        _exit(connected ? 0 : 4);
    }
    int state_of_user;
    assert_int_equal(waitpid(user, &state_of_user, 0), user);
    pid_t remover = fork();
    if (remover == 0) {
        execl("/bin/rm", "rm", "-rf", "--", directory, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(remover, NULL, 0), remover);
    assert_true(WIFEXITED(state_of_user));
    assert_int_equal(WEXITSTATUS(state_of_user), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_nobody_else_gets_in),
        cmocka_unit_test(test_second_server_is_refused),
        cmocka_unit_test(test_stop_and_start),
        cmocka_unit_test(test_killed_server),
        cmocka_unit_test(test_adopts),
        cmocka_unit_test(test_stale_pid_file),
        cmocka_unit_test(test_watch_brings_it_back),
        cmocka_unit_test(test_other_version),
        cmocka_unit_test(test_long_path),
        cmocka_unit_test(test_odd_but_short_path),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_closed_home),
        cmocka_unit_test(test_ordinary_user),
    };
    return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
