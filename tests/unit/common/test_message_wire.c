/* SPDX-License-Identifier: Apache-2.0 */
/* What message_unpack refuses by looking at the bytes. */
#include "common/message_check.h"

#include <stdlib.h>
#include <string.h>

#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/test.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define WIRE(text) (text), sizeof(text) - 1

static const struct {
    const ProtobufCMessageDescriptor *descriptor;
    const char *wire;
    size_t length;
    const char *field; /* the one at fault */
    const char *why;   /* a part of it; NULL: accepted */
} verdicts[] = {
    {&fd__ping__descriptor,                 WIRE("\x08\x05"),                                         NULL,           NULL       },
    {&fd__ping__descriptor,                 WIRE("\x08\x05\x08\x06"),                                 NULL,           NULL       }, /* the last one wins */
    {&fd__ping__descriptor,                 WIRE("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),     NULL,           NULL       },
    {&fd__ping__descriptor,                 WIRE("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), "nonce",        "decode"   },
    {&fd__ping__descriptor,                 WIRE("\x08"),                                             "nonce",        "decode"   },
    {&fd__ping__descriptor,                 WIRE("\x80"),                                             NULL,           "decode"   },
    {&fd__ping__descriptor,                 WIRE("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"),     NULL,           "decode"   },
    {&fd__ping__descriptor,                 WIRE("\x10\x01"),                                         NULL,           "unknown"  },
    {&fd__ping__descriptor,                 WIRE("\x00\x01"),                                         NULL,           "unknown"  },
    {&fd__ping__descriptor,                 WIRE("\x0b\x0c"),                                         "nonce",        "decode"   }, /* a group */
    {&fd__ping__descriptor,                 WIRE("\x0f"),                                             "nonce",        "decode"   },
    {&fd__ping__descriptor,                 WIRE("\x0a\x01\x05"),                                     "nonce",        "wire type"},
    {&fd__ping__descriptor,                 WIRE("\x0d\x01\x02\x03\x04"),                             "nonce",        "wire type"},
    {&fd__ping__descriptor,                 WIRE("\x0d\x01\x02\x03"),                                 "nonce",        "decode"   },
    {&fd__ping__descriptor,                 WIRE("\x09\x01\x02\x03\x04\x05\x06\x07"),                 "nonce",        "decode"   },
    {&fd__hello__descriptor,                WIRE("\x22\x02zh"),                                       NULL,           NULL       },
    {&fd__hello__descriptor,                WIRE("\x22\x00"),                                         NULL,           NULL       },
    {&fd__hello__descriptor,                WIRE("\x22\x03zh"),                                       "client",       "decode"   },
    {&fd__hello__descriptor,                WIRE("\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01zh"),   "client",       "decode"   },
    {&fd__hello__descriptor,                WIRE("\x22\x03z\0h"),                                     "client",       "UTF-8"    },
    {&fd__hello__descriptor,                WIRE("\x22\x02\xc3\x28"),                                 "client",       "UTF-8"    },
    {&fd__hello__descriptor,                WIRE("\x22\x02\r\n"),                                     "client",       "UTF-8"    },
    {&fd__hello__descriptor,                WIRE("\x22\x03\xe2\x80\xae"),                             "client",       "UTF-8"    },
    {&fd__hello__descriptor,                WIRE("\x1a\x01\xff"),                                     "capabilities", "UTF-8"    },
    {&fd__hello__descriptor,                WIRE("\x22\x01\xff\x22\x02zh"),                           "client",       "UTF-8"    }, /* the first one too */
    {&fd__hello__descriptor,                WIRE("\x20\x05"),                                         "client",       "wire type"},
    {&fd__request__descriptor,              WIRE("\x2a\x03\0\xff\r"),                                 NULL,           NULL       }, /* bytes are bytes */
    {&fd__client_frame__descriptor,         WIRE("\x0a\x02\x08\x01"),                                 NULL,           NULL       },
    {&fd__client_frame__descriptor,         WIRE("\x0a\x02\x08\x01\x22\x02\x08\x07"),                 NULL,           NULL       }, /* two of a oneof */
    {&fd__client_frame__descriptor,         WIRE("\x0a\x02\x08\x01\x0a\x02\x08\x01"),                 "hello",        "twice"    },
    {&fd__client_frame__descriptor,         WIRE("\x0a\x02\x40\x01"),                                 NULL,           "unknown"  },
    {&fd__client_frame__descriptor,         WIRE("\x0a\x03\x08\x01"),                                 "hello",        "decode"   },
    {&fd__client_frame__descriptor,         WIRE("\x0a\x02\x22\x05"),                                 "client",       "decode"   }, /* past its message's end */
    {&fd__person__descriptor,               WIRE("\x3a\x02\x01\x02"),                                 NULL,           NULL       }, /* packed */
    {&fd__person__descriptor,               WIRE("\x38\x01\x38\x02"),                                 NULL,           NULL       }, /* not packed */
    {&fd__person__descriptor,               WIRE("\x3a\x02\x01\x82"),                                 "",             "decode"   },
    {&fd__list_people_response__descriptor, WIRE("\x0a\x00\x0a\x00"),                                 NULL,           NULL       },
};

static void bytes_and_their_verdict(void **state) {
    (void)state;
    for (size_t i = 0; i < LENGTH(verdicts); i++) {
        struct arena arena;
        struct message_fault fault = {0};
        ProtobufCMessage *message = NULL;
        arena_init(&arena, message_budget(verdicts[i].length));
        enum status status =
            message_unpack(verdicts[i].descriptor, &arena, verdicts[i].wire, verdicts[i].length, &message, &fault);
        if ((status == STATUS_OK) != (verdicts[i].why == NULL))
            fail_msg("row %zu: %s", i, status == STATUS_OK ? "accepted" : fault.why);
        if (verdicts[i].why != NULL) {
            assert_int_equal(status, STATUS_INVALID);
            if (strstr(fault.why, verdicts[i].why) == NULL) fail_msg("row %zu: %s", i, fault.why);
            if (verdicts[i].field == NULL) assert_null(fault.field);
            if (verdicts[i].field != NULL && verdicts[i].field[0] != '\0')
                assert_string_equal(fault.field, verdicts[i].field);
        }
        arena_free(&arena);
    }
}

static void text_has_a_limit(void **state) {
    (void)state;
    static char text[MESSAGE_TEXT_LIMIT + 2];
    for (size_t over = 0; over < 2; over++) {
        Fd__Hello hello = FD__HELLO__INIT;
        struct bytes packed = {0};
        struct arena arena;
        struct message_fault fault;
        ProtobufCMessage *message = NULL;
        memset(text, 'x', MESSAGE_TEXT_LIMIT + over);
        hello.client = text;
        assert_int_equal(message_append(&packed, &hello.base), STATUS_OK);
        arena_init(&arena, message_budget(packed.length));
        enum status status =
            message_unpack(&fd__hello__descriptor, &arena, packed.data, packed.length, &message, &fault);
        assert_int_equal(status, over == 0 ? STATUS_OK : STATUS_INVALID);
        if (over == 1) assert_string_equal(fault.field, "client");
        arena_free(&arena);
        bytes_free(&packed);
    }
}

/* 64 KiB of the same few bytes over and over. */
static void bombs_are_refused_before_they_take_memory(void **state) {
    (void)state;
    static const struct {
        const ProtobufCMessageDescriptor *descriptor;
        const char *wire;
        size_t length;
    } rows[] = {
        {&fd__list_complaints_response__descriptor, WIRE("\x0a\x00")                }, /* empty records */
        {&fd__sign_in_response__descriptor,         WIRE("\x22\x04\x0a\x00\x12\x00")},
        {&fd__hello__descriptor,                    WIRE("\x1a\x00")                }, /* empty strings */
        {&fd__snapshot__descriptor,                 WIRE("\x22\x00")                }, /* empty bytes */
        {&fd__ping__descriptor,                     WIRE("\x08\x01")                }, /* one field again and again */
        {&fd__ping__descriptor,                     WIRE("\x10\x01")                }, /* unknown ones */
        {&fd__subscribe__descriptor,                WIRE("\x0a\x00")                },
    };
    enum { BOMB_BYTES = 64 * 1024 };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint8_t *bomb = malloc(BOMB_BYTES);
        assert_non_null(bomb);
        size_t length = BOMB_BYTES / rows[i].length * rows[i].length;
        for (size_t at = 0; at < length; at++) bomb[at] = (uint8_t)rows[i].wire[at % rows[i].length];
        struct arena arena;
        struct message_fault fault;
        ProtobufCMessage *message = NULL;
        arena_init(&arena, SIZE_MAX);
        assert_int_equal(message_unpack(rows[i].descriptor, &arena, bomb, length, &message, &fault), STATUS_INVALID);
        assert_int_equal(arena.used_bytes, 0);
        arena_free(&arena);
        free(bomb);
    }
}

/* What is let through never needs more than was reckoned: protobuf-c's slabs, arrays and copies included. */
static void the_reckoning_covers_what_is_taken(void **state) {
    (void)state;
    for (size_t people = 0; people < 200; people += 9) {
        static char *ids[200];
        Fd__Alert alert = FD__ALERT__INIT;
        struct bytes packed = {0};
        struct message_fault fault;
        for (size_t i = 0; i < people; i++) ids[i] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
        alert.n_person_ids = people;
        alert.person_ids = ids;
        assert_int_equal(message_append(&packed, &alert.base), STATUS_OK);
        size_t enough = 0;
        while (message_check_wire(&fd__alert__descriptor, packed.data, packed.length, enough, MESSAGE_PEER_SAME,
                                  &fault) != STATUS_OK) {
            enough += 16;
            assert_true(enough <= message_budget(packed.length));
        }
        struct arena arena;
        ProtobufCMessage *message = NULL;
        arena_init(&arena, enough);
        assert_int_equal(message_unpack(&fd__alert__descriptor, &arena, packed.data, packed.length, &message, NULL),
                         STATUS_OK);
        arena_free(&arena);
        bytes_free(&packed);
    }
}

/* No message of ours is recursive; the limit is for the day one slips in. */
static const ProtobufCMessageDescriptor recursive;
static const ProtobufCFieldDescriptor recursive_fields[] = {
    {.name = "child",
     .id = 1,
     .label = PROTOBUF_C_LABEL_NONE,
     .type = PROTOBUF_C_TYPE_MESSAGE,
     .offset = sizeof(ProtobufCMessage),
     .descriptor = &recursive},
};
static const ProtobufCIntRange recursive_ranges[] = {
    {1, 0},
    {0, 1}
};
static const ProtobufCMessageDescriptor recursive = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .sizeof_message = sizeof(ProtobufCMessage) + sizeof(void *),
    .n_fields = 1,
    .fields = recursive_fields,
    .n_field_ranges = 1,
    .field_ranges = recursive_ranges,
};

static void nesting_has_a_limit(void **state) {
    (void)state;
    uint8_t nested[60];
    for (size_t depth = 0; depth < 30; depth++) {
        struct message_fault fault;
        for (size_t i = 0; i < depth; i++) {
            nested[2 * i] = 0x0a;
            nested[2 * i + 1] = (uint8_t)(2 * (depth - i - 1));
        }
        enum status status = message_check_wire(&recursive, nested, 2 * depth, 1 << 20, MESSAGE_PEER_SAME, &fault);
        assert_int_equal(status, depth < 16 ? STATUS_OK : STATUS_INVALID);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_their_verdict),
        cmocka_unit_test(text_has_a_limit),
        cmocka_unit_test(bombs_are_refused_before_they_take_memory),
        cmocka_unit_test(the_reckoning_covers_what_is_taken),
        cmocka_unit_test(nesting_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
