/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/cli/command.h"

#define COMMAND_LIST(X)                                                                                                \
    X(login)                                                                                                           \
    X(logout)                                                                                                          \
    X(passwd)                                                                                                          \
    X(whoami)                                                                                                          \
    X(complaint_register)                                                                                              \
    X(complaint_show)                                                                                                  \
    X(complaint_list)                                                                                                  \
    X(complaint_accept)                                                                                                \
    X(complaint_assign)                                                                                                \
    X(complaint_note)                                                                                                  \
    X(complaint_contact)                                                                                               \
    X(complaint_feedback)                                                                                              \
    X(complaint_classify)                                                                                              \
    X(complaint_pause)                                                                                                 \
    X(complaint_resume)                                                                                                \
    X(complaint_plan)                                                                                                  \
    X(complaint_ask_extension)                                                                                         \
    X(complaint_decide_extension)                                                                                      \
    X(complaint_escalate)                                                                                              \
    X(complaint_take_over)                                                                                             \
    X(complaint_send_back)                                                                                             \
    X(complaint_close)                                                                                                 \
    X(complaint_follow_up)                                                                                             \
    X(complaint_reopen)                                                                                                \
    X(complaint_link)                                                                                                  \
    X(visit_announce)                                                                                                  \
    X(visit_walk_in)                                                                                                   \
    X(visit_arrive)                                                                                                    \
    X(visit_meet)                                                                                                      \
    X(visit_leave)                                                                                                     \
    X(visit_cancel)                                                                                                    \
    X(visit_emergency)                                                                                                 \
    X(visit_show)                                                                                                      \
    X(visit_list)                                                                                                      \
    X(alerts)                                                                                                          \
    X(ack)                                                                                                             \
    X(reassign)                                                                                                        \
    X(board)                                                                                                           \
    X(watch)                                                                                                           \
    X(people_list)                                                                                                     \
    X(people_add)                                                                                                      \
    X(people_update)                                                                                                   \
    X(people_absent)                                                                                                   \
    X(people_back)                                                                                                     \
    X(people_reset_password)                                                                                           \
    X(site_list)                                                                                                       \
    X(site_add)                                                                                                        \
    X(site_rules)                                                                                                      \
    X(site_rules_set)                                                                                                  \
    X(site_rules_reset)                                                                                                \
    X(site_calendar_show)                                                                                              \
    X(site_calendar_set)                                                                                               \
    X(site_calendar_reset)                                                                                             \
    X(desk_list)                                                                                                       \
    X(desk_add)                                                                                                        \
    X(authority)                                                                                                       \
    X(import)                                                                                                          \
    X(outbox_send)                                                                                                     \
    X(outbox_show)                                                                                                     \
    X(outbox_mend)                                                                                                     \
    X(outbox_drop)                                                                                                     \
    X(outbox)                                                                                                          \
    X(status)                                                                                                          \
    X(doctor)                                                                                                          \
    X(version)                                                                                                         \
    X(completion)                                                                                                      \
    X(help)

#define X(name) extern const struct cli_command command_##name;
COMMAND_LIST(X)
#undef X

const struct cli_command *const commands[] = {
#define X(name) &command_##name,
    COMMAND_LIST(X)
#undef X
        NULL,
};

bool command_in_group(const struct cli_command *command, const char *group) {
    size_t length = strlen(group);
    return strncmp(command->path, group, length) == 0 && command->path[length] == ' ';
}

/* How many words the path has, when they are the first ones of argv; else 0. */
static int words_matched(const char *path, int argc, char **argv) {
    int words = 0;
    for (;;) {
        size_t length = strcspn(path, " ");
        if (words == argc || strlen(argv[words]) != length || strncmp(argv[words], path, length) != 0) return 0;
        words++;
        if (path[length] == '\0') return words;
        path += length + 1;
    }
}

const struct cli_command *command_find(int argc, char **argv, int *words) {
    const struct cli_command *found = NULL;
    *words = 0;
    for (int i = 0; commands[i] != NULL; i++) {
        int matched = words_matched(commands[i]->path, argc, argv);
        if (matched <= *words) continue;
        *words = matched;
        found = commands[i];
    }
    return found;
}
