/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "frontdesk/server/v1/change.pb-c.h"
#include "frontdesk/v1/account.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "server/database/query.h"
#include "tests/support/test.h"

/* A complaint with something in every kind of field. */
struct sample {
    Fd__Complaint complaint;
    Fd__Alert alert;
    char *people[6];
    int64_t from[3];
};

static void fill(struct sample *sample) {
    memset(sample, 0, sizeof(*sample));
    fd__complaint__init(&sample->complaint);
    fd__alert__init(&sample->alert);
    static const char *const people[] = {"plain", "a,b", "q\"uote", "back\\slash", "{brace}", "NULL"};
    for (size_t i = 0; i < 6; i++) sample->people[i] = (char *)(uintptr_t)people[i];
    sample->from[0] = 1000;
    sample->from[1] = 0;
    sample->from[2] = INT64_C(1795433425678);
    sample->complaint.id = "x";
    sample->complaint.subject = "O'Neill \"漏水\"";
    sample->complaint.version = 7;
    sample->complaint.severity = FD__SEVERITY__SEVERITY_MAJOR;
    sample->complaint.anonymous = 1;
    sample->complaint.received_at_ms = INT64_C(1795433425678);
    sample->complaint.n_active_from_ms = 3;
    sample->complaint.active_from_ms = sample->from;
    sample->alert.level = 2;
    sample->alert.n_person_ids = 6;
    sample->alert.person_ids = sample->people;
}

/* What one parameter becomes; NULL is SQL's. */
static const char *bind_one(struct arena *arena, const ProtobufCMessage *first, const ProtobufCMessage *second,
                            const char *name, int *length, int *format) {
    const char *names[] = {name};
    struct query query = {"test/one", "", names, 1};
    struct statement statement = {
        .query = &query, .sources = {first, NULL, second}
    };
    struct parameters parameters;
    struct parameters_plan plan = {0};
    assert_int_equal(parameters_bind(&plan, arena, &statement, &parameters), STATUS_OK);
    parameters_plan_free(&plan);
    assert_int_equal(parameters.count, 1);
    *length = parameters.lengths[0];
    *format = parameters.formats[0];
    return parameters.values[0];
}

static void test_values(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *value;
    } cases[] = {
        {"id",                    "x"                                                                       },
        {"site_id",               NULL                                                                      },
        {"registered_by",         NULL                                                                      },
        {"desk",                  ""                                                                        },
        {"duplicate_of",          ""                                                                        },
        {"subject",               "O'Neill \"漏水\""                                                      },
        {"version",               "7"                                                                       },
        {"reopened",              "0"                                                                       },
        {"severity",              "major"                                                                   },
        {"type",                  "unspecified"                                                             },
        {"anonymous",             "true"                                                                    },
        {"past_deadline",         "false"                                                                   },
        {"closed_at",             NULL                                                                      },
        {"active_from",           "{\"1970-01-01T00:00:01.000Z\",NULL,\"2026-11-23T11:30:25.678Z\"}"        },
        {"active_until",          "{}"                                                                      },
        {"alert_level",           "2"                                                                       },
        {"alert_acknowledged_by", NULL                                                                      },
        {"alert_raised_at",       NULL                                                                      },
        {"alert_person_ids",      "{\"plain\",\"a,b\",\"q\\\"uote\",\"back\\\\slash\",\"{brace}\",\"NULL\"}"},
    };
    struct sample sample;
    fill(&sample);
    sample.complaint.alert = &sample.alert;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int length, format;
        const char *value = bind_one(&arena, &sample.complaint.base, NULL, cases[i].name, &length, &format);
        assert_int_equal(format, 0);
        if (cases[i].value == NULL && value != NULL) fail_msg("%s is %s", cases[i].name, value);
        if (cases[i].value == NULL) continue;
        assert_non_null(value);
        assert_string_equal(value, cases[i].value);
    }
    arena_free(&arena);
}

static void test_absent_submessage(void **state) {
    (void)state;
    static const char *const names[] = {"alert_level", "alert_person_ids", "alert_reason", "alert_raised_at"};
    struct sample sample;
    fill(&sample);
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    for (size_t i = 0; i < 4; i++) {
        int length, format;
        assert_null(bind_one(&arena, &sample.complaint.base, NULL, names[i], &length, &format));
    }
    arena_free(&arena);
}

