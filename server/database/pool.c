/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/pool.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/check.h"
#include "server/database/connection.h"

/* Few per line: requests queue behind a slow one. */
struct reader {
    struct pool *pool;
    struct connection *connection;
    struct segment segments[POOL_DEPTH];
    bool used[POOL_DEPTH];
    int under_way;
};

struct pool {
    struct reader *readers;
    int count;
    int open; /* connections not closed yet */
    struct list waiting;
    int waiting_count;
    struct pool_callbacks callbacks;
    void *owner;
    void (*on_closed)(void *owner);
};

static struct reader *freest(const struct pool *pool) {
    struct reader *best = NULL;
    for (int i = 0; i < pool->count; i++) {
        struct reader *reader = &pool->readers[i];
        if (!connection_ready(reader->connection) || reader->under_way == POOL_DEPTH) continue;
        if (best == NULL || reader->under_way < best->under_way) best = reader;
    }
    return best;
}

static void carry(struct reader *reader, struct transaction *transaction) {
    int slot = 0;
    while (reader->used[slot]) slot++;
    reader->used[slot] = true;
    reader->under_way++;
    list_append(&reader->segments[slot].transactions, &transaction->node);
    connection_send(reader->connection, &reader->segments[slot]);
}

static void send_waiting(struct pool *pool) {
    if (!pool_ready(pool)) {
        pool->waiting_count = 0;
        transactions_finish(&pool->waiting, STATUS_UNAVAILABLE);
        return;
    }
    struct reader *reader;
    while (!list_empty(&pool->waiting) && (reader = freest(pool)) != NULL) {
        struct transaction *transaction = list_item(pool->waiting.next, struct transaction, node);
        list_remove(&transaction->node);
        pool->waiting_count--;
        carry(reader, transaction);
    }
}

static void on_segment_done(struct segment *segment) {
    struct reader *reader = segment->owner;
    struct pool *pool = reader->pool;
    segment_finish(segment);
    reader->used[segment - reader->segments] = false;
    reader->under_way--;
    send_waiting(pool);
    pool->callbacks.on_change(pool->owner);
}

static void on_ready(void *owner, bool ready) {
    struct reader *reader = owner;
    (void)ready;
    send_waiting(reader->pool);
    reader->pool->callbacks.on_change(reader->pool->owner);
}

static enum status open_reader(struct pool *pool, uv_loop_t *loop, const struct database_options *options, int number) {
    static const struct connection_callbacks callbacks = {.on_ready = on_ready};
    struct reader *reader = &pool->readers[number];
    reader->pool = pool;
    for (int i = 0; i < POOL_DEPTH; i++) segment_init(&reader->segments[i], on_segment_done, reader);
    char name[48];
    (void)snprintf(name, sizeof(name), "frontdesk reader %d", number + 1);
    struct connection_options connection = {
        .conninfo = options->conninfo,
        .name = name,
        .options = "-c default_transaction_isolation=repeatable\\ read",
        .read_only = true,
        .statement_timeout_ms = options->statement_timeout_ms,
    };
    return connection_open(&reader->connection, loop, &connection, &callbacks, reader);
}

enum status pool_open(struct pool **pool, uv_loop_t *loop, const struct database_options *options,
                      const struct pool_callbacks *callbacks, void *owner) {
    struct pool *made = calloc(1, sizeof(*made));
    CHECK(made != NULL && options->readers > 0);
    made->readers = calloc((size_t)options->readers, sizeof(*made->readers));
    CHECK(made->readers != NULL);
    list_init(&made->waiting);
    made->callbacks = *callbacks;
    made->owner = owner;
    for (int i = 0; i < options->readers; i++) {
        enum status status = open_reader(made, loop, options, i);
        if (status != STATUS_OK) {
            /* Only the connection string can be at fault, so the first one tells. */
            CHECK(i == 0);
            free(made->readers);
            free(made);
            return status;
        }
        made->count = made->open = i + 1;
    }
    *pool = made;
    return STATUS_OK;
}

static void on_reader_closed(void *owner) {
    struct reader *reader = owner;
    struct pool *pool = reader->pool;
    if (--pool->open > 0) return;
    void (*on_closed)(void *) = pool->on_closed;
    void *pool_owner = pool->owner;
    free(pool->readers);
    free(pool);
    on_closed(pool_owner);
}

void pool_close(struct pool *pool, void (*on_closed)(void *owner)) {
    CHECK(pool_idle(pool));
    pool->on_closed = on_closed;
    for (int i = 0; i < pool->count; i++) connection_close(pool->readers[i].connection, on_reader_closed);
}

enum status pool_read(struct pool *pool, struct transaction *transaction) {
    if (!pool_ready(pool)) return STATUS_UNAVAILABLE;
    if (pool->waiting_count >= POOL_WAITING_LIMIT) return STATUS_BUSY;
    list_append(&pool->waiting, &transaction->node);
    pool->waiting_count++;
    send_waiting(pool);
    return STATUS_OK;
}

bool pool_ready(const struct pool *pool) {
    for (int i = 0; i < pool->count; i++)
        if (connection_ready(pool->readers[i].connection)) return true;
    return false;
}

bool pool_idle(const struct pool *pool) {
    if (pool->waiting_count > 0) return false;
    for (int i = 0; i < pool->count; i++)
        if (pool->readers[i].under_way > 0) return false;
    return true;
}
