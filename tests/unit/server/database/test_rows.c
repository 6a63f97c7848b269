/* SPDX-License-Identifier: Apache-2.0 */
/* Values of every type through a real PostgreSQL and back, by the descriptors alone. */
#include <libpq-fe.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frontdesk/server/v1/change.pb-c.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/unit/server/database/fixture.h"

static struct cluster *cluster;
static PGconn *line;

/* The kinds of fields that no message of ours has yet, made by hand as protoc-c would. */
struct kinds {
    ProtobufCMessage base;
    double ratio;
    float share;
    uint64_t large;
    uint32_t small;
    size_t n_flags;
    protobuf_c_boolean *flags;
    size_t n_counts;
    int32_t *counts;
    size_t n_totals;
    int64_t *totals;
    uint32_t choice_case;
    char *choice; /* the one-member oneof that stands for "optional" */
};

#define FIELD(tag, label, kind, member, quantifier, flag)                                                              \
    {                                                                                                                  \
        .name = #member, .id = (tag), PROTOBUF_C_LABEL_##label, PROTOBUF_C_TYPE_##kind, (quantifier),                  \
        offsetof(struct kinds, member), .flags = (flag)                                                                \
    }

static const ProtobufCFieldDescriptor kinds_fields[] = {
    FIELD(1, NONE, DOUBLE, ratio, 0, 0),
    FIELD(2, NONE, FLOAT, share, 0, 0),
    FIELD(3, NONE, UINT64, large, 0, 0),
    FIELD(4, NONE, UINT32, small, 0, 0),
    FIELD(5, REPEATED, BOOL, flags, offsetof(struct kinds, n_flags), 0),
    FIELD(6, REPEATED, INT32, counts, offsetof(struct kinds, n_counts), 0),
    FIELD(7, REPEATED, INT64, totals, offsetof(struct kinds, n_totals), 0),
    FIELD(8, NONE, STRING, choice, offsetof(struct kinds, choice_case), PROTOBUF_C_FIELD_FLAG_ONEOF),
};
static const unsigned kinds_by_name[] = {7, 5, 4, 2, 0, 1, 3, 6};
static const ProtobufCIntRange kinds_ranges[] = {
    {1, 0},
    {0, 8}
};
static void kinds_init(ProtobufCMessage *message);
static const ProtobufCMessageDescriptor kinds_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "test.Kinds",
    .sizeof_message = sizeof(struct kinds),
    .n_fields = 8,
    .fields = kinds_fields,
    .fields_sorted_by_name = kinds_by_name,
    .n_field_ranges = 1,
    .field_ranges = kinds_ranges,
    .message_init = kinds_init,
};

static void kinds_init(ProtobufCMessage *message) {
    *(struct kinds *)(void *)message = (struct kinds){.base = {.descriptor = &kinds_descriptor}};
}

static int setup_all(void **state) {
    (void)state;
    cluster = cluster_start(false);
    line = PQconnectdb(cluster_conninfo(cluster));
    return PQstatus(line) == CONNECTION_OK ? 0 : -1;
}

static int teardown_all(void **state) {
    (void)state;
    PQfinish(line);
    cluster_end(cluster);
    return 0;
}

static PGresult *run(const char *text, const struct parameters *parameters) {
    PGresult *result = PQexecParams(line, text, parameters->count, NULL, parameters->values, parameters->lengths,
                                    parameters->formats, 1);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) fail_msg("%s: %s", text, PQerrorMessage(line));
    return result;
}

static PGresult *select_row(const char *text) {
    const struct parameters none = {0};
    return run(text, &none);
}

/* Sends the named fields of a message through `text` and makes a message of the answer. */
static void *round_trip(struct arena *arena, const ProtobufCMessage *message, const char *const *names, int count,
                        const char *text) {
    struct query query = {"test/round", text, names, count};
    struct statement statement = {.query = &query, .sources = {message}};
    struct parameters parameters;
    struct parameters_plan plan = {0};
    assert_int_equal(parameters_bind(&plan, arena, &statement, &parameters), STATUS_OK);
    parameters_plan_free(&plan);
    PGresult *result = run(text, &parameters);
    void *back = row_to_message(arena, result, 0, message->descriptor);
    assert_non_null(back);
    PQclear(result);
    return back;
}