static void test_bytes(void **state) {
    (void)state;
    uint8_t data[] = {0, 1, 0, 255};
    Fd__Change change = FD__CHANGE__INIT;
    change.entry = (ProtobufCBinaryData){sizeof(data), data};
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    int length, format;
    const char *value = bind_one(&arena, &change.base, NULL, "entry", &length, &format);
    assert_int_equal(format, 1);
    assert_int_equal(length, 4);
    assert_memory_equal(value, data, 4);
    /* Empty is not NULL. */
    value = bind_one(&arena, &change.base, NULL, "salt", &length, &format);
    assert_non_null(value);
    assert_int_equal(length, 0);
    arena_free(&arena);
}

static void test_moments(void **state) {
    (void)state;
    static const uint8_t expected[] = {0x00, 0x03, 0x03, 0xee, 0xb0, 0x56, 0x4e, 0xb0};
    struct sample sample;
    fill(&sample);
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    int length, format;
    const char *value = bind_one(&arena, &sample.complaint.base, NULL, "received_at", &length, &format);
    assert_int_equal(format, 1);
    assert_int_equal(length, sizeof(expected));
    assert_memory_equal(value, expected, sizeof(expected));
    arena_free(&arena);
}

/* The plan of a query is made anew when its sources are of other kinds. */
static void test_plan(void **state) {
    (void)state;
    static const char *const names[] = {"kind"};
    static const struct query query = {"test/plan", "", names, 1};
    Fd__Change change = FD__CHANGE__INIT;
    Fd__Step step = FD__STEP__INIT;
    struct parameters_plan plan = {0};
    struct parameters parameters;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    change.kind = "change";
    step.kind = "step";
    struct statement statements[] = {
        {.query = &query, .sources = {&change.base}},
        {.query = &query, .sources = {&step.base}  },
    };
    for (int i = 0; i < 6; i++) {
        assert_int_equal(parameters_bind(&plan, &arena, &statements[i / 2 % 2], &parameters), STATUS_OK);
        assert_string_equal(parameters.values[0], i / 2 % 2 == 0 ? "change" : "step");
    }
    parameters_plan_free(&plan);
    arena_free(&arena);
}

static void test_first_source_wins(void **state) {
    (void)state;
    Fd__Person person = FD__PERSON__INIT;
    Fd__Change change = FD__CHANGE__INIT;
    Fd__Role roles[] = {FD__ROLE__ROLE_DESK_CLERK, FD__ROLE__ROLE_MANAGER};
    person.id = "first";
    person.n_roles = 2;
    person.roles = roles;
    change.kind = "person.created";
    Fd__Step step = FD__STEP__INIT;
    step.kind = "second";
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    int length, format;
    assert_string_equal(bind_one(&arena, &change.base, &step.base, "kind", &length, &format), "person.created");
    assert_string_equal(bind_one(&arena, &person.base, &change.base, "kind", &length, &format), "person.created");
    assert_string_equal(bind_one(&arena, &person.base, &change.base, "roles", &length, &format),
                        "{\"desk_clerk\",\"manager\"}");
    arena_free(&arena);
}

/* Whatever the cap, the answer is TOO_LARGE or right, never a crash. */
static void test_exhausted_arena(void **state) {
    (void)state;
    static const char *const names[] = {"alert_person_ids", "received_at", "version", "subject"};
    static const struct query query = {"test/many", "", names, 4};
    struct sample sample;
    fill(&sample);
    sample.complaint.alert = &sample.alert;
    struct statement statement = {.query = &query, .sources = {&sample.complaint.base}};
    int refused = 0, bound = 0;
    for (size_t cap = 0; cap < 1024; cap += 8) {
        struct arena arena;
        struct parameters parameters;
        arena_init(&arena, cap);
        struct parameters_plan plan = {0};
        enum status status = parameters_bind(&plan, &arena, &statement, &parameters);
        parameters_plan_free(&plan);
        if (status == STATUS_OK)
            bound++;
        else
            refused++;
        assert_true(status == STATUS_OK || status == STATUS_TOO_LARGE);
        arena_free(&arena);
    }
    assert_true(refused > 0 && bound > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),          cmocka_unit_test(test_absent_submessage),
        cmocka_unit_test(test_bytes),           cmocka_unit_test(test_first_source_wins),
        cmocka_unit_test(test_moments),         cmocka_unit_test(test_plan),
        cmocka_unit_test(test_exhausted_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
