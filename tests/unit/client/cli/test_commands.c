/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/cli: commands.c, usage.c, manual.c, completion.c and every const struct cli_command */
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/cli/arguments.h"
#include "client/cli/language.h"
#include "client/cli/usage.h"

static int option_count(const struct cli_option *options) {
    int count = 0;
    while (options != NULL && options[count].name != NULL) count++;
    return count;
}

static void each_command_is_found_by_its_path_and_nothing_else_is(void **state) {
    (void)state;
    for (int i = 0; commands[i] != NULL; i++) {
        char path[64], *words[4] = {0};
        int count = 0, expected = 0;
        assert_true(strlen(commands[i]->path) < sizeof path);
        memcpy(path, commands[i]->path, strlen(commands[i]->path) + 1);
        for (char *rest = path, *word = strsep(&rest, " "); word != NULL; word = strsep(&rest, " "))
            words[expected++] = word;
        assert_in_range(expected, 1, 3);
        words[expected] = (char *)"C-1";
        assert_ptr_equal(command_find(expected + 1, words, &count), commands[i]);
        assert_int_equal(count, expected);
    }
    static char *wrong[][2] = {
        {(char *)"complaint", (char *)"registe" },
        {(char *)"complain",  (char *)"register"},
        {(char *)"loginx",    (char *)""        },
        {(char *)"",          (char *)""        }
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int count = 0;
        assert_null(command_find(2, wrong[i], &count));
    }
    int count = 0;
    assert_null(command_find(0, NULL, &count));
}

static void each_command_can_run_and_says_what_it_does(void **state) {
    (void)state;
    for (int i = 0; commands[i] != NULL; i++) {
        const struct cli_command *command = commands[i];
        assert_non_null(command->run);
        assert_non_null(command->synopsis);
        assert_true(command->summary != NULL && command->summary[0] != '\0');
        assert_true(command->at_least <= command->at_most);
        assert_int_equal(command->at_most > 0, command->synopsis[0] != '\0');
    }
}

static void no_name_or_letter_means_two_things(void **state) {
    (void)state;
    for (int i = 0; commands[i] != NULL; i++) {
        const struct cli_option *own = commands[i]->options;
        int count = option_count(own);
        assert_true(count < COMMAND_OPTIONS_LIMIT);
        for (int a = 0; a < count; a++) {
            for (int b = a + 1; b < count; b++) {
                assert_string_not_equal(own[a].name, own[b].name);
                assert_true(own[a].letter == 0 || own[a].letter != own[b].letter);
            }
            for (int g = 0; global_options[g].name != NULL; g++) {
                assert_true(own[a].letter == 0 || own[a].letter != global_options[g].letter);
                /* A command may mean its own by "desk" or "site", never by chance. */
                if (strcmp(own[a].name, global_options[g].name) == 0)
                    fail_msg("%s --%s", commands[i]->path, own[a].name);
            }
        }
    }
}

static const ProtobufCFieldDescriptor *field_of(const struct cli_remote *remote, const char *name) {
    return protobuf_c_message_descriptor_get_field_by_name(remote->request, name);
}

static void options_of_operations_name_fields_that_exist(void **state) {
    (void)state;
    int remotes = 0;
    for (int i = 0; commands[i] != NULL; i++) {
        const struct cli_remote *remote = commands[i]->remote;
        if (remote == NULL) continue;
        remotes++;
        int positionals = 0;
        while (positionals < COMMAND_FIELDS_LIMIT && remote->fields[positionals] != NULL)
            assert_non_null(field_of(remote, remote->fields[positionals++]));
        assert_int_equal(positionals, commands[i]->at_most);
        for (int o = 0; o < option_count(commands[i]->options); o++) {
            const struct cli_option *option = &commands[i]->options[o];
            const ProtobufCFieldDescriptor *field = option->field == NULL ? NULL : field_of(remote, option->field);
            assert_non_null(field);
            assert_int_equal(option->argument == NULL && option->constant == NULL, field->type == PROTOBUF_C_TYPE_BOOL);
        }
        if (remote->required != NULL) {
            bool found = false;
            for (int o = 0; o < option_count(commands[i]->options); o++)
                found = found || strcmp(commands[i]->options[o].name, remote->required) == 0;
            assert_true(found);
        }
    }
    assert_true(remotes > 20);
}