static const char *const texts[] = {
    "",         "plain",           "O'Neill",  "\"quoted\"", "back\\slash", "{a,b}", "NULL", "a,b",
    " blanks ", "line\nline\ttab", "投诉漏水", "😀",          "$1 :id -- ;", "\\x41", "%s%n",
};

static void test_text(void **state) {
    (void)state;
    static const char *const names[] = {"subject", "description"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct arena arena;
        arena_init(&arena, 64 * 1024);
        Fd__Complaint complaint = FD__COMPLAINT__INIT;
        complaint.subject = complaint.description = (char *)(uintptr_t)texts[i];
        Fd__Complaint *back =
            round_trip(&arena, &complaint.base, names, 2, "select $1::text as subject, $2::varchar as description");
        assert_string_equal(back->subject, texts[i]);
        assert_string_equal(back->description, texts[i]);
        arena_free(&arena);
    }
}

static void test_text_array(void **state) {
    (void)state;
    static const char *const names[] = {"person_ids"};
    enum { COUNT = sizeof(texts) / sizeof(texts[0]) };
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    for (size_t count = 0; count <= COUNT; count += 5) {
        Fd__Alert alert = FD__ALERT__INIT;
        alert.n_person_ids = count;
        alert.person_ids = (char **)(uintptr_t)texts;
        Fd__Alert *back = round_trip(&arena, &alert.base, names, 1, "select $1::text[] as person_ids");
        assert_int_equal(back->n_person_ids, count);
        for (size_t i = 0; i < count; i++) assert_string_equal(back->person_ids[i], texts[i]);
    }
    arena_free(&arena);
}

static void test_uuid_bool_enum(void **state) {
    (void)state;
    static const char *const names[] = {"id", "site_id", "anonymous", "severity", "version", "level"};
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    complaint.id = "018f0000-89ab-7cde-8f01-23456789abcd";
    complaint.anonymous = 1;
    complaint.severity = FD__SEVERITY__SEVERITY_OUTSIDE_REMIT;
    complaint.version = INT64_MAX;
    complaint.level = INT32_MIN;
    Fd__Complaint *back = round_trip(&arena, &complaint.base, names, 6,
                                     "select $1::uuid as id, $2::uuid as site_id, $3::bool as anonymous, "
                                     "$4::text as severity, $5::int8 as version, $6::int4 as level");
    assert_string_equal(back->id, complaint.id);
    assert_string_equal(back->site_id, "");
    assert_true(back->anonymous);
    assert_int_equal(back->severity, FD__SEVERITY__SEVERITY_OUTSIDE_REMIT);
    assert_true(back->version == INT64_MAX);
    assert_int_equal(back->level, INT32_MIN);
    arena_free(&arena);
}

static void test_moments(void **state) {
    (void)state;
    static const char *const names[] = {"received_at", "closed_at", "active_from"};
    int64_t moments[] = {INT64_C(1795433425678), 1, INT64_C(946684799999), INT64_C(946684800000),
                         INT64_C(7258118399999)};
    enum { COUNT = sizeof(moments) / sizeof(moments[0]) };
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    for (size_t i = 0; i < COUNT; i++) {
        Fd__Complaint complaint = FD__COMPLAINT__INIT;
        complaint.received_at_ms = moments[i];
        complaint.active_from_ms = moments;
        complaint.n_active_from_ms = COUNT;
        Fd__Complaint *back = round_trip(&arena, &complaint.base, names, 3,
                                         "select $1::timestamptz as received_at, $2::timestamptz as closed_at, "
                                         "$3::timestamptz[] as active_from");
        assert_true(back->received_at_ms == moments[i]);
        assert_true(back->closed_at_ms == 0);
        assert_int_equal(back->n_active_from_ms, COUNT);
        for (size_t k = 0; k < COUNT; k++) assert_true(back->active_from_ms[k] == moments[k]);
    }
    arena_free(&arena);
}

