/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/outbox.c, outbox_file.c and outbox_kind.c */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/core/outbox_file.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/uuid.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"

#define SITE "01890000-0000-7000-8000-000000000001"
#define PERSON "01890000-0000-7000-8000-000000000002"
#define OTHER "01890000-0000-7000-8000-000000000003"
#define PHONE "13800138000"

static char directory[64];

static int make_directory(void **state) {
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/frontdesk-test-XXXXXX");
    return mkdtemp(directory) == NULL ? -1 : 0;
}

static int remove_directory(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) execlp("rm", "rm", "-rf", directory, (char *)NULL);
    return waitpid(child, NULL, 0) == child ? 0 : -1;
}

static struct outbox *open_outbox(const char *server) {
    char why[WHY_BYTES] = "";
    struct outbox *outbox = NULL;
    if (outbox_open(&outbox, directory, server, why) != STATUS_OK) fail_msg("%s", why);
    return outbox;
}

/* Puts a command of this person; the place, or 0 with *status told. */
static int64_t put(struct outbox *outbox, const char *operation, const void *command, const char *person,
                   enum status *status) {
    struct bytes body = {0};
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    assert_int_equal(message_append(&body, command), STATUS_OK);
    struct outbox_item item = {.kind = outbox_kind_of(operation),
                               .key = key,
                               .site_id = SITE,
                               .person_id = person,
                               .person_name = "李娜",
                               .body = body.data,
                               .length = body.length,
                               .made_at_ms = 1000};
    assert_non_null(item.kind);
    enum status result = outbox_put(outbox, &item);
    bytes_free(&body);
    if (status == NULL)
        assert_int_equal(result, STATUS_OK);
    else
        *status = result;
    return result == STATUS_OK ? item.position : 0;
}

static int64_t put_complaint(struct outbox *outbox, const char *subject, const char *person) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.subject = (char *)(uintptr_t)subject;
    request.customer_phone = (char *)(uintptr_t)PHONE;
    return put(outbox, "complaint.register", &request, person, NULL);
}

static int64_t put_note(struct outbox *outbox, const char *number, const char *person, enum status *status) {
    Fd__RecordActionRequest request = FD__RECORD_ACTION_REQUEST__INIT;
    request.number = (char *)(uintptr_t)number;
    request.note = (char *)(uintptr_t) "called back";
    return put(outbox, "complaint.record_action", &request, person, status);
}

struct list_of_items {
    int count;
    int64_t positions[8], depends_on[8];
    enum outbox_state states[8];
    char keys[8][UUID_TEXT_BYTES];
};

static void on_item(void *owner, const struct outbox_item *item) {
    struct list_of_items *list = owner;
    assert_true(list->count < 8);
    list->positions[list->count] = item->position;
    list->depends_on[list->count] = item->depends_on;
    list->states[list->count] = item->state;
    (void)snprintf(list->keys[list->count++], UUID_TEXT_BYTES, "%s", item->key);
}

static struct list_of_items items_of(struct outbox *outbox) {
    struct list_of_items list = {0};
    outbox_list(outbox, on_item, &list);
    return list;
}

static void what_was_put_is_there_after_the_program_in_order(void **state) {
    (void)state;
    struct outbox *outbox = open_outbox("a:1");
    int64_t first = put_complaint(outbox, "one", PERSON), second = put_complaint(outbox, "two", PERSON);
    assert_true(second > first);
    outbox_close(outbox);
    outbox = open_outbox("a:1");
    struct list_of_items list = items_of(outbox), next = {0};
    assert_int_equal(list.count, 2);
    assert_int_equal(list.positions[0], first);
    assert_int_equal(list.states[0], OUTBOX_WAITING);
    assert_true(outbox_next(outbox, PERSON, on_item, &next));
    assert_int_equal(next.positions[0], first);
    assert_false(outbox_next(outbox, OTHER, on_item, &next));
    outbox_close(outbox);
    outbox = open_outbox("b:2");
    assert_int_equal(items_of(outbox).count, 0);
    assert_int_equal(outbox_count(outbox, PERSON).elsewhere, 2);
    outbox_close(outbox);
}

