/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/segment.h"

#include <string.h>

void segment_init(struct segment *segment, void (*on_done)(struct segment *), void *owner) {
    memset(segment, 0, sizeof(*segment));
    list_init(&segment->node);
    list_init(&segment->transactions);
    list_init(&segment->refused);
    segment->on_done = on_done;
    segment->owner = owner;
}

void segment_clear(struct segment *segment) {
    PQclear(segment->result);
    segment->result = NULL;
    segment->status = STATUS_OK;
    segment->locked = segment->lost = false;
}

void transactions_finish(struct list *transactions, enum status status) {
    struct list ended;
    list_init(&ended);
    while (!list_empty(transactions)) {
        struct list *node = transactions->next;
        list_remove(node);
        list_append(&ended, node);
    }
    while (!list_empty(&ended)) {
        struct transaction *transaction = list_item(ended.next, struct transaction, node);
        list_remove(&transaction->node);
        if (status != STATUS_OK) transaction_clear(transaction);
        transaction->on_done(transaction, status);
    }
}

void segment_finish(struct segment *segment) {
    transactions_finish(&segment->transactions, segment->status);
    transactions_finish(&segment->refused, STATUS_TOO_LARGE);
}
