/* SPDX-License-Identifier: Apache-2.0 */
/* The whole room against a real PostgreSQL that is slow, killed, stopped, frozen and started again. */
#include <signal.h>
#include <time.h>

#include "server/database/embedded.h"
#include "tests/unit/server/database/fixture.h"

static struct cluster *cluster;
static struct world world;

static const struct query read_twice = {"test/read-twice", "select count(*) + (select 0 from pg_sleep(0.15)) from item",
                                        NULL, 0};
static const struct query write_in_read = {
    "test/write-in-read", "insert into item (site_id, seq) values (current_setting('frontdesk.site'), 1) returning seq",
    NULL, 0};
static const struct query open_transaction = {"test/open-transaction", "begin", NULL, 0};
static const struct query broken_statement = {"test/broken", "select nothing from nowhere", NULL, 0};
static const struct query sleep_short = {"test/sleep-short", "select 1::bigint from pg_sleep(0.3)", NULL, 0};
static const struct query read_shape = {"test/read-shape", "select * from shape", NULL, 0};
static const struct query whoami = {
    "test/whoami", "select (current_user = 'frontdesk_app' and session_user = 'frontdesk_owner')::int::int8", NULL, 0};

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
    world_open(&world, &options);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    world_close(&world);
    return 0;
}

static enum status write_once(const char *site, const struct query *query) {
    struct call call;
    call_init(&call, site, query);
    enum status status = run_write(&world, &call);
    call_free(&call);
    return status;
}

static enum status read_once(const struct query *query) {
    struct call call;
    call_init(&call, site_a, query);
    enum status status = run_read(&world, &call);
    call_free(&call);
    return status;
}

static bool all_done(const struct call *calls, int count) {
    for (int i = 0; i < count; i++)
        if (!calls[i].done) return false;
    return true;
}

/* ---- reading ---- */

static void test_role(void **state) {
    (void)state;
    struct call call;
    call_init(&call, site_a, &whoami);
    assert_int_equal(run_read(&world, &call), STATUS_OK);
    assert_int_equal(call_number(&call), 1);
    call_free(&call);
}

static void test_reader_cannot_write(void **state) {
    (void)state;
    assert_int_not_equal(read_once(&write_in_read), STATUS_OK);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 0);
    TURN_UNTIL(&world, database_up(world.database));
}

/* Both statements see the same rows, though one is written in between. */
static void test_one_snapshot(void **state) {
    (void)state;
    struct call call;
    call_init(&call, NULL, &read_twice);
    transaction_add(&call.transaction, &count_items);
    database_read(world.database, &call.transaction);
    TURN_FOR(&world, 50);
    assert_int_equal(write_once(site_a, &insert_item), STATUS_OK);
    assert_false(call.done);
    TURN_UNTIL(&world, call.done);
    assert_int_equal(call.status, STATUS_OK);
    assert_int_equal(call_number(&call), 0);
    call_free(&call);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 1);
}

static void test_many_reads(void **state) {
    (void)state;
    enum { COUNT = 1200 }; /* 8 under way, 1024 waiting */
    struct call *calls = calloc(COUNT, sizeof(*calls));
    assert_non_null(calls);
    for (int i = 0; i < COUNT; i++) {
        call_init(&calls[i], site_a, &count_items);
        database_read(world.database, &calls[i].transaction);
        assert_false(calls[i].done); /* never from inside the call, not even a refusal */
    }
    TURN_UNTIL(&world, all_done(calls, COUNT));
    int ok = 0, busy = 0;
    for (int i = 0; i < COUNT; i++) {
        ok += calls[i].status == STATUS_OK;
        busy += calls[i].status == STATUS_BUSY;
        call_free(&calls[i]);
    }
    assert_int_equal(ok, 1024 + 2 * 4);
    assert_int_equal(ok + busy, COUNT);
    free(calls);
}

/* ---- failures of a statement ---- */

static void test_broken_statement(void **state) {
    (void)state;
    assert_int_equal(read_once(&broken_statement), STATUS_INTERNAL);
    assert_int_equal(write_once(site_a, &broken_statement), STATUS_INTERNAL);
    assert_int_equal(read_once(&count_items), STATUS_OK);
    assert_int_equal(write_once(site_a, &insert_item), STATUS_OK);
}

