/* SPDX-License-Identifier: Apache-2.0 */
/* The table of this room's operations: one line each. request/table.c takes it in beside the flows of its own. */
#ifndef FRONTDESK_OPERATIONS_OPERATIONS_H
#define FRONTDESK_OPERATIONS_OPERATIONS_H

#include "server/operations/operation.h"

#define OPERATION_LIST(X)                                                                                              \
    X(complaint_register)                                                                                              \
    X(complaint_accept)                                                                                                \
    X(complaint_assign)                                                                                                \
    X(complaint_record_action)                                                                                         \
    X(complaint_classify)                                                                                              \
    X(complaint_pause)                                                                                                 \
    X(complaint_resume)                                                                                                \
    X(complaint_escalate)                                                                                              \
    X(complaint_acknowledge)                                                                                           \
    X(complaint_take_over)                                                                                             \
    X(complaint_send_back)                                                                                             \
    X(complaint_close)                                                                                                 \
    X(complaint_follow_up)                                                                                             \
    X(complaint_reopen)                                                                                                \
    X(complaint_link)                                                                                                  \
    X(complaint_plan)                                                                                                  \
    X(complaint_ask_extension)                                                                                         \
    X(complaint_decide_extension)                                                                                      \
    X(complaint_get)                                                                                                   \
    X(complaint_list)                                                                                                  \
    X(visit_announce)                                                                                                  \
    X(visit_walk_in)                                                                                                   \
    X(visit_arrive)                                                                                                    \
    X(visit_meet)                                                                                                      \
    X(visit_leave)                                                                                                     \
    X(visit_cancel)                                                                                                    \
    X(visit_emergency)                                                                                                 \
    X(visit_acknowledge)                                                                                               \
    X(visit_get)                                                                                                       \
    X(visit_list)                                                                                                      \
    X(person_update)                                                                                                   \
    X(person_set_absence)                                                                                              \
    X(person_clear_absence)                                                                                            \
    X(person_list)                                                                                                     \
    X(desk_create)                                                                                                     \
    X(desk_list)                                                                                                       \
    X(rules_set_deadlines)                                                                                             \
    X(rules_reset_deadlines)                                                                                           \
    X(rules_set_calendar)                                                                                              \
    X(rules_reset_calendar)

#define TOPIC_LIST(X) X(complaint) X(visit) X(person) X(desk) X(site) X(deadlines) X(calendar)

#define X(name) extern const struct operation name##_operation;
OPERATION_LIST(X)
#undef X

#define X(name) extern const struct topic topic_##name;
TOPIC_LIST(X)
#undef X

#endif
