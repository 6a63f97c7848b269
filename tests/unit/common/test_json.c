/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json.h"

#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/test.h"

static void expect(const ProtobufCMessage *message, bool everything, const char *json) {
    struct bytes out = {0};
    assert_int_equal(json_append_message(&out, message, everything), STATUS_OK);
    assert_int_equal(bytes_append(&out, "", 1), STATUS_OK);
    assert_string_equal((const char *)out.data, json);
    bytes_free(&out);
}

static void text_is_quoted_and_escaped(void **state) {
    (void)state;
    static const struct {
        const char *text, *json;
    } rows[] = {
        {NULL,                  "\"\""                                     },
        {"",                    "\"\""                                     },
        {"前台 é 🔧",      "\"前台 é 🔧\""                       },
        {"say \"hi\" \\ /",     "\"say \\\"hi\\\" \\\\ /\""                },
        {"\n\r\t\x01\x1f",      "\"\\n\\r\\t\\u0001\\u001f\""              },
        {"\x1b[2J\x7f\xc2\x9b", "\"\\u001b[2J\\u007f\\u009b\""             },
        {"\xe2\x80\xae",        "\"\\u202e\""                              },
        {"a\xff\xe5\x89",       "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xef\xbf\xbd",        "\"\xef\xbf\xbd\""                         },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes out = {0};
        assert_int_equal(json_append_text(&out, rows[i].text), STATUS_OK);
        assert_int_equal(bytes_append(&out, "", 1), STATUS_OK);
        assert_string_equal((const char *)out.data, rows[i].json);
        bytes_free(&out);
    }
}

static void defaults_are_left_out(void **state) {
    (void)state;
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    expect(&complaint.base, false, "{}");
    complaint.number = "C-1";
    complaint.version = -2;
    complaint.severity = FD__SEVERITY__SEVERITY_OUTSIDE_REMIT;
    complaint.anonymous = 1;
    complaint.closed_at_ms = INT64_C(1795434127125);
    expect(&complaint.base, false,
           "{\"number\":\"C-1\",\"version\":-2,\"anonymous\":true,\"severity\":\"outside_remit\","
           "\"closed_at\":\"2026-11-23T11:42:07.125Z\"}");
}

static void everything_is_everything(void **state) {
    (void)state;
    Fd__Alert alert = FD__ALERT__INIT;
    Fd__Membership membership = FD__MEMBERSHIP__INIT;
    expect(&alert.base, true,
           "{\"level\":0,\"reason\":\"unspecified\",\"person_ids\":[],\"raised_at\":null,\"repeat_at\":null,"
           "\"repeats\":0,\"climb_at\":null,\"acknowledged_at\":null,\"acknowledged_by\":\"\","
           "\"acknowledgement_expires_at\":null,\"ended_at\":null,\"addressee_ids\":[],\"stand_in_ids\":[]}");
    expect(&membership.base, true, "{\"site\":null,\"person\":null}");
    expect(&membership.base, false, "{}");
}

static void lists_and_submessages(void **state) {
    (void)state;
    int64_t active[] = {INT64_C(1795434127125), 0};
    char *people[] = {"a", "\""};
    Fd__Alert alert = FD__ALERT__INIT;
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    complaint.n_active_from_ms = 2;
    complaint.active_from_ms = active;
    complaint.alert = &alert;
    alert.n_person_ids = 2;
    alert.person_ids = people;
    expect(&complaint.base, false,
           "{\"active_from\":[\"2026-11-23T11:42:07.125Z\",null],\"alert\":{\"person_ids\":[\"a\",\"\\\"\"]}}");

    Fd__Role roles[] = {FD__ROLE__ROLE_MANAGER, (Fd__Role)99};
    Fd__Person person = FD__PERSON__INIT;
    Fd__Person *all[] = {&person, &person};
    Fd__ListPeopleResponse people_response = FD__LIST_PEOPLE_RESPONSE__INIT;
    person.roles = roles;
    person.n_roles = 2;
    people_response.n_people = 2;
    people_response.people = all;
    expect(&people_response.base, false, "{\"people\":[{\"roles\":[\"manager\",99]},{\"roles\":[\"manager\",99]}]}");
}

static void bytes_are_base64(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *json; /* vectors of RFC 4648, 10 */
    } rows[] = {
        {"f",            1, "{\"body\":\"Zg==\"}"    },
        {"fo",           2, "{\"body\":\"Zm8=\"}"    },
        {"foo",          3, "{\"body\":\"Zm9v\"}"    },
        {"foob",         4, "{\"body\":\"Zm9vYg==\"}"},
        {"fooba",        5, "{\"body\":\"Zm9vYmE=\"}"},
        {"foobar",       6, "{\"body\":\"Zm9vYmFy\"}"},
        {"\xfb\xff\xfe", 3, "{\"body\":\"+//+\"}"    },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t copy[8];
        Fd__Request request = FD__REQUEST__INIT;
        for (size_t j = 0; j < rows[i].length; j++) copy[j] = (uint8_t)rows[i].bytes[j];
        request.body = (ProtobufCBinaryData){rows[i].length, copy};
        expect(&request.base, false, rows[i].json);
    }
}

static void delays_and_large_numbers_stay_numbers(void **state) {
    (void)state;
    Fd__Reply reply = FD__REPLY__INIT;
    reply.id = UINT64_MAX;
    reply.status = FD__STATUS__STATUS_BUSY;
    reply.seq = INT64_MIN;
    reply.retry_after_ms = 1500;
    expect(&reply.base, false,
           "{\"id\":18446744073709551615,\"status\":\"busy\",\"seq\":-9223372036854775808,\"retry_after_ms\":1500}");
}

static void only_the_chosen_one_of_a_oneof(void **state) {
    (void)state;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    Fd__Ping ping = FD__PING__INIT;
    expect(&frame.base, true, "{}");
    frame.body_case = FD__CLIENT_FRAME__BODY_PING;
    frame.ping = &ping;
    ping.nonce = 7;
    expect(&frame.base, false, "{\"ping\":{\"nonce\":7}}");
    expect(&frame.base, true, "{\"ping\":{\"nonce\":7}}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_quoted_and_escaped),
        cmocka_unit_test(defaults_are_left_out),
        cmocka_unit_test(everything_is_everything),
        cmocka_unit_test(lists_and_submessages),
        cmocka_unit_test(bytes_are_base64),
        cmocka_unit_test(delays_and_large_numbers_stay_numbers),
        cmocka_unit_test(only_the_chosen_one_of_a_oneof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
