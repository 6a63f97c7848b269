/* SPDX-License-Identifier: Apache-2.0 */
/* An acknowledged record is on disk (promise 1, short form): PostgreSQL and the server are killed in the middle of the
 * work; a ledger outside holds every OK. The control does the same without waiting for the disk, and loses some. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/estate.h"
#include "tests/support/test.h"

enum { ROUNDS = 4, IN_FLIGHT = 16, PER_ROUND = 400 };

static struct answer answers[PER_ROUND];

static void ask(struct desk *desk, const char *site_id, struct answer *answer) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t) "on disk";
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    desk_ask(desk, "complaint.register", site_id, NULL, &request, &fd__register_complaint_response__descriptor, answer);
}

/* Asks until enough is acknowledged, then the power fails. Returns how many acknowledged ones are missing after it. */
static int missing_after_a_crash(struct estate *estate) {
    char sql[160];
    int missing = 0, asked = 0, port = estate->daemon.port;
    struct desk *desk = &estate->administrator;
    for (; asked < PER_ROUND; asked++) {
        desk_until(desk, client_waiting(desk->client) < IN_FLIGHT);
        ask(desk, estate->site_id, &answers[asked]);
    }
    desk_until(desk, client_waiting(desk->client) == 0);
    daemon_crash(&estate->daemon);
    daemon_start(&estate->daemon);
    assert_int_equal(estate->daemon.port, port);
    PGconn *database = daemon_database(&estate->daemon);
    for (int i = 0; i < asked; i++) {
        assert_int_equal(answers[i].status, STATUS_OK);
        snprintf(sql, sizeof sql, "select count(*) from complaint where id = '%s'",
                 ((const Fd__RegisterComplaintResponse *)answers[i].response)->complaint->id);
        missing += database_number(database, sql) == 0;
    }
    PQfinish(database);
    desk_until(desk, desk->line == CLIENT_LINE_UP);
    return missing;
}

/* The port stays the same over restarts, so that the desk finds its way back. */
static void keep_port(struct estate *estate) {
    static char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", estate->daemon.port);
    estate->daemon.arguments[0] = "--listen";
    estate->daemon.arguments[1] = listen;
}

static int missing_in_all_rounds(const char *durability) {
    static struct estate estate;
    int missing = 0;
    memset(&estate, 0, sizeof estate);
    setenv("FRONTDESK_DATABASE_DURABILITY", durability, 1);
    estate_open(&estate);
    keep_port(&estate);
    for (int round = 0; round < ROUNDS; round++) missing += missing_after_a_crash(&estate);
    estate_close(&estate);
    unsetenv("FRONTDESK_DATABASE_DURABILITY");
    return missing;
}

static void nothing_acknowledged_is_lost(void **state) {
    (void)state;
    assert_int_equal(missing_in_all_rounds("on"), 0);
}

static void without_waiting_for_the_disk_some_are_lost(void **state) {
    (void)state;
    assert_true(missing_in_all_rounds("off") > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost),
        cmocka_unit_test(without_waiting_for_the_disk_some_are_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
