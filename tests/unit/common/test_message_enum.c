/* SPDX-License-Identifier: Apache-2.0 */
#include "common/message.h"

#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "frontdesk/v1/visit.pb-c.h"
#include "frontdesk/v1/wire.pb-c.h"
#include "tests/support/test.h"

static void words(void **state) {
    (void)state;
    static const struct {
        const ProtobufCEnumDescriptor *descriptor;
        int value;
        const char *word;
    } rows[] = {
        {&fd__severity__descriptor,    FD__SEVERITY__SEVERITY_UNSPECIFIED,     "unspecified"  },
        {&fd__severity__descriptor,    FD__SEVERITY__SEVERITY_MAJOR,           "major"        },
        {&fd__severity__descriptor,    FD__SEVERITY__SEVERITY_OUTSIDE_REMIT,   "outside_remit"},
        {&fd__severity__descriptor,    6,                                      NULL           },
        {&fd__severity__descriptor,    -1,                                     NULL           },
        {&fd__status__descriptor,      FD__STATUS__STATUS_OK,                  "ok"           },
        {&fd__status__descriptor,      FD__STATUS__STATUS_NOT_FOUND,           "not_found"    },
 /* all but the prefix's own begin alike: UN… */
        {&fd__verdict__descriptor,     FD__VERDICT__VERDICT_UNSPECIFIED,       "unspecified"  },
        {&fd__verdict__descriptor,     FD__VERDICT__VERDICT_UNJUSTIFIED,       "unjustified"  },
        {&fd__verdict__descriptor,     FD__VERDICT__VERDICT_JUSTIFIED,         "justified"    },
        {&fd__waiting_for__descriptor, FD__WAITING_FOR__WAITING_FOR_CUSTOMER,  "customer"     },
        {&fd__visit_state__descriptor, FD__VISIT_STATE__VISIT_STATE_WITH_HOST, "with_host"    },
        {&fd__right__descriptor,       FD__RIGHT__RIGHT_APPROVE,               "approve"      },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *word = message_enum_word(rows[i].descriptor, rows[i].value);
        int value = -7;
        if (rows[i].word == NULL) {
            assert_null(word);
            continue;
        }
        assert_string_equal(word, rows[i].word);
        assert_ptr_equal(word, message_enum_word(rows[i].descriptor, rows[i].value)); /* made once */
        assert_true(message_enum_parse(rows[i].descriptor, rows[i].word, &value));
        assert_int_equal(value, rows[i].value);
    }
}

static void other_words_are_refused(void **state) {
    (void)state;
    static const char *const rows[] = {"",     "MAJOR",  "Major", "SEVERITY_MAJOR", "severity_major",
                                       "majo", "major ", NULL};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int value = -7;
        assert_false(message_enum_parse(&fd__severity__descriptor, rows[i], &value));
        assert_int_equal(value, -7);
    }
}

/* Names without a common prefix, and gaps between the numbers. */
static void unusual_enums(void **state) {
    (void)state;
    static const ProtobufCEnumValue values[] = {
        {"ALPHA",  "", -3},
        {"BETA_2", "", 7 }
    };
    static const ProtobufCIntRange ranges[] = {
        {-3, 0},
        {7,  1},
        {0,  2}
    };
    static const ProtobufCEnumDescriptor descriptor = {
        .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
        .n_values = 2,
        .values = values,
        .n_value_ranges = 2,
        .value_ranges = ranges,
    };
    assert_string_equal(message_enum_word(&descriptor, -3), "alpha");
    assert_string_equal(message_enum_word(&descriptor, 7), "beta_2");
    assert_null(message_enum_word(&descriptor, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(other_words_are_refused),
        cmocka_unit_test(unusual_enums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
