/* SPDX-License-Identifier: Apache-2.0 */
/* The authority table (D3) as people see it. */
#ifndef FRONTDESK_OPERATIONS_AUTHORITY_H
#define FRONTDESK_OPERATIONS_AUTHORITY_H

#include "common/arena.h"
#include "frontdesk/v1/account.pb-c.h"

/* In the arena; NULL: exhausted. */
const Fd__ListAuthorityResponse *authority_list(struct arena *arena, bool chinese);

#endif
