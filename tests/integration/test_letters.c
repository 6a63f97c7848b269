/* SPDX-License-Identifier: Apache-2.0 */
/* Four desks register the residents' letters side by side while four others watch: each letter is stored once, byte for
 * byte, and every watcher hears all of them once and in order (promise 3, short form). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/estate.h"
#include "tests/support/letters.h"
#include "tests/support/test.h"

enum { DESKS = 4, WATCHERS = 4, IN_FLIGHT = 16, EVERY_NTH_IS_MAJOR = 100 };

static struct estate estate;
static struct letters letters;
static struct desk desks[DESKS], watchers[WATCHERS];
static struct answer answers[LETTERS];

static bool is_major(size_t index) {
    return index % EVERY_NTH_IS_MAJOR == 0;
}

static int open_house(void **state) {
    (void)state;
    letters_load(&letters);
    estate_open(&estate);
    for (int i = 0; i < DESKS; i++) {
        char login[16];
        snprintf(login, sizeof login, "desk%d", i);
        estate_person(&estate, &desks[i], login, FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    }
    static const Fd__Role roles[WATCHERS] = {FD__ROLE__ROLE_SUPERVISOR, FD__ROLE__ROLE_MANAGER,
                                             FD__ROLE__ROLE_TEAM_LEADER, FD__ROLE__ROLE_DESK_CLERK};
    for (int i = 0; i < WATCHERS; i++) {
        char login[16];
        snprintf(login, sizeof login, "watch%d", i);
        estate_person(&estate, &watchers[i], login, roles[i], FD__TEAM__TEAM_ENGINEERING);
    }
    return 0;
}

static int close_house(void **state) {
    (void)state;
    for (int i = 0; i < DESKS; i++) desk_close(&desks[i]);
    for (int i = 0; i < WATCHERS; i++) desk_close(&watchers[i]);
    estate_close(&estate);
    letters_free(&letters);
    return 0;
}

static void ask(struct desk *desk, size_t index) {
    const struct letter *letter = &letters.items[index];
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.channel = FD__CHANNEL__CHANNEL_LETTER;
    request.anonymous = true;
    request.subject = letter->subject;
    request.description = letter->text;
    request.severity = is_major(index) ? FD__SEVERITY__SEVERITY_MAJOR : FD__SEVERITY__SEVERITY_GENERAL;
    desk_ask(desk, "complaint.register", estate.site_id, NULL, &request, &fd__register_complaint_response__descriptor,
             &answers[index]);
}

/* Desk d takes the letters d, d + 4, d + 8 …, with a few under way at once. */
static void register_all(void) {
    size_t next[DESKS];
    for (size_t d = 0; d < DESKS; d++) next[d] = d;
    for (bool busy = true; busy;) {
        busy = false;
        for (size_t d = 0; d < DESKS; d++) {
            while (next[d] < letters.count && client_waiting(desks[d].client) < IN_FLIGHT) {
                ask(&desks[d], next[d]);
                next[d] += DESKS;
            }
            busy = busy || next[d] < letters.count || client_waiting(desks[d].client) > 0;
        }
        desk_turn(&estate.loop);
    }
}

static void every_letter_is_stored_once_byte_for_byte(void **state) {
    (void)state;
    register_all();
    PGconn *database = daemon_database(&estate.daemon);
    assert_int_equal(database_number(database, "select count(*) from complaint"), LETTERS);
    assert_int_equal(database_number(database, "select count(distinct number) from complaint"), LETTERS);
    for (size_t i = 0; i < letters.count; i++) {
        assert_int_equal(answers[i].status, STATUS_OK);
        const Fd__RegisterComplaintResponse *response = answers[i].response;
        const char *values[] = {response->complaint->id, letters.items[i].subject, letters.items[i].text};
        PGresult *result = PQexecParams(database,
                                        "select 1 from complaint where id = $1::uuid and subject = $2::text "
                                        "and convert_to(description, 'UTF8') = convert_to($3::text, 'UTF8')",
                                        3, NULL, values, NULL, NULL, 0);
        assert_int_equal(PQntuples(result), 1);
        PQclear(result);
    }
    PQfinish(database);
}

static size_t count_registered(const struct desk *desk) {
    size_t count = 0;
    for (size_t i = 0; i < desk->seen_count; i++) count += strcmp(desk->seen[i].kind, "complaint.registered") == 0;
    return count;
}

static void every_watcher_hears_all_once_and_in_order(void **state) {
    (void)state;
    for (int w = 0; w < WATCHERS; w++) {
        struct desk *watcher = &watchers[w];
        desk_until(watcher, count_registered(watcher) >= LETTERS);
        assert_int_equal(count_registered(watcher), LETTERS);
        assert_int_equal(watcher->resets, 1);
        assert_true(seen_in_order(watcher->seen, watcher->seen_count));
    }
}

static void exactly_the_major_ones_alert_supervisor_and_manager(void **state) {
    (void)state;
    size_t alerted = 0;
    for (size_t i = 0; i < watchers[0].seen_count; i++) {
        const struct seen *seen = &watchers[0].seen[i];
        if (strcmp(seen->kind, "complaint.registered") != 0) continue;
        const Fd__Complaint *complaint = (const Fd__Complaint *)seen->record;
        bool major = complaint->severity == FD__SEVERITY__SEVERITY_MAJOR;
        bool alert = complaint->alert != NULL && complaint->alert->raised_at_ms != 0;
        assert_int_equal(alert, major);
        if (alert) assert_int_equal(complaint->alert->n_person_ids, 2);
        alerted += alert;
    }
    assert_int_equal(alerted, (LETTERS + EVERY_NTH_IS_MAJOR - 1) / EVERY_NTH_IS_MAJOR);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_is_stored_once_byte_for_byte),
        cmocka_unit_test(every_watcher_hears_all_once_and_in_order),
        cmocka_unit_test(exactly_the_major_ones_alert_supervisor_and_manager),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
