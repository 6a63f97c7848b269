/* SPDX-License-Identifier: Apache-2.0 */
#include "server/request/table.h"

#include <string.h>

#include "server/operations/operations.h"
#include "server/request/flows.h"

static const struct operation *const operations[] = {
#define X(name) &name##_operation,
    FLOW_LIST(X) OPERATION_LIST(X)
#undef X
};

static const struct topic *const topics[] = {
#define X(name) &topic_##name,
    TOPIC_LIST(X)
#undef X
};

const struct operation *operation_at(size_t index) {
    return index < sizeof(operations) / sizeof(operations[0]) ? operations[index] : NULL;
}

const struct topic *topic_at(size_t index) {
    return index < sizeof(topics) / sizeof(topics[0]) ? topics[index] : NULL;
}

const struct operation *operation_find(const char *name) {
    for (size_t i = 0; operation_at(i) != NULL; i++)
        if (strcmp(operation_at(i)->name, name) == 0) return operation_at(i);
    return NULL;
}

const struct topic *topic_find(const char *name) {
    for (size_t i = 0; topic_at(i) != NULL; i++)
        if (strcmp(topic_at(i)->name, name) == 0) return topic_at(i);
    return NULL;
}
