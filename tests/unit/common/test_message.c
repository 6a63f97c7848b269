/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message.h"

#include <string.h>

#include "common/frame.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/test.h"

#define UUID "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

static void fill(Fd__Complaint *complaint, Fd__Alert *alert) {
    static int64_t active_from[] = {INT64_C(1795434127125), INT64_C(1795434127126)};
    static char *people[] = {UUID, UUID};
    *complaint = (Fd__Complaint)FD__COMPLAINT__INIT;
    *alert = (Fd__Alert)FD__ALERT__INIT;
    complaint->id = complaint->site_id = UUID;
    complaint->number = "C-1024";
    complaint->version = INT64_MAX;
    complaint->severity = FD__SEVERITY__SEVERITY_MAJOR;
    complaint->description = "电梯停在三楼\n有人被困";
    complaint->registered_at_ms = active_from[0];
    complaint->n_active_from_ms = 2;
    complaint->active_from_ms = active_from;
    complaint->satisfaction = -1;
    complaint->anonymous = 1;
    complaint->alert = alert;
    alert->n_person_ids = 2;
    alert->person_ids = people;
}

static enum status unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena, const struct bytes *bytes,
                          ProtobufCMessage **message, struct message_fault *fault) {
    return message_unpack(descriptor, arena, bytes->data, bytes->length, message, fault);
}

static void there_and_back(void **state) {
    (void)state;
    Fd__Complaint complaint;
    Fd__Alert alert;
    struct bytes packed = {0};
    struct bytes again = {0};
    struct arena arena;
    ProtobufCMessage *message = NULL;
    struct message_fault fault;
    fill(&complaint, &alert);
    assert_int_equal(message_append(&packed, &complaint.base), STATUS_OK);
    arena_init(&arena, message_budget(packed.length));
    assert_int_equal(unpack(&fd__complaint__descriptor, &arena, &packed, &message, &fault), STATUS_OK);
    assert_null(fault.why);
    assert_string_equal(((Fd__Complaint *)message)->description, complaint.description);
    assert_int_equal(((Fd__Complaint *)message)->satisfaction, -1);
    assert_int_equal(message_append(&again, message), STATUS_OK);
    assert_int_equal(again.length, packed.length);
    assert_memory_equal(again.data, packed.data, packed.length);
    arena_free(&arena);
    bytes_free(&again);
    bytes_free(&packed);
}

static void nothing_is_an_empty_message(void **state) {
    (void)state;
    struct arena arena;
    ProtobufCMessage *message = NULL;
    arena_init(&arena, message_budget(0));
    assert_int_equal(message_unpack(&fd__ping__descriptor, &arena, NULL, 0, &message, NULL), STATUS_OK);
    assert_int_equal(((Fd__Ping *)message)->nonce, 0);
    arena_free(&arena);
}

/* Wherever the arena ends, the answer is INVALID and nothing else happens. */
static void every_cap_is_survived(void **state) {
    (void)state;
    Fd__Complaint complaint;
    Fd__Alert alert;
    struct bytes packed = {0};
    bool done = false;
    fill(&complaint, &alert);
    assert_int_equal(message_append(&packed, &complaint.base), STATUS_OK);
    for (size_t cap = 0; !done; cap += 16) {
        struct arena arena;
        struct message_fault fault;
        ProtobufCMessage *message = NULL;
        arena_init(&arena, cap);
        enum status status = unpack(&fd__complaint__descriptor, &arena, &packed, &message, &fault);
        done = status == STATUS_OK;
        if (!done) {
            assert_int_equal(status, STATUS_INVALID);
            assert_non_null(fault.why);
            assert_null(message);
            assert_int_equal(arena.used_bytes, 0); /* refused before anything was taken */
        }
        arena_free(&arena);
        assert_true(cap < 64 * 1024);
    }
    bytes_free(&packed);
}

static void every_cut_is_survived(void **state) {
    (void)state;
    Fd__Complaint complaint;
    Fd__Alert alert;
    struct bytes packed = {0};
    fill(&complaint, &alert);
    assert_int_equal(message_append(&packed, &complaint.base), STATUS_OK);
    for (size_t length = 0; length < packed.length; length++) {
        struct arena arena;
        ProtobufCMessage *message = NULL;
        arena_init(&arena, message_budget(length));
        enum status status = message_unpack(&fd__complaint__descriptor, &arena, packed.data, length, &message, NULL);
        assert_true(status == STATUS_OK || status == STATUS_INVALID);
        arena_free(&arena);
    }
    bytes_free(&packed);
}

