/* SPDX-License-Identifier: Apache-2.0 */
/* One request key, one effect (promise 2): what a repetition is and what it is not. Under faults: tests/fault/once.c.
 */
#include <stdio.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_key_gives_the_same_reply),
        cmocka_unit_test(the_same_key_with_other_content_is_refused),
        cmocka_unit_test(a_repeated_change_is_made_once),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