static void help_names_every_command_and_option(void **state) {
    (void)state;
    struct arena arena;
    struct bytes program = {0}, man = {0};
    arena_init(&arena, 1024 * 1024);
    assert_int_equal(usage_program(&arena, &program), STATUS_OK);
    assert_int_equal(usage_man(&arena, &man), STATUS_OK);
    assert_int_equal(bytes_append(&program, "", 1), STATUS_OK);
    assert_int_equal(bytes_append(&man, "", 1), STATUS_OK);
    for (int i = 0; commands[i] != NULL; i++) {
        struct bytes one = {0};
        assert_non_null(strstr((char *)program.data, commands[i]->path));
        assert_int_equal(usage_command(&arena, commands[i], &one), STATUS_OK);
        assert_int_equal(bytes_append(&one, "", 1), STATUS_OK);
        for (int o = 0; o < option_count(commands[i]->options); o++)
            assert_non_null(strstr((char *)one.data, commands[i]->options[o].name));
        bytes_free(&one);
    }
    /* What troff would obey. */
    assert_null(strstr((char *)man.data, "\n.csv"));
    assert_non_null(strstr((char *)man.data, ".TH FRONTDESK 1"));
    assert_non_null(strstr((char *)man.data, "\\-\\-password\\-stdin"));
    bytes_free(&program);
    bytes_free(&man);
    arena_free(&arena);
}

/* A script that calls a command which is not there must not go on as if it had run. */
static void help_for_what_is_not_there_is_a_wrong_call(void **state) {
    (void)state;
    static const struct {
        int count;
        const char *words[2];
        int code;
    } cases[] = {
        {0, {NULL, NULL},              EXIT_OK   },
        {1, {"complaint", NULL},       EXIT_OK   },
        {2, {"complaint", "register"}, EXIT_OK   },
        {2, {"complaint", "registe"},  EXIT_USAGE},
        {2, {"complaint", "reassign"}, EXIT_USAGE},
        {2, {"site", "calendar"},      EXIT_OK   },
        {2, {"site", "rules"},         EXIT_OK   },
        {2, {"site", "calender"},      EXIT_USAGE},
        {1, {"complain", NULL},        EXIT_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *words[] = {(char *)cases[i].words[0], (char *)cases[i].words[1]};
        struct cli cli;
        cli_init(&cli);
        assert_int_equal(usage_help(&cli, cases[i].count, words), cases[i].code);
        cli_close(&cli);
    }
}

/* Tried in a real bash: what it offers after these words. */
static void completion_offers_verbs_options_and_words(void **state) {
    (void)state;
    static const struct {
        const char *line, *offered;
    } cases[] = {
        {"frontdesk compla",                            "complaint"  },
        {"frontdesk complaint reg",                     "register"   },
        {"frontdesk complaint register --sub",          "--subject"  },
        {"frontdesk complaint register --severity maj", "major"      },
        {"frontdesk people add x --role sup",           "supervisor" },
        {"frontdesk watch --until",                     "--until-seq"},
        {"frontdesk --js",                              "--json"     },
        {"frontdesk site ru",                           "rules"      },
        {"frontdesk site rules se",                     "set"        },
        {"frontdesk site rules --js",                   "--json"     },
        {"frontdesk site rules set major --acc",        "--accept"   },
        {"frontdesk site calendar s",                   "show set"   },
        {"frontdesk site calendar set --days-of",       "--days-off" },
    };
    struct arena arena;
    struct bytes script = {0};
    arena_init(&arena, 1024 * 1024);
    assert_int_equal(usage_completion(&arena, &script), STATUS_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            bytes_printf(&script,
                         "COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _frontdesk\n"
                         "[ \"${COMPREPLY[*]}\" = '%s' ] || { echo \"%s: ${COMPREPLY[*]}\"; exit 1; }\n",
                         cases[i].line, cases[i].offered, cases[i].line),
            STATUS_OK);
    char path[] = "/tmp/frontdesk-test-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, script.data, script.length), script.length);
    close(file);
    pid_t child = fork();
    if (child == 0) {
        (void)execlp("bash", "bash", path, (char *)NULL);
        _exit(127);
    }
    int result = 0;
    assert_int_equal(waitpid(child, &result, 0), child);
    (void)unlink(path);
    assert_true(WIFEXITED(result));
    if (WEXITSTATUS(result) == 127) skip(); /* no bash here */
    assert_int_equal(WEXITSTATUS(result), 0);
    bytes_free(&script);
    arena_free(&arena);
}

int main(void) {
    language_set("en");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_command_is_found_by_its_path_and_nothing_else_is),
        cmocka_unit_test(each_command_can_run_and_says_what_it_does),
        cmocka_unit_test(no_name_or_letter_means_two_things),
        cmocka_unit_test(options_of_operations_name_fields_that_exist),
        cmocka_unit_test(help_names_every_command_and_option),
        cmocka_unit_test(help_for_what_is_not_there_is_a_wrong_call),
        cmocka_unit_test(completion_offers_verbs_options_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