static void frames_have_a_header_and_a_limit(void **state) {
    (void)state;
    Fd__Reply reply = FD__REPLY__INIT;
    static uint8_t body[FRAME_LIMIT + 1];
    struct bytes out = {0};
    reply.id = 1; /* 2 bytes, and 4 of the body's tag and length */
    reply.body = (ProtobufCBinaryData){FRAME_LIMIT - 6, body};
    assert_int_equal(message_append_frame(&out, &reply.base), STATUS_OK);
    assert_int_equal(out.length, FRAME_HEADER_BYTES + FRAME_LIMIT);
    assert_memory_equal(out.data, "\0\1\0\0", FRAME_HEADER_BYTES);
    reply.body.len++;
    assert_int_equal(message_append_frame(&out, &reply.base), STATUS_TOO_LARGE);
    assert_int_equal(out.length, FRAME_HEADER_BYTES + FRAME_LIMIT);
    bytes_free(&out);
}

static void new_ones_have_their_defaults(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    Fd__Complaint *complaint = message_new(&arena, &fd__complaint__descriptor);
    assert_ptr_equal(complaint->base.descriptor, &fd__complaint__descriptor);
    assert_string_equal(complaint->number, "");
    assert_null(complaint->alert);
    arena_free(&arena);
    arena_init(&arena, 16);
    assert_null(message_new(&arena, &fd__complaint__descriptor));
    arena_free(&arena);
}

static void copies_share_what_they_point_to(void **state) {
    (void)state;
    Fd__Complaint complaint;
    Fd__Alert alert;
    struct arena arena;
    arena_init(&arena, 4096);
    fill(&complaint, &alert);
    Fd__Complaint *copy = message_copy(&arena, &complaint.base);
    copy->version = 8;
    assert_int_equal(complaint.version, INT64_MAX);
    assert_ptr_equal(copy->alert, complaint.alert);
    assert_ptr_equal(copy->description, complaint.description);
    arena_free(&arena);
    arena_init(&arena, 16);
    assert_null(message_copy(&arena, &complaint.base));
    arena_free(&arena);
}

/* A version apart: the same bytes are refused from a client and read from a server. */
static void what_a_newer_server_adds_is_left_out(void **state) {
    (void)state;
    /* a complaint with severity 2, then severity 99, field 200 as text and field 201 as a number */
    static const uint8_t newer[] = "\x0a\x01x\x98\x01\x02\x98\x01\x63\xc2\x0c\x03new\xc8\x0c\x07";
    struct arena arena;
    ProtobufCMessage *message = NULL;
    struct message_fault fault;
    arena_init(&arena, 65536);
    size_t length = sizeof newer - 1;
    assert_int_equal(message_unpack(&fd__complaint__descriptor, &arena, newer, length, &message, &fault),
                     STATUS_INVALID);
    assert_null(message);
    assert_int_equal(message_unpack_newer(&fd__complaint__descriptor, &arena, newer, length, &message, &fault),
                     STATUS_OK);
    assert_string_equal(((Fd__Complaint *)message)->id, "x");
    assert_int_equal(((Fd__Complaint *)message)->severity, FD__SEVERITY__SEVERITY_UNSPECIFIED);
    assert_int_equal(message->n_unknown_fields, 0);
    arena_free(&arena);
}

/* Unknown fields have a price too: protobuf-c takes many times their bytes. */
static void a_newer_server_has_a_budget_as_well(void **state) {
    (void)state;
    uint8_t flood[6000];
    struct arena arena;
    ProtobufCMessage *message = NULL;
    struct message_fault fault;
    for (size_t i = 0; i + 3 <= sizeof flood; i += 3) memcpy(flood + i, "\xc8\x0c\x07", 3);
    arena_init(&arena, 65536);
    assert_int_equal(message_unpack_newer(&fd__complaint__descriptor, &arena, flood, sizeof flood, &message, &fault),
                     STATUS_INVALID);
    assert_non_null(strstr(fault.why, "memory"));
    arena_free(&arena);
}

static void equal_is_what_packs_alike(void **state) {
    (void)state;
    struct arena arena, small;
    arena_init(&arena, 64 * 1024);
    Fd__Site a = FD__SITE__INIT, b = FD__SITE__INIT;
    Fd__Desk other = FD__DESK__INIT;
    assert_true(message_equal(&arena, &a.base, &b.base));
    a.name = (char *)(uintptr_t) "one";
    assert_false(message_equal(&arena, &a.base, &b.base));
    b.name = (char *)(uintptr_t) "two";
    assert_false(message_equal(&arena, &a.base, &b.base));
    b.name = (char *)(uintptr_t) "one";
    assert_true(message_equal(&arena, &a.base, &b.base));
    assert_false(message_equal(&arena, &a.base, &other.base));
    arena_free(&arena);
    arena_init(&small, 1);
    assert_false(message_equal(&small, &a.base, &b.base));
    arena_free(&small);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(nothing_is_an_empty_message),
        cmocka_unit_test(every_cap_is_survived),
        cmocka_unit_test(every_cut_is_survived),
        cmocka_unit_test(frames_have_a_header_and_a_limit),
        cmocka_unit_test(new_ones_have_their_defaults),
        cmocka_unit_test(copies_share_what_they_point_to),
        cmocka_unit_test(what_a_newer_server_adds_is_left_out),
        cmocka_unit_test(a_newer_server_has_a_budget_as_well),
        cmocka_unit_test(equal_is_what_packs_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
