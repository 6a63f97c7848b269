/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/cli/arguments.c */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "frontdesk/v1/complaint.pb-c.h"

static const struct cli_option options[] = {
    {"subject",  's', "TEXT", "help", "subject", NULL},
    {"anonymous",    'a', NULL, "help", "anonymous", NULL},
    {"all", 0, NULL, "help", NULL, NULL},
    {0         },
};

static const struct cli_command command = {
    .path = "complaint try", .synopsis = "WORD", .summary = "help", .options = options, .at_least = 1, .at_most = 2};

struct setting {
    struct cli cli;
    struct global_values global;
    struct arguments arguments;
    char *argv[16]; /* the arguments point into it */
};

static int read_words(struct setting *setting, const char *const *words) {
    int argc = 0;
    for (; words[argc] != NULL; argc++) setting->argv[argc] = (char *)words[argc];
    setting->argv[argc] = NULL;
    cli_init(&setting->cli);
    setting->global = (struct global_values){0};
    return arguments_read(&setting->cli, &command, argc, setting->argv, &setting->global, &setting->arguments);
}

static void options_and_words_may_stand_in_any_order(void **state) {
    (void)state;
    struct setting setting;
    const char *argv[] = {"try", "first",        "-s",        "水管", "--json", "second",
                          "-ay", "--server=h:1", "--timeout", "2.5",  NULL};
    assert_int_equal(read_words(&setting, argv), EXIT_OK);
    assert_int_equal(setting.arguments.count, 2);
    assert_string_equal(setting.arguments.positionals[0], "first");
    assert_string_equal(setting.arguments.positionals[1], "second");
    assert_string_equal(arguments_value(&command, &setting.arguments, "subject"), "水管");
    assert_non_null(arguments_value(&command, &setting.arguments, "anonymous"));
    assert_null(arguments_value(&command, &setting.arguments, "all"));
    assert_null(arguments_value(&command, &setting.arguments, "nothing such"));
    assert_true(setting.cli.json);
    assert_true(setting.cli.yes);
    assert_string_equal(setting.global.server, "h:1");
    assert_int_equal(setting.cli.timeout_ms, 2500);
    cli_close(&setting.cli);
}

