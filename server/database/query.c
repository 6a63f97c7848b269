/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/query.h"

#include <string.h>

#include "common/check.h"

void transaction_init(struct transaction *transaction, struct arena *arena, const char *site_id,
                      void (*on_done)(struct transaction *, enum status)) {
    memset(transaction, 0, sizeof(*transaction));
    list_init(&transaction->node);
    transaction->arena = arena;
    transaction->site_id = site_id;
    transaction->on_done = on_done;
}

struct statement *transaction_add(struct transaction *transaction, const struct query *query) {
    CHECK(transaction->count < TRANSACTION_STATEMENTS);
    struct statement *statement = &transaction->statements[transaction->count++];
    memset(statement, 0, sizeof(*statement));
    statement->query = query;
    return statement;
}

void transaction_clear(struct transaction *transaction) {
    for (int i = 0; i < transaction->count; i++) {
        PQclear(transaction->statements[i].result);
        transaction->statements[i].result = NULL;
    }
}
