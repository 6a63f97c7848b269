/* SPDX-License-Identifier: Apache-2.0 */
/* The database is faked at link time: two tables of messages that a read gives back when the test says so. */
#include "server/accounts/directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frontdesk/v1/rules.pb-c.h"
#include "tests/unit/server/accounts/fake_rows.h"

#define SITE_A "00000000-0000-7000-8000-00000000000a"
#define SITE_B "00000000-0000-7000-8000-00000000000b"
#define ANNA "00000000-0000-7000-8000-000000000001"
#define BO "00000000-0000-7000-8000-000000000002"

static Fd__Role clerk[] = {FD__ROLE__ROLE_DESK_CLERK}, manager[] = {FD__ROLE__ROLE_MANAGER};
static struct transaction *pending;
static Fd__Site sites[2];
static Fd__Person people[4];
static Fd__Deadlines deadlines[2];
static Fd__Calendar calendar;
static size_t site_count, person_count, deadlines_count, calendar_count;
static struct directory *directory;
static int ready, reads, changes;
static enum status ready_status;
static char changed_id[37];

void database_read(struct database *database, struct transaction *transaction) {
    (void)database;
    assert_null(pending);
    assert_null(transaction->site_id);
    pending = transaction;
    reads++;
}

static void answer(enum status status) {
    struct transaction *transaction = pending;
    assert_non_null(transaction);
    pending = NULL;
    if (status == STATUS_OK) {
        assert_int_equal(transaction->count, 4);
        transaction->statements[0].result = rows_new(&fd__site__descriptor);
        for (size_t i = 0; i < site_count; i++) rows_add(transaction->statements[0].result, &sites[i].base);
        transaction->statements[1].result = rows_new(&fd__person__descriptor);
        for (size_t i = 0; i < person_count; i++) rows_add(transaction->statements[1].result, &people[i].base);
        transaction->statements[2].result = rows_new(&fd__deadlines__descriptor);
        for (size_t i = 0; i < deadlines_count; i++) rows_add(transaction->statements[2].result, &deadlines[i].base);
        transaction->statements[3].result = rows_new(&fd__calendar__descriptor);
        for (size_t i = 0; i < calendar_count; i++) rows_add(transaction->statements[3].result, &calendar.base);
    }
    transaction->on_done(transaction, status);
}

static Fd__Site site(const char *id, int64_t version, const char *name) {
    Fd__Site made = FD__SITE__INIT;
    made.id = made.site_id = (char *)(uintptr_t)id;
    made.version = version;
    made.code = made.name = (char *)(uintptr_t)name;
    return made;
}

static Fd__Person person(const char *id, const char *site_id, int64_t version, Fd__Role *roles, const char *name) {
    Fd__Person made = FD__PERSON__INIT;
    made.id = (char *)(uintptr_t)id;
    made.site_id = (char *)(uintptr_t)site_id;
    made.version = version;
    made.roles = roles;
    made.n_roles = 1;
    made.name = (char *)(uintptr_t)name;
    made.active = true;
    return made;
}

static void apply(const char *record_type, const ProtobufCMessage *record) {
    struct bytes packed = {0};
    assert_int_equal(message_append(&packed, record), STATUS_OK);
    directory_apply(directory, record_type, packed.data, packed.length);
    bytes_free(&packed);
}

static void on_ready(void *owner, enum status status) {
    (void)owner;
    ready++;
    ready_status = status;
}

static void on_change(void *owner, const char *person_id) {
    (void)owner;
    changes++;
    memcpy(changed_id, person_id, sizeof(changed_id));
}

