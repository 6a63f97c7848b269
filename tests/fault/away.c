/* SPDX-License-Identifier: Apache-2.0 */
/* While the database is away the answer is to try again, not silence, and work goes on within 5 s of its return
 * (promise 14). Clerks register and list without a pause while PostgreSQL is frozen, stopped, killed, or out of room,
 * while somebody holds the row that every change of the site needs, and while the server's own directory is full. The
 * control waits for a statement as long as it takes: a clerk sits before a screen that says nothing. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/fault/company.h"
#include "tests/fault/room.h"
#include "tests/support/cluster.h"
#include "tests/support/estate.h"
#include "tests/support/standby.h"
#include "tests/support/test.h"

enum {
    SHORT_ROUNDS = 3, /* a round is one way to be away; from 4 on they last longer and longer */
    CLERKS = 6,
    ANSWER_WITHIN_MS = 6000,
    BACK_WITHIN_MS = 5000,
    MARGIN_MS = 1000, /* of a busy machine */
    PAUSE_MS = 50,    /* a clerk's, between an answer and the next question */
    LINES_PER_SECOND = 30,
    DISK_MIB = 160,
    CHILDREN = 64,
};

enum way { WAY_FROZEN, WAY_STOPPED, WAY_KILLED, WAYS };
static const char *const way_names[WAYS] = {"frozen", "stopped", "killed"};
/* The frozen one must last longer than an answer may take, or it proves nothing. */
static const int64_t short_ms[WAYS] = {9000, 2000, 1000};
static const int64_t long_ms[] = {1000, 10 * 1000, 60 * 1000, 600 * 1000};

static struct estate estate;
static struct cluster *cluster;
static struct company company;
static int64_t next_ms[CLERKS], ok_ms[CLERKS];
static int64_t longest_wait_ms;
static long ok_count, retry_count, other_count;
static bool working;

/* ---- clerks ---- */

static void ask(struct guest *guest) {
    if (guest->next_id % 2 == 0) {
        Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
        request.anonymous = true;
        request.subject = (char *)(uintptr_t) "away";
        request.severity = FD__SEVERITY__SEVERITY_GENERAL;
        guest_ask(guest, "complaint.register", &request.base);
    } else {
        Fd__ListComplaintsRequest request = FD__LIST_COMPLAINTS_REQUEST__INIT;
        request.limit = 5;
        guest_ask(guest, "complaint.list", &request.base);
    }
}

static void note_wait(const struct guest *guest) {
    int64_t waited_ms = (steady_us() - guest->asked_us) / 1000;
    if (waited_ms > longest_wait_ms) longest_wait_ms = waited_ms;
}

static void on_reply(struct guest *guest, const Fd__Reply *reply) {
    ptrdiff_t number = guest - company.guests;
    bool away = reply->status == FD__STATUS__STATUS_UNAVAILABLE || reply->status == FD__STATUS__STATUS_BUSY;
    note_wait(guest);
    ok_count += reply->status == FD__STATUS__STATUS_OK;
    retry_count += away && reply->retry_after_ms > 0;
    other_count += reply->status != FD__STATUS__STATUS_OK && !(away && reply->retry_after_ms > 0);
    if (number >= CLERKS) return;
    if (reply->status == FD__STATUS__STATUS_OK) ok_ms[number] = steady_ms();
    next_ms[number] = steady_ms() + PAUSE_MS;
}

static void turn(void) {
    for (int i = 0; working && i < CLERKS; i++) {
        struct guest *guest = &company.guests[i];
        if (guest->step < GUEST_FOLLOWING) fail_msg("a clerk's line was closed (%d)", guest->goodbye);
        if (guest->waiting == 0 && steady_ms() >= next_ms[i]) ask(guest);
        if (guest->waiting > 0) note_wait(guest);
    }
    desk_turn(&estate.loop);
}

static void work_for(int64_t duration_ms) {
    for (int64_t until = steady_ms() + duration_ms; steady_ms() < until;) turn();
}