static void test_moment_rounding(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"select '1999-12-31 23:59:59.9999+00'::timestamptz as received_at", INT64_C(946684799999) },
        {"select '2026-01-01 08:00:00.0009+08'::timestamptz as received_at", INT64_C(1767225600000)},
        {"select 'infinity'::timestamptz as received_at",                    0                     },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arena arena;
        arena_init(&arena, 4096);
        PGresult *result = select_row(cases[i].text);
        Fd__Complaint *back = (Fd__Complaint *)row_to_message(&arena, result, 0, &fd__complaint__descriptor);
        assert_true(back->received_at_ms == cases[i].ms);
        PQclear(result);
        arena_free(&arena);
    }
}

static void test_bytes(void **state) {
    (void)state;
    uint8_t data[256];
    for (size_t i = 0; i < sizeof(data); i++) data[i] = (uint8_t)i;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    static const char *const names[] = {"entry", "salt"};
    Fd__Change change = FD__CHANGE__INIT;
    change.entry = (ProtobufCBinaryData){sizeof(data), data};
    Fd__Change *back = round_trip(&arena, &change.base, names, 2, "select $1::bytea as entry, $2::bytea as salt");
    assert_int_equal(back->entry.len, sizeof(data));
    assert_memory_equal(back->entry.data, data, sizeof(data));
    assert_int_equal(back->salt.len, 0);
    assert_non_null(back->salt.data); /* empty bytes went out as empty bytes, not as NULL */
    arena_free(&arena);
}

static void test_other_kinds(void **state) {
    (void)state;
    static const char *const names[] = {"ratio", "share", "large", "small", "flags", "counts", "totals", "choice"};
    protobuf_c_boolean flags[] = {1, 0, 1};
    int32_t counts[] = {0, -1, INT32_MAX};
    int64_t totals[] = {INT64_MIN, 0, INT64_MAX};
    struct kinds kinds = {.base = {.descriptor = &kinds_descriptor},
                          .ratio = 1.0 / 3,
                          .share = 0.1F,
                          .large = INT64_MAX,
                          .small = UINT32_MAX,
                          .n_flags = 3,
                          .flags = flags,
                          .n_counts = 3,
                          .counts = counts,
                          .n_totals = 3,
                          .totals = totals,
                          .choice_case = 8,
                          .choice = ""};
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    static const char text[] = "select $1::float8 as ratio, $2::float4 as share, $3::int8 as large, $4::int8 as small, "
                               "$5::bool[] as flags, $6::int4[] as counts, $7::int8[] as totals, $8::text as choice";
    struct kinds *back = round_trip(&arena, &kinds.base, names, 8, text);
    assert_true(fabs(back->ratio - kinds.ratio) < 1e-16);
    assert_true(fabsf(back->share - kinds.share) < 1e-9F);
    assert_true(back->large == kinds.large && back->small == kinds.small);
    assert_int_equal(back->n_flags, 3);
    assert_memory_equal(back->flags, flags, sizeof(flags));
    assert_int_equal(back->n_counts, 3);
    assert_memory_equal(back->counts, counts, sizeof(counts));
    assert_int_equal(back->n_totals, 3);
    assert_memory_equal(back->totals, totals, sizeof(totals));
    assert_int_equal(back->choice_case, 8);
    /* Not chosen is NULL, and NULL is not chosen. */
    kinds.choice_case = 0;
    back = round_trip(&arena, &kinds.base, names, 8, text);
    assert_int_equal(back->choice_case, 0);
    arena_free(&arena);
}

static void test_small_integers_and_null_elements(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    PGresult *result = select_row("select 5::int2 as level, 6::int4 as repeats, array['a', null, 'c'] as person_ids");
    Fd__Alert *alert = (Fd__Alert *)row_to_message(&arena, result, 0, &fd__alert__descriptor);
    assert_int_equal(alert->level, 5);
    assert_int_equal(alert->repeats, 6);
    assert_int_equal(alert->n_person_ids, 3);
    assert_string_equal(alert->person_ids[1], "");
    assert_string_equal(alert->person_ids[2], "c");
    PQclear(result);
    arena_free(&arena);
}