static void test_statement_timeout(void **state) {
    (void)state;
    world_close(&world);
    struct database_options options = options_of(cluster_conninfo(cluster));
    options.statement_timeout_ms = 200;
    options.writers = 1;
    world_open(&world, &options);
    struct call calls[3];
    call_init(&calls[0], site_a, &insert_item);
    call_init(&calls[1], site_a, &sleep_long);
    call_init(&calls[2], site_b, &insert_item);
    for (int i = 0; i < 3; i++) database_write(world.database, &calls[i].transaction);
    TURN_UNTIL(&world, all_done(calls, 3));
    assert_int_equal(calls[0].status, STATUS_OK);
    assert_int_equal(calls[1].status, STATUS_UNAVAILABLE);
    assert_int_equal(calls[2].status, STATUS_OK);
    assert_true(database_up(world.database)); /* the line itself lives */
    for (int i = 0; i < 3; i++) call_free(&calls[i]);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 2);
}

/* A statement that opens a transaction would leave it to the next user; nothing of it may be called committed. */
static void test_transaction_left_open(void **state) {
    (void)state;
    struct call call;
    call_init(&call, site_a, &open_transaction);
    transaction_add(&call.transaction, &insert_item)->sources[0] = &call.step.base;
    assert_int_not_equal(run_write(&world, &call), STATUS_OK);
    call_free(&call);
    TURN_UNTIL(&world, database_up(world.database) && write_once(site_a, &insert_item) == STATUS_OK);
    assert_int_equal(cluster_number(cluster, "select count(*) from item"), 1);
}

/* A newer node migrates a table under our prepared statements: told to come again, then right. */
static void test_changed_table(void **state) {
    (void)state;
    cluster_run(cluster, "create table shape (a int8); grant select on shape to frontdesk_app");
    for (int i = 0; i < 20; i++) assert_int_equal(read_once(&read_shape), STATUS_OK);
    cluster_run(cluster, "alter table shape add column b text");
    TURN_UNTIL(&world, read_once(&read_shape) == STATUS_OK);
    for (int i = 0; i < 20; i++) assert_int_not_equal(read_once(&read_shape), STATUS_INTERNAL);
    cluster_run(cluster, "drop table shape");
}

/* ---- failures of the line ---- */

static int line_down, line_up;

static void on_line(void *owner, bool up) {
    (void)owner;
    if (up)
        line_up++;
    else
        line_down++;
}

static void test_killed_backend(void **state) {
    (void)state;
    line_down = line_up = 0;
    database_on_line(world.database, on_line, NULL);
    struct call write, read;
    call_init(&write, site_a, &sleep_long);
    call_init(&read, site_a, &sleep_long);
    database_write(world.database, &write.transaction);
    database_read(world.database, &read.transaction);
    TURN_FOR(&world, 100);
    cluster_run(cluster, "select pg_terminate_backend(pid) from pg_stat_activity where application_name like "
                         "'frontdesk %'");
    TURN_UNTIL(&world, write.done && read.done);
    assert_int_equal(write.status, STATUS_UNAVAILABLE);
    assert_int_equal(read.status, STATUS_UNAVAILABLE);
    TURN_UNTIL(&world, line_up == 1);
    assert_int_equal(line_down, 1);
    assert_int_equal(write_once(site_a, &insert_item), STATUS_OK);
    assert_int_equal(read_once(&count_items), STATUS_OK);
    call_free(&write);
    call_free(&read);
}

/* Every line is cut again and again under load: each transaction ends once, and an OK is in the table. */
static void test_killed_again_and_again(void **state) {
    (void)state;
    enum { COUNT = 400 };
    struct call *calls = calloc(COUNT, sizeof(*calls));
    assert_non_null(calls);
    int64_t stored = 0;
    for (int i = 0; i < COUNT; i++) {
        call_init(&calls[i], i % 2 == 0 ? site_a : site_b, &insert_item);
        calls[i].step.seq = i;
        database_write(world.database, &calls[i].transaction);
        if (i % 10 == 9) uv_run(&world.loop, UV_RUN_NOWAIT);
        if (i % 80 == 40)
            cluster_run(cluster, "select pg_terminate_backend(pid) from pg_stat_activity where application_name like "
                                 "'frontdesk writer%'");
        if (i % 80 == 79) TURN_UNTIL(&world, database_up(world.database));
    }
    TURN_UNTIL(&world, all_done(calls, COUNT));
    for (int i = 0; i < COUNT; i++) {
        assert_true(calls[i].status == STATUS_OK || calls[i].status == STATUS_UNAVAILABLE);
        stored += calls[i].status == STATUS_OK;
        call_free(&calls[i]);
    }
    assert_true(stored > 0);
    assert_true(cluster_number(cluster, "select count(*) from item") >= stored);
    assert_int_equal(cluster_number(cluster, "select count(*) - count(distinct seq) from item"), 0);
    free(calls);
}