static int set_up(void **state) {
    (void)state;
    ready = reads = changes = 0;
    sites[0] = site(SITE_A, 1, "a");
    sites[1] = site(SITE_B, 1, "b");
    site_count = 2;
    people[0] = person(ANNA, SITE_A, 3, clerk, "Anna");
    people[1] = person(ANNA, SITE_B, 1, manager, "Anna");
    people[2] = person(BO, SITE_A, 1, clerk, "Bo");
    person_count = 3;
    deadlines_count = calendar_count = 0;
    if (directory_open(&directory, NULL, on_ready, NULL) != STATUS_OK) return 1;
    directory_on_change(directory, on_change, NULL);
    return 0;
}

static int set_up_loaded(void **state) {
    int failed = set_up(state);
    answer(STATUS_OK);
    changes = 0;
    return failed;
}

static int tear_down(void **state) {
    (void)state;
    directory_close(directory);
    if (pending != NULL) answer(STATUS_OK);
    return 0;
}

static const Fd__Person *find(const char *site_id, const char *person_id) {
    const struct roster *roster = directory_roster(directory, site_id);
    return roster != NULL ? roster_find(roster, person_id) : NULL;
}

static void loads_everybody(void **state) {
    (void)state;
    assert_int_equal(ready, 0);
    answer(STATUS_OK);
    assert_int_equal(ready, 1);
    assert_int_equal(ready_status, STATUS_OK);
    assert_int_equal(directory_site_count(directory), 2);
    assert_int_equal(directory_roster(directory, SITE_A)->count, 2);
    assert_int_equal(find(SITE_A, ANNA)->roles[0], FD__ROLE__ROLE_DESK_CLERK);
    assert_int_equal(find(SITE_B, ANNA)->roles[0], FD__ROLE__ROLE_MANAGER);
    assert_null(find(SITE_B, BO));
    assert_null(directory_roster(directory, "nonsense"));
}

static void failing_says_so(void **state) {
    (void)state;
    answer(STATUS_UNAVAILABLE);
    assert_int_equal(ready, 1);
    assert_int_equal(ready_status, STATUS_UNAVAILABLE);
    assert_int_equal(directory_site_count(directory), 0);
    directory_reload(directory);
    answer(STATUS_OK);
    assert_int_equal(ready, 1);
    assert_non_null(find(SITE_A, BO));
}

static void a_newer_record_counts(void **state) {
    (void)state;
    Fd__Person changed = person(ANNA, SITE_A, 4, manager, "Anna");
    apply("person", &changed.base);
    assert_int_equal(find(SITE_A, ANNA)->roles[0], FD__ROLE__ROLE_MANAGER);
    assert_int_equal(changes, 1);
    assert_string_equal(changed_id, ANNA);
}

static void an_older_or_equal_record_does_not(void **state) {
    (void)state;
    Fd__Person same = person(ANNA, SITE_A, 3, manager, "Anna"), older = person(ANNA, SITE_A, 2, manager, "Anna");
    apply("person", &same.base);
    apply("person", &older.base);
    assert_int_equal(find(SITE_A, ANNA)->roles[0], FD__ROLE__ROLE_DESK_CLERK);
    assert_int_equal(changes, 0);
}

static void a_new_name_shows_on_every_site(void **state) {
    (void)state;
    Fd__Person changed = person(ANNA, SITE_A, 4, clerk, "Anne");
    apply("person", &changed.base);
    assert_string_equal(find(SITE_B, ANNA)->name, "Anne");
    assert_int_equal(find(SITE_B, ANNA)->version, 1);
}

static void who_is_not_active_is_not_there(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    Fd__Membership **memberships;
    assert_int_equal(directory_memberships(directory, ANNA, &arena, &memberships), 2);
    Fd__Person changed = person(ANNA, SITE_A, 4, clerk, "Anna");
    changed.active = false;
    apply("person", &changed.base);
    assert_null(find(SITE_A, ANNA));
    /* Taken before the change, and still whole. */
    assert_string_equal(memberships[0]->person->name, "Anna");
    assert_string_equal(memberships[0]->site->id, SITE_A);
    assert_int_equal(directory_memberships(directory, ANNA, &arena, &memberships), 1);
    assert_string_equal(memberships[0]->site->id, SITE_B);
    assert_int_equal(directory_memberships(directory, "nobody", &arena, &memberships), 0);
    arena_free(&arena);
}

