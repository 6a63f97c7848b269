/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of this room share: a cluster, a loop with a time limit, and transactions that note how they ended. */
#ifndef FRONTDESK_TESTS_DATABASE_FIXTURE_H
#define FRONTDESK_TESTS_DATABASE_FIXTURE_H

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "common/check.h"
#include "common/log.h"
#include "frontdesk/v1/record.pb-c.h"
#include "server/database/database.h"
#include "tests/support/test.h"
/* The unit tests of a room link that room alone, and a cluster needs nothing else. */
#include "tests/support/cluster.c"

#define MAYBE_UNUSED __attribute__((unused))

enum { LIMIT_MS = 30000 };

static const char site_a[] = "018f0000-0000-7000-8000-00000000000a";
static const char site_b[] = "018f0000-0000-7000-8000-00000000000b";

/* ---- the loop ---- */

struct world {
    uv_loop_t loop;
    uv_timer_t tick; /* so that a turn of the loop ends though nothing happens */
    struct database *database;
    bool closed;
};

static void on_tick(uv_timer_t *timer) {
    (void)timer;
}

static MAYBE_UNUSED void world_init(struct world *world) {
    log_setup(LOG_ERROR, false); /* lost lines and refused statements are what the tests make */
    memset(world, 0, sizeof(*world));
    CHECK(uv_loop_init(&world->loop) == 0 && uv_timer_init(&world->loop, &world->tick) == 0);
    CHECK(uv_timer_start(&world->tick, on_tick, 2, 2) == 0);
}

/* Turns the loop until the condition holds. */
#define TURN_UNTIL(world, condition)                                                                                   \
    do {                                                                                                               \
        uint64_t begun_ = uv_hrtime();                                                                                 \
        while (!(condition)) {                                                                                         \
            if ((uv_hrtime() - begun_) / 1000000 > LIMIT_MS) fail_msg("not in time: %s", #condition);                  \
            uv_run(&(world)->loop, UV_RUN_ONCE);                                                                       \
        }                                                                                                              \
    } while (0)

#define TURN_FOR(world, ms)                                                                                            \
    do {                                                                                                               \
        uint64_t begun_ = uv_hrtime();                                                                                 \
        while ((uv_hrtime() - begun_) / 1000000 < (ms)) uv_run(&(world)->loop, UV_RUN_ONCE);                           \
    } while (0)

/* Nothing may be left: no handle, no request. */
static MAYBE_UNUSED void world_free(struct world *world) {
    uv_close((uv_handle_t *)&world->tick, NULL);
    uv_run(&world->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&world->loop), 0);
}

static MAYBE_UNUSED struct database_options options_of(const char *conninfo) {
    return (struct database_options){
        .conninfo = conninfo, .readers = 2, .writers = 2, .batch = 64, .statement_timeout_ms = 2000};
}

static MAYBE_UNUSED void world_open(struct world *world, const struct database_options *options) {
    world_init(world);
    assert_int_equal(database_open(&world->database, &world->loop, options), STATUS_OK);
    TURN_UNTIL(world, database_up(world->database));
    TURN_FOR(world, 5); /* until that has been told, too */
}

static MAYBE_UNUSED void note_closed(void *owner) {
    *(bool *)owner = true;
}

static MAYBE_UNUSED void world_close(struct world *world) {
    database_close(world->database, note_closed, &world->closed);
    TURN_UNTIL(world, world->closed);
    world_free(world);
}

/* ---- transactions ---- */

struct call {
    struct transaction transaction; /* first: on_done casts */
    struct arena arena;
    Fd__Step step; /* the parameters' source */
    bool done;
    enum status status;
    int order; /* in which they ended */
};

static MAYBE_UNUSED int call_order;

static MAYBE_UNUSED void on_call_done(struct transaction *transaction, enum status status) {
    struct call *call = (struct call *)(void *)transaction;
    call->done = true;
    call->status = status;
    call->order = call_order++;
}

static MAYBE_UNUSED void call_init(struct call *call, const char *site, const struct query *query) {
    memset(call, 0, sizeof(*call));
    arena_init(&call->arena, 64 * 1024);
    fd__step__init(&call->step);
    call->step.site_id = (char *)(uintptr_t)site;
    transaction_init(&call->transaction, &call->arena, site, on_call_done);
    if (query != NULL) transaction_add(&call->transaction, query)->sources[0] = &call->step.base;
}

static MAYBE_UNUSED void call_free(struct call *call) {
    transaction_clear(&call->transaction);
    arena_free(&call->arena);
}

/* The last statement's rows, as a number: big-endian int8 of the first column. */
static MAYBE_UNUSED int64_t call_number(const struct call *call) {
    const PGresult *result = call->transaction.statements[call->transaction.count - 1].result;
    assert_non_null(result);
    assert_int_equal(PQntuples(result), 1);
    assert_int_equal(PQgetlength(result, 0, 0), 8);
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) number = number << 8 | (unsigned char)PQgetvalue(result, 0, 0)[i];
    return (int64_t)number;
}

static MAYBE_UNUSED enum status run_write(struct world *world, struct call *call) {
    database_write(world->database, &call->transaction);
    TURN_UNTIL(world, call->done);
    return call->status;
}

static MAYBE_UNUSED enum status run_read(struct world *world, struct call *call) {
    database_read(world->database, &call->transaction);
    TURN_UNTIL(world, call->done);
    return call->status;
}

/* ---- tables of the tests ---- */

static MAYBE_UNUSED void make_tables(const struct cluster *cluster) {
    cluster_run(cluster,
                "create table item (place bigserial primary key, site_id text not null, seq bigint not null, "
                "  note text not null default '', xid bigint not null default txid_current(), "
                "  site_seen text default current_setting('frontdesk.site', true), check (note <> 'refused')); "
                "create table parent (id bigint primary key); "
                "create table child (id bigint references parent deferrable initially deferred); "
                "alter table item enable row level security; "
                "create policy own on item using (site_id = current_setting('frontdesk.site', true) "
                "  or current_setting('frontdesk.site', true) = '*'); "
                "grant select, insert, update on item, parent, child to frontdesk_app; "
                "grant usage on sequence item_place_seq to frontdesk_app");
}

static const char *const item_parameters[] MAYBE_UNUSED = {"site_id", "seq", "note"};
static const struct query insert_item MAYBE_UNUSED = {
    "test/insert-item", "insert into item (site_id, seq, note) values ($1, $2, $3) returning seq", item_parameters, 3};
static const struct query count_items MAYBE_UNUSED = {"test/count-items", "select count(*) from item", NULL, 0};
static const struct query insert_orphan MAYBE_UNUSED = {"test/insert-orphan",
                                                        "insert into child (id) values (-1) returning id", NULL, 0};
static const struct query sleep_long MAYBE_UNUSED = {"test/sleep-long", "select 1::bigint from pg_sleep(30)", NULL, 0};

#endif
