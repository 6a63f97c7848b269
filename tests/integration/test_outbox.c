/* SPDX-License-Identifier: Apache-2.0 */
/* A desk that loses its line goes on registering and loses nothing (D16): real clerks' processes write while the server
 * is away, some are killed, the server comes back, and everything is there once, in order, with the time at which the
 * customer spoke. The control does the same without the outbox, and loses it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/estate.h"
#include "tests/support/test.h"

enum { COMPLAINTS = 20, OUTPUT_BYTES = 64 * 1024, EXIT_NO_LINE = 3, EXIT_KEPT = 7, AWAY_MS = 3000 };

static struct estate estate;
static char state_directory[128], server[32], listen_at[32];

static int open_house(void **state) {
    (void)state;
    struct desk desk;
    estate_open(&estate);
    estate_person(&estate, &desk, "lina", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    (void)snprintf(state_directory, sizeof state_directory, "%s", desk.state);
    desk_close(&desk);
    /* The port stays the same over restarts, so that the clerk finds the server again. */
    (void)snprintf(server, sizeof server, "127.0.0.1:%d", estate.daemon.port);
    (void)snprintf(listen_at, sizeof listen_at, "%s", server);
    estate.daemon.arguments[0] = "--listen";
    estate.daemon.arguments[1] = listen_at;
    return 0;
}

static int close_house(void **state) {
    (void)state;
    estate_close(&estate);
    return 0;
}

struct clerk {
    pid_t pid;
    FILE *output;
};

