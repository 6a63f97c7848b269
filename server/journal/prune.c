/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/prune.h"

#include <stdlib.h>

#include "common/log.h"
#include "common/moment.h"
#include "server/journal/room.h"
#include "server/sql/queries.h"

enum { PRUNE_ROWS = 2000 };

struct prune {
    struct journal_read write;
    Fd__JournalKnown limits;
};

/* Whether a statement met its limit: there is more. */
static bool was_full(struct prune *prune) {
    bool full = false;
    for (int i = 0; i < prune->write.transaction.count; i++) {
        const PGresult *result = prune->write.transaction.statements[i].result;
        if (PQntuples(result) == 0) continue;
        const Fd__JournalHead *row =
            (const Fd__JournalHead *)row_to_message(&prune->write.arena, result, 0, &fd__journal_head__descriptor);
        if (row != NULL && row->seq >= PRUNE_ROWS) full = true;
    }
    return full;
}

static void on_pruned(struct transaction *transaction, enum status status) {
    struct prune *prune = list_item(transaction, struct prune, write.transaction);
    if (status != STATUS_OK)
        LOG(WARNING, "retention failed", LOG_TEXT("status", status_name(status)));
    else if (was_full(prune))
        prune->write.journal->prune_at_ms -= PRUNE_INTERVAL_MS;
    journal_read_end(&prune->write);
    free(prune);
}

void prune_start(struct journal *journal) {
    if (journal->options.keep_ms == 0) return;
    struct prune *prune = calloc(1, sizeof(*prune));
    if (prune == NULL) return;
    prune->limits = (Fd__JournalKnown)FD__JOURNAL_KNOWN__INIT;
    prune->limits.limit = PRUNE_ROWS;
    prune->limits.keep_seconds = journal->options.keep_ms / SECOND_MS;
    static const struct query *const queries[] = {&sql_journal_prune, &sql_journal_prune_receipts,
                                                  &sql_journal_prune_sessions};
    journal_read_init(&prune->write, journal, NULL, on_pruned);
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
        transaction_add(&prune->write.transaction, queries[i])->sources[0] = &prune->limits.base;
    database_write(journal->database, &prune->write.transaction);
}
