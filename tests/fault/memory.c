/* SPDX-License-Identifier: Apache-2.0 */
/* Memory is bounded (promise 13): what an idle connection costs with TLS and a subscription, what a busy one costs
 * while all that it may ask for is under way, and what stays after hours of work, pressed into minutes: registrations,
 * lists, desks that come back, snapshots. The control forgets to free one block of many, and must show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/fault/company.h"
#include "tests/fault/room.h"
#include "tests/fault/shim.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

enum {
    SHORT_ROUNDS = 500, /* a round is an idle connection */
    AT_ONCE = 64,       /* that sign in at the same time */
    IDLE_BYTES = 20 * 1024,
    BUSY = 20,
    BUSY_BYTES = 512 * 1024,
    IN_FLIGHT = 32,
    LISTED = 200,
    /* An hour of an estate: what a busy desk of twenty does. The short form plays three of them, the full one a day. */
    HOUR_CHANGES = 600,
    HOUR_RETURNS = 60,
    SHORT_HOURS = 6,
    FULL_HOURS = 30,
    FULL_ROUNDS = 5000,
    WARM_HOURS = 3, /* until buffers and the journal's ring have their size */
    SLOPE_BYTES = 1024 * 1024,
    CONTROL_HOURS = 3,
};

static struct estate estate;
static struct company company;
static bool hammering;
static long answered;

static void raise_files(void) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void list(struct guest *guest) {
    Fd__ListComplaintsRequest request = FD__LIST_COMPLAINTS_REQUEST__INIT;
    request.limit = LISTED;
    guest_ask(guest, "complaint.list", &request.base);
}

static void change(struct guest *guest) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "memory";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    guest_ask(guest, "complaint.register", &request.base);
}

static void on_reply(struct guest *guest, const Fd__Reply *reply) {
    answered += reply->status == FD__STATUS__STATUS_OK;
    if (hammering) list(guest);
}

static void open_house(int count) {
    memset(&estate, 0, sizeof estate);
    estate_open(&estate);
    company_open(&company, &estate.loop, &estate.daemon, count);
    company.on_reply = on_reply;
    company_sessions(&company, &estate.daemon, "admin");
    for (int i = 0; i < count; i++) company.guests[i].site_id = estate.site_id;
}

static void close_house(void) {
    hammering = false;
    company_close(&company);
    estate_close(&estate);
}

static void come(int first, int count) {
    for (int done = 0; done < count;) {
        int some = count - done < AT_ONCE ? count - done : AT_ONCE, there = company_count(&company, GUEST_FOLLOWING);
        for (int i = 0; i < some; i++) guest_come(&company.guests[first + done + i], GUEST_FOLLOWING);
        if (!company_until(&company, GUEST_FOLLOWING, there + some, 30000)) fail_msg("desks do not come in");
        done += some;
        room_progress(done, "connections");
    }
}

static void idle_connections_are_cheap(void **state) {
    (void)state;
    int count = (int)room_rounds();
    open_house(count + 1);
    come(count, 1); /* what the first one costs is the house's */
    int64_t before = rss_bytes(estate.daemon.pid);
    come(0, count);
    desk_idle(&estate.loop, 1000);
    int64_t each = (rss_bytes(estate.daemon.pid) - before) / count;
    room_figure("idle_bytes_each", each);
    assert_int_equal(company_count(&company, GUEST_FOLLOWING), count + 1);
    close_house();
    assert_true(each <= IDLE_BYTES);
}

static void work(struct guest *guest, int changes) {
    long until = answered + changes;
    for (int asked = 0; answered < until; desk_turn(&estate.loop))
        while (asked < changes && guest->waiting < IN_FLIGHT / 2) {
            change(guest);
            asked++;
        }
}

static void busy_connections_are_bounded(void **state) {
    (void)state;
    open_house(BUSY);
    come(0, 1);
    work(&company.guests[0], 2 * LISTED);
    come(1, BUSY - 1);
    int64_t before = rss_bytes(estate.daemon.pid), peak = 0;
    hammering = true;
    for (int i = 0; i < BUSY; i++)
        for (int k = 0; k < IN_FLIGHT; k++) list(&company.guests[i]);
    for (int64_t until = steady_ms() + 4000; steady_ms() < until;) {
        desk_turn(&estate.loop);
        int64_t bytes = rss_bytes(estate.daemon.pid);
        if (bytes > peak) peak = bytes;
    }
    int64_t each = (peak - before) / BUSY;
    room_figure("busy_bytes_each", each);
    close_house();
    assert_true(each <= BUSY_BYTES);
}

static void go_and_return(struct guest *guest, bool afresh) {
    guest_go(guest);
    while (guest->open) desk_turn(&estate.loop);
    if (afresh) guest->epoch = guest->seq = 0; /* a snapshot */
    come((int)(guest - company.guests), 1);
}

static void one_hour(void) {
    company_sessions(&company, &estate.daemon, "admin");
    for (int i = 0; i < HOUR_RETURNS; i++) {
        work(&company.guests[0], HOUR_CHANGES / HOUR_RETURNS);
        list(&company.guests[0]);
        if (i % (company.count - 1) == 0) company_sessions(&company, &estate.daemon, "admin");
        go_and_return(&company.guests[1 + i % (company.count - 1)], i % 3 == 0);
    }
    /* Desks are few and close their cases; a snapshot of thousands open ones would be another measurement. */
    PGconn *database = daemon_database(&estate.daemon);
    PGresult *result = PQexec(database, "update complaint set state = 'followed_up' where state <> 'followed_up'");
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
    PQfinish(database);
}

static int64_t slope_bytes(int hours) {
    int64_t at_warm = 0;
    open_house(12);
    come(0, company.count);
    for (int hour = 1; hour <= WARM_HOURS + hours; hour++) {
        one_hour();
        if (getenv("DBG")) fprintf(stderr, "hour %d rss %ld\n", hour, (long)rss_bytes(estate.daemon.pid));
        if (hour == WARM_HOURS) at_warm = rss_bytes(estate.daemon.pid);
    }
    int64_t slope = (rss_bytes(estate.daemon.pid) - at_warm) / hours;
    close_house();
    return slope;
}

static void nothing_stays_after_work(void **state) {
    (void)state;
    int64_t slope = slope_bytes(room_rounds() >= FULL_ROUNDS ? FULL_HOURS : SHORT_HOURS);
    room_figure("slope_bytes_an_hour", slope);
    assert_true(slope <= SLOPE_BYTES);
}

static void a_leak_would_show(void **state) {
    (void)state;
    shim_preload("leak");
    int64_t slope = slope_bytes(CONTROL_HOURS);
    shim_unload();
    room_figure("slope_of_the_control", slope);
    assert_true(slope > SLOPE_BYTES);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_connections_are_cheap),
        cmocka_unit_test(busy_connections_are_bounded),
        cmocka_unit_test(nothing_stays_after_work),
        cmocka_unit_test(a_leak_would_show),
    };
    room_open("memory", "memory is bounded", SHORT_ROUNDS, argc, argv);
    raise_files();
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}
