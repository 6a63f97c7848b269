/* SPDX-License-Identifier: Apache-2.0 */
/* From commit to desk (promise 6): 300 desks on 20 sites and 100 changes a second, on two nodes. PostgreSQL notes when
 * each change was committed; each desk notes when it heard of it, by the same clock. Then notifications are lost: the
 * listening line of each node is ended every 10 s. The controls leave out the bell, and then the net under the bell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/bench/samples.h"
#include "tests/fault/company.h"
#include "tests/fault/room.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

enum {
    SHORT_ROUNDS = 6, /* a round is a second of load in each part */
    FULL_ROUNDS = 60, /* from here on with all desks and the promised bounds */
    NODES = 2,
    SITES = 20,
    DESKS_OF_SITE = 15,
    CHANGES_PER_SECOND = 100,
    SHORT_SITES = 6,
    SHORT_DESKS_OF_SITE = 6,
    SHORT_CHANGES_PER_SECOND = 40,
    BOUND_US = 50 * 1000,
    LOST_BOUND_US = 1500 * 1000,
    SHORT_BOUND_US = 200 * 1000, /* where others use the machine too; the net takes longer */
    SHORT_LOST_BOUND_US = 3000 * 1000,
    LISTENER_EVERY_MS = 10 * 1000,
    SHORT_LISTENER_EVERY_MS = 2000,
};

struct heard {
    int site;
    int64_t seq, at_us; /* by the wall clock, as PostgreSQL's */
};

static struct estate estate;
static struct daemon_process second;
static struct company company[NODES]; /* the desks of each node; sites are spread over both */
static char sites[SITES][37];
static int site_count, desks_of_site, changes_per_second;
static int64_t listener_every_ms;
static struct heard *heard;
static size_t heard_count, heard_capacity;
static bool noting;

static bool full(void) {
    return room_rounds() >= FULL_ROUNDS;
}

static int64_t wall_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_event(struct guest *guest, const Fd__Event *event) {
    if (!noting) return;
    if (heard_count == heard_capacity) {
        heard_capacity = heard_capacity == 0 ? 65536 : heard_capacity * 2;
        heard = realloc(heard, heard_capacity * sizeof *heard);
        assert_non_null(heard);
    }
    int site = 0;
    while (guest->site_id != sites[site]) site++;
    heard[heard_count++] = (struct heard){site, event->seq, wall_us()};
}

static void on_reply(struct guest *guest, const Fd__Reply *reply) {
    (void)guest;
    if (reply->status != FD__STATUS__STATUS_OK) room_count("refused", 1);
}

/* ---- the house ---- */

static void note_commit_times(struct daemon_process *daemon) {
    PGconn *database = PQconnectdb(daemon->database);
    char administrator[600];
    PQfinish(database);
    snprintf(administrator, sizeof administrator, "%s user=postgres", daemon->database);
    database = PQconnectdb(administrator);
    PGresult *result = PQexec(database, "alter system set track_commit_timestamp = on");
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
    PQfinish(database);
}

static void open_house(const char *program) {
    memset(&estate, 0, sizeof estate);
    daemon_create(&estate.daemon);
    daemon_start(&estate.daemon);
    note_commit_times(&estate.daemon);
    daemon_stop(&estate.daemon);
    estate.daemon.program = program;
    estate_open(&estate);
    site_count = full() ? SITES : SHORT_SITES;
    desks_of_site = full() ? DESKS_OF_SITE : SHORT_DESKS_OF_SITE;
    changes_per_second = full() ? CHANGES_PER_SECOND : SHORT_CHANGES_PER_SECOND;
    listener_every_ms = full() ? LISTENER_EVERY_MS : SHORT_LISTENER_EVERY_MS;
    snprintf(sites[0], sizeof sites[0], "%s", estate.site_id);
    for (int i = 1; i < site_count; i++) {
        char code[16];
        snprintf(code, sizeof code, "site%d", i);
        estate_found(&estate, code, sites[i]);
    }
    daemon_create_beside(&second, &estate.daemon);
    second.program = program;
    daemon_call(&second, "second");
    daemon_start(&second);
    for (int n = 0; n < NODES; n++) {
        struct company *desks = &company[n];
        int count = site_count * desks_of_site / NODES;
        company_open(desks, &estate.loop, n == 0 ? &estate.daemon : &second, count);
        desks->on_event = on_event;
        desks->on_reply = on_reply;
        company_sessions(desks, &estate.daemon, "admin");
        for (int i = 0; i < count; i++) {
            desks->guests[i].site_id = sites[i % site_count];
            guest_come(&desks->guests[i], GUEST_FOLLOWING);
            if (i % 16 == 15 && !company_until(desks, GUEST_FOLLOWING, i + 1, 30000)) fail_msg("desks do not come in");
        }
        if (!company_until(desks, GUEST_FOLLOWING, count, 30000)) fail_msg("desks do not come in");
    }
    desk_idle(&estate.loop, 1500);
}

static void close_house(void) {
    for (int n = 0; n < NODES; n++) company_close(&company[n]);
    daemon_remove(&second);
    estate_close(&estate);
    heard_count = 0;
    noting = false;
}

/* ---- the load ---- */

static void change(long number) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    struct company *desks = &company[number % NODES];
    struct guest *guest = &desks->guests[(number / NODES) % desks->count];
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "latency";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    guest_ask(guest, "complaint.register", &request.base);
}