static void test_stopped_and_started(void **state) {
    (void)state;
    cluster_down(cluster);
    TURN_UNTIL(&world, !database_up(world.database));
    struct call write, read;
    call_init(&write, site_a, &insert_item);
    call_init(&read, site_a, &count_items);
    uint64_t begun = uv_hrtime();
    assert_int_equal(run_write(&world, &write), STATUS_UNAVAILABLE);
    assert_int_equal(run_read(&world, &read), STATUS_UNAVAILABLE);
    assert_true(uv_hrtime() - begun < UINT64_C(500000000)); /* told at once, not after a timeout */
    call_free(&write);
    call_free(&read);
    TURN_FOR(&world, 300);
    cluster_up(cluster);
    begun = uv_hrtime();
    TURN_UNTIL(&world, database_up(world.database));
    assert_true(uv_hrtime() - begun < UINT64_C(5000000000));
    assert_int_equal(write_once(site_a, &insert_item), STATUS_OK);
    assert_int_equal(read_once(&count_items), STATUS_OK);
}

/* A backend that hangs says nothing at all, not even that it is gone. */
static void test_frozen_backend(void **state) {
    (void)state;
    world_close(&world);
    struct database_options options = options_of(cluster_conninfo(cluster));
    options.statement_timeout_ms = 100;
    options.writers = options.readers = 1;
    world_open(&world, &options);
    pid_t backend = (pid_t)cluster_number(
        cluster, "select pid from pg_stat_activity where application_name = 'frontdesk writer 1'");
    assert_int_equal(kill(backend, SIGSTOP), 0);
    struct call write;
    call_init(&write, site_a, &insert_item);
    enum status status = run_write(&world, &write);
    assert_int_equal(kill(backend, SIGCONT), 0);
    assert_int_equal(status, STATUS_UNAVAILABLE);
    call_free(&write);
    TURN_UNTIL(&world, database_up(world.database));
    assert_int_equal(write_once(site_a, &insert_item), STATUS_OK);
}

static void test_bad_conninfo(void **state) {
    (void)state;
    struct world other;
    world_init(&other);
    struct database_options options = options_of("host='unfinished");
    assert_int_equal(database_open(&other.database, &other.loop, &options), STATUS_INVALID);
    world_free(&other);
}

/* Nobody listens there: closing works all the same, at any moment. */
/* As the operators of a failover are told to write it; readers read only, and must find the primary too. */
static void test_read_write_conninfo(void **state) {
    (void)state;
    struct world other;
    char conninfo[600];
    (void)snprintf(conninfo, sizeof(conninfo), "%s target_session_attrs=read-write", cluster_conninfo(cluster));
    struct database_options options = options_of(conninfo);
    world_open(&other, &options);
    struct call call;
    call_init(&call, site_a, &whoami);
    assert_int_equal(run_read(&other, &call), STATUS_OK);
    call_free(&call);
    call_init(&call, site_a, &write_in_read);
    assert_int_not_equal(run_read(&other, &call), STATUS_OK);
    call_free(&call);
    world_close(&other);
}

static void test_never_connected(void **state) {
    (void)state;
    for (int turns = 0; turns < 60; turns += 20) {
        struct world other;
        world_init(&other);
        struct database_options options = options_of("host=localhost port=1 user=nobody dbname=none");
        assert_int_equal(database_open(&other.database, &other.loop, &options), STATUS_OK);
        struct call call;
        call_init(&call, site_a, &insert_item);
        database_write(other.database, &call.transaction);
        for (int i = 0; i < turns; i++) uv_run(&other.loop, UV_RUN_ONCE);
        database_close(other.database, note_closed, &other.closed);
        TURN_UNTIL(&other, other.closed);
        assert_true(call.done);
        assert_int_equal(call.status, STATUS_UNAVAILABLE);
        call_free(&call);
        world_free(&other);
    }
}

