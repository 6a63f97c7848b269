/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/cli: csv_file.c, mapping.c, mapping_row.c */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/language.h"
#include "client/cli/mapping.h"

#define SITE "01890000-0000-7000-8000-000000000001"
#define OTHER_SITE "01890000-0000-7000-8000-000000000002"

static const char letters[] = "[import]\nkey = id\nnamespace = letters\ntime_offset = +08:00\n"
                              "[columns]\nsubject = subject\ndescription = text\nreceived_at = written_at\n"
                              "[constants]\nchannel = letter\nseverity = general\nanonymous = yes\n";

static void parse(struct csv_file *file, const char *text) {
    char why[CSV_WHY_BYTES] = "";
    if (csv_file_parse(file, text, strlen(text), why) != STATUS_OK) fail_msg("%s", why);
}

static void fields_are_kept_byte_for_byte(void **state) {
    (void)state;
    struct csv_file file;
    parse(&file, "\xEF\xBB\xBFid,text\r\n1,\" a \"\"b\"\",\nc\t\"\r\n\r\n2,  plain  \n3,\n4,\"\r\"");
    assert_int_equal(file.header.count, 2);
    assert_string_equal(file.header.fields[0], "id");
    assert_int_equal(file.count, 4);
    assert_string_equal(file.rows[0].fields[1], " a \"b\",\nc\t");
    assert_string_equal(file.rows[1].fields[1], "  plain  ");
    assert_string_equal(file.rows[2].fields[1], "");
    assert_string_equal(file.rows[3].fields[1], "\r");
    static const size_t lines[] = {2, 5, 6, 7};
    for (size_t i = 0; i < 4; i++) assert_int_equal(file.rows[i].line, lines[i]);
    assert_int_equal(csv_file_column(&file, "text"), 1);
    assert_int_equal(csv_file_column(&file, "Text"), -1);
    csv_file_free(&file);
}

static void broken_files_are_refused_with_the_line(void **state) {
    (void)state;
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"id\n1\n\"a\"b\n",      "3"},
        {"id\n\"never ends\n\n", "2"},
        {"",                     "1"},
        {"\xEF\xBB\xBF",         "1"},
        {"id\na\"b\n",           "2"}
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct csv_file file;
        char why[CSV_WHY_BYTES] = "";
        assert_int_equal(csv_file_parse(&file, cases[i].text, strlen(cases[i].text), why), STATUS_INVALID);
        if (strstr(why, cases[i].line) == NULL) fail_msg("case %zu: %s", i, why);
    }
}

static void formulas_are_written_as_text(void **state) {
    (void)state;
    struct bytes out = {0};
    assert_int_equal(csv_append_field(&out, "=1+1", false), STATUS_OK);
    assert_int_equal(csv_append_field(&out, "say \"no\"", false), STATUS_OK);
    assert_int_equal(csv_append_field(&out, "", true), STATUS_OK);
    assert_int_equal(bytes_append(&out, "", 1), STATUS_OK);
    assert_string_equal((char *)out.data, "\"'=1+1\",\"say \"\"no\"\"\",\"\"\r\n");
    bytes_free(&out);
}

static void open_both(struct mapping *mapping, struct csv_file *file, const char *ini, const char *csv) {
    char why[MAPPING_WHY_BYTES] = "";
    parse(file, csv);
    if (mapping_parse(mapping, ini, why) != STATUS_OK) fail_msg("%s", why);
    if (mapping_bind(mapping, file, why) != STATUS_OK) fail_msg("%s", why);
}

static void letter_becomes_a_complaint(void **state) {
    (void)state;
    struct mapping mapping;
    struct csv_file file;
    struct arena arena;
    Fd__RegisterComplaintRequest request;
    struct row_fault fault = {0};
    arena_init(&arena, 64 * 1024);
    open_both(&mapping, &file, letters,
              "id,writer,written_at,subject,text,answer,answered_at\n"
              "93433,UU,2011-08-03 18:24:41,夜宵城,\"尊敬的领导：\n　　噪音\",,\n");
    assert_true(mapping_row(&mapping, &file.rows[0], &arena, &request, &fault));
    assert_string_equal(request.subject, "夜宵城");
    assert_string_equal(request.description, "尊敬的领导：\n　　噪音");
    assert_int_equal(request.received_at_ms, INT64_C(1312367081000)); /* 10:24:41 UTC */
    assert_int_equal(request.channel, FD__CHANNEL__CHANNEL_LETTER);
    assert_int_equal(request.severity, FD__SEVERITY__SEVERITY_GENERAL);
    assert_true(request.anonymous);
    assert_string_equal(request.customer_name, "");
    mapping_free(&mapping);
    csv_file_free(&file);
    arena_free(&arena);
}

