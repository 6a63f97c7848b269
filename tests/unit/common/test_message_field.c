/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message.h"

#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/test.h"

static const ProtobufCFieldDescriptor *find(const ProtobufCMessageDescriptor *descriptor, const char *name) {
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
    assert_non_null(field);
    return field;
}

static void addresses(void **state) {
    (void)state;
    const ProtobufCMessageDescriptor *descriptor = &fd__complaint__descriptor;
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    const ProtobufCFieldDescriptor *list = find(descriptor, "active_from_ms");
    assert_ptr_equal(message_field(&complaint.base, find(descriptor, "number")), &complaint.number);
    assert_ptr_equal(message_field(&complaint.base, list), &complaint.active_from_ms);
    assert_ptr_equal(message_count(&complaint.base, list), &complaint.n_active_from_ms);
    assert_null(message_count(&complaint.base, find(descriptor, "number")));
    assert_null(message_count(&complaint.base, find(descriptor, "alert")));
}

static void presence_in_a_oneof(void **state) {
    (void)state;
    const ProtobufCMessageDescriptor *descriptor = &fd__client_frame__descriptor;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    assert_false(message_present(&frame.base, find(descriptor, "ping")));
    frame.body_case = FD__CLIENT_FRAME__BODY_PING;
    assert_true(message_present(&frame.base, find(descriptor, "ping")));
    assert_false(message_present(&frame.base, find(descriptor, "pong")));
    assert_null(message_count(&frame.base, find(descriptor, "ping")));
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    assert_true(message_present(&complaint.base, find(&fd__complaint__descriptor, "number")));
}

static void moments(void **state) {
    (void)state;
    static const struct {
        const ProtobufCMessageDescriptor *descriptor;
        const char *name;
        bool moment;
    } rows[] = {
        {&fd__complaint__descriptor, "registered_at_ms", true },
        {&fd__complaint__descriptor, "active_from_ms",   true },
        {&fd__complaint__descriptor, "close_due_at_ms",  true },
        {&fd__welcome__descriptor,   "now_ms",           true },
        {&fd__complaint__descriptor, "version",          false},
        {&fd__complaint__descriptor, "number",           false},
        {&fd__reply__descriptor,     "retry_after_ms",   false},
        {&fd__goodbye__descriptor,   "retry_after_ms",   false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(message_is_moment(find(rows[i].descriptor, rows[i].name)), rows[i].moment);
    }
}

static void element_sizes(void **state) {
    (void)state;
    static const struct {
        ProtobufCType type;
        size_t size;
    } rows[] = {
        {PROTOBUF_C_TYPE_INT32,    4                          },
        {PROTOBUF_C_TYPE_SINT32,   4                          },
        {PROTOBUF_C_TYPE_SFIXED32, 4                          },
        {PROTOBUF_C_TYPE_INT64,    8                          },
        {PROTOBUF_C_TYPE_SINT64,   8                          },
        {PROTOBUF_C_TYPE_SFIXED64, 8                          },
        {PROTOBUF_C_TYPE_UINT32,   4                          },
        {PROTOBUF_C_TYPE_FIXED32,  4                          },
        {PROTOBUF_C_TYPE_UINT64,   8                          },
        {PROTOBUF_C_TYPE_FIXED64,  8                          },
        {PROTOBUF_C_TYPE_FLOAT,    4                          },
        {PROTOBUF_C_TYPE_DOUBLE,   8                          },
        {PROTOBUF_C_TYPE_BOOL,     sizeof(protobuf_c_boolean) },
        {PROTOBUF_C_TYPE_ENUM,     sizeof(Fd__Severity)       },
        {PROTOBUF_C_TYPE_STRING,   sizeof(char *)             },
        {PROTOBUF_C_TYPE_MESSAGE,  sizeof(void *)             },
        {PROTOBUF_C_TYPE_BYTES,    sizeof(ProtobufCBinaryData)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ProtobufCFieldDescriptor field = {.name = "x", .type = rows[i].type};
        assert_int_equal(message_element_bytes(&field), rows[i].size);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses),
        cmocka_unit_test(presence_in_a_oneof),
        cmocka_unit_test(moments),
        cmocka_unit_test(element_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
