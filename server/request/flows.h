/* SPDX-License-Identifier: Apache-2.0 */
/* Operations with steps of their own. */
#ifndef FRONTDESK_REQUEST_FLOWS_H
#define FRONTDESK_REQUEST_FLOWS_H

#include "server/operations/operation.h"

extern const struct operation session_sign_in_operation, session_resume_operation, session_sign_out_operation,
    session_change_password_operation;
extern const struct operation person_create_operation, person_reset_password_operation;
extern const struct operation site_list_operation, authority_list_operation;

#endif