/* kill -9 right after it was said to be kept: the process gets no chance to close anything. */
static void what_was_put_survives_a_kill(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct outbox *outbox = open_outbox("a:1");
        for (int i = 0; i < 5; i++) (void)put_complaint(outbox, "killed", PERSON);
        (void)kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    struct outbox *outbox = open_outbox("a:1");
    assert_int_equal(items_of(outbox).count, 5);
    outbox_close(outbox);
}

static void nobody_else_may_read_it(void **state) {
    (void)state;
    static const char *const names[] = {"outbox.db", "outbox.db-wal", "outbox.lock"};
    struct outbox *outbox = open_outbox("a:1");
    (void)put_complaint(outbox, "one", PERSON);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        struct stat about;
        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
    }
    outbox_close(outbox);
}

static int times_in_files(const char *words) {
    static const char *const names[] = {"outbox.db", "outbox.db-wal"};
    int found = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        FILE *file = fopen(path, "r");
        if (file == NULL) continue;
        static char content[4 << 20];
        size_t length = fread(content, 1, sizeof content, file);
        (void)fclose(file);
        for (const char *at = content; (at = memmem(at, length - (size_t)(at - content), words, strlen(words))) != NULL;
             at++)
            found++;
    }
    return found;
}

static void nothing_of_the_customer_stays_once_it_is_done_or_dropped(void **state) {
    (void)state;
    struct outbox *outbox = open_outbox("a:1");
    int64_t done = put_complaint(outbox, "one", PERSON), dropped = put_complaint(outbox, "two", PERSON);
    assert_true(times_in_files(PHONE) > 0);
    assert_int_equal(outbox_done(outbox, done, "C-1"), STATUS_OK);
    assert_int_equal(outbox_drop(outbox, dropped), STATUS_OK);
    assert_int_equal(outbox_drop(outbox, dropped), STATUS_NOT_FOUND);
    assert_int_equal(times_in_files(PHONE), 0);
    outbox_close(outbox);
    assert_int_equal(times_in_files(PHONE), 0);
}

static void what_names_a_waiting_record_depends_on_it(void **state) {
    (void)state;
    char number[OUTBOX_NUMBER_BYTES], name[32];
    enum status status = STATUS_OK;
    struct outbox *outbox = open_outbox("a:1");
    int64_t made = put_complaint(outbox, "one", PERSON);
    (void)snprintf(name, sizeof name, "W-%lld", (long long)made);
    (void)put_note(outbox, name, PERSON, NULL);
    (void)put_note(outbox, "C-7", PERSON, NULL);
    struct list_of_items list = items_of(outbox);
    assert_int_equal(list.depends_on[1], made);
    assert_int_equal(list.depends_on[2], 0);
    (void)put_note(outbox, "W-99", PERSON, &status);
    assert_int_equal(status, STATUS_NOT_FOUND);
    (void)put_note(outbox, name, OTHER, &status);
    assert_int_equal(status, STATUS_NOT_FOUND);
    Fd__LeaveVisitRequest leave = FD__LEAVE_VISIT_REQUEST__INIT;
    leave.number = name;
    (void)put(outbox, "visit.leave", &leave, PERSON, &status);
    assert_int_equal(status, STATUS_NOT_FOUND);
    /* The number stays when the row is gone. */
    assert_int_equal(outbox_done(outbox, made, "C-12"), STATUS_OK);
    assert_true(outbox_number(outbox, made, number));
    assert_string_equal(number, "C-12");
    (void)put_note(outbox, name, PERSON, NULL);
    outbox_close(outbox);
}

