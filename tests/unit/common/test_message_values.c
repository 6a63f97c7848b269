/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message_check.h"

#include "common/moment.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/test.h"

static void expect(const ProtobufCMessage *message, const char *field) {
    struct message_fault fault = {0};
    struct bytes packed = {0};
    struct arena arena;
    ProtobufCMessage *unpacked = NULL;
    assert_int_equal(message_check_values((ProtobufCMessage *)(uintptr_t)message, MESSAGE_PEER_SAME, &fault),
                     field == NULL ? STATUS_OK : STATUS_INVALID);
    if (field != NULL) assert_string_equal(fault.field, field);
    /* and message_unpack says the same of its packed form */
    assert_int_equal(message_append(&packed, message), STATUS_OK);
    arena_init(&arena, message_budget(packed.length));
    assert_int_equal(message_unpack(message->descriptor, &arena, packed.data, packed.length, &unpacked, &fault),
                     field == NULL ? STATUS_OK : STATUS_INVALID);
    assert_int_equal(unpacked == NULL, field != NULL);
    arena_free(&arena);
    bytes_free(&packed);
}

static void times_are_in_range(void **state) {
    (void)state;
    static const struct {
        int64_t at_ms;
        const char *field;
    } rows[] = {
        {0,                  NULL            },
        {1,                  NULL            },
        {MOMENT_LAST_MS,     NULL            },
        {MOMENT_LAST_MS + 1, "received_at_ms"},
        {-1,                 "received_at_ms"},
        {INT64_MIN,          "received_at_ms"},
        {INT64_MAX,          "received_at_ms"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
        request.received_at_ms = rows[i].at_ms;
        expect(&request.base, rows[i].field);
    }
}

static void other_numbers_are_free(void **state) {
    (void)state;
    Fd__AcceptComplaintRequest request = FD__ACCEPT_COMPLAINT_REQUEST__INIT;
    Fd__Reply reply = FD__REPLY__INIT;
    request.version = INT64_MIN;
    reply.id = UINT64_MAX;
    reply.retry_after_ms = MOMENT_LAST_MS + 1; /* a delay, no moment */
    expect(&request.base, NULL);
    expect(&reply.base, NULL);
}

static void enums_are_known(void **state) {
    (void)state;
    static const struct {
        int value;
        const char *field;
    } rows[] = {
        {0,         NULL      },
        {3,         NULL      },
        {5,         NULL      },
        {6,         "severity"},
        {-1,        "severity"},
        {INT32_MAX, "severity"}
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
        request.severity = (Fd__Severity)rows[i].value;
        expect(&request.base, rows[i].field);
    }
}

static void lists_and_submessages_are_walked(void **state) {
    (void)state;
    Fd__Role roles[] = {FD__ROLE__ROLE_MANAGER, (Fd__Role)77};
    Fd__Person person = FD__PERSON__INIT;
    Fd__Membership membership = FD__MEMBERSHIP__INIT;
    Fd__Membership *memberships[] = {&membership};
    Fd__SignInResponse response = FD__SIGN_IN_RESPONSE__INIT;
    int64_t active[] = {5, -5};
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    person.roles = roles;
    person.n_roles = 1;
    membership.person = &person;
    response.n_memberships = 1;
    response.memberships = memberships;
    complaint.active_from_ms = active;
    complaint.n_active_from_ms = 1;
    expect(&response.base, NULL);
    expect(&complaint.base, NULL);
    person.n_roles = 2;
    complaint.n_active_from_ms = 2;
    expect(&response.base, "roles");
    expect(&complaint.base, "active_from_ms");
}

static void only_the_chosen_one_of_a_oneof_is_looked_at(void **state) {
    (void)state;
    Fd__ServerFrame frame = FD__SERVER_FRAME__INIT;
    Fd__Event event = FD__EVENT__INIT;
    expect(&frame.base, NULL);
    frame.body_case = FD__SERVER_FRAME__BODY_EVENT;
    frame.event = &event;
    expect(&frame.base, NULL);
    event.at_ms = -1;
    expect(&frame.base, "at_ms");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_in_range),
        cmocka_unit_test(other_numbers_are_free),
        cmocka_unit_test(enums_are_known),
        cmocka_unit_test(lists_and_submessages_are_walked),
        cmocka_unit_test(only_the_chosen_one_of_a_oneof_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