static void end_listeners(PGconn *database) {
    PQclear(PQexec(database, "select pg_terminate_backend(pid) from pg_stat_activity "
                             "where application_name = 'frontdesk bell'"));
}

/* every_ms 0: the listeners live. */
static void load_for(int64_t duration_ms, int64_t every_ms) {
    PGconn *database = daemon_database(&estate.daemon);
    int64_t began_us = steady_us(), ended_ms = steady_ms() + duration_ms, listener_ms = steady_ms();
    noting = true;
    for (long number = 0; steady_ms() < ended_ms; desk_turn(&estate.loop)) {
        while (number * 1000000 / changes_per_second <= steady_us() - began_us) change(number++);
        if (every_ms == 0 || steady_ms() - listener_ms < every_ms) continue;
        listener_ms = steady_ms();
        end_listeners(database);
    }
    PQfinish(database);
    desk_idle(&estate.loop, 4000); /* what was lost is found meanwhile */
    noting = false;
}

/* ---- judging ---- */

/* When each number of a site was committed. */
static int64_t *commit_times(PGconn *database, int site, int64_t *first, int *count) {
    char sql[300];
    snprintf(sql, sizeof sql,
             "select seq, (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint from journal "
             "where site_id = '%s' order by seq",
             sites[site]);
    PGresult *result = PQexec(database, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) fail_msg("%s", PQresultErrorMessage(result));
    *count = PQntuples(result);
    *first = *count > 0 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    int64_t *times = calloc((size_t)*count + 1, sizeof *times);
    assert_non_null(times);
    for (int i = 0; i < *count; i++) times[i] = strtoll(PQgetvalue(result, i, 1), NULL, 10);
    PQclear(result);
    return times;
}

static void judge(struct samples *samples) {
    PGconn *database = daemon_database(&estate.daemon);
    int64_t *times[SITES], first[SITES];
    int count[SITES];
    for (int site = 0; site < site_count; site++)
        times[site] = commit_times(database, site, &first[site], &count[site]);
    for (size_t i = 0; i < heard_count; i++) {
        const struct heard *one = &heard[i];
        int64_t at = one->seq - first[one->site];
        if (at >= 0 && at < count[one->site] && times[one->site][at] > 0)
            samples_add(samples, one->at_us - times[one->site][at]);
    }
    for (int site = 0; site < site_count; site++) free(times[site]);
    PQfinish(database);
    for (int n = 0; n < NODES; n++)
        for (int i = 0; i < company[n].count; i++) room_count("gaps", company[n].guests[i].gaps);
    heard_count = 0;
}

static int64_t tell(struct samples *samples, const char *const names[3]) {
    int64_t p99 = samples_percentile(samples, 99);
    room_figure(names[0], samples_percentile(samples, 50));
    room_figure(names[1], p99);
    room_figure(names[2], samples_percentile(samples, 100));
    samples_free(samples);
    return p99;
}

static void commit_to_desk_is_short(void **state) {
    static const char *const usual[] = {"p50_us", "p99_us", "most_us"};
    static const char *const lost[] = {"lost_p50_us", "lost_p99_us", "lost_most_us"};
    struct samples samples = {0};
    (void)state;
    open_house(NULL);
    load_for(room_rounds() * 1000, 0);
    judge(&samples);
    room_figure("deliveries", (int64_t)samples.count);
    assert_true(samples.count > 0);
    int64_t p99 = tell(&samples, usual);
    room_progress(room_rounds() / 2, "seconds");
    load_for(room_rounds() * 1000, listener_every_ms);
    judge(&samples);
    assert_true(samples.count > 0);
    int64_t lost_p99 = tell(&samples, lost);
    close_house();
    assert_int_equal(room_value("gaps"), 0);
    assert_int_equal(room_value("refused"), 0);
    assert_true(p99 <= (full() ? BOUND_US : SHORT_BOUND_US));
    assert_true(lost_p99 <= (full() ? LOST_BOUND_US : SHORT_LOST_BOUND_US));
}

/* Where nobody hears the bell, the other node's changes wait for the net. */
static void without_the_bell_it_is_long(void **state) {
    static const char *const names[] = {"control_p50_us", "control_p99_us", "control_most_us"};
    struct samples samples = {0};
    (void)state;
    setenv("FRONTDESK_BREAK", "bell", 1);
    open_house(FRONTDESKD_BROKEN);
    load_for(4000, 0);
    judge(&samples);
    int64_t p99 = tell(&samples, names);
    close_house();
    unsetenv("FRONTDESK_BREAK");
    assert_true(p99 > SHORT_BOUND_US);
}

static void without_the_net_it_is_longer(void **state) {
    static const char *const names[] = {"netless_p50_us", "netless_p99_us", "netless_most_us"};
    struct samples samples = {0};
    (void)state;
    setenv("FRONTDESK_BREAK", "net", 1);
    open_house(FRONTDESKD_BROKEN);
    load_for(1000, 20);
    judge(&samples);
    load_for(1000, 0); /* the bell rings again, and then what was missed comes with it */
    judge(&samples);
    int64_t most = samples_percentile(&samples, 100);
    (void)tell(&samples, names);
    close_house();
    unsetenv("FRONTDESK_BREAK");
    assert_true(most > SHORT_LOST_BOUND_US);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commit_to_desk_is_short),
        cmocka_unit_test(without_the_bell_it_is_long),
        cmocka_unit_test(without_the_net_it_is_longer),
    };
    room_open("latency", "commit to desk is short", SHORT_ROUNDS, argc, argv);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(heard);
    return room_close(failed);
}
