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

const struct cli_command *command_find(int argc, char **argv, int *words) {
    for (int i = 0; commands[i] != NULL; i++) {
        const char *path = commands[i]->path, *space = strchr(path, ' ');
        *words = space == NULL ? 1 : 2;
        if (argc < *words) continue;
        size_t length = space == NULL ? strlen(path) : (size_t)(space - path);
        if (strlen(argv[0]) != length || strncmp(argv[0], path, length) != 0) continue;
        if (space == NULL || strcmp(argv[1], space + 1) == 0) return commands[i];
    }
    *words = 0;
    return NULL;
}
