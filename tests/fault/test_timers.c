/* SPDX-License-Identifier: Apache-2.0 */
/* Promise 7: a deadline never fires early, at most 1 s late while a server lives, once; after an outage all overdue
 * ones fire within 5 s, once; the machine's clock does not matter.
 *
 *     fault-test_timers [--rounds TIMERS] [--only PATTERN]      10000 is the full form */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/caseload.h"
#include "tests/support/test.h"

enum {
    SHORT_FORM = 500,
    A_SECOND = 200, /* timers that fall due in it, over the site */
    LATE_MS = 1000,
    OUTAGE_MS = 5000,
    BEGIN_MS = 1500, /* until the first is due */
};

static struct caseload caseload;
static struct daemon_process nodes[2];
static int rounds = SHORT_FORM;
static unsigned seed;

static int open_house(void **state) {
    (void)state;
    seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    caseload_open(&caseload);
    caseload_node(&caseload, &nodes[0], "one");
    caseload_node(&caseload, &nodes[1], "two");
    return 0;
}

static int close_house(void **state) {
    (void)state;
    daemon_remove(&nodes[0]);
    daemon_remove(&nodes[1]);
    caseload_close(&caseload);
    return 0;
}

static void stop_nodes(void) {
    for (int i = 0; i < 2; i++)
        if (nodes[i].pid > 0) daemon_stop(&nodes[i]);
}

static int spread_ms(int count) {
    return count * 1000 / A_SECOND;
}

static void each_fires_once_in_time_while_servers_are_killed(void **state) {
    (void)state;
    caseload_start(&nodes[0], NULL);
    caseload_start(&nodes[1], NULL);
    caseload_fill(&caseload, "killed", rounds, BEGIN_MS, spread_ms(rounds));
    int kills = 0;
    while (caseload_number(&caseload, "select count(*) from due where subject = 'killed' and due_at > now()") > 0) {
        desk_idle(&caseload.estate.loop, rand_r(&seed) % 1000);
        struct daemon_process *victim = &nodes[rand_r(&seed) % 2];
        daemon_kill(victim);
        caseload_start(victim, NULL);
        kills++;
    }
    struct firing firing = caseload_fired(&caseload, "killed", rounds, LATE_MS);
    firing_print("two servers, killed at random", rounds, &firing);
    print_message("  %d kills\n", kills);
    stop_nodes();
    assert_true(kills > 0);
    assert_int_equal(firing.missing, 0);
    assert_int_equal(firing.doubles, 0);
    assert_int_equal(firing.early, 0);
    assert_in_range(firing.most_ms, 0, LATE_MS);
}

/* Milliseconds from when the first server was ready until the last one was pushed. */
static long work_off(const char *subject, int servers) {
    caseload_fill(&caseload, subject, rounds, -2000, 1000);
    caseload_start(&nodes[0], NULL);
    caseload_sql(&caseload, "create table %s as select clock_timestamp() as at", subject);
    if (servers == 2) caseload_start(&nodes[1], NULL);
    struct firing firing = caseload_fired(&caseload, subject, rounds, 4 * OUTAGE_MS);
    long took_ms =
        caseload_number(&caseload,
                        "select greatest(extract(epoch from max(pushed.at) - (select at from %s)) * 1000, 0)::bigint "
                        "from due join pushed using (record_id) where subject = '%s'",
                        subject, subject);
    firing_print(servers == 1 ? "after an outage, one server" : "after an outage, two servers", rounds, &firing);
    print_message("  worked off in %ld ms\n", took_ms);
    assert_int_equal(firing.missing, 0);
    assert_int_equal(firing.doubles, 0);
    stop_nodes();
    return took_ms;
}

static void what_is_overdue_after_an_outage_fires_at_once_and_once(void **state) {
    (void)state;
    assert_in_range(work_off("outage", 1), 0, OUTAGE_MS);
    assert_in_range(work_off("outage_of_two", 2), 0, OUTAGE_MS);
}

static void set_clock(const char *path, int64_t seconds) {
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, &seconds, sizeof seconds), sizeof seconds);
    close(file);
}

static void the_machines_clock_does_not_matter(void **state) {
    (void)state;
    enum { TIMERS = 400 };
    char path[128];
    snprintf(path, sizeof path, "%s/clock", caseload.estate.daemon.directory);
    set_clock(path, 3600);
    setenv("FRONTDESK_TEST_CLOCK", path, 1);
    setenv("LD_PRELOAD", CLOCK_SHIFT, 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
    caseload_start(&nodes[0], NULL);
    unsetenv("LD_PRELOAD");
    caseload_fill(&caseload, "clock", TIMERS, BEGIN_MS, 6000);
    desk_idle(&caseload.estate.loop, BEGIN_MS + 3000);
    set_clock(path, -3600);
    struct firing firing = caseload_fired(&caseload, "clock", TIMERS, BEGIN_MS + 6000 + LATE_MS);
    firing_print("clock 1 h ahead, then 1 h behind", TIMERS, &firing);
    stop_nodes();
    assert_int_equal(firing.missing, 0);
    assert_int_equal(firing.doubles, 0);
    assert_int_equal(firing.early, 0);
    assert_in_range(firing.most_ms, 0, LATE_MS);
}

/* The control: without the guard of the version, and without that of the history, both servers push the same. */
static void without_the_guard_some_fire_twice(void **state) {
    (void)state;
    enum { TIMERS = 2000 };
    caseload_sql(&caseload, "alter table step drop constraint step_pkey");
    caseload_start(&nodes[0], UNGUARDED_PROGRAM);
    caseload_start(&nodes[1], UNGUARDED_PROGRAM);
    caseload_fill(&caseload, "unguarded", TIMERS, BEGIN_MS, 1);
    struct firing firing = caseload_fired(&caseload, "unguarded", TIMERS, BEGIN_MS + 20000);
    desk_idle(&caseload.estate.loop, 500);
    firing = caseload_fired(&caseload, "unguarded", TIMERS, 1);
    firing_print("control, without the guard", TIMERS, &firing);
    stop_nodes();
    assert_true(firing.doubles > 0);
}

int main(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--rounds") == 0) rounds = (int)strtol(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--only") == 0) cmocka_set_test_filter(argv[i + 1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fires_once_in_time_while_servers_are_killed),
        cmocka_unit_test(what_is_overdue_after_an_outage_fires_at_once_and_once),
        cmocka_unit_test(the_machines_clock_does_not_matter),
        cmocka_unit_test(without_the_guard_some_fire_twice),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
