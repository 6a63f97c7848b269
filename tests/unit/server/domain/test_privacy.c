/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/privacy.h"

#include <string.h>

#include "server/domain/privacy_fields.h"
#include "tests/unit/server/domain/cast.h"

static void numbers_are_found_in_any_text(void **state) {
    (void)state;
    static const struct {
        const char *text, *masked;
    } rows[] = {
        {"",                                       ""                                    },
        {"13800138000",                            "138****8000"                         },
        {"138 0013 8000",                          "138****8000"                         },
        {"138-0013-8000",                          "138****8000"                         },
        {"请打 138 0013 8000 或85123456找王", "请打 138****8000 或85****56找王"},
        {"+86 138-0013-8000",                      "+861****8000"                        },
        {"123456",                                 "123456"                              },
        {"1234567",                                "12****67"                            },
        {"138.0013.8000。",                       "138****8000。"                      },
        {"138_0013_8000",                          "138****8000"                         },
        {"(138)0013·8000)",                       "(138****8000)"                       },
        {"138\u200b0013\u200b8000",                "138****8000"                         },
        {"1201,1202 1.5",                          "1201,1202 1.5"                       },
        {"510105199001011234",                     "510****1234"                         },
        {"51010519900101123X",                     "510****1123X"                        },
        {"6222021234567890123",                    "622****0123"                         },
        {"１３８００１３８０００。",   "138****8000。"                      },
        {"138—0013—8000",                      "138****8000"                         },
        {"2 台 3 号",                            "2 台 3 号"                         },
        {"C-1024",                                 "C-1024"                              },
        {"12 34 56",                               "12 34 56"                            },
        {"12:30 - 13:45",                          "12:30 - 13:45"                       },
        {"138\n00138000",                          "138\n00****00"                       },
        {"电话1380013\n8000",                    "电话13****13\n8000"                },
    };
    struct arena arena;
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(privacy_mask_numbers(&arena, rows[i].text), rows[i].masked);
    assert_string_equal(privacy_mask_numbers(&arena, NULL), "");
    arena_free(&arena);
}

static void names_keep_their_first_sign(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_string_equal(privacy_mask_name(&arena, "王小明"), "王**");
    assert_string_equal(privacy_mask_name(&arena, "周"), "周**");
    assert_string_equal(privacy_mask_name(&arena, "John Smith"), "J***");
    assert_string_equal(privacy_mask_name(&arena, ""), "");
    assert_string_equal(privacy_mask_name(&arena, NULL), "");
    arena_free(&arena);
}

static void a_complaint_for_many_eyes(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__RegisterComplaintRequest command = a_registration(SEVERITY(MAJOR));
    command.subject = TEXT("漏水，回电 13912345678");
    command.description = TEXT("我是王小明，13800138000");
    command.wanted_outcome = TEXT("赔偿");
    cast_as(&cast, "clerk");
    assert_int_equal(play(&cast, complaint_register, &command), STATUS_OK);
    cast.complaint->remedy = TEXT("联系 13912345678");
    cast.complaint->customer_opinion = TEXT("王小明满意");
    Fd__Extension extension = FD__EXTENSION__INIT;
    extension.reason = extension.answer = TEXT("厂家 13912345678");
    extension.asked_by = TEXT("engineer");
    cast.complaint->extension = &extension;
    cast.complaint->plan = TEXT("约 13912345678");
    const Fd__Complaint *masked = (const Fd__Complaint *)privacy_mask(&cast.arena, &cast.complaint->base);
    assert_non_null(masked);
    assert_string_equal(masked->customer_name, "王**");
    assert_string_equal(masked->customer_phone, "138****8000");
    assert_string_equal(masked->subject, "漏水，回电 139****5678");
    assert_string_equal(masked->remedy, "联系 139****5678");
    assert_string_equal(masked->plan, "约 139****5678");
    assert_string_equal(masked->extension->reason, "厂家 139****5678");
    assert_string_equal(masked->extension->answer, "厂家 139****5678");
    assert_string_equal(masked->extension->asked_by, "engineer");
    assert_string_equal(masked->description, "");
    assert_string_equal(masked->wanted_outcome, "");
    assert_string_equal(masked->customer_opinion, "");
    assert_string_equal(masked->unit, "17-2-1203");
    assert_string_equal(masked->id, "new");
    assert_string_equal(masked->registered_by, "clerk");
    assert_int_equal(masked->severity, SEVERITY(MAJOR));
    assert_int_equal(masked->n_active_from_ms, 1);
    assert_int_equal(masked->alert->n_person_ids, 2);
    assert_string_equal(masked->alert->person_ids[0], "supervisor");
    /* The original is untouched. */
    assert_string_equal(cast.complaint->customer_name, "王小明");
    assert_string_equal(cast.complaint->description, "我是王小明，13800138000");
    cast_close(&cast);
}

