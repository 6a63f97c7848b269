/* SPDX-License-Identifier: Apache-2.0 */
/* The writer against a real PostgreSQL: what is grouped, in which order, and who pays for a failure. */
#include "tests/unit/server/database/fixture.h"

static struct cluster *cluster;
static struct world world;

static int setup_all(void **state) {
    (void)state;
    cluster = cluster_start(false);
    make_tables(cluster);
    return 0;
}

static int teardown_all(void **state) {
    (void)state;
    cluster_end(cluster);
    return 0;
}

static int setup(void **state) {
    (void)state;
    cluster_run(cluster, "truncate item, child, parent restart identity");
    struct database_options options = options_of(cluster_conninfo(cluster));
    options.writers = 1; /* both sites on one lane, so that they share batches */
    world_open(&world, &options);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    world_close(&world);
    return 0;
}

static bool all_done(const struct call *calls, int count) {
    for (int i = 0; i < count; i++)
        if (!calls[i].done) return false;
    return true;
}

static struct call *make_calls(int count, const struct query *query) {
    struct call *calls = calloc((size_t)count, sizeof(*calls));
    assert_non_null(calls);
    for (int i = 0; i < count; i++) {
        call_init(&calls[i], i % 2 == 0 ? site_b : site_a, query);
        calls[i].step.seq = i;
    }
    return calls;
}

static void free_calls(struct call *calls, int count) {
    for (int i = 0; i < count; i++) call_free(&calls[i]);
    free(calls);
}

static void write_all(struct call *calls, int count) {
    for (int i = 0; i < count; i++) database_write(world.database, &calls[i].transaction);
    TURN_UNTIL(&world, all_done(calls, count));
}

static void test_alone(void **state) {
    (void)state;
    struct call call;
    call_init(&call, site_a, &insert_item);
    call.step.seq = 41;
    call.step.note = "漏水 'quoted'";
    assert_int_equal(run_write(&world, &call), STATUS_OK);
    assert_int_equal(call_number(&call), 41);
    call_free(&call);
    assert_int_equal(cluster_number(cluster, "select count(*) from item where note = '漏水 ''quoted'''"), 1);
}

static void test_group_commit(void **state) {
    (void)state;
    enum { COUNT = 640 };
    struct call *calls = make_calls(COUNT, &insert_item);
    write_all(calls, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(calls[i].status, STATUS_OK);
        assert_int_equal(call_number(&calls[i]), i);
    }
    /* Each database transaction has a number of its own: 640 writes of 64 a batch are 10. */
    assert_int_equal(cluster_number(cluster, "select count(distinct xid) from item"), COUNT / 64);
    assert_int_equal(cluster_number(cluster, "select max(n) from (select count(*) n from item group by xid) b"), 64);
    free_calls(calls, COUNT);
}

static void test_batch_of_one_is_the_control(void **state) {
    (void)state;
    world_close(&world);
    struct database_options options = options_of(cluster_conninfo(cluster));
    options.writers = options.batch = 1;
    world_open(&world, &options);
    struct call *calls = make_calls(64, &insert_item);
    write_all(calls, 64);
    assert_int_equal(cluster_number(cluster, "select count(distinct xid) from item"), 64);
    free_calls(calls, 64);
}

/* In each batch one site after the other, and each site in order of arrival throughout. */
static void test_order(void **state) {
    (void)state;
    struct call *calls = make_calls(500, &insert_item);
    write_all(calls, 500);
    assert_int_equal(cluster_number(cluster, "select count(*) from (select seq, lag(seq) over (partition by site_id "
                                             "order by place) before from item) o where before > seq"),
                     0);
    assert_int_equal(cluster_number(cluster, "select count(*) from (select site_id, lag(site_id) over (partition by "
                                             "xid order by place) before from item) o where before > site_id"),
                     0);
    assert_int_equal(cluster_number(cluster, "select count(*) from item where site_id <> site_seen"), 0);
    for (int i = 2; i < 500; i++) assert_true(calls[i].order > calls[i - 2].order);
    free_calls(calls, 500);
}

static void test_one_fails_alone(void **state) {
    (void)state;
    struct call *calls = make_calls(20, &insert_item);
    calls[7].step.note = "refused"; /* the table's check */
    write_all(calls, 20);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(calls[i].status, i == 7 ? STATUS_INTERNAL : STATUS_OK);
        if (i == 7)
            assert_null(calls[i].transaction.statements[0].result);
        else
            assert_int_equal(call_number(&calls[i]), i);
    }
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 19);
    assert_int_equal(cluster_number(cluster, "select count(*) from (select seq, lag(seq) over (partition by site_id "
                                             "order by place) before from item) o where before > seq"),
                     0);
    free_calls(calls, 20);
}

/* The statement itself answers with its row; only the commit fails. */
static void test_deferred_constraint(void **state) {
    (void)state;
    struct call *calls = make_calls(3, &insert_item);
    calls[1].transaction.count = 0;
    transaction_add(&calls[1].transaction, &insert_orphan);
    write_all(calls, 3);
    assert_int_equal(calls[0].status, STATUS_OK);
    assert_int_equal(calls[1].status, STATUS_INTERNAL);
    assert_int_equal(calls[2].status, STATUS_OK);
    assert_int_equal(cluster_number(cluster, "select count(*) from child"), 0);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 2);
    free_calls(calls, 3);
}