/* Words end with NULL. */
static struct clerk start(const char *const *words) {
    const char *arguments[16] = {"frontdesk", "--lang", "en", "--server", server, "--state", state_directory};
    int ends[2], count = 7;
    for (int i = 0; words[i] != NULL; i++) arguments[count++] = words[i];
    assert_int_equal(pipe(ends), 0);
    struct clerk clerk = {.pid = fork()};
    assert_true(clerk.pid >= 0);
    if (clerk.pid == 0) {
        close(ends[0]);
        if (dup2(ends[1], STDOUT_FILENO) < 0 || freopen("/dev/null", "w", stderr) == NULL) _exit(126);
        execv(FRONTDESK_PROGRAM, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    close(ends[1]);
    clerk.output = fdopen(ends[0], "r");
    assert_non_null(clerk.output);
    return clerk;
}

/* Its exit code and what it printed, in static memory. */
static int end(struct clerk *clerk, const char **output) {
    static char text[OUTPUT_BYTES];
    int result = 0;
    size_t length = fread(text, 1, sizeof text - 1, clerk->output);
    text[length] = '\0';
    (void)fclose(clerk->output);
    assert_int_equal(waitpid(clerk->pid, &result, 0), clerk->pid);
    if (output != NULL) *output = text;
    return WIFEXITED(result) ? WEXITSTATUS(result) : -WTERMSIG(result);
}

static int run(const char **output, const char *const *words) {
    struct clerk clerk = start(words);
    return end(&clerk, output);
}

#define RUN(output, ...) run(output, (const char *const[]){__VA_ARGS__, NULL})

/* Registers while the server is away; `place` is what it is called until it has a number. */
static void register_offline(const char *subject, char place[16]) {
    const char *output = NULL;
    assert_int_equal(RUN(&output, "complaint", "register", subject, "--anonymous"), EXIT_KEPT);
    assert_int_equal(sscanf(output, "%15s", place), 1);
    assert_int_equal(place[0], 'W');
}

static bool waits_here(const char *words) {
    const char *output = NULL;
    assert_int_equal(RUN(&output, "outbox", "--json"), 0);
    return strstr(output, words) != NULL;
}

/* A clerk's program is killed at some moment of registering: whether it was kept, the outbox tells, and it is right. */
static bool register_and_kill(const char *subject, int after_ms) {
    struct clerk clerk = start((const char *const[]){"complaint", "register", subject, "--anonymous", NULL});
    uv_sleep((unsigned)after_ms);
    (void)kill(clerk.pid, SIGKILL);
    (void)end(&clerk, NULL);
    return waits_here(subject);
}

static long rows(PGconn *database, const char *where) {
    char sql[600];
    (void)snprintf(sql, sizeof sql, "select count(*) from complaint where %s", where);
    return database_number(database, sql);
}

static void what_was_written_offline_is_there_once_and_in_order(void **state) {
    (void)state;
    char subject[32], place[16], killed[8][32], sql[512];
    bool kept[8];
    PGconn *database = daemon_database(&estate.daemon);
    long began_ms = database_number(database, "select extract(epoch from clock_timestamp()) * 1000");
    PQfinish(database);
    daemon_stop(&estate.daemon);
    for (int i = 0; i < COMPLAINTS; i++) {
        (void)snprintf(subject, sizeof subject, "offline %02d", i);
        register_offline(subject, place);
        if (i % 2 == 0) assert_int_equal(RUN(NULL, "complaint", "note", place, subject), EXIT_KEPT);
        if (i != COMPLAINTS / 2) continue;
        for (int k = 0; k < 8; k++) {
            (void)snprintf(killed[k], sizeof killed[k], "killed %d", k);
            kept[k] = register_and_kill(killed[k], 2 * k);
        }
    }
    uv_sleep(AWAY_MS);
    daemon_start(&estate.daemon);

    /* The first one that sends is killed in the middle; any other command goes on where it was. */
    char line[256] = "";
    struct clerk sender = start((const char *const[]){"outbox", "send", NULL});
    assert_non_null(fgets(line, sizeof line, sender.output));
    assert_int_equal(kill(sender.pid, SIGKILL), 0);
    (void)end(&sender, NULL);
    assert_true(waits_here("\"state\""));
    assert_int_equal(RUN(NULL, "complaint", "list"), 0);
    assert_false(waits_here("\"state\""));

    database = daemon_database(&estate.daemon);
    assert_int_equal(rows(database, "subject like 'offline %'"), COMPLAINTS);
    assert_int_equal(database_number(database, "select count(distinct subject) from complaint "
                                               "where subject like 'offline %'"),
                     COMPLAINTS);
    assert_string_equal(database_value(database,
                                       "select bool_and(subject >= before) from (select subject, lag(subject, "
                                       "1, '') over (order by ordinal) before from complaint "
                                       "where subject like 'offline %') o"),
                        "t");
    for (int k = 0; k < 8; k++) {
        (void)snprintf(sql, sizeof sql, "subject = '%s'", killed[k]);
        assert_int_equal(rows(database, sql), kept[k] ? 1 : 0);
    }
    /* Each note is at its complaint, once: an action on record has moved it on. */
    assert_int_equal(rows(database, "subject like 'offline %' and version = 2"), COMPLAINTS / 2);
    assert_int_equal(rows(database, "subject like 'offline %' and version > 2"), 0);
    (void)snprintf(sql, sizeof sql,
                   "(subject like 'offline %%' or subject like 'killed %%') and "
                   "(extract(epoch from received_at) * 1000 < %ld or received_at > registered_at - interval '%d ms')",
                   began_ms, AWAY_MS);
    assert_int_equal(rows(database, sql), 0);
    PQfinish(database);
}

static void what_the_server_refuses_later_is_set_aside_and_mended(void **state) {
    (void)state;
    const char *output = NULL;
    char place[16];
    daemon_stop(&estate.daemon);
    assert_int_equal(RUN(&output, "complaint", "register", "wrong phone", "--name", "Wang", "--phone", "12"),
                     EXIT_KEPT);
    assert_int_equal(sscanf(output, "%15s", place), 1);
    assert_int_equal(RUN(NULL, "complaint", "note", place, "of the refused one"), EXIT_KEPT);
    assert_int_equal(RUN(NULL, "complaint", "register", "after it", "--anonymous"), EXIT_KEPT);
    daemon_start(&estate.daemon);
    assert_int_equal(RUN(&output, "outbox", "send"), 6);
    assert_non_null(strstr(output, "REFUSED"));
    PGconn *database = daemon_database(&estate.daemon);
    assert_int_equal(rows(database, "subject = 'after it'"), 1);
    assert_int_equal(rows(database, "subject = 'wrong phone'"), 0);
    assert_true(waits_here("\"held\""));
    assert_int_equal(RUN(NULL, "outbox", "mend", place, "customer_phone=13800138000"), 0);
    assert_int_equal(rows(database, "subject = 'wrong phone' and version = 2"), 1);
    assert_false(waits_here("\"state\""));
    PQfinish(database);
}

/* The control: the same without the outbox. */
static void without_the_outbox_it_is_lost(void **state) {
    (void)state;
    daemon_stop(&estate.daemon);
    assert_int_equal(RUN(NULL, "complaint", "register", "lost", "--anonymous", "--no-keep", "--timeout", "1"),
                     EXIT_NO_LINE);
    daemon_start(&estate.daemon);
    assert_int_equal(RUN(NULL, "outbox", "send"), 0);
    PGconn *database = daemon_database(&estate.daemon);
    assert_int_equal(rows(database, "subject = 'lost'"), 0);
    PQfinish(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_offline_is_there_once_and_in_order),
        cmocka_unit_test(what_the_server_refuses_later_is_set_aside_and_mended),
        cmocka_unit_test(without_the_outbox_it_is_lost),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