/* Every clerk was told OK to something that was asked since. */
static int64_t all_work_after_ms(int64_t since_ms) {
    for (;;) {
        bool all = true;
        for (int i = 0; i < CLERKS; i++) all = all && ok_ms[i] > since_ms;
        if (all) return steady_ms() - since_ms;
        if (steady_ms() - since_ms > 60 * 1000) fail_msg("not back a minute after PostgreSQL");
        turn();
    }
}

static void forget(void) {
    longest_wait_ms = 0;
    ok_count = retry_count = other_count = 0;
}

/* ---- the house ---- */

static void clerks_come(void) {
    company_open(&company, &estate.loop, &estate.daemon, CLERKS + 1);
    company.on_reply = on_reply;
    company_sessions(&company, &estate.daemon, "admin");
    for (int i = 0; i < company.count; i++) company.guests[i].site_id = estate.site_id;
    for (int i = 0; i < CLERKS; i++) guest_come(&company.guests[i], GUEST_FOLLOWING);
    assert_true(company_until(&company, GUEST_FOLLOWING, CLERKS, 20000));
    working = true;
    work_for(500);
    forget();
}

static void open_house(void) {
    memset(&estate, 0, sizeof estate);
    cluster = cluster_start(true);
    daemon_create(&estate.daemon);
    estate.daemon.external = true;
    snprintf(estate.daemon.database, sizeof estate.daemon.database, "%s", cluster_conninfo(cluster));
    estate_open(&estate);
    clerks_come();
}

static void close_house(void) {
    working = false;
    company_close(&company);
    estate_close(&estate);
    if (cluster != NULL) cluster_end(cluster);
    cluster = NULL;
}

/* ---- PostgreSQL goes and returns ---- */

static pid_t postmaster(void) {
    char data[160];
    snprintf(data, sizeof data, "%s/postgres/data", cluster_directory(cluster));
    return postmaster_of(data);
}

/* The postmaster first when it shall stand still, so that it makes no new ones. */
static void signal_all(int number) {
    char path[64];
    int child;
    pid_t parent = postmaster();
    assert_true(parent > 1);
    kill(parent, number);
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", parent, parent);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fscanf(file, "%d", &child) == 1) kill(child, number);
    fclose(file);
}

static void take_away(enum way way) {
    switch (way) {
    case WAY_FROZEN: signal_all(SIGSTOP); break;
    case WAY_STOPPED: cluster_down(cluster); break;
    default: cluster_crash(cluster);
    }
}

/* Starting takes PostgreSQL its time, and this call too: the clerks go on asking only afterwards, so what was asked
 * before is not waited for. */
static void bring_back(enum way way) {
    switch (way) {
    case WAY_FROZEN: signal_all(SIGCONT); break;
    case WAY_STOPPED: cluster_up(cluster); break;
    default:
        if (cluster_embedded(cluster) != NULL) cluster_down(cluster);
        cluster_up(cluster);
    }
}

/* Somebody who comes to work just now hears the same. */
static void try_to_sign_in(void) {
    struct guest *guest = &company.guests[CLERKS];
    long told = retry_count;
    if (guest->open) return;
    guest_come(guest, GUEST_GREETED);
    for (int64_t until = steady_ms() + 2000; guest->step < GUEST_GREETED && steady_ms() < until;) turn();
    guest_sign_in(guest, "admin", ESTATE_PASSWORD);
    for (int64_t until = steady_ms() + ANSWER_WITHIN_MS + MARGIN_MS; guest->waiting > 0 && guest->step > GUEST_AWAY;) {
        turn();
        if (steady_ms() > until) fail_msg("signing in is met with silence");
    }
    assert_true(retry_count > told);
    guest_go(guest);
    while (guest->open) turn();
}

static void most(const char *name, int64_t value) {
    if (value > room_value(name)) room_figure(name, value);
}

