/* SPDX-License-Identifier: Apache-2.0 */
#include "common/log.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/test.h"

enum { OUTPUT_BYTES = 16 * 1024 };

/* stderr goes to a file while a line is written. */
static FILE *captured;
static int real_stderr;

static void begin_capture(void) {
    captured = tmpfile();
    assert_non_null(captured);
    real_stderr = dup(STDERR_FILENO);
    assert_true(real_stderr >= 0);
    assert_true(dup2(fileno(captured), STDERR_FILENO) >= 0);
}

static void end_capture(char output[OUTPUT_BYTES]) {
    assert_true(dup2(real_stderr, STDERR_FILENO) >= 0);
    (void)close(real_stderr);
    rewind(captured);
    size_t length = fread(output, 1, OUTPUT_BYTES - 1, captured);
    output[length] = '\0';
    (void)fclose(captured);
}

/* The line without the time at its front, which is looked at by its length only. */
static const char *after_time(const char *line, bool json) {
    const char *lead = json ? "{\"time\":\"" : "time=";
    assert_memory_equal(line, lead, strlen(lead));
    line += strlen(lead) + strlen("2026-11-23T11:42:07.125Z");
    assert_memory_equal(line - 1, "Z", 1);
    return line + (json ? 2 : 1);
}

static void lines(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *logfmt, *json;
    } rows[] = {
        {"plain",              "plain",                     "\"plain\""                },
        {"",                   "\"\"",                      "\"\""                     },
        {"two words",          "\"two words\"",             "\"two words\""            },
        {"a=b",                "\"a=b\"",                   "\"a=b\""                  },
        {"say \"hi\"",         "\"say \\\"hi\\\"\"",        "\"say \\\"hi\\\"\""       },
        {"C:\\x",              "\"C:\\\\x\"",               "\"C:\\\\x\""              },
        {"a\nlevel=error\r\t", "\"a\\nlevel=error\\r\\t\"", "\"a\\nlevel=error\\r\\t\""},
        {"\x1b[2J\x7f",        "\"\\u001b[2J\\u007f\"",     "\"\\u001b[2J\\u007f\""    },
        {"\xc2\x9b",           "\"\\u009b\"",               "\"\\u009b\""              },
        {"前台",             "\"前台\"",                "\"前台\""               },
        {"\xff",               "\"\xef\xbf\xbd\"",          "\"\xef\xbf\xbd\""         },
        {NULL,                 "\"\"",                      "\"\""                     },
    };
    for (size_t i = 0; i < 2 * sizeof rows / sizeof rows[0]; i++) {
        bool json = i % 2 == 1;
        char output[OUTPUT_BYTES];
        char expected[256];
        begin_capture();
        log_setup(LOG_INFO, json);
        LOG(NOTICE, "session closed", LOG_TEXT("why", rows[i / 2].text), LOG_NUMBER("bytes", -12));
        end_capture(output);
        (void)snprintf(expected, sizeof expected,
                       json ? "\"level\":\"notice\",\"event\":\"session closed\",\"why\":%s,\"bytes\":-12}\n"
                            : "level=notice event=\"session closed\" why=%s bytes=-12\n",
                       json ? rows[i / 2].json : rows[i / 2].logfmt);
        assert_string_equal(after_time(output, json), expected);
    }
}

static void levels(void **state) {
    (void)state;
    char output[OUTPUT_BYTES];
    begin_capture();
    log_setup(LOG_WARNING, false);
    LOG(ERROR, "one");
    LOG(WARNING, "two");
    LOG(NOTICE, "three");
    LOG(DEBUG, "four");
    end_capture(output);
    assert_non_null(strstr(output, "level=error event=one\n"));
    assert_non_null(strstr(output, "level=warning event=two\n"));
    assert_null(strstr(output, "three"));
    assert_null(strstr(output, "four"));
}

static void long_lines_stay_whole(void **state) {
    (void)state;
    static char text[10000];
    for (int json = 0; json < 2; json++) {
        for (size_t length = 3900; length < 4200; length++) {
            char output[OUTPUT_BYTES];
            memset(text, '\x01', sizeof text - 1);
            memset(text, 'x', length);
            begin_capture();
            log_setup(LOG_INFO, json == 1);
            LOG(INFO, "long", LOG_TEXT("text", text), LOG_NUMBER("after", 7));
            end_capture(output);
            size_t written = strlen(output);
            assert_in_range(written, 3900, 4096);
            assert_string_equal(output + written - (json ? 3 : 1), json ? "\"}\n" : "\n");
            const char *escape = strrchr(output, '\\');
            if (escape != NULL) assert_memory_equal(escape, "\\u0001", 6);
        }
    }
}

static void many_fields_stay_whole(void **state) {
    (void)state;
    enum { FIELDS = 300 };
    static struct log_field fields[FIELDS];
    char output[OUTPUT_BYTES];
    for (int i = 0; i < FIELDS; i++) fields[i] = LOG_NUMBER("a_long_name", i);
    begin_capture();
    log_setup(LOG_INFO, true);
    log_write(LOG_INFO, "many", fields, FIELDS);
    end_capture(output);
    size_t written = strlen(output);
    assert_in_range(written, 3900, 4096);
    assert_string_equal(output + written - 2, "}\n");
    assert_in_range(output[written - 3], '0', '9');
}

static void priorities_only_when_stderr_is_the_journal(void **state) {
    (void)state;
    char output[OUTPUT_BYTES];
    char name[64];
    struct stat status;
    begin_capture();
    assert_int_equal(fstat(STDERR_FILENO, &status), 0);
    (void)snprintf(name, sizeof name, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    assert_int_equal(setenv("JOURNAL_STREAM", name, 1), 0);
    log_setup(LOG_INFO, false);
    LOG(WARNING, "one", LOG_NUMBER("n", 1));
    log_setup(LOG_INFO, true);
    LOG(ERROR, "two");
    assert_int_equal(setenv("JOURNAL_STREAM", "1:1", 1), 0); /* a parent's, redirected since */
    log_setup(LOG_INFO, false);
    LOG(INFO, "three");
    assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
    end_capture(output);
    const char *first = "<4>level=warning event=one n=1\n<3>{\"level\":\"error\",\"event\":\"two\"}\ntime=";
    assert_memory_equal(output, first, strlen(first));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(levels),
        cmocka_unit_test(long_lines_stay_whole),
        cmocka_unit_test(many_fields_stay_whole),
        cmocka_unit_test(priorities_only_when_stderr_is_the_journal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
