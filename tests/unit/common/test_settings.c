/* SPDX-License-Identifier: Apache-2.0 */
#include "common/settings.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/test.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

struct configuration {
    char *host, *url;
    int64_t port, offset, timeout_ms, limit_bytes;
    bool embedded;
};

static const struct setting table[] = {
    {"server",   "host",     SETTING_TEXT,     offsetof(struct configuration, host),        "::",    0,    0,       "The address to listen on."},
    {"server",   "port",     SETTING_NUMBER,   offsetof(struct configuration, port),        "7443",  1,    65535,   "The port."                },
    {"server",   "timeout",  SETTING_DURATION, offsetof(struct configuration, timeout_ms),  "5s",    100,  3600000, "Wait."                    },
    {"database", "url",      SETTING_TEXT,     offsetof(struct configuration, url),         NULL,    0,    0,
     "A connection string. With none, the server starts a private database of its own and keeps it in its state "
     "directory, where nobody else can reach it."                                                                                              },
    {"database", "embedded", SETTING_BOOLEAN,  offsetof(struct configuration, embedded),    "yes",   0,    0,       "Own one."                 },
    {"database", "limit",    SETTING_SIZE,     offsetof(struct configuration, limit_bytes), "64KiB", 0,    0,       "Memory."                  },
    {"clock",    "offset",   SETTING_NUMBER,   offsetof(struct configuration, offset),      "0",     -720, 840,     "Minutes."                 },
};

static char path[] = "/tmp/frontdesk-settings-XXXXXX";

static int make_file(void **state) {
    (void)state;
    int file = mkstemp(path);
    return file < 0 ? -1 : close(file);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

static enum status load(const char *text, size_t length, struct configuration *configuration,
                        struct setting_error *error) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return settings_load(table, LENGTH(table), path, configuration, error);
}

static void defaults_without_a_file(void **state) {
    (void)state;
    struct configuration c;
    memset(&c, 0xa5, sizeof c); /* what was there before does not matter */
    assert_int_equal(settings_load(table, LENGTH(table), NULL, &c, NULL), STATUS_OK);
    assert_string_equal(c.host, "::");
    assert_string_equal(c.url, "");
    assert_int_equal(c.port, 7443);
    assert_int_equal(c.timeout_ms, 5000);
    assert_int_equal(c.limit_bytes, 65536);
    assert_int_equal(c.offset, 0);
    assert_true(c.embedded);
    settings_free(table, LENGTH(table), &c);
    assert_null(c.host);
    settings_free(table, LENGTH(table), &c);
}

static void the_file_wins_over_defaults(void **state) {
    (void)state;
    static const char text[] = "\xef\xbb\xbf# a comment\n; and another\n[server]\r\nhost = 前台.example ; said so\n"
                               "  port=1\n\ttimeout : 10 min\n\n[database]\nurl = host=/run/pg;x dbname=a\n"
                               "embedded = OFF\n[clock]\noffset = -480\n";
    struct configuration c;
    struct setting_error error;
    if (load(text, sizeof text - 1, &c, &error) != STATUS_OK) fail_msg("%d: %s", error.line, error.message);
    assert_string_equal(c.host, "前台.example");
    assert_string_equal(c.url, "host=/run/pg;x dbname=a");
    assert_int_equal(c.port, 1);
    assert_int_equal(c.timeout_ms, 600000);
    assert_int_equal(c.limit_bytes, 65536);
    assert_int_equal(c.offset, -480);
    assert_false(c.embedded);
    settings_free(table, LENGTH(table), &c);
}

/* The library's lines end at 199 bytes; ours do not. */
static void long_lines(void **state) {
    (void)state;
    for (size_t length = 150; length < 1500; length += 13) {
        char value[1501];
        char text[2000];
        struct configuration c;
        struct setting_error error;
        memset(value, 'v', length);
        value[length] = '\0';
        int size = snprintf(text, sizeof text, "# %s%s\n[database]\nurl =  %s \t ; %s\nembedded = no\n", value, value,
                            value, "a remark ; and more");
        if (size >= (int)sizeof text) break;
        if (load(text, (size_t)size, &c, &error) != STATUS_OK) fail_msg("%d: %s", error.line, error.message);
        assert_string_equal(c.url, value);
        assert_false(c.embedded);
        settings_free(table, LENGTH(table), &c);
    }
}

static void the_environment_wins_over_the_file(void **state) {
    (void)state;
    static const char text[] = "[server]\nport = 1\nhost = file\n";
    struct configuration c;
    struct setting_error error;
    assert_int_equal(setenv("FRONTDESK_SERVER_PORT", "2", 1), 0);
    assert_int_equal(load(text, sizeof text - 1, &c, &error), STATUS_OK);
    assert_int_equal(c.port, 2);
    assert_string_equal(c.host, "file");
    settings_free(table, LENGTH(table), &c);
    assert_int_equal(setenv("FRONTDESK_SERVER_PORT", "many", 1), 0);
    assert_int_equal(load(text, sizeof text - 1, &c, &error), STATUS_INVALID);
    assert_int_equal(unsetenv("FRONTDESK_SERVER_PORT"), 0);
    assert_int_equal(error.line, 0);
    assert_string_equal(error.message, "FRONTDESK_SERVER_PORT: [server] port = \"many\" is not allowed; write a whole "
                                       "number, from 1 to 65535");
    assert_null(c.host);
}

