/* SPDX-License-Identifier: Apache-2.0 */
/* Bad requests of somebody who is signed in (promise 12): every operation with every kind of bad body that its message
 * can have, and the cases that no decoder can find. Each is answered, the line stays, and others are served. */
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"
#include "common/uuid.h"
#include "server/request/table.h"
#include "tests/support/estate.h"
#include "tests/support/raw.h"
#include "tests/support/test.h"

enum { PATIENCE_MS = 3000 };

static struct estate estate;
static struct desk manager;
static struct raw line;
static uint64_t last_id = 100;

static void sign_in(struct raw *raw) {
    raw_greet(raw, estate.daemon.port);
    raw_sign_in(raw, "manager", ESTATE_PASSWORD);
}

static int open_house(void **state) {
    (void)state;
    estate_open(&estate);
    estate_person(&estate, &manager, "manager", FD__ROLE__ROLE_MANAGER, FD__TEAM__TEAM_OFFICE);
    sign_in(&line);
    return 0;
}

static int close_house(void **state) {
    (void)state;
    raw_close(&line);
    desk_close(&manager);
    estate_close(&estate);
    return 0;
}

static const Fd__Reply *ask(const char *operation, const struct bytes *body) {
    Fd__Request message = FD__REQUEST__INIT;
    Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
    char key[UUID_TEXT_BYTES];
    uuid_make(key, moment_now_ms());
    message.id = ++last_id;
    message.operation = (char *)(uintptr_t)operation;
    message.site_id = estate.site_id;
    message.key = key;
    message.body = (ProtobufCBinaryData){.len = body->length, .data = body->data};
    frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
    frame.request = &message;
    raw_send_message(&line, &frame.base);
    return raw_reply(&line, last_id);
}

/* ---- Bodies that are no message of the operation, whichever it is ---- */

static void put(struct bytes *body, const void *data, size_t length) {
    assert_int_equal(bytes_append(body, data, length), STATUS_OK);
}

static void put_varint(struct bytes *body, uint64_t value) {
    do {
        uint8_t byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        put(body, &byte, 1);
        value >>= 7;
    } while (value != 0);
}

static void put_tag(struct bytes *body, const ProtobufCFieldDescriptor *field, unsigned wire_type) {
    put_varint(body, (uint64_t)field->id << 3 | wire_type);
}

static void random_bytes(struct bytes *body) {
    srandom(4711);
    for (int i = 0; i < 200; i++) {
        uint8_t byte = (uint8_t)random();
        put(body, &byte, 1);
    }
}
static void a_value_cut_short(struct bytes *body) {
    put(body, "\x0a\x64xyz", 5);
}
static void an_endless_number(struct bytes *body) {
    put(body, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13);
}
static void a_group(struct bytes *body) {
    put(body, "\x0b\x0c", 2);
}
static void field_number_0(struct bytes *body) {
    put(body, "\x00\x01", 2);
}
static void an_unknown_field(struct bytes *body) {
    put(body, "\xa0\x1f\x01", 3);
}
static void a_flood_of_unknown_fields(struct bytes *body) {
    for (int i = 0; i < 15000; i++) put(body, "\xa0\x1f\x01", 3);
}

static const struct {
    const char *name;
    void (*make)(struct bytes *body);
} bad_bodies[] = {
    {"random bytes",              random_bytes             },
    {"a value cut short",         a_value_cut_short        },
    {"an endless number",         an_endless_number        },
    {"a group",                   a_group                  },
    {"field number 0",            field_number_0           },
    {"an unknown field",          an_unknown_field         },
    {"a flood of unknown fields", a_flood_of_unknown_fields},
};

/* ---- Values that a field of its kind cannot have ---- */

static void put_text(struct bytes *body, const ProtobufCFieldDescriptor *field, const void *text, size_t length) {
    put_tag(body, field, 2);
    put_varint(body, length);
    put(body, text, length);
}

static void a_nul_inside(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_text(body, field, "a\0b", 3);
}
static void broken_utf8(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_text(body, field, "\xed\xa0\x80", 3);
}
static void an_escape(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_text(body, field, "\x1b]0;gone\x07", 9);
}
static void a_bidi_override(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_text(body, field, "\xe2\x80\xae", 3);
}
static void thirty_three_kilobytes(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    static char text[33 * 1024];
    memset(text, 'a', sizeof text);
    put_text(body, field, text, sizeof text);
}
static void a_number_for_text(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_tag(body, field, 0);
    put_varint(body, 7);
}
static void text_for_a_number(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_tag(body, field, 5);
    put(body, "abcd", 4);
}
static void word_99(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_tag(body, field, 0);
    put_varint(body, 99);
}
static void the_end_of_time(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_tag(body, field, 0);
    put_varint(body, INT64_MAX);
}
static void before_time(struct bytes *body, const ProtobufCFieldDescriptor *field) {
    put_tag(body, field, 0);
    put_varint(body, UINT64_MAX);
}