static void faults_of_rows_are_named(void **state) {
    (void)state;
    static const struct {
        const char *row, *field;
    } cases[] = {
        {"1,2011-08-03 18:24:41,s,\"a\r\nb\"", "description"   },
        {"1,2011-08-03 18:24:41,s,a\x01",      "description"   },
        {"1,2011-08-03 18:24:41,s,\xff",       "description"   },
        {"1,yesterday,s,t",                    "received_at_ms"},
        {"1,2011-13-03 18:24:41,s,t",          "received_at_ms"},
        {"1,2011-08-03 18:24:41,,t",           "subject"       },
        {",2011-08-03 18:24:41,s,t",           "id"            },
        {"1,2011-08-03 18:24:41,s",            "text"          },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mapping mapping;
        struct csv_file file;
        struct arena arena;
        char csv[256];
        Fd__RegisterComplaintRequest request;
        struct row_fault fault = {0};
        arena_init(&arena, 64 * 1024);
        (void)snprintf(csv, sizeof csv, "id,written_at,subject,text\n%s\n", cases[i].row);
        open_both(&mapping, &file, letters, csv);
        assert_false(mapping_row(&mapping, &file.rows[0], &arena, &request, &fault));
        assert_string_equal(fault.field, cases[i].field);
        assert_true(fault.why[0] != '\0');
        mapping_free(&mapping);
        csv_file_free(&file);
        arena_free(&arena);
    }
}

static void line_ends_are_normalised_only_when_asked(void **state) {
    (void)state;
    static const char ini[] = "[import]\nkey=id\nnormalise=yes\n[columns]\nsubject=id\ndescription=text\n";
    struct mapping mapping;
    struct csv_file file;
    struct arena arena;
    Fd__RegisterComplaintRequest request;
    struct row_fault fault = {0};
    arena_init(&arena, 64 * 1024);
    open_both(&mapping, &file, ini, "id,text\n1,\"a\r\nb\rc\nd\r\"\n");
    assert_true(mapping_row(&mapping, &file.rows[0], &arena, &request, &fault));
    assert_string_equal(request.description, "a\nb\nc\nd\n");
    mapping_free(&mapping);
    csv_file_free(&file);
    arena_free(&arena);
}

static void times_of_spreadsheets_are_understood(void **state) {
    (void)state;
    static const char ini[] = "[import]\nkey=id\ntime_offset=+08:00\n[columns]\nsubject=id\nreceived_at=at\n";
    static const char *const times[] = {"2011-08-03 18:24", "2011/8/3 18:24", "2011/08/03 18:24:00",
                                        "2011-8-3 18:24:00", "2011-08-03T10:24:00Z"};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct mapping mapping;
        struct csv_file file;
        struct arena arena;
        char csv[128];
        Fd__RegisterComplaintRequest request;
        struct row_fault fault = {0};
        arena_init(&arena, 64 * 1024);
        (void)snprintf(csv, sizeof csv, "id,at\n1,%s\n", times[i]);
        open_both(&mapping, &file, ini, csv);
        if (!mapping_row(&mapping, &file.rows[0], &arena, &request, &fault)) fail_msg("%s: %s", times[i], fault.why);
        assert_int_equal(request.received_at_ms, INT64_C(1312367040000));
        mapping_free(&mapping);
        csv_file_free(&file);
        arena_free(&arena);
    }
}

static void wrong_mappings_are_refused_with_the_line(void **state) {
    (void)state;
    static const struct {
        const char *ini, *why;
    } cases[] = {
        {"[import]\nkey = id\n[columns]\nsubjekt = s\n",              "subjekt" },
        {"[import]\nkey = id\n[columns]\nsubject = s\nsubject = t\n", "subject" },
        {"[import]\nkey = id\ncolour = red\n",                        "colour"  },
        {"[import]\nkey = id\ntime_offset = Shanghai\n",              "Shanghai"},
        {"[import]\nkey = id\ntime_offset = +15:00\n",                "+15:00"  },
        {"[import]\nkey = id\nnormalise = perhaps\n",                 "perhaps" },
        {"[imports]\nkey = id\n",                                     "imports" },
        {"[columns]\nsubject = s\n",                                  "key"     },
        {"[import]\nkey = id\nnonsense\n",                            "3"       },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mapping mapping;
        char why[MAPPING_WHY_BYTES] = "";
        assert_int_equal(mapping_parse(&mapping, cases[i].ini, why), STATUS_INVALID);
        if (strstr(why, cases[i].why) == NULL) fail_msg("%s: %s", cases[i].ini, why);
    }
}