static void errors_name_the_line_and_the_mend(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line;
        const char *message;
    } rows[] = {
        {"[server]\nprot = 1\n",             2, "[server] prot: there is no such setting; did you mean port?"                   },
        {"[sever]\nport = 1\n",              2, "[sever]: there is no such section; did you mean [server]?"                     },
        {"\nport = 1\n",                     2, "a setting stands before the first section; put a line such as [clock] above it"},
        {"[server]\nembedded = 1\n",         2, "[server] embedded: this setting belongs in section [database]"                 },
        {"[server]\nport = 0\n",             2, "[server] port = \"0\" is not allowed; write a whole number, from 1 to 65535"   },
        {"[server]\nport =\n",               2, "[server] port = \"\" is not allowed; write a whole number, from 1 to 65535"    },
        {"[server]\nport = 1\n\nport = 1\n", 4, "[server] port is given twice; remove one of the two lines"                     },
        {"[server]\n\nhost\nport = 1\n",     3, "this line is neither [section] nor key = value; mend or remove it"             },
        {"[server\nport = 1\n",              1, "this line is neither [section] nor key = value; mend or remove it"             },
        {"[server]\nhost\nport = 0\n",       2, "this line is neither [section] nor key = value; mend or remove it"             },
        {"[server]\nport = 0\nhost\n",       2,
         "[server] port = \"0\" is not allowed; write a whole number, from 1 to 65535"                                          },
        {"[server]\ntimeout = 50ms\n",       2,
         "[server] timeout = \"50ms\" is not allowed; write a time such as 250ms, 5s, 10min, 4h or 7d, from 100ms to "
         "1h"                                                                                                                   },
        {"[server]\nhost = a\x1b[2Jb\n",     2, "[server] host = \"a?[2Jb\" is not allowed; write plain text in UTF-8"          },
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct configuration c;
        struct setting_error error;
        assert_int_equal(load(rows[i].text, strlen(rows[i].text), &c, &error), STATUS_INVALID);
        assert_string_equal(error.message, rows[i].message);
        assert_int_equal(error.line, rows[i].line);
        assert_null(c.host);
        assert_null(c.url);
    }
}

static void odd_files(void **state) {
    (void)state;
    static char endless[5000];
    struct configuration c;
    struct setting_error error;
    memset(endless, 'x', sizeof endless - 1);
    assert_int_equal(load(endless, sizeof endless - 1, &c, &error), STATUS_INVALID);
    assert_string_equal(error.message, "the line is too long, and no key = value");
    assert_int_equal(load("[server]\nhost = a\0b\n", 20, &c, &error), STATUS_INVALID);
    assert_string_equal(error.message, "the line holds a NUL character; write plain text");
    assert_int_equal(settings_load(table, LENGTH(table), "/nonexistent/x", &c, &error), STATUS_INVALID);
    assert_string_equal(error.message, "/nonexistent/x cannot be opened: No such file or directory");
    assert_int_equal(settings_load(table, LENGTH(table), "/", &c, &error), STATUS_INVALID);
    assert_string_equal(error.message, "cannot be read: Is a directory");
    assert_int_equal(settings_load(table, LENGTH(table), "/", &c, NULL), STATUS_INVALID);
    assert_int_equal(load("", 0, &c, &error), STATUS_OK);
    settings_free(table, LENGTH(table), &c);
}

static void the_printed_file_says_the_defaults(void **state) {
    (void)state;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    settings_print(table, LENGTH(table), out);
    assert_int_equal(fclose(out), 0);
    static const char expected[] = "[server]\n\n"
                                   "# The address to listen on.\n"
                                   "# Allowed: plain text in UTF-8. Environment: FRONTDESK_SERVER_HOST\n"
                                   "host = ::\n\n"
                                   "# The port.\n"
                                   "# Allowed: a whole number, from 1 to 65535. Environment: FRONTDESK_SERVER_PORT\n"
                                   "port = 7443\n";
    assert_memory_equal(text, expected, sizeof expected - 1);
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1) assert_true(strcspn(line, "\n") < 120);
    struct configuration printed;
    struct configuration plain;
    struct setting_error error;
    if (load(text, length, &printed, &error) != STATUS_OK) fail_msg("%d: %s", error.line, error.message);
    assert_int_equal(settings_load(table, LENGTH(table), NULL, &plain, NULL), STATUS_OK);
    assert_string_equal(printed.host, plain.host);
    assert_string_equal(printed.url, plain.url);
    assert_int_equal(printed.port, plain.port);
    assert_int_equal(printed.timeout_ms, plain.timeout_ms);
    assert_int_equal(printed.limit_bytes, plain.limit_bytes);
    settings_free(table, LENGTH(table), &printed);
    settings_free(table, LENGTH(table), &plain);
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_without_a_file),
        cmocka_unit_test(the_file_wins_over_defaults),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(the_environment_wins_over_the_file),
        cmocka_unit_test(errors_name_the_line_and_the_mend),
        cmocka_unit_test(odd_files),
        cmocka_unit_test(the_printed_file_says_the_defaults),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