static bool is_text(const ProtobufCFieldDescriptor *field) {
    return field->type == PROTOBUF_C_TYPE_STRING;
}
static bool is_word(const ProtobufCFieldDescriptor *field) {
    return field->type == PROTOBUF_C_TYPE_ENUM;
}
static bool is_number(const ProtobufCFieldDescriptor *field) {
    return field->type == PROTOBUF_C_TYPE_INT64 || field->type == PROTOBUF_C_TYPE_INT32;
}

static const struct {
    const char *name;
    bool (*of)(const ProtobufCFieldDescriptor *field);
    void (*make)(struct bytes *body, const ProtobufCFieldDescriptor *field);
} bad_values[] = {
    {"a NUL inside",      is_text,           a_nul_inside          },
    {"broken UTF-8",      is_text,           broken_utf8           },
    {"an escape",         is_text,           an_escape             },
    {"a bidi override",   is_text,           a_bidi_override       },
    {"33 KiB",            is_text,           thirty_three_kilobytes},
    {"a number for text", is_text,           a_number_for_text     },
    {"text for a number", is_number,         text_for_a_number     },
    {"word 99",           is_word,           word_99               },
    {"the end of time",   message_is_moment, the_end_of_time       },
    {"before time",       message_is_moment, before_time           },
};

static void expect_invalid(const struct operation *operation, const char *what, const char *field,
                           const struct bytes *body) {
    const Fd__Reply *reply = ask(operation->name, body);
    if (reply == NULL) fail_msg("%s, %s in %s: no answer", operation->name, what, field);
    if (reply->status != FD__STATUS__STATUS_INVALID || text_empty(reply->message))
        fail_msg("%s, %s in %s: status %d", operation->name, what, field, (int)reply->status);
    if (field[0] != '\0') assert_string_equal(reply->field, field);
}

static int try_bodies(const struct operation *operation) {
    int tried = 0;
    for (size_t i = 0; i < sizeof bad_bodies / sizeof bad_bodies[0]; i++, tried++) {
        struct bytes body = {0};
        bad_bodies[i].make(&body);
        expect_invalid(operation, bad_bodies[i].name, "", &body);
        bytes_free(&body);
    }
    return tried;
}

static int try_values(const struct operation *operation) {
    int tried = 0;
    for (unsigned f = 0; f < operation->request->n_fields; f++) {
        const ProtobufCFieldDescriptor *field = &operation->request->fields[f];
        for (size_t i = 0; i < sizeof bad_values / sizeof bad_values[0]; i++) {
            if (!bad_values[i].of(field)) continue;
            struct bytes body = {0};
            bad_values[i].make(&body, field);
            expect_invalid(operation, bad_values[i].name, field->name, &body);
            bytes_free(&body);
            tried++;
        }
    }
    return tried;
}

static void good_client_is_served(void) {
    Fd__ListComplaintsRequest command = FD__LIST_COMPLAINTS_REQUEST__INIT;
    struct answer answer = desk_call(&manager, "complaint.list", estate.site_id, NULL, &command,
                                     &fd__list_complaints_response__descriptor);
    assert_int_equal(answer.status, STATUS_OK);
}

static void every_operation_with_every_bad_body(void **state) {
    (void)state;
    int tried = 0, operations = 0;
    for (size_t i = 0; operation_at(i) != NULL; i++) {
        const struct operation *operation = operation_at(i);
        if (operation->before_sign_in) continue; /* would be a second sign-in, which ends the line */
        tried += try_bodies(operation) + try_values(operation);
        arena_free(&line.arena);
        operations++;
        good_client_is_served();
    }
    assert_true(operations > 30 && tried > 500);
}

