/* SPDX-License-Identifier: Apache-2.0 */
#include "server/database/database.h"

#include <stdlib.h>

#include "common/check.h"
#include "common/log.h"
#include "common/moment.h"
#include "server/database/bell.h"
#include "server/database/pool.h"
#include "server/database/segment.h"
#include "server/database/writer.h"

/* `turn` runs once at the end of a turn of the loop in which something came up: then the writers send what the turn
 * has collected, and refusals are told, so that no caller hears of its transaction from inside its own call. */
struct database {
    struct pool *pool;
    struct writer *writer;
    struct bell *bell;
    uv_prepare_t turn;
    struct list busy, unavailable; /* refused, to be told in this turn */
    bool told_up;
    bool closing, parts_closing;
    int open; /* parts not closed yet */
    void (*on_bell)(void *owner, const char *site_id);
    void *bell_owner;
    void (*on_line)(void *owner, bool up);
    void *line_owner;
    void (*on_closed)(void *owner);
    void *closed_owner;
};

static void on_turn(uv_prepare_t *handle);

static void want_turn(struct database *database) {
    if (!database->parts_closing) CHECK(uv_prepare_start(&database->turn, on_turn) == 0);
}

static void on_part_closed(void *owner) {
    struct database *database = owner;
    if (--database->open > 0) return;
    void (*on_closed)(void *) = database->on_closed;
    void *closed_owner = database->closed_owner;
    free(database);
    on_closed(closed_owner);
}

static void on_turn_closed(uv_handle_t *handle) {
    on_part_closed(handle->data);
}

static void close_parts(struct database *database) {
    database->parts_closing = true;
    pool_close(database->pool, on_part_closed);
    writer_close(database->writer, on_part_closed);
    bell_close(database->bell, on_part_closed);
    uv_close((uv_handle_t *)&database->turn, on_turn_closed);
}

static void look_at_line(struct database *database) {
    bool up = database_up(database);
    if (up == database->told_up || database->closing) return;
    database->told_up = up;
    if (up)
        LOG(NOTICE, "database is there");
    else
        LOG(WARNING, "database is away");
    if (database->on_line != NULL) database->on_line(database->line_owner, up);
}

static void on_turn(uv_prepare_t *handle) {
    struct database *database = handle->data;
    uv_prepare_stop(handle);
    writer_turn(database->writer, bell_accompanied(database->bell));
    transactions_finish(&database->busy, STATUS_BUSY);
    transactions_finish(&database->unavailable, STATUS_UNAVAILABLE);
    look_at_line(database);
    if (database->closing && !database->parts_closing && pool_idle(database->pool) && writer_idle(database->writer) &&
        list_empty(&database->busy) && list_empty(&database->unavailable))
        close_parts(database);
}

static void on_change(void *owner) {
    want_turn(owner);
}

static void on_committed(void *owner, const char *site_id) {
    struct database *database = owner;
    bell_ring(database->bell, site_id);
}

static void on_heard(void *owner, const char *site_id) {
    struct database *database = owner;
    if (database->on_bell != NULL && !database->closing) database->on_bell(database->bell_owner, site_id);
}

enum status database_open(struct database **database, uv_loop_t *loop, const struct database_options *options) {
    static const struct pool_callbacks pool_events = {.on_change = on_change};
    static const struct writer_callbacks writer_events = {.on_committed = on_committed, .on_change = on_change};
    static const struct bell_callbacks bell_events = {.on_heard = on_heard, .on_change = on_change};
    struct database *made = calloc(1, sizeof(*made));
    CHECK(made != NULL);
    list_init(&made->busy);
    list_init(&made->unavailable);
    enum status status = pool_open(&made->pool, loop, options, &pool_events, made);
    if (status != STATUS_OK) {
        free(made);
        return status;
    }
    /* The pool has read the connection string, which is all that can be wrong. */
    CHECK(writer_open(&made->writer, loop, options, &writer_events, made) == STATUS_OK);
    CHECK(bell_open(&made->bell, loop, options, &bell_events, made) == STATUS_OK);
    CHECK(uv_prepare_init(loop, &made->turn) == 0);
    made->turn.data = made;
    made->open = 4;
    *database = made;
    return STATUS_OK;
}

void database_close(struct database *database, void (*on_closed)(void *owner), void *owner) {
    CHECK(!database->closing);
    database->closing = true;
    database->on_closed = on_closed;
    database->closed_owner = owner;
    want_turn(database);
}

static void refuse(struct database *database, struct transaction *transaction, enum status status) {
    if (status == STATUS_OK) return;
    list_append(status == STATUS_BUSY ? &database->busy : &database->unavailable, &transaction->node);
    want_turn(database);
}

void database_read(struct database *database, struct transaction *transaction) {
    enum status status = database->closing ? STATUS_UNAVAILABLE : pool_read(database->pool, transaction);
    refuse(database, transaction, status);
}

void database_write(struct database *database, struct transaction *transaction) {
    enum status status = database->closing ? STATUS_UNAVAILABLE : writer_write(database->writer, transaction);
    if (status == STATUS_OK) want_turn(database);
    refuse(database, transaction, status);
}

void database_on_bell(struct database *database, void (*on_bell)(void *owner, const char *site_id), void *owner) {
    database->on_bell = on_bell;
    database->bell_owner = owner;
}

void database_on_line(struct database *database, void (*on_line)(void *owner, bool up), void *owner) {
    database->on_line = on_line;
    database->line_owner = owner;
}

bool database_up(const struct database *database) {
    int64_t now_ms;
    return pool_ready(database->pool) && writer_ready(database->writer) && bell_now_ms(database->bell, &now_ms);
}

int64_t database_now_ms(const struct database *database) {
    int64_t now_ms;
    return bell_now_ms(database->bell, &now_ms) ? now_ms : moment_now_ms();
}