/* The founder's place has no entry of its own. */
static void a_new_site_is_read_with_its_founder(void **state) {
    (void)state;
    sites[0] = site("00000000-0000-7000-8000-00000000000c", 1, "c");
    site_count = 1;
    people[0] = person(ANNA, sites[0].id, 1, manager, "Anna");
    person_count = 1;
    apply("site", &sites[0].base);
    assert_non_null(directory_roster(directory, sites[0].id));
    answer(STATUS_OK);
    assert_non_null(find(sites[0].id, ANNA));
    assert_true(changes > 0);
}

/* What the database said before the entry must not undo the entry. */
static void an_entry_during_a_look_is_not_lost(void **state) {
    (void)state;
    directory_reload(directory);
    Fd__Person changed = person(ANNA, SITE_A, 4, manager, "Anna");
    apply("person", &changed.base);
    answer(STATUS_OK);
    people[0] = changed;
    assert_non_null(pending);
    answer(STATUS_OK);
    assert_null(pending);
    assert_int_equal(find(SITE_A, ANNA)->roles[0], FD__ROLE__ROLE_MANAGER);
}

static void a_reload_takes_rewritten_history(void **state) {
    (void)state;
    people[0] = person(ANNA, SITE_A, 2, manager, "Anna");
    person_count = 2;
    directory_reload(directory);
    answer(STATUS_OK);
    assert_int_equal(find(SITE_A, ANNA)->version, 2);
    assert_null(find(SITE_A, BO));
    assert_true(changes >= 2);
}

static void other_records_and_rubbish_do_no_harm(void **state) {
    (void)state;
    directory_apply(directory, "complaint", "x", 1);
    assert_null(pending);
    directory_apply(directory, "person", "\xff\xff", 2);
    assert_non_null(pending);
    answer(STATUS_OK);
    assert_int_equal(directory_site_count(directory), 2);
}

static Fd__Deadlines own(const char *site_id, int64_t version, Fd__Severity severity, int32_t accept_minutes) {
    Fd__Deadlines made = FD__DEADLINES__INIT;
    made.id = (char *)(uintptr_t)BO;
    made.site_id = (char *)(uintptr_t)site_id;
    made.version = version;
    made.severity = severity;
    made.own = true;
    made.accept_minutes = accept_minutes;
    return made;
}

static int64_t accept_minutes(const char *site_id, Fd__Severity severity) {
    return directory_roster(directory, site_id)->rules->severity[severity].accept_ms / 60000;
}

#define GENERAL FD__SEVERITY__SEVERITY_GENERAL
#define MAJOR FD__SEVERITY__SEVERITY_MAJOR