static void one_round(long round) {
    enum way way = (enum way)(round % WAYS);
    bool full = room_rounds() > WAYS;
    int64_t duration_ms = full ? long_ms[(size_t)(round / WAYS) % (sizeof long_ms / sizeof long_ms[0])] : short_ms[way];
    forget();
    take_away(way);
    int64_t gone_ms = steady_ms();
    if (duration_ms >= ANSWER_WITHIN_MS) {
        work_for(1000);
        try_to_sign_in();
    }
    while (steady_ms() - gone_ms < duration_ms) turn();
    if (other_count > 0)
        fail_msg("%s: %ld clerks were told something else than to try again", way_names[way], other_count);
    if (duration_ms > ANSWER_WITHIN_MS && retry_count == 0)
        fail_msg("%s: nobody was told to try again", way_names[way]);
    most("longest_wait_ms", longest_wait_ms);
    room_count("told_to_retry", retry_count);
    bring_back(way);
    most("back_after_ms", all_work_after_ms(steady_ms()));
    room_count(way_names[way], 1);
    room_progress(round + 1, "times away");
}

static void away_is_told_and_ends(void **state) {
    (void)state;
    open_house();
    room_figure("longest_wait_ms", 0);
    room_figure("back_after_ms", 0);
    for (long round = 0; round < room_rounds(); round++) one_round(round);
    close_house();
    assert_true(room_value("longest_wait_ms") <= ANSWER_WITHIN_MS + MARGIN_MS);
    assert_true(room_value("back_after_ms") <= BACK_WITHIN_MS + MARGIN_MS);
    assert_int_equal(other_count, 0);
}

/* ---- somebody holds the site's row ---- */

static void a_held_row_is_told_and_freed(void **state) {
    char sql[160];
    (void)state;
    open_house();
    PGconn *holder = daemon_database(&estate.daemon);
    /* As a node's own line has it: one that stands still in the middle of a store is ended. */
    PQclear(PQexec(holder, "set idle_in_transaction_session_timeout = '5s'"));
    snprintf(sql, sizeof sql, "begin; update site set seq = seq where id = '%s'", estate.site_id);
    PQclear(PQexec(holder, sql));
    assert_int_equal(PQtransactionStatus(holder), PQTRANS_INTRANS);
    forget();
    int64_t held_ms = steady_ms();
    while (retry_count == 0 && steady_ms() - held_ms < ANSWER_WITHIN_MS + MARGIN_MS) turn();
    assert_true(retry_count > 0);
    while (steady_ms() - held_ms < 5000) turn();
    room_figure("lock_longest_wait_ms", longest_wait_ms);
    int64_t back = all_work_after_ms(steady_ms());
    room_figure("lock_back_after_ms", back);
    PQfinish(holder);
    close_house();
    assert_true(room_value("lock_longest_wait_ms") <= ANSWER_WITHIN_MS + MARGIN_MS);
    assert_true(back <= BACK_WITHIN_MS + MARGIN_MS);
    assert_int_equal(other_count, 0);
}

/* ---- no room on a disk ---- */

static bool mount_disk(const char *directory) {
    char options[32];
    snprintf(options, sizeof options, "size=%dm,mode=0755", DISK_MIB);
    if (mkdir(directory, 0755) != 0 && errno != EEXIST) return false;
    return mount("tmpfs", directory, "tmpfs", 0, options) == 0;
}

/* All that is left, to the last block. */
static void fill(const char *directory) {
    static const char block[65536];
    char path[160];
    snprintf(path, sizeof path, "%s/filler", directory);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    for (size_t size = sizeof block; size > 0;)
        if (write(file, block, size) <= 0) size /= 2;
    close(file);
}

static void make_room(const char *directory) {
    char path[160];
    snprintf(path, sizeof path, "%s/filler", directory);
    assert_int_equal(unlink(path), 0);
}

static long lines_of_log(void) {
    char path[96];
    long lines = 0;
    snprintf(path, sizeof path, "%s/output", estate.daemon.directory);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;) lines += c == '\n';
    fclose(file);
    return lines;
}