/* Before sign-in there is little to say, and nothing of it reaches the database. */
static void strangers_with_bad_bodies(void **state) {
    (void)state;
    static const char *const operations[] = {"session.sign_in", "session.resume"};
    for (size_t i = 0; i < 2; i++) {
        for (size_t b = 0; b < sizeof bad_bodies / sizeof bad_bodies[0]; b++) {
            struct raw raw = {0};
            struct bytes body = {0};
            bool closed = false;
            Fd__Request message = FD__REQUEST__INIT;
            Fd__ClientFrame frame = FD__CLIENT_FRAME__INIT;
            raw_greet(&raw, estate.daemon.port);
            bad_bodies[b].make(&body);
            message.id = 1;
            message.operation = (char *)(uintptr_t)operations[i];
            message.body = (ProtobufCBinaryData){.len = body.length, .data = body.data};
            frame.body_case = FD__CLIENT_FRAME__BODY_REQUEST;
            frame.request = &message;
            raw_send_message(&raw, &frame.base);
            const Fd__ServerFrame *answer = raw_receive(&raw, PATIENCE_MS, &closed);
            bool denied = answer != NULL && answer->body_case == FD__SERVER_FRAME__BODY_REPLY &&
                          answer->reply->status == FD__STATUS__STATUS_INVALID;
            bool dismissed = closed || (answer != NULL && answer->body_case == FD__SERVER_FRAME__BODY_GOODBYE);
            if (!denied && !dismissed) fail_msg("%s with %s", operations[i], bad_bodies[b].name);
            bytes_free(&body);
            raw_close(&raw);
        }
    }
    good_client_is_served();
}

/* ---- What decodes, and is wrong all the same ---- */

static void numbers_that_nobody_has(void **state) {
    (void)state;
    static const char *const numbers[] = {
        "",
        "C-0",
        "C-00001",
        "C--1",
        "C-99999999999999999999",
        "C-1 ",
        "c-1",
        "V-1",
        "1",
        "C-1'; drop table complaint; --",
        "%s%n",
        "../../etc/passwd",
    };
    estate_register(&manager, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "the only one");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        Fd__GetComplaintRequest command = FD__GET_COMPLAINT_REQUEST__INIT;
        command.number = (char *)(uintptr_t)numbers[i];
        struct answer answer = desk_call(&manager, "complaint.get", estate.site_id, NULL, &command,
                                         &fd__get_complaint_response__descriptor);
        if (answer.status != STATUS_NOT_FOUND) fail_msg("\"%s\": %s", numbers[i], status_name(answer.status));
    }
}

static void a_stale_version_is_a_conflict(void **state) {
    (void)state;
    const Fd__Complaint *complaint =
        estate_register(&manager, estate.site_id, FD__SEVERITY__SEVERITY_GENERAL, "moves on");
    static const int64_t versions[] = {2, 7, INT64_MAX, -1};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        Fd__AcceptComplaintRequest command = FD__ACCEPT_COMPLAINT_REQUEST__INIT;
        command.number = complaint->number;
        command.version = versions[i];
        struct answer answer = desk_call(&manager, "complaint.accept", estate.site_id, NULL, &command,
                                         &fd__accept_complaint_response__descriptor);
        assert_int_equal(answer.status, STATUS_CONFLICT);
    }
}

/* Stored as text, byte for byte, whatever some program could take it for. */
static void text_is_text(void **state) {
    (void)state;
    static const char *const texts[] = {
        "'; drop table complaint; --",
        "=HYPERLINK(\"http://x\",\"y\")",
        "+1+1",
        "@SUM(A1)",
        "%s%n%x",
        "\\x00\\",
        "{\"a\":1}",
        "{NULL,\"}",
        "$1",
        ":number",
        "<script>alert(1)</script>",
        "电梯\t停了\n两天",
        "👨‍👩‍👧 e\xcc\x81",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
        command.anonymous = true;
        command.subject = (char *)(uintptr_t)texts[i];
        command.description = (char *)(uintptr_t)texts[i];
        command.severity = FD__SEVERITY__SEVERITY_GENERAL;
        struct answer answer = desk_call(&manager, "complaint.register", estate.site_id, NULL, &command,
                                         &fd__register_complaint_response__descriptor);
        if (answer.status != STATUS_OK) fail_msg("\"%s\": %s", texts[i], answer.message);
        Fd__GetComplaintRequest question = FD__GET_COMPLAINT_REQUEST__INIT;
        question.number = ((const Fd__RegisterComplaintResponse *)answer.response)->complaint->number;
        answer = desk_call(&manager, "complaint.get", estate.site_id, NULL, &question,
                           &fd__get_complaint_response__descriptor);
        assert_int_equal(answer.status, STATUS_OK);
        const Fd__Complaint *complaint = ((const Fd__GetComplaintResponse *)answer.response)->complaint;
        assert_string_equal(complaint->subject, texts[i]);
        assert_string_equal(complaint->description, texts[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_with_every_bad_body),
        cmocka_unit_test(strangers_with_bad_bodies),
        cmocka_unit_test(numbers_that_nobody_has),
        cmocka_unit_test(a_stale_version_is_a_conflict),
        cmocka_unit_test(text_is_text),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