static void figures_come_with_the_look_and_the_journal(void **state) {
    (void)state;
    static char *hours[] = {(char *)"08:00-20:00"};
    deadlines[0] = own(SITE_A, 2, GENERAL, 7);
    deadlines_count = 1;
    answer(STATUS_OK);
    assert_int_equal(accept_minutes(SITE_A, GENERAL), 7);
    assert_int_equal(accept_minutes(SITE_A, MAJOR), 5);
    assert_int_equal(accept_minutes(SITE_B, GENERAL), 20);
    assert_int_equal(directory_roster(directory, SITE_A)->rules->version, 2);
    assert_int_equal(directory_roster(directory, SITE_B)->rules->version, 0);
    Fd__Deadlines older = own(SITE_A, 2, GENERAL, 8), newer = own(SITE_A, 3, GENERAL, 9);
    apply("deadlines", &older.base);
    assert_int_equal(accept_minutes(SITE_A, GENERAL), 7);
    apply("deadlines", &newer.base);
    assert_int_equal(accept_minutes(SITE_A, GENERAL), 9);
    Fd__Deadlines major = own(SITE_A, 1, MAJOR, 1), back = own(SITE_A, 4, GENERAL, 99);
    apply("deadlines", &major.base);
    back.own = false;
    apply("deadlines", &back.base);
    assert_int_equal(accept_minutes(SITE_A, MAJOR), 1);
    assert_int_equal(accept_minutes(SITE_A, GENERAL), 20);
    assert_int_equal(directory_roster(directory, SITE_A)->rules->version, 5);
    calendar = (Fd__Calendar)FD__CALENDAR__INIT;
    calendar.id = (char *)(uintptr_t)BO;
    calendar.site_id = (char *)(uintptr_t)SITE_A;
    calendar.version = 1;
    calendar.own = true;
    calendar.n_sunday = 1;
    calendar.sunday = hours;
    calendar.follow_up_minutes = 60;
    apply("calendar", &calendar.base);
    assert_int_equal(directory_roster(directory, SITE_A)->rules->version, 6);
    assert_int_equal(directory_roster(directory, SITE_A)->rules->follow_up_ms, 3600000);
    assert_int_equal(directory_roster(directory, SITE_A)->rules->calendar.intervals[6][0].from_minute, 480);
    /* A look finds the same in the database. */
    deadlines[0] = back;
    deadlines[1] = major;
    deadlines_count = 2;
    calendar_count = 1;
    directory_reload(directory);
    answer(STATUS_OK);
    assert_int_equal(directory_roster(directory, SITE_A)->rules->version, 6);
    assert_int_equal(accept_minutes(SITE_A, MAJOR), 1);
    assert_int_equal(directory_roster(directory, SITE_A)->rules->calendar.intervals[6][0].from_minute, 480);
    /* Of a site that is not known nothing is kept. */
    Fd__Deadlines foreign = own("00000000-0000-7000-8000-00000000000f", 1, GENERAL, 1);
    apply("deadlines", &foreign.base);
    assert_int_equal(directory_site_count(directory), 2);
}

static void each_site_counts_in_its_own_zone(void **state) {
    (void)state;
    sites[0].time_zone = (char *)(uintptr_t) "Europe/Berlin";
    sites[1].time_zone = (char *)(uintptr_t) "Mars/Base";
    answer(STATUS_OK);
    const struct zone *berlin = directory_roster(directory, SITE_A)->rules->calendar.zone;
    assert_int_equal(zone_civil_ms(berlin, INT64_C(1785542400000)) - INT64_C(1785542400000), 2 * 3600000);
    /* One that this machine does not know is counted as D6 does. */
    assert_ptr_equal(directory_roster(directory, SITE_B)->rules->calendar.zone, rules_default.calendar.zone);
    assert_true(directory_knows_zone(directory, "Europe/Berlin"));
    assert_true(directory_knows_zone(directory, "Asia/Shanghai"));
    assert_false(directory_knows_zone(directory, "Mars/Base"));
    assert_false(directory_knows_zone(directory, "../etc/passwd"));
    /* The zone stays with the site when its figures change. */
    calendar = (Fd__Calendar)FD__CALENDAR__INIT;
    calendar.site_id = (char *)(uintptr_t)SITE_A;
    calendar.version = 1;
    apply("calendar", &calendar.base);
    assert_ptr_equal(directory_roster(directory, SITE_A)->rules->calendar.zone, berlin);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(loads_everybody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(failing_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_record_counts, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(an_older_or_equal_record_does_not, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(a_new_name_shows_on_every_site, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(who_is_not_active_is_not_there, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(a_new_site_is_read_with_its_founder, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(an_entry_during_a_look_is_not_lost, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(a_reload_takes_rewritten_history, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(other_records_and_rubbish_do_no_harm, set_up_loaded, tear_down),
        cmocka_unit_test_setup_teardown(figures_come_with_the_look_and_the_journal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_site_counts_in_its_own_zone, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
