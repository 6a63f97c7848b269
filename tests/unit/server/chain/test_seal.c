/* SPDX-License-Identifier: Apache-2.0 */
#include "server/chain/seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/message.h"
#include "frontdesk/v1/complaint.pb-c.h"

static struct arena arena;
static const struct change_of of = {.record_type = "complaint", .at_ms = 1795436798877};

static int set_up(void **state) {
    (void)state;
    arena_init(&arena, 1024 * 1024);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static Fd__Complaint complaint(void) {
    Fd__Complaint made = FD__COMPLAINT__INIT;
    made.id = "00000000-0000-7000-8000-000000000001";
    made.version = 1;
    made.customer_name = "李四";
    made.customer_phone = "13812345678";
    made.subject = "电话 13812345678";
    return made;
}

static bool contains(const ProtobufCBinaryData *bytes, const char *text) {
    return memmem(bytes->data, bytes->len, text, strlen(text)) != NULL;
}

static void the_entry_has_no_phone_and_history_has(void **state) {
    (void)state;
    Fd__Complaint record = complaint();
    struct decision decision = {.record = &record.base,
                                .kind = "complaint.registered",
                                .note = "回电 13812345678",
                                .to_id = "engineer",
                                .to_team = FD__TEAM__TEAM_ENGINEERING,
                                .until_ms = 7};
    Fd__Change change = FD__CHANGE__INIT;
    ProtobufCMessage *masked;
    assert_int_equal(change_seal(&arena, &decision, &of, &change, &masked), STATUS_OK);
    assert_string_equal(change.step_to_id, "engineer");
    assert_int_equal(change.step_to_team, FD__TEAM__TEAM_ENGINEERING);
    assert_int_equal(change.step_until_ms, 7);
    assert_false(contains(&change.entry, "13812345678"));
    assert_true(contains(&change.entry, "138****5678"));
    assert_string_equal(change.note, "回电 13812345678");
    assert_string_equal(change.masked_note, "回电 138****5678");
    assert_string_equal(change.actor_id, "");
    assert_int_equal(change.at_ms, of.at_ms);
    assert_string_equal(((Fd__Complaint *)masked)->customer_phone, "138****5678");
    assert_string_equal(record.customer_phone, "13812345678");
}

static void the_salt_hides_equal_content(void **state) {
    (void)state;
    Fd__Complaint record = complaint();
    struct decision decision = {.record = &record.base, .kind = "complaint.registered"};
    Fd__Change one = FD__CHANGE__INIT, two = FD__CHANGE__INIT;
    ProtobufCMessage *masked;
    assert_int_equal(change_seal(&arena, &decision, &of, &one, &masked), STATUS_OK);
    assert_int_equal(change_seal(&arena, &decision, &of, &two, &masked), STATUS_OK);
    assert_int_equal(one.digest.len, DIGEST_BYTES);
    assert_memory_equal(one.entry.data, two.entry.data, one.entry.len);
    assert_memory_not_equal(one.digest.data, two.digest.data, DIGEST_BYTES);
}

static void a_full_arena_is_told(void **state) {
    (void)state;
    struct arena small;
    arena_init(&small, 200);
    Fd__Complaint record = complaint();
    struct decision decision = {.record = &record.base, .kind = "complaint.registered"};
    Fd__Change change = FD__CHANGE__INIT;
    ProtobufCMessage *masked;
    assert_int_equal(change_seal(&small, &decision, &of, &change, &masked), STATUS_TOO_LARGE);
    arena_free(&small);
}

static void the_request_digest_tells_everything_apart(void **state) {
    (void)state;
    static const struct {
        const char *operation, *site, *body;
    } requests[] = {
        {"a",  "s",  "x"},
        {"b",  "s",  "x"},
        {"a",  "t",  "x"},
        {"a",  "s",  "y"},
        {"as", "",   "x"},
        {"a",  "sx", "" }
    };
    enum { COUNT = sizeof(requests) / sizeof(requests[0]) };
    ProtobufCBinaryData digests[COUNT], again;
    for (size_t i = 0; i < COUNT; i++) {
        ProtobufCBinaryData body = {strlen(requests[i].body), (uint8_t *)(uintptr_t)requests[i].body};
        assert_int_equal(change_request_digest(&arena, requests[i].operation, requests[i].site, body, &digests[i]),
                         STATUS_OK);
        assert_int_equal(change_request_digest(&arena, requests[i].operation, requests[i].site, body, &again),
                         STATUS_OK);
        assert_memory_equal(digests[i].data, again.data, DIGEST_BYTES);
        for (size_t j = 0; j < i; j++) assert_memory_not_equal(digests[i].data, digests[j].data, DIGEST_BYTES);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_entry_has_no_phone_and_history_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_salt_hides_equal_content, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_arena_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_request_digest_tells_everything_apart, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
