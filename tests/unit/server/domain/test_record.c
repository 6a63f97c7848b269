/* SPDX-License-Identifier: Apache-2.0 */
/* Every topic's record begins as record.h says. */
#include "server/domain/record.h"

#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/rules.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "tests/support/test.h"

static void a_complaint_and_a_person(void **state) {
    (void)state;
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    assert_ptr_equal(record_id(&complaint.base), &complaint.id);
    assert_ptr_equal(record_site_id(&complaint.base), &complaint.site_id);
    assert_ptr_equal(record_number(&complaint.base), &complaint.number);
    Fd__Person person = FD__PERSON__INIT;
    assert_ptr_equal(record_id(&person.base), &person.id);
    assert_ptr_equal(record_site_id(&person.base), &person.site_id);
}

static void each_kind_has_them(void **state) {
    (void)state;
    static const struct {
        const ProtobufCMessageDescriptor *kind;
    } kinds[] = {
        {&fd__complaint__descriptor}, {&fd__visit__descriptor}, {&fd__person__descriptor},
        {&fd__desk__descriptor},      {&fd__site__descriptor},  {&fd__deadlines__descriptor},
        {&fd__calendar__descriptor},
    };
    static const char *const names[] = {"id", "site_id", "number"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        for (unsigned f = 0; f < 3; f++) {
            const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(kinds[i].kind, f + 1);
            assert_non_null(field);
            assert_string_equal(field->name, names[f]);
            assert_int_equal(field->type, PROTOBUF_C_TYPE_STRING);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complaint_and_a_person),
        cmocka_unit_test(each_kind_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