static void missing_columns_are_named(void **state) {
    (void)state;
    struct mapping mapping;
    struct csv_file file;
    char why[MAPPING_WHY_BYTES] = "";
    parse(&file, "id,subject\n1,s\n");
    assert_int_equal(mapping_parse(&mapping, letters, why), STATUS_OK);
    assert_int_equal(mapping_bind(&mapping, &file, why), STATUS_INVALID);
    assert_non_null(strstr(why, "\"text\""));
    mapping_free(&mapping);
    csv_file_free(&file);
}

static void header_alone_may_be_the_mapping(void **state) {
    (void)state;
    struct mapping mapping;
    struct csv_file file;
    struct arena arena;
    char why[MAPPING_WHY_BYTES] = "";
    Fd__RegisterComplaintRequest request;
    struct row_fault fault = {0};
    arena_init(&arena, 64 * 1024);
    parse(&file, "id,subject,severity,customer_name,remarks\n1,s,重大,王,ignored\n");
    assert_int_equal(mapping_from_header(&mapping, &file, why), STATUS_OK);
    assert_int_equal(mapping_bind(&mapping, &file, why), STATUS_OK);
    assert_true(mapping_row(&mapping, &file.rows[0], &arena, &request, &fault));
    assert_int_equal(request.severity, FD__SEVERITY__SEVERITY_MAJOR);
    assert_string_equal(request.customer_name, "王");
    mapping_free(&mapping);
    csv_file_free(&file);
    parse(&file, "subject,severity\ns,major\n");
    assert_int_equal(mapping_from_header(&mapping, &file, why), STATUS_INVALID);
    csv_file_free(&file);
    arena_free(&arena);
}

static void key_follows_site_namespace_and_id_and_nothing_else(void **state) {
    (void)state;
    struct mapping mapping;
    struct csv_file file;
    char key[UUID_TEXT_BYTES], other[UUID_TEXT_BYTES];
    open_both(&mapping, &file, letters, "id,written_at,subject,text\n1,a,b,c\n1,x,y,z\n2,a,b,c\n");
    mapping_key(&mapping, &file.rows[0], SITE, key);
    assert_true(uuid_valid(key));
    assert_int_equal(key[14], '8'); /* RFC 9562: version 8, made by a rule of our own */
    /* The rule is for ever: another key for the same row would register it again. */
    assert_string_equal(key, "07000f7a-6369-8941-8738-e9062534b612");
    mapping_key(&mapping, &file.rows[1], SITE, other);
    assert_string_equal(other, key);
    mapping_key(&mapping, &file.rows[2], SITE, other);
    assert_string_not_equal(other, key);
    mapping_key(&mapping, &file.rows[0], OTHER_SITE, other);
    assert_string_not_equal(other, key);
    mapping.name_space = "other letters";
    mapping_key(&mapping, &file.rows[0], SITE, other);
    assert_string_not_equal(other, key);
    mapping_free(&mapping);
    csv_file_free(&file);
}

static void shipped_mapping_is_right(void **state) {
    (void)state;
    struct mapping mapping;
    char why[MAPPING_WHY_BYTES] = "";
    if (mapping_read(&mapping, CLIENT_SHARE "/letters.ini", why) != STATUS_OK) fail_msg("%s", why);
    assert_int_equal(mapping.count, 6);
    assert_int_equal(mapping.offset_minutes, 480);
    assert_false(mapping.normalise);
    mapping_free(&mapping);
    assert_int_equal(mapping_read(&mapping, "/nonexistent.ini", why), STATUS_INVALID);
    assert_true(why[0] != '\0');
}

int main(void) {
    language_set("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_kept_byte_for_byte),
        cmocka_unit_test(broken_files_are_refused_with_the_line),
        cmocka_unit_test(formulas_are_written_as_text),
        cmocka_unit_test(letter_becomes_a_complaint),
        cmocka_unit_test(faults_of_rows_are_named),
        cmocka_unit_test(line_ends_are_normalised_only_when_asked),
        cmocka_unit_test(times_of_spreadsheets_are_understood),
        cmocka_unit_test(wrong_mappings_are_refused_with_the_line),
        cmocka_unit_test(missing_columns_are_named),
        cmocka_unit_test(header_alone_may_be_the_mapping),
        cmocka_unit_test(key_follows_site_namespace_and_id_and_nothing_else),
        cmocka_unit_test(shipped_mapping_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
