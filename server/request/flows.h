/* SPDX-License-Identifier: Apache-2.0 */
/* The table of operations with steps of their own, beside that of operations/operations.h. */
#ifndef FRONTDESK_REQUEST_FLOWS_H
#define FRONTDESK_REQUEST_FLOWS_H

#include "server/operations/operation.h"

#define FLOW_LIST(X)                                                                                                   \
    X(session_sign_in)                                                                                                 \
    X(session_resume)                                                                                                  \
    X(session_sign_out)                                                                                                \
    X(session_change_password)                                                                                         \
    X(person_create)                                                                                                   \
    X(person_reset_password)                                                                                           \
    X(site_list)                                                                                                       \
    X(site_create)                                                                                                     \
    X(rules_get)                                                                                                       \
    X(authority_list)

#define X(name) extern const struct operation name##_operation;
FLOW_LIST(X)
#undef X

#endif