/* Where a room or a number plate is written, only what is as long as a mobile number is one. */
static void a_phone_in_place_of_a_room_is_masked(void **state) {
    (void)state;
    static const struct {
        const char *written, *shown;
    } rows[] = {
        {"17-2-1203",                              "17-2-1203"       },
        {"A12-2-1203-0456",                        "A12-2-1203-0456" },
        {"粤B1234567",                            "粤B1234567"     },
        {"17-2-13912345678",                       "17-2-139****5678"},
        {"1203 １３９１２３４５６７８", "1203 139****5678"},
    };
    struct arena arena;
    arena_init(&arena, 1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__Visit visit = FD__VISIT__INIT;
        visit.host_unit = visit.vehicle = TEXT(rows[i].written);
        const Fd__Visit *masked = (const Fd__Visit *)privacy_mask(&arena, &visit.base);
        assert_non_null(masked);
        assert_string_equal(masked->host_unit, rows[i].shown);
        assert_string_equal(masked->vehicle, rows[i].shown);
    }
    arena_free(&arena);
}

static void a_short_phone_is_hidden_whole(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    Fd__Visit visit = FD__VISIT__INIT;
    visit.visitor_phone = TEXT("62345");
    visit.visitor_name = TEXT("陈先生");
    visit.purpose = TEXT("检修");
    const Fd__Visit *masked = (const Fd__Visit *)privacy_mask(&arena, &visit.base);
    assert_string_equal(masked->visitor_phone, "****");
    assert_string_equal(masked->visitor_name, "陈**");
    assert_string_equal(masked->purpose, "检修");
    assert_null(masked->alert);
    arena_free(&arena);
}

static void messages_inside_are_masked_too(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    Fd__Step step = FD__STEP__INIT, *steps[] = {&step};
    Fd__GetVisitResponse response = FD__GET_VISIT_RESPONSE__INIT;
    step.note = TEXT("致电13800138000");
    response.steps = steps;
    response.n_steps = 1;
    const Fd__GetVisitResponse *masked = (const Fd__GetVisitResponse *)privacy_mask(&arena, &response.base);
    assert_string_equal(masked->steps[0]->note, "致电138****8000");
    assert_string_equal(step.note, "致电13800138000");
    arena_free(&arena);
}

static void walk(const ProtobufCMessageDescriptor *descriptor) {
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        if (field->type == PROTOBUF_C_TYPE_MESSAGE) walk(field->descriptor);
        if (field->type == PROTOBUF_C_TYPE_BYTES)
            fail_msg("%s.%s: bytes cannot be masked", descriptor->name, field->name);
        if (field->type == PROTOBUF_C_TYPE_STRING && privacy_class_of(field->name) == PRIVACY_UNCLASSED)
            fail_msg("%s.%s: say in privacy.c how it is shown to many eyes", descriptor->name, field->name);
    }
}

static void nobody_forgot_a_field(void **state) {
    (void)state;
    static const ProtobufCMessageDescriptor *const records[] = {
        &fd__complaint__descriptor, &fd__visit__descriptor, &fd__person__descriptor,
        &fd__desk__descriptor,      &fd__site__descriptor,  &fd__step__descriptor,
    };
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) walk(records[i]);
    assert_int_equal(privacy_class_of("no_such_field"), PRIVACY_UNCLASSED);
}

static void no_memory_is_no_half_mask(void **state) {
    (void)state;
    Fd__Visit visit = FD__VISIT__INIT;
    visit.visitor_phone = TEXT("13800138000");
    for (size_t cap = 0; cap < 4096; cap += 16) {
        struct arena arena;
        arena_init(&arena, cap);
        const Fd__Visit *masked = (const Fd__Visit *)privacy_mask(&arena, &visit.base);
        if (masked != NULL) assert_string_equal(masked->visitor_phone, "138****8000");
        arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_found_in_any_text),
        cmocka_unit_test(names_keep_their_first_sign),
        cmocka_unit_test(a_phone_in_place_of_a_room_is_masked),
        cmocka_unit_test(a_complaint_for_many_eyes),
        cmocka_unit_test(a_short_phone_is_hidden_whole),
        cmocka_unit_test(messages_inside_are_masked_too),
        cmocka_unit_test(nobody_forgot_a_field),
        cmocka_unit_test(no_memory_is_no_half_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
