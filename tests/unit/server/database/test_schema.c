/* SPDX-License-Identifier: Apache-2.0 */
#include <libpq-fe.h>
#include <pthread.h>

#include "server/database/migration.h"
#include "server/database/schema.h"
#include "tests/unit/server/database/fixture.h"

static struct cluster *cluster;

static const struct migration two[] = {
    {1, "0001_first",  "create table first (id int);\n-- 表\ninsert into first values (1);", "c1"},
    {2, "0002_second", "alter table first add column name text;",                             "c2"},
};

static int setup_all(void **state) {
    (void)state;
    log_setup(LOG_ERROR, false);
    cluster = cluster_start(false);
    return 0;
}

static int teardown_all(void **state) {
    (void)state;
    cluster_end(cluster);
    return 0;
}

static int clean(void **state) {
    (void)state;
    cluster_run(cluster, "drop schema public cascade; create schema public authorization pg_database_owner");
    return 0;
}

static enum status apply(const struct migration *migrations, size_t count, char *why) {
    return migrations_apply(cluster_conninfo(cluster), migrations, count, why);
}

static int64_t applied(void) {
    return cluster_number(cluster, "select count(*) from schema_migration");
}

static void test_in_steps(void **state) {
    (void)state;
    char why[WHY_BYTES];
    assert_int_equal(apply(two, 0, why), STATUS_OK);
    assert_int_equal(apply(two, 1, why), STATUS_OK);
    assert_int_equal(applied(), 1);
    assert_int_equal(apply(two, 2, why), STATUS_OK);
    assert_int_equal(apply(two, 2, why), STATUS_OK);
    assert_int_equal(applied(), 2);
    assert_int_equal(cluster_number(cluster, "select count(*) from first where name is null"), 1);
    assert_int_equal(cluster_number(cluster, "select count(*) from schema_migration where number = 2 and "
                                             "name = '0002_second' and checksum = 'c2' and applied_at <= now()"),
                     1);
}

static void test_newer_database(void **state) {
    (void)state;
    char why[WHY_BYTES];
    assert_int_equal(apply(two, 2, why), STATUS_OK);
    assert_int_equal(apply(two, 1, why), STATUS_CONFLICT);
    assert_non_null(strstr(why, "newer"));
    assert_non_null(strstr(why, "0002_second"));
}

static void test_changed_file(void **state) {
    (void)state;
    char why[WHY_BYTES];
    struct migration changed[] = {two[0], two[1]};
    assert_int_equal(apply(two, 1, why), STATUS_OK);
    changed[0].checksum = "other";
    assert_int_equal(apply(changed, 2, why), STATUS_INTERNAL);
    assert_non_null(strstr(why, "0001_first"));
    assert_int_equal(applied(), 1); /* nothing further was done */
}

/* A migration that fails half way leaves nothing; those before it stay. */
static void test_failing(void **state) {
    (void)state;
    char why[WHY_BYTES];
    const struct migration failing[] = {
        two[0], {2, "0002_bad", "create table left_over (id int); select 1 / 0;", "x"}
    };
    assert_int_equal(apply(failing, 2, why), STATUS_INTERNAL);
    assert_non_null(strstr(why, "0002_bad"));
    assert_non_null(strstr(why, "division by zero"));
    assert_int_equal(applied(), 1);
    assert_int_equal(cluster_number(cluster, "select count(*) from pg_class where relname = 'left_over'"), 0);
    assert_int_equal(apply(two, 2, why), STATUS_OK);
}

static void test_own_commit(void **state) {
    (void)state;
    char why[WHY_BYTES];
    const struct migration committing = {1, "0001_commits", "create table a (id int); commit; create table b (id int)",
                                         "x"};
    assert_int_equal(apply(&committing, 1, why), STATUS_INTERNAL);
    assert_non_null(strstr(why, "take out"));
    assert_int_equal(applied(), 0);
}

static void *apply_slowly(void *status) {
    char why[WHY_BYTES];
    static const struct migration slow = {1, "0001_slow", "create table once (id int); select pg_sleep(0.2)", "x"};
    *(enum status *)status = apply(&slow, 1, why);
    return NULL;
}

/* Several servers start at once: one does it, the others find it done. */
static void test_at_once(void **state) {
    (void)state;
    enum { SERVERS = 4 };
    pthread_t threads[SERVERS];
    enum status statuses[SERVERS];
    for (int i = 0; i < SERVERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, apply_slowly, &statuses[i]), 0);
    for (int i = 0; i < SERVERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(statuses[i], STATUS_OK);
    }
    assert_int_equal(applied(), 1);
}

static void test_away(void **state) {
    (void)state;
    char why[WHY_BYTES];
    assert_int_equal(migrations_apply("host=/nowhere dbname=x", two, 2, why), STATUS_UNAVAILABLE);
    assert_non_null(strstr(why, "cannot connect"));
    assert_int_equal(migrations_apply("host='open", two, 2, why), STATUS_UNAVAILABLE);
}

/* The program's own migrations, as they are built in, on an empty database and again. */
static void test_own(void **state) {
    (void)state;
    char why[WHY_BYTES];
    for (int i = 0; i < 2; i++) {
        if (schema_migrate(cluster_conninfo(cluster), why) != STATUS_OK) fail_msg("%s", why);
        assert_int_equal(applied(), sql_migration_count);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_in_steps, clean),     cmocka_unit_test_setup(test_newer_database, clean),
        cmocka_unit_test_setup(test_changed_file, clean), cmocka_unit_test_setup(test_failing, clean),
        cmocka_unit_test_setup(test_own_commit, clean),   cmocka_unit_test_setup(test_at_once, clean),
        cmocka_unit_test_setup(test_away, clean),         cmocka_unit_test_setup(test_own, clean),
    };
    return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