static void wrong_calls_are_refused(void **state) {
    (void)state;
    static const char *const cases[][6] = {
        {"try", NULL        }, /* a word is missing */
        {            "try",      "a",           "b", "c", NULL}, /* one too many */
        {        "try",                  "a",  "--subject", NULL}, /* no value */
        {        "try",  "a", "--nonsense", NULL},
        {        "try",                  "a",         "-Z", NULL},
        {        "try",  "a",  "--timeout", "soon", NULL},
        {      "try",            "a",          "--timeout", "-1", NULL},
        {"try","a",             "--lang", "fr", NULL},
        {                      "try",                           "a",             "--json=yes", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct setting setting;
        assert_int_equal(read_words(&setting, cases[i]), EXIT_USAGE);
        cli_close(&setting.cli);
    }
}

static void help_needs_no_words(void **state) {
    (void)state;
    struct setting setting;
    const char *argv[] = {"try", "--help", NULL};
    assert_int_equal(read_words(&setting, argv), EXIT_OK);
    assert_true(setting.cli.help);
    cli_close(&setting.cli);
}

static void server_is_read_in_all_its_forms(void **state) {
    (void)state;
    static const struct {
        const char *text, *host;
        int port; /* 0: refused */
    } cases[] = {
        {"desk.example.org",   "desk.example.org", 7443 },
        {"desk.example.org:1", "desk.example.org", 1    },
        {"10.0.0.1:65535",     "10.0.0.1",         65535},
        {"[::1]:8000",         "::1",              8000 },
        {"[::1]",              "::1",              7443 },
        {"::1",                "::1",              7443 },
        {"fe80::1:2",          "fe80::1:2",        7443 },
        {"host:",              "",                 0    },
        {"host:0",             "",                 0    },
        {"host:65536",         "",                 0    },
        {"host:12x",           "",                 0    },
        {":7443",              "",                 0    },
        {"[::1",               "",                 0    },
        {"",                   "",                 0    },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cli cli;
        cli_init(&cli);
        int code = cli_settle(&cli, cases[i].text, "/tmp/nowhere");
        assert_int_equal(code, cases[i].port == 0 ? EXIT_USAGE : EXIT_OK);
        if (code == EXIT_OK) {
            assert_string_equal(cli.host, cases[i].host);
            assert_int_equal(cli.port, cases[i].port);
        }
        cli_close(&cli);
    }
}

static void environment_fills_what_is_not_given(void **state) {
    (void)state;
    struct cli cli;
    cli_init(&cli);
    assert_int_equal(setenv("FRONTDESK_SERVER", "from.environment:5", 1), 0);
    assert_int_equal(setenv("FRONTDESK_SITE", "tianfu-1", 1), 0);
    assert_int_equal(unsetenv("FRONTDESK_STATE"), 0);
    assert_int_equal(setenv("XDG_STATE_HOME", "/tmp/xdg", 1), 0);
    assert_int_equal(cli_settle(&cli, NULL, NULL), EXIT_OK);
    assert_string_equal(cli.host, "from.environment");
    assert_string_equal(cli.site_code, "tianfu-1");
    assert_string_equal(cli.state_directory, "/tmp/xdg/frontdesk-client");
    assert_int_equal(setenv("FRONTDESK_STATE", "/tmp/own", 1), 0);
    cli.site_code = "other";
    assert_int_equal(cli_settle(&cli, "given:6", NULL), EXIT_OK);
    assert_string_equal(cli.host, "given");
    assert_string_equal(cli.site_code, "other");
    assert_string_equal(cli.state_directory, "/tmp/own");
    cli_close(&cli);
    assert_int_equal(unsetenv("FRONTDESK_SERVER"), 0);
    assert_int_equal(unsetenv("FRONTDESK_SITE"), 0);
    assert_int_equal(unsetenv("FRONTDESK_STATE"), 0);
}

static void fields_are_filled_by_their_kind(void **state) {
    (void)state;
    struct cli cli;
    Fd__RegisterComplaintRequest request = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    cli_init(&cli);
    assert_true(arguments_set_field(&cli, &request.base, "subject", "水管", "subject"));
    assert_true(arguments_set_field(&cli, &request.base, "severity", "重大", "severity"));
    assert_true(arguments_set_field(&cli, &request.base, "anonymous", "yes", "anonymous"));
    assert_true(arguments_set_field(&cli, &request.base, "received_at_ms", "2026-11-23T00:00:00Z", "received"));
    assert_string_equal(request.subject, "水管");
    assert_int_equal(request.severity, FD__SEVERITY__SEVERITY_MAJOR);
    assert_true(request.anonymous);
    assert_int_equal(request.received_at_ms, INT64_C(1795392000000));
    assert_false(arguments_set_field(&cli, &request.base, "severity", "dreadful", "severity"));
    assert_false(arguments_set_field(&cli, &request.base, "received_at_ms", "soon", "received"));
    assert_false(arguments_set_field(&cli, &request.base, "no such field", "x", "x"));

    Fd__CreatePersonRequest person = FD__CREATE_PERSON_REQUEST__INIT;
    assert_true(arguments_set_field(&cli, &person.base, "roles", "desk_clerk,客服主管", "role"));
    assert_int_equal(person.n_roles, 2);
    assert_int_equal(person.roles[0], FD__ROLE__ROLE_DESK_CLERK);
    assert_int_equal(person.roles[1], FD__ROLE__ROLE_SUPERVISOR);
    assert_false(arguments_set_field(&cli, &person.base, "roles", "desk_clerk,king", "role"));

    Fd__FollowUpComplaintRequest follow_up = FD__FOLLOW_UP_COMPLAINT_REQUEST__INIT;
    assert_true(arguments_set_field(&cli, &follow_up.base, "satisfaction", "4", "satisfaction"));
    assert_true(arguments_set_field(&cli, &follow_up.base, "version", "12", "if-version"));
    assert_int_equal(follow_up.satisfaction, 4);
    assert_int_equal(follow_up.version, 12);
    assert_false(arguments_set_field(&cli, &follow_up.base, "satisfaction", "4 stars", "satisfaction"));
    assert_false(arguments_set_field(&cli, &follow_up.base, "satisfaction", "99999999999", "satisfaction"));
    cli_close(&cli);
}

int main(void) {
    language_set("zh");
    /* What is told to people on stderr is not part of this. */
    if (freopen("/dev/null", "w", stderr) == NULL) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_words_may_stand_in_any_order),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(help_needs_no_words),
        cmocka_unit_test(server_is_read_in_all_its_forms),
        cmocka_unit_test(environment_fills_what_is_not_given),
        cmocka_unit_test(fields_are_filled_by_their_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
