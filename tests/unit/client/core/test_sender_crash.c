/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/sender.c and outbox.c: a crash between any two steps loses nothing and doubles nothing (D16) */
#include "client/core/outbox_file.h"
#include "tests/unit/client/core/submitting.h"

#include <sys/wait.h>

enum { CUTS_LIMIT = 64 };

/* A crash after each single commit: the files as they were then are copied aside, and each copy is the start of another
 * history in which the server knows what it knew then. */
struct cut {
    size_t requests; /* that the server had seen */
    size_t submitted;
};

static struct cut cuts[CUTS_LIMIT];
static size_t cut_count, submitted;

static void shell(const char *verb, const char *from, const char *to, size_t number) {
    char command[3 * FAKE_PATH_BYTES];
    (void)snprintf(command, sizeof command, "cd %s && %s %s %s%zu", server.directory, verb, from, to, number);
    pid_t child = fork();
    if (child == 0) execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    int result = -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
}

static int on_commit(void *owner, sqlite3 *database, const char *name, int pages) {
    (void)owner;
    (void)database;
    (void)name;
    (void)pages;
    assert_true(cut_count < CUTS_LIMIT);
    cuts[cut_count] = (struct cut){server.request_count, submitted};
    shell("cp -r", "state", "cut-", cut_count++);
    return SQLITE_OK;
}

static void after_a_crash_at_any_step_everything_is_there_once_and_in_order(void **state) {
    (void)state;
    static const char *const words[] = {"one", "two", "three"};
    struct outcome outcomes[3] = {0};
    char local[32], path[2 * FAKE_PATH_BYTES], from[2 * FAKE_PATH_BYTES];
    cut_count = submitted = 0;
    open_offline();
    sqlite3_wal_hook(client_outbox(heard.client)->database, on_commit, NULL);
    keep(words[0], &outcomes[0]);
    submitted = 1;
    (void)snprintf(local, sizeof local, "W-%lld", (long long)outcomes[0].position);
    keep_note(local, words[1], &outcomes[1]);
    submitted = 2;
    keep(words[2], &outcomes[2]);
    submitted = 3;
    server.drops = 1;
    come_back();
    heard_close(&heard, &server);
    assert_true(cut_count >= 3 + 3 + 3); /* put, about to go out, answered: each of the three */
    for (size_t i = 0; i < cut_count; i++) {
        server.request_count = cuts[i].requests;
        (void)snprintf(path, sizeof path, "%s/state", server.directory);
        (void)snprintf(from, sizeof from, "%s/cut-%zu", server.directory, i);
        shell("rm -rf", "state", "gone-", i);
        assert_int_equal(rename(from, path), 0);
        heard_open(&heard, &server, true);
        heard_sign_in(&heard, &server);
        RUN_UNTIL(&server, client_waiting_counts(heard.client).waiting == 0);
        assert_int_equal(client_waiting_counts(heard.client).refused, 0);
        /* What the clerk was told is kept, and at most the one that was just being put. */
        size_t effects = fake_effects(&server, server.request_count);
        assert_in_range(effects, cuts[i].submitted, cuts[i].submitted < 3 ? cuts[i].submitted + 1 : 3);
        for (size_t e = 0; e < effects; e++) assert_said(e, words[e], e == 1 ? "C-1" : "");
        assert_same_bytes();
        heard_close(&heard, &server);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(after_a_crash_at_any_step_everything_is_there_once_and_in_order, open_house,
                                        close_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
