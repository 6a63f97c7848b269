/* SPDX-License-Identifier: Apache-2.0 */
/* One request key, one effect (promise 2), and what was acknowledged is there after a kill (promise 1), short form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/moment.h"
#include "common/uuid.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

static struct estate estate;
static struct desk clerks[2];

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &clerks[0], "clerk0", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    estate_person(&estate, &clerks[1], "clerk1", FD__ROLE__ROLE_DESK_CLERK, FD__TEAM__TEAM_DESK);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    desk_close(&clerks[0]);
    desk_close(&clerks[1]);
    estate_close(&estate);
    return 0;
}

static void ask_register(struct desk *desk, const char *key, const char *subject, struct answer *answer) {
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    request.anonymous = true;
    request.subject = (char *)(uintptr_t)subject;
    request.severity = FD__SEVERITY__SEVERITY_GENERAL;
    desk_ask(desk, "complaint.register", estate.site_id, key, &request, &fd__register_complaint_response__descriptor,
             answer);
}

static struct answer call_register(struct desk *desk, const char *key, const char *subject) {
    struct answer answer;
    ask_register(desk, key, subject, &answer);
    desk_until(desk, answer.done);
    return answer;
}

static const Fd__Complaint *complaint_of(const struct answer *answer) {
    return ((const Fd__RegisterComplaintResponse *)answer->response)->complaint;
}

static void the_same_key_gives_the_same_reply(void **state) {
    (void)state;
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    struct answer first = call_register(&clerks[0], key, "once");
    struct answer second = call_register(&clerks[0], key, "once");
    assert_int_equal(first.status, STATUS_OK);
    assert_int_equal(second.status, STATUS_OK);
    assert_int_equal(first.seq, second.seq);
    assert_string_equal(complaint_of(&first)->number, complaint_of(&second)->number);
    assert_int_equal(complaint_of(&first)->version, complaint_of(&second)->version);
}

static void the_same_key_with_other_content_is_refused(void **state) {
    (void)state;
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    assert_int_equal(call_register(&clerks[0], key, "first").status, STATUS_OK);
    assert_int_equal(call_register(&clerks[0], key, "other").status, STATUS_CONFLICT);
    assert_int_equal(call_register(&clerks[1], key, "first").status, STATUS_CONFLICT);
}

static void a_repeated_change_is_made_once(void **state) {
    (void)state;
    char key[UUID_TEXT_BYTES], number[32];
    Fd__RecordActionRequest action = FD__RECORD_ACTION_REQUEST__INIT;
    uuid_make(key, moment_now_ms());
    snprintf(number, sizeof number, "%s",
             estate_register(&clerks[0], estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "noted")->number);
    action.number = number;
    action.kind = FD__ACTION_KIND__ACTION_KIND_CONTACT;
    action.note = (char *)(uintptr_t) "called";
    int64_t version = 0;
    for (int i = 0; i < 3; i++) {
        struct answer answer = desk_call(&clerks[0], "complaint.record_action", estate.site_id, key, &action,
                                         &fd__record_action_response__descriptor);
        assert_int_equal(answer.status, STATUS_OK);
        const Fd__Complaint *complaint = ((const Fd__RecordActionResponse *)answer.response)->complaint;
        if (i > 0) assert_int_equal(complaint->version, version);
        version = complaint->version;
    }
    assert_int_equal(version, 2);
}

static void parallel_duplicates_have_one_effect(void **state) {
    (void)state;
    enum { KEYS = 20, COPIES = 16 };
    static struct answer answers[KEYS][COPIES];
    PGconn *database = daemon_database(&estate.daemon);
    long before = database_number(database, "select count(*) from complaint");
    for (int k = 0; k < KEYS; k++) {
        char key[UUID_TEXT_BYTES];
        uuid_make(key, moment_now_ms());
        for (int c = 0; c < COPIES; c++) ask_register(&clerks[0], key, "parallel", &answers[k][c]);
    }
    for (int k = 0; k < KEYS; k++) {
        for (int c = 0; c < COPIES; c++) {
            desk_until(&clerks[0], answers[k][c].done);
            assert_int_equal(answers[k][c].status, STATUS_OK);
            assert_int_equal(answers[k][c].seq, answers[k][0].seq);
        }
    }
    assert_int_equal(database_number(database, "select count(*) from complaint") - before, KEYS);
    PQfinish(database);
}

/* The control: without the receipt the same key has a second effect. */
static void without_receipts_a_key_has_two_effects(void **state) {
    (void)state;
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    struct answer first = call_register(&clerks[0], key, "twice");
    PGconn *database = daemon_database(&estate.daemon);
    PQclear(PQexec(database, "truncate receipt"));
    PQfinish(database);
    struct answer second = call_register(&clerks[0], key, "twice");
    assert_int_equal(second.status, STATUS_OK);
    assert_int_not_equal(first.seq, second.seq);
}

/* The server is killed under load, again and again; the ledger here holds every OK that came back. */
static void what_was_acknowledged_survives_kills(void **state) {
    (void)state;
    enum { ROUNDS = 5, IN_FLIGHT = 8, PER_ROUND = 60 };
    static struct answer answers[ROUNDS * PER_ROUND];
    int port = estate.daemon.port;
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    estate.daemon.arguments[0] = "--listen";
    estate.daemon.arguments[1] = listen;
    int asked = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < PER_ROUND; i++, asked++) {
            desk_until(&clerks[1], client_waiting(clerks[1].client) < IN_FLIGHT);
            ask_register(&clerks[1], NULL, "under fire", &answers[asked]);
            if (i == PER_ROUND / 2) {
                daemon_kill(&estate.daemon);
                daemon_start(&estate.daemon);
            }
        }
    }
    for (int i = 0; i < asked; i++) desk_until(&clerks[1], answers[i].done);
    PGconn *database = daemon_database(&estate.daemon);
    for (int i = 0; i < asked; i++) {
        char sql[160];
        assert_int_equal(answers[i].status, STATUS_OK);
        snprintf(sql, sizeof sql, "select count(*) from complaint where id = '%s'", complaint_of(&answers[i])->id);
        assert_int_equal(database_number(database, sql), 1);
    }
    assert_int_equal(database_number(database, "select count(*) from complaint where subject = 'under fire'"), asked);
    assert_int_equal(
        database_number(database,
                        "select count(*) from (select seq - lag(seq) over (order by seq) as step from journal "
                        "where site_id = (select min(id::text)::uuid from site)) as steps where step <> 1"),
        0);
    PQfinish(database);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_key_gives_the_same_reply),
        cmocka_unit_test(the_same_key_with_other_content_is_refused),
        cmocka_unit_test(a_repeated_change_is_made_once),
        cmocka_unit_test(parallel_duplicates_have_one_effect),
        cmocka_unit_test(without_receipts_a_key_has_two_effects),
        cmocka_unit_test(what_was_acknowledged_survives_kills),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
