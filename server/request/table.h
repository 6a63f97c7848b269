/* SPDX-License-Identifier: Apache-2.0 */
/* All operations and topics: a new operation is one line in operations/operations.h, a new flow one in flows.h. */
#ifndef FRONTDESK_REQUEST_TABLE_H
#define FRONTDESK_REQUEST_TABLE_H

#include "server/operations/operation.h"

const struct operation *operation_find(const char *name); /* NULL: unknown */
const struct operation *operation_at(size_t index);       /* NULL: past the end; for tests and docs */
const struct topic *topic_find(const char *name);
const struct topic *topic_at(size_t index);

#endif