static void a_refused_record_holds_what_names_it_until_it_is_mended(void **state) {
    (void)state;
    char name[32];
    enum status status = STATUS_OK;
    struct outbox *outbox = open_outbox("a:1");
    int64_t made = put_complaint(outbox, "one", PERSON), after = 0;
    (void)snprintf(name, sizeof name, "~%lld", (long long)made);
    (void)put_note(outbox, name, PERSON, NULL);
    after = put_complaint(outbox, "two", PERSON);
    struct list_of_items before = items_of(outbox), next = {0};
    assert_int_equal(outbox_refused(outbox, made, STATUS_INVALID, "no phone", "customer_phone"), STATUS_OK);
    struct list_of_items list = items_of(outbox);
    assert_int_equal(list.states[0], OUTBOX_REFUSED);
    assert_int_equal(list.states[1], OUTBOX_HELD);
    assert_int_equal(list.states[2], OUTBOX_WAITING);
    assert_int_equal(outbox_count(outbox, PERSON).waiting, 1);
    assert_int_equal(outbox_count(outbox, PERSON).refused, 2);
    assert_true(outbox_next(outbox, PERSON, on_item, &next));
    assert_int_equal(next.positions[0], after);
    (void)put_note(outbox, name, PERSON, &status);
    assert_int_equal(status, STATUS_CONFLICT);
    outbox_told(outbox, made); /* something names it: it stays */
    assert_int_equal(items_of(outbox).count, 3);

    const struct bytes body = {.data = (uint8_t *)(uintptr_t) "\x3a\x01x", .length = 3};
    assert_int_equal(outbox_mend(outbox, after, &body), STATUS_CONFLICT);
    assert_int_equal(outbox_mend(outbox, made, &body), STATUS_OK);
    list = items_of(outbox);
    assert_int_equal(list.states[0], OUTBOX_WAITING);
    assert_int_equal(list.states[1], OUTBOX_WAITING);
    assert_string_not_equal(list.keys[0], before.keys[0]);
    assert_string_equal(list.keys[1], before.keys[1]);
    assert_int_equal(outbox_drop(outbox, made), STATUS_OK);
    list = items_of(outbox);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.positions[0], after);
    outbox_close(outbox);
}

static void a_full_one_says_so_and_takes_nothing(void **state) {
    (void)state;
    enum status status = STATUS_OK;
    struct outbox *outbox = open_outbox("a:1");
    char sql[512];
    (void)snprintf(sql, sizeof sql,
                   "with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) insert into outbox "
                   "(server, person_id, person_name, site_id, operation, key, body, made_at_ms, received_at_ms, "
                   "depends_on, state) select 'a:1', '%s', '', '', 'complaint.register', i, '', 0, 0, 0, 0 from n",
                   OUTBOX_LIMIT - 1, PERSON);
    assert_int_equal(sqlite3_exec(outbox->database, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)put_complaint(outbox, "the last", PERSON);
    (void)put_note(outbox, "C-1", PERSON, &status);
    assert_int_equal(status, STATUS_BUSY);
    assert_int_equal(outbox_count(outbox, PERSON).waiting, OUTBOX_LIMIT);
    outbox_close(outbox);
}

static void write_over(const char *name, long offset, const char *words) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    for (int i = 0; i < 200; i++) (void)fputs(words, file);
    (void)fclose(file);
}

