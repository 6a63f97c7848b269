/* SPDX-License-Identifier: Apache-2.0 */
/* A dead timer service is noticed within 15 s (promise 9), by every person on the site, once however many servers find
 * it. The control: the same with one server that looks after deadlines hears no alarm. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/estate.h"
#include "tests/support/test.h"

enum { NOTICED_MS = 15000 };

static struct estate estate;
static struct daemon_process second;
static struct desk clerk;

static void open_house(const char *timers) {
    memset(&estate, 0, sizeof estate);
    setenv("FRONTDESK_TIMERS_ENABLED", timers, 1);
    estate_open(&estate);
    setenv("FRONTDESK_TIMERS_ENABLED", "false", 1);
    daemon_create_beside(&second, &estate.daemon);
    daemon_start(&second);
    unsetenv("FRONTDESK_TIMERS_ENABLED");
    estate_person(&estate, &clerk, "clerk", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
}

static void close_house(void) {
    desk_close(&clerk);
    daemon_remove(&second);
    estate_close(&estate);
}

/* An alert's repeat falls due now; how long until the clerk hears that nobody fires it. 0: not within 15 s. */
static int64_t noticed_after_ms(void) {
    PGconn *database = daemon_database(&estate.daemon);
    estate_register(&clerk, estate.site_id, FD__SEVERITY__SEVERITY_MAJOR, "whoever");
    PQclear(PQexec(database, "update timer set due_at = now()"));
    PQclear(PQexec(database, "update complaint set alert_repeat_at = now()"));
    PQfinish(database);
    uint64_t began = uv_hrtime(), until = began + UINT64_C(1000000) * NOTICED_MS;
    while (desk_heard(&clerk, "site.alarm", NULL, 0) == NULL && uv_hrtime() < until) desk_turn(&estate.loop);
    return desk_heard(&clerk, "site.alarm", NULL, 0) != NULL ? (int64_t)((uv_hrtime() - began) / 1000000) : 0;
}

static void deadlines_that_nobody_fires_are_noticed(void **state) {
    (void)state;
    open_house("false");
    int64_t after_ms = noticed_after_ms();
    print_message("noticed after %lld ms\n", (long long)after_ms);
    assert_in_range(after_ms, 10000, NOTICED_MS);
    desk_idle(&estate.loop, 3000);
    PGconn *database = daemon_database(&estate.daemon);
    assert_int_equal(database_number(database, "select count(*) from journal where kind = 'site.alarm'"), 1);
    PQfinish(database);
    Fd__ListSitesRequest request = FD__LIST_SITES_REQUEST__INIT;
    struct answer answer = desk_call(&clerk, "site.list", "", NULL, &request, &fd__list_sites_response__descriptor);
    const Fd__ListSitesResponse *sites = answer.response;
    assert_true(sites->memberships[0]->site->alarm_at_ms > 0);
    close_house();
}

static void deadlines_that_are_fired_raise_no_alarm(void **state) {
    (void)state;
    open_house("true");
    assert_int_equal(noticed_after_ms(), 0);
    assert_non_null(desk_heard(&clerk, "complaint.alert_repeated", NULL, 0));
    close_house();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines_that_nobody_fires_are_noticed),
        cmocka_unit_test(deadlines_that_are_fired_raise_no_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