/* All of a transaction's statements or none. */
static void test_statements_together(void **state) {
    (void)state;
    struct call call;
    call_init(&call, site_a, &insert_item);
    Fd__Step second = FD__STEP__INIT;
    second.site_id = (char *)(uintptr_t)site_a;
    second.note = "refused";
    transaction_add(&call.transaction, &insert_item)->sources[0] = &second.base;
    assert_int_equal(run_write(&world, &call), STATUS_INTERNAL);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 0);
    call_free(&call);
}

/* Two sites in one batch, and neither can write into, nor see, the other's rows. */
static void test_row_security(void **state) {
    (void)state;
    struct call calls[4];
    call_init(&calls[0], site_a, &insert_item);
    call_init(&calls[1], site_b, &insert_item);
    call_init(&calls[2], site_a, &insert_item);
    calls[2].step.site_id = (char *)(uintptr_t)site_b; /* claims the other's */
    call_init(&calls[3], site_b, &count_items);
    for (int i = 0; i < 4; i++) database_write(world.database, &calls[i].transaction);
    TURN_UNTIL(&world, all_done(calls, 4));
    assert_int_equal(calls[0].status, STATUS_OK);
    assert_int_equal(calls[1].status, STATUS_OK);
    assert_int_equal(calls[2].status, STATUS_INTERNAL);
    assert_int_equal(calls[3].status, STATUS_OK);
    assert_int_equal(call_number(&calls[3]), 1);
    struct call read;
    call_init(&read, NULL, &count_items);
    assert_int_equal(run_read(&world, &read), STATUS_OK);
    assert_int_equal(call_number(&read), 2); /* the service's own view */
    call_free(&read);
    for (int i = 0; i < 4; i++) call_free(&calls[i]);
}

static void test_parameters_too_large(void **state) {
    (void)state;
    struct call *calls = make_calls(3, &insert_item);
    arena_free(&calls[1].arena);
    arena_init(&calls[1].arena, 8);
    write_all(calls, 3);
    assert_int_equal(calls[0].status, STATUS_OK);
    assert_int_equal(calls[1].status, STATUS_TOO_LARGE);
    assert_int_equal(calls[2].status, STATUS_OK);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 2);
    free_calls(calls, 3);
}

/* Other nodes hear once per site of a batch, not once per transaction. */
static void test_bell(void **state) {
    (void)state;
    PGconn *other = PQconnectdb(cluster_conninfo(cluster));
    PQclear(PQexec(other, "listen frontdesk_journal"));
    PQclear(PQexec(other, "notify frontdesk_journal, 'hello'"));
    TURN_FOR(&world, 50);
    assert_int_equal(PQconsumeInput(other), 1);
    for (PGnotify *greeting; (greeting = PQnotifies(other)) != NULL;)
        PQfreemem(greeting); /* one's own, and the answer */
    struct call *calls = make_calls(60, &insert_item);
    write_all(calls, 60);
    TURN_FOR(&world, 50);
    assert_int_equal(PQconsumeInput(other), 1);
    PGnotify *ring = PQnotifies(other);
    assert_non_null(ring);
    assert_non_null(strstr(ring->extra, site_a));
    assert_non_null(strstr(ring->extra, site_b));
    assert_int_equal(strlen(ring->extra), 36 + 1 + 36);
    PQfreemem(ring);
    assert_null(PQnotifies(other));
    PQfinish(other);
    free_calls(calls, 60);
}

static void test_busy(void **state) {
    (void)state;
    enum { COUNT = 4096 + 10 };
    struct call *calls = make_calls(COUNT, &insert_item);
    write_all(calls, COUNT);
    for (int i = 0; i < COUNT; i++) assert_int_equal(calls[i].status, i < 4096 ? STATUS_OK : STATUS_BUSY);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 4096);
    free_calls(calls, COUNT);
}

/* Each answer brings the next write, as clients do. */
struct stream {
    struct call call;
    int left;
};

static int streams_open;

static void on_stream_done(struct transaction *transaction, enum status status) {
    struct stream *stream = (struct stream *)(void *)transaction;
    assert_int_equal(status, STATUS_OK);
    call_free(&stream->call);
    if (--stream->left == 0) {
        streams_open--;
        return;
    }
    const char *site = stream->call.step.site_id;
    int64_t seq = stream->call.step.seq;
    call_init(&stream->call, site, &insert_item);
    stream->call.transaction.on_done = on_stream_done;
    stream->call.step.seq = seq + 1;
    database_write(world.database, &stream->call.transaction);
}

static void test_five_thousand(void **state) {
    (void)state;
    enum { STREAMS = 50, EACH = 100 };
    static struct stream streams[STREAMS];
    streams_open = STREAMS;
    for (int i = 0; i < STREAMS; i++) {
        call_init(&streams[i].call, i % 2 == 0 ? site_a : site_b, &insert_item);
        streams[i].call.transaction.on_done = on_stream_done;
        streams[i].left = EACH;
        database_write(world.database, &streams[i].call.transaction);
    }
    TURN_UNTIL(&world, streams_open == 0);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), STREAMS * EACH);
    assert_true(cluster_number(cluster, "select count(distinct xid) from item") < STREAMS * EACH / 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_group_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_batch_of_one_is_the_control, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_fails_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_deferred_constraint, setup, teardown),
        cmocka_unit_test_setup_teardown(test_statements_together, setup, teardown),
        cmocka_unit_test_setup_teardown(test_row_security, setup, teardown),
        cmocka_unit_test_setup_teardown(test_parameters_too_large, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bell, setup, teardown),
        cmocka_unit_test_setup_teardown(test_busy, setup, teardown),
        cmocka_unit_test_setup_teardown(test_five_thousand, setup, teardown),
    };
    return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
