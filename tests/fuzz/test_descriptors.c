/* SPDX-License-Identifier: Apache-2.0 */
/* What the code relies on in every message of proto/: seen in the descriptors, so a new message is held to it too. */
#include <stdbool.h>
#include <string.h>

#include "common/message.h"
#include "tests/fuzz/every_message.h"
#include "tests/support/test.h"

enum { DEPTH = 16 };

/* How deep messages nest below this one; DEPTH when it contains itself. protobuf-c decodes recursively: with a
 * recursive type, a frame of some kilobytes would exhaust the stack. */
static unsigned nesting(const ProtobufCMessageDescriptor *descriptor, unsigned above) {
    unsigned deepest = above;
    for (unsigned i = 0; i < descriptor->n_fields && deepest < DEPTH; i++) {
        if (descriptor->fields[i].type != PROTOBUF_C_TYPE_MESSAGE) continue;
        unsigned depth = nesting(descriptor->fields[i].descriptor, above + 1);
        if (depth > deepest) deepest = depth;
    }
    return deepest;
}

static void none_is_recursive(void **state) {
    (void)state;
    assert_in_range(every_message_count, 80, 10000); /* the list was made */
    for (size_t i = 0; i < every_message_count; i++) {
        if (nesting(every_message[i], 1) > 8) fail_msg("%s contains itself", every_message[i]->name);
    }
}

static const ProtobufCMessageDescriptor outer;
static const ProtobufCFieldDescriptor inner_fields[] = {
    {.type = PROTOBUF_C_TYPE_STRING},
    { .type = PROTOBUF_C_TYPE_MESSAGE,          .descriptor = &outer}
};
static const ProtobufCMessageDescriptor inner = {.n_fields = 2, .fields = inner_fields};
static const ProtobufCFieldDescriptor outer_fields[] = {
    {.type = PROTOBUF_C_TYPE_MESSAGE, .descriptor = &inner}
};
static const ProtobufCMessageDescriptor outer = {.n_fields = 1, .fields = outer_fields};

/* The check above must see one if it comes. */
static void a_recursive_one_is_found(void **state) {
    (void)state;
    assert_int_equal(nesting(&outer, 1), DEPTH);
}

static const ProtobufCFieldDescriptor *find(const ProtobufCMessageDescriptor *descriptor, const char *name) {
    return protobuf_c_message_descriptor_get_field_by_name(descriptor, name);
}

/* A record has an identity and a version of its own. */
static bool is_record(const ProtobufCMessageDescriptor *descriptor) {
    return find(descriptor, "id") != NULL && find(descriptor, "site_id") != NULL && find(descriptor, "version") != NULL;
}

static void records_begin_alike(void **state) {
    (void)state;
    static const struct {
        const char *name;
        uint32_t id;
        ProtobufCType type;
    } fields[] = {
        {"id",      1, PROTOBUF_C_TYPE_STRING},
        {"site_id", 2, PROTOBUF_C_TYPE_STRING},
        {"number",  3, PROTOBUF_C_TYPE_STRING},
        {"version", 4, PROTOBUF_C_TYPE_INT64 },
    };
    size_t records = 0;
    for (size_t i = 0; i < every_message_count; i++) {
        if (!is_record(every_message[i])) continue;
        records++;
        for (size_t j = 0; j < sizeof fields / sizeof fields[0]; j++) {
            const ProtobufCFieldDescriptor *field = find(every_message[i], fields[j].name);
            if (field == NULL || field->id != fields[j].id || field->type != fields[j].type) {
                fail_msg("%s: %s must be field %u", every_message[i]->name, fields[j].name, fields[j].id);
            }
        }
    }
    assert_in_range(records, 5, 1000); /* complaint, visit, person, desk, site */
}

static void times_are_signed_milliseconds(void **state) {
    (void)state;
    for (size_t i = 0; i < every_message_count; i++) {
        for (unsigned j = 0; j < every_message[i]->n_fields; j++) {
            const ProtobufCFieldDescriptor *field = &every_message[i]->fields[j];
            size_t length = strlen(field->name);
            bool named_so = length > 3 && strcmp(field->name + length - 3, "_ms") == 0;
            if (named_so && field->type != PROTOBUF_C_TYPE_INT64) {
                fail_msg("%s.%s must be int64", every_message[i]->name, field->name);
            }
        }
    }
}

static void enums_have_words(void **state) {
    (void)state;
    for (size_t i = 0; i < every_message_count; i++) {
        for (unsigned j = 0; j < every_message[i]->n_fields; j++) {
            const ProtobufCFieldDescriptor *field = &every_message[i]->fields[j];
            if (field->type != PROTOBUF_C_TYPE_ENUM) continue;
            const ProtobufCEnumDescriptor *descriptor = field->descriptor;
            bool outcomes = strcmp(descriptor->short_name, "Status") == 0;
            assert_string_equal(message_enum_word(descriptor, 0), outcomes ? "ok" : "unspecified");
            for (unsigned k = 0; k < descriptor->n_values; k++) {
                int value = -1;
                const char *word = message_enum_word(descriptor, descriptor->values[k].value);
                assert_true(message_enum_parse(descriptor, word, &value));
                assert_int_equal(value, descriptor->values[k].value);
            }
        }
    }
}

/* An empty one must fit the budget of an empty frame, and the check on the wire counts up to 256 fields. */
static void sizes_are_within_our_limits(void **state) {
    (void)state;
    for (size_t i = 0; i < every_message_count; i++) {
        assert_in_range(every_message[i]->sizeof_message, 1, message_budget(0) / 4);
        assert_in_range(every_message[i]->n_fields, 0, 256);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_recursive),   cmocka_unit_test(a_recursive_one_is_found),
        cmocka_unit_test(records_begin_alike), cmocka_unit_test(times_are_signed_milliseconds),
        cmocka_unit_test(enums_have_words),    cmocka_unit_test(sizes_are_within_our_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