/* ---- closing ---- */

static void test_close_finishes(void **state) {
    (void)state;
    struct world other;
    struct database_options options = options_of(cluster_conninfo(cluster));
    world_open(&other, &options);
    struct call slow, waiting, late;
    call_init(&slow, site_a, &sleep_short);
    call_init(&waiting, site_a, &insert_item);
    call_init(&late, site_a, &insert_item);
    database_read(other.database, &slow.transaction);
    database_write(other.database, &waiting.transaction);
    database_close(other.database, note_closed, &other.closed);
    database_write(other.database, &late.transaction);
    TURN_UNTIL(&other, other.closed);
    assert_int_equal(slow.status, STATUS_OK);
    assert_int_equal(waiting.status, STATUS_OK);
    assert_int_equal(late.status, STATUS_UNAVAILABLE);
    assert_true(slow.done && waiting.done && late.done);
    call_free(&slow);
    call_free(&waiting);
    call_free(&late);
    world_free(&other);
}

/* ---- bell and clock ---- */

static int heard[2];

static void on_bell(void *owner, const char *site_id) {
    assert_string_equal(site_id, site_b);
    (*(int *)owner)++;
}

static void test_other_nodes_hear(void **state) {
    (void)state;
    struct database *second;
    struct database_options options = options_of(cluster_conninfo(cluster));
    bool closed = false;
    heard[0] = heard[1] = 0;
    assert_int_equal(database_open(&second, &world.loop, &options), STATUS_OK);
    TURN_UNTIL(&world, database_up(second));
    TURN_FOR(&world, 50); /* its listen is answered before its clock */
    database_on_bell(world.database, on_bell, &heard[0]);
    database_on_bell(second, on_bell, &heard[1]);
    assert_int_equal(write_once(site_b, &insert_item), STATUS_OK);
    TURN_UNTIL(&world, heard[1] > 0);
    TURN_FOR(&world, 50); /* an echo of our own notification would come now */
    assert_int_equal(heard[0], 0);
    assert_int_equal(heard[1], 1);
    /* What is no site id is nobody's bell. */
    cluster_run(cluster, "select pg_notify('frontdesk_journal', 'nonsense,,x')");
    TURN_FOR(&world, 50);
    assert_int_equal(heard[1], 1);
    database_on_bell(world.database, NULL, NULL);
    database_close(second, note_closed, &closed);
    TURN_UNTIL(&world, closed);
}

static void test_clock(void **state) {
    (void)state;
    struct timespec now;
    for (int i = 0; i < 5; i++) {
        clock_gettime(CLOCK_REALTIME, &now); /* PostgreSQL runs on this machine */
        int64_t here_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
        int64_t off_ms = database_now_ms(world.database) - here_ms;
        if (off_ms < -20 || off_ms > 20) fail_msg("off by %lld ms", (long long)off_ms);
        TURN_FOR(&world, 20);
    }
}

int main(void) {
    signal(SIGPIPE, SIG_IGN); /* as the server does */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_role, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reader_cannot_write, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_snapshot, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_reads, setup, teardown),
        cmocka_unit_test_setup_teardown(test_broken_statement, setup, teardown),
        cmocka_unit_test_setup_teardown(test_statement_timeout, setup, teardown),
        cmocka_unit_test_setup_teardown(test_transaction_left_open, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changed_table, setup, teardown),
        cmocka_unit_test_setup_teardown(test_killed_backend, setup, teardown),
        cmocka_unit_test_setup_teardown(test_killed_again_and_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stopped_and_started, setup, teardown),
        cmocka_unit_test_setup_teardown(test_frozen_backend, setup, teardown),
        cmocka_unit_test(test_bad_conninfo),
        cmocka_unit_test(test_read_write_conninfo),
        cmocka_unit_test(test_never_connected),
        cmocka_unit_test(test_close_finishes),
        cmocka_unit_test_setup_teardown(test_other_nodes_hear, setup, teardown),
        cmocka_unit_test_setup_teardown(test_clock, setup, teardown),
    };
    return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