static void a_damaged_file_is_set_aside_and_told(void **state) {
    (void)state;
    static const long offsets[] = {0, 4096};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        char phone_path[192], first[PATH_MAX];
        struct outbox *outbox = open_outbox("a:1");
        (void)put_complaint(outbox, "one", PERSON);
        outbox_close(outbox);
        write_over("outbox.db", offsets[i], "garbage");
        outbox = open_outbox("a:1");
        assert_non_null(outbox_damaged(outbox));
        (void)snprintf(first, sizeof first, "%s", outbox_damaged(outbox));
        struct stat about;
        assert_int_equal(stat(first, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
        assert_int_equal(items_of(outbox).count, 0);
        (void)put_complaint(outbox, "two", PERSON);
        outbox_close(outbox);
        /* Told again by every run, until somebody takes it away. */
        outbox = open_outbox("a:1");
        assert_string_equal(outbox_damaged(outbox), first);
        assert_int_equal(items_of(outbox).count, 1);
        outbox_close(outbox);
        assert_int_equal(remove(first), 0);
        (void)snprintf(phone_path, sizeof phone_path, "%s/outbox.db", directory);
        assert_int_equal(remove(phone_path), 0);
        outbox = open_outbox("a:1");
        assert_null(outbox_damaged(outbox));
        outbox_close(outbox);
    }
}

static void a_file_that_was_taken_away_is_not_written_to(void **state) {
    (void)state;
    char path[128], elsewhere[128];
    struct outbox *outbox = open_outbox("a:1");
    (void)put_complaint(outbox, "one", PERSON);
    (void)snprintf(path, sizeof path, "%s/outbox.db", directory);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", directory);
    assert_int_equal(rename(path, elsewhere), 0);
    (void)put_complaint(outbox, "two", PERSON);
    outbox_close(outbox);
    outbox = open_outbox("a:1");
    assert_int_equal(items_of(outbox).count, 1);
    outbox_close(outbox);
}

static void an_unusable_place_is_told(void **state) {
    (void)state;
    char why[WHY_BYTES] = "";
    struct outbox *outbox = NULL;
    assert_int_equal(outbox_open(&outbox, "/nonexistent/place", "a:1", why), STATUS_INVALID);
    assert_non_null(strstr(why, "/nonexistent/place"));
}

static void one_program_at_a_time_sends(void **state) {
    (void)state;
    struct outbox *one = open_outbox("a:1"), *other = open_outbox("a:1");
    assert_true(outbox_lock(one));
    assert_false(outbox_lock(other));
    outbox_unlock(one);
    assert_true(outbox_lock(other));
    outbox_close(other); /* a program that dies lets go */
    assert_true(outbox_lock(one));
    (void)outbox_changed(one);
    assert_false(outbox_changed(one));
    other = open_outbox("a:1");
    (void)put_complaint(other, "one", PERSON);
    assert_true(outbox_changed(one));
    assert_false(outbox_changed(one));
    outbox_close(other);
    outbox_close(one);
}

static void kinds_know_their_messages(void **state) {
    (void)state;
    static const char *const kept[] = {
        "complaint.register", "complaint.record_action", "visit.announce", "visit.walk_in", "visit.arrive",
        "visit.leave",        "visit.emergency"};
    static const char *const others[] = {"complaint.close", "complaint.accept", "visit.cancel", "person.create", ""};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const struct outbox_kind *kind = outbox_kind_of(kept[i]);
        assert_non_null(kind);
        /* What makes a record does not name one, and the other way round. */
        bool names = protobuf_c_message_descriptor_get_field_by_name(kind->request, "number") != NULL;
        assert_int_equal(names, !kind->creates);
        assert_string_equal(kind->response->fields[0].name, kind->record);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) assert_null(outbox_kind_of(others[i]));
    assert_int_equal(outbox_local_number("W-12"), 12);
    assert_int_equal(outbox_local_number("w-3"), 3);
    assert_int_equal(outbox_local_number("~7"), 7);
    static const char *const no_places[] = {"", "C-12", "W-", "W-0", "W-1x", "~", "~-1", "W--1", "V-3", "12"};
    for (size_t i = 0; i < sizeof no_places / sizeof no_places[0]; i++)
        assert_int_equal(outbox_local_number(no_places[i]), 0);
}

static void what_alarms_somebody_is_known(void **state) {
    (void)state;
    struct bytes body = {0};
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    const struct outbox_kind *registering = outbox_kind_of("complaint.register");
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    assert_int_equal(message_append(&body, &request.base), STATUS_OK);
    assert_false(outbox_kind_alarms(registering, body.data, body.length));
    bytes_clear(&body);
    request.severity = FD__SEVERITY__SEVERITY_MAJOR;
    assert_int_equal(message_append(&body, &request.base), STATUS_OK);
    assert_true(outbox_kind_alarms(registering, body.data, body.length));
    bytes_free(&body);
    assert_true(outbox_kind_alarms(outbox_kind_of("visit.emergency"), NULL, 0));
    assert_false(outbox_kind_alarms(outbox_kind_of("visit.leave"), NULL, 0));
}

int main(void) {
#define WITH_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        WITH_DIRECTORY(what_was_put_is_there_after_the_program_in_order),
        WITH_DIRECTORY(what_was_put_survives_a_kill),
        WITH_DIRECTORY(nobody_else_may_read_it),
        WITH_DIRECTORY(nothing_of_the_customer_stays_once_it_is_done_or_dropped),
        WITH_DIRECTORY(what_names_a_waiting_record_depends_on_it),
        WITH_DIRECTORY(a_refused_record_holds_what_names_it_until_it_is_mended),
        WITH_DIRECTORY(a_full_one_says_so_and_takes_nothing),
        WITH_DIRECTORY(a_damaged_file_is_set_aside_and_told),
        WITH_DIRECTORY(a_file_that_was_taken_away_is_not_written_to),
        cmocka_unit_test(an_unusable_place_is_told),
        WITH_DIRECTORY(one_program_at_a_time_sends),
        cmocka_unit_test(kinds_know_their_messages),
        cmocka_unit_test(what_alarms_somebody_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