/* The cluster lies on a small disk of its own, which somebody fills. */
static void a_full_disk_is_told_and_ends(void **state) {
    (void)state;
    memset(&estate, 0, sizeof estate);
    daemon_create(&estate.daemon);
    if (!mount_disk(estate.daemon.state)) {
        fprintf(stderr, "away: a full disk is not played, because nothing can be mounted here\n");
        daemon_remove(&estate.daemon);
        skip();
    }
    estate_open(&estate);
    clerks_come();
    forget();
    long lines = lines_of_log();
    fill(estate.daemon.state);
    int64_t full_ms = steady_ms();
    while (steady_ms() - full_ms < 30000 && retry_count == 0) {
        fill(estate.daemon.state);
        turn();
    }
    assert_true(retry_count > 0);
    work_for(4000);
    int64_t seconds = (steady_ms() - full_ms) / 1000 + 1;
    room_figure("disk_longest_wait_ms", longest_wait_ms);
    room_figure("disk_told_to_retry", retry_count);
    room_figure("disk_log_lines_per_second", (lines_of_log() - lines) / seconds);
    long others = other_count;
    make_room(estate.daemon.state);
    int64_t back = all_work_after_ms(steady_ms());
    room_figure("disk_back_after_ms", back);
    estate.daemon.keep = true; /* with a disk in it, it cannot be removed yet */
    close_house();
    assert_int_equal(umount(estate.daemon.state), 0);
    tree_remove(estate.daemon.directory);
    assert_int_equal(others, 0);
    assert_true(room_value("disk_longest_wait_ms") <= ANSWER_WITHIN_MS + MARGIN_MS);
    assert_true(room_value("disk_log_lines_per_second") <= LINES_PER_SECOND);
    assert_true(back <= BACK_WITHIN_MS + MARGIN_MS);
}

/* Only the server's own directory is full: it cannot note where the journals stand, and nobody else notices. */
static void a_full_state_directory_stops_nobody(void **state) {
    (void)state;
    memset(&estate, 0, sizeof estate);
    cluster = cluster_start(true);
    daemon_create(&estate.daemon);
    if (!mount_disk(estate.daemon.state)) {
        daemon_remove(&estate.daemon);
        cluster_end(cluster);
        cluster = NULL;
        skip();
    }
    estate.daemon.external = true;
    snprintf(estate.daemon.database, sizeof estate.daemon.database, "%s", cluster_conninfo(cluster));
    estate_open(&estate);
    clerks_come();
    fill(estate.daemon.state);
    forget();
    long lines = lines_of_log();
    work_for(4000);
    long done = ok_count, told = retry_count + other_count;
    room_figure("state_full_log_lines", lines_of_log() - lines);
    make_room(estate.daemon.state);
    work_for(1500);
    char anchor[128];
    struct stat noted;
    snprintf(anchor, sizeof anchor, "%s/anchor", estate.daemon.state);
    int found = stat(anchor, &noted);
    estate.daemon.keep = true; /* with a disk in it, it cannot be removed yet */
    close_house();
    assert_int_equal(umount(estate.daemon.state), 0);
    tree_remove(estate.daemon.directory);
    assert_true(done > 0);
    assert_int_equal(told, 0);
    assert_int_equal(found, 0);
    assert_true(room_value("state_full_log_lines") <= 4 * LINES_PER_SECOND);
}

/* ---- the control ---- */

static void without_a_limit_there_is_silence(void **state) {
    (void)state;
    setenv("FRONTDESK_DATABASE_STATEMENT_TIMEOUT", "10min", 1);
    open_house();
    unsetenv("FRONTDESK_DATABASE_STATEMENT_TIMEOUT");
    forget();
    take_away(WAY_FROZEN);
    work_for(ANSWER_WITHIN_MS + 2 * MARGIN_MS);
    int64_t waited = longest_wait_ms;
    bring_back(WAY_FROZEN);
    room_figure("longest_wait_of_the_control_ms", waited);
    close_house();
    assert_true(waited > ANSWER_WITHIN_MS + MARGIN_MS);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(away_is_told_and_ends),
        cmocka_unit_test(a_held_row_is_told_and_freed),
        cmocka_unit_test(a_full_disk_is_told_and_ends),
        cmocka_unit_test(a_full_state_directory_stops_nobody),
        cmocka_unit_test(without_a_limit_there_is_silence),
    };
    room_open("away", "while the database is away the answer is to try again", SHORT_ROUNDS, argc, argv);
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}