static void test_submessage(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    PGresult *result = select_row("select 'x' as id, null::int4 as alert_level, null::text[] as alert_person_ids, "
                                  "null::timestamptz as alert_raised_at");
    Fd__Complaint *none = (Fd__Complaint *)row_to_message(&arena, result, 0, &fd__complaint__descriptor);
    assert_null(none->alert);
    PQclear(result);
    result =
        select_row("select null::int4 as alert_level, 'overdue' as alert_reason, '{}'::uuid[] as alert_person_ids, "
                   "to_timestamp(1) as alert_raised_at");
    Fd__Complaint *some = (Fd__Complaint *)row_to_message(&arena, result, 0, &fd__complaint__descriptor);
    assert_non_null(some->alert);
    assert_int_equal(some->alert->reason, FD__ALERT_REASON__ALERT_REASON_OVERDUE);
    assert_int_equal(some->alert->n_person_ids, 0);
    assert_true(some->alert->raised_at_ms == 1000);
    PQclear(result);
    arena_free(&arena);
}

/* A word of a newer program leaves the record readable. */
static void test_unknown_word(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    PGresult *result = select_row("select 'from-the-future' as severity, 'x' as id");
    Fd__Complaint *complaint = (Fd__Complaint *)row_to_message(&arena, result, 0, &fd__complaint__descriptor);
    assert_int_equal(complaint->severity, 0);
    assert_string_equal(complaint->id, "x");
    PQclear(result);
    arena_free(&arena);
}

static void test_exhausted_arena(void **state) {
    (void)state;
    PGresult *result = select_row("select 'x' as id, array['a', 'b', 'c'] as alert_person_ids, '投诉' as subject");
    int refused = 0, read = 0;
    for (size_t cap = 0; cap < 4096; cap += 16) {
        struct arena arena;
        arena_init(&arena, cap);
        if (row_to_message(&arena, result, 0, &fd__complaint__descriptor) == NULL)
            refused++;
        else
            read++;
        arena_free(&arena);
    }
    assert_true(refused > 0 && read > 0);
    PQclear(result);
}

/* A row of one column as no PostgreSQL sends it; true: taking it aborts. */
static bool aborts(const char *name, Oid type, const char *data, int length) {
    PGresAttDesc column = {.name = (char *)(uintptr_t)name, .format = 1, .typid = type};
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    assert_true(PQsetResultAttrs(result, 1, &column) && PQsetvalue(result, 0, 0, (char *)(uintptr_t)data, length));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct arena arena;
        (void)signal(SIGABRT, SIG_DFL);
        (void)close(STDERR_FILENO);
        arena_init(&arena, 64 * 1024);
        (void)row_to_message(&arena, result, 0, &fd__complaint__descriptor);
        _exit(0);
    }
    int end = 0;
    assert_int_equal(waitpid(child, &end, 0), child);
    PQclear(result);
    return WIFSIGNALED(end) && WTERMSIG(end) == SIGABRT;
}

/* Never read past its end: in an array the length of each element is in the data itself. */
static void test_values_of_a_wrong_size(void **state) {
    (void)state;
    static const char bytes[16] = {0};
    static const struct {
        const char *name;
        Oid type;
        int size;
    } columns[] = {
        {"version",       20,   8 },
        {"version",       23,   4 },
        {"version",       21,   2 },
        {"past_deadline", 16,   1 },
        {"registered_at", 1184, 8 },
        {"id",            2950, 16},
    };
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        assert_false(aborts(columns[i].name, columns[i].type, bytes, columns[i].size));
        assert_true(aborts(columns[i].name, columns[i].type, bytes, columns[i].size - 1));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_array),
        cmocka_unit_test(test_uuid_bool_enum),
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_moment_rounding),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_small_integers_and_null_elements),
        cmocka_unit_test(test_submessage),
        cmocka_unit_test(test_unknown_word),
        cmocka_unit_test(test_values_of_a_wrong_size),
        cmocka_unit_test(test_exhausted_arena),
    };
    return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
