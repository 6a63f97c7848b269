/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/store.c and ledger.c */
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/core/ledger.h"
#include "client/core/store.h"

#define SITE "01890000-0000-7000-8000-000000000001"

static char directory[64];
static char state_path[96];

static int make_directory(void **state) {
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/frontdesk-test-XXXXXX");
    if (mkdtemp(directory) == NULL) return -1;
    (void)snprintf(state_path, sizeof state_path, "%s/deep/state", directory);
    return 0;
}

static int remove_directory(void **state) {
    (void)state;
    static const char *const files[] = {"deep/state/state.db",
                                        "deep/state/state.db-wal",
                                        "deep/state/state.db-shm",
                                        "deep/state/imports.db",
                                        "deep/state/imports.db-wal",
                                        "deep/state/imports.db-shm",
                                        "deep/state/session.lock",
                                        "deep/state",
                                        "deep",
                                        "blocked",
                                        ""};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", directory, files[i]);
        (void)remove(path);
    }
    return 0;
}

static struct store *open_store(const char *server) {
    char why[256] = "";
    struct store *store = NULL;
    assert_int_equal(store_open(&store, state_path, server, why), STATUS_OK);
    return store;
}

static void device_is_made_once(void **state) {
    (void)state;
    char device[UUID_TEXT_BYTES];
    struct store *store = open_store("a:1");
    assert_true(uuid_valid(store_device(store)));
    memcpy(device, store_device(store), sizeof device);
    store_close(store);
    store = open_store("b:2");
    assert_string_equal(store_device(store), device);
    store_close(store);
}

static void nobody_else_may_read_it(void **state) {
    (void)state;
    struct stat about;
    char path[160];
    struct store *store = open_store("a:1");
    assert_int_equal(stat(state_path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    (void)snprintf(path, sizeof path, "%s/state.db", state_path);
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    store_close(store);
}

static void each_server_has_its_own(void **state) {
    (void)state;
    uint8_t pin[TLS_PIN_BYTES] = {1, 2, 0xAB}, read[TLS_PIN_BYTES] = {0};
    char token[STORE_TOKEN_BYTES];
    int64_t epoch = 0, seq = 0;
    struct store *store = open_store("a:1");
    assert_false(store_pin(store, read));
    assert_false(store_token(store, token));
    assert_false(store_cursor(store, SITE, &epoch, &seq));
    assert_string_equal(store_desk(store), "");
    store_keep_pin(store, pin);
    store_keep_token(store, "a secret; ' drop table token --");
    store_keep_cursor(store, SITE, 3, INT64_MAX);
    store_keep_desk(store, "前台 1");
    store_close(store);

    store = open_store("a:1");
    assert_true(store_pin(store, read));
    assert_memory_equal(read, pin, sizeof pin);
    assert_true(store_token(store, token));
    assert_string_equal(token, "a secret; ' drop table token --");
    assert_true(store_cursor(store, SITE, &epoch, &seq));
    assert_int_equal(epoch, 3);
    assert_true(seq == INT64_MAX);
    assert_string_equal(store_desk(store), "前台 1");
    store_keep_token(store, NULL);
    store_forget_pin(store);
    store_keep_cursor(store, SITE, 0, 0);
    assert_false(store_token(store, token));
    assert_false(store_pin(store, read));
    assert_false(store_cursor(store, SITE, &epoch, &seq));
    store_close(store);

    store = open_store("b:2");
    assert_string_equal(store_desk(store), "");
    store_close(store);
}

static void token_has_one_holder_at_a_time(void **state) {
    (void)state;
    struct store *one = open_store("a:1"), *other = open_store("a:1");
    assert_true(store_lock_token(one));
    assert_true(store_lock_token(one));
    assert_false(store_lock_token(other));
    store_unlock_token(one);
    store_unlock_token(one);
    assert_true(store_lock_token(other));
    store_close(other); /* a program that dies lets go */
    assert_true(store_lock_token(one));
    store_close(one);
}

static void memory_needs_no_directory(void **state) {
    (void)state;
    char why[256] = "", token[STORE_TOKEN_BYTES];
    struct store *store = NULL;
    assert_int_equal(store_open(&store, NULL, "a:1", why), STATUS_OK);
    assert_true(uuid_valid(store_device(store)));
    assert_true(store_lock_token(store));
    store_keep_token(store, "t");
    assert_true(store_token(store, token));
    store_close(store);
}

static void what_the_server_said_is_remembered_until_signing_out(void **state) {
    (void)state;
    struct bytes out = {0};
    struct store *store = open_store("a:1");
    assert_false(store_recall(store, "person", &out));
    store_remember(store, "person", "one", 3);
    store_remember(store, "person", "a\0b", 3);
    store_close(store);
    store = open_store("b:2");
    assert_false(store_recall(store, "person", &out));
    store_close(store);
    store = open_store("a:1");
    assert_true(store_recall(store, "person", &out));
    assert_int_equal(out.length, 3);
    assert_memory_equal(out.data, "a\0b", 3);
    store_forget_all(store);
    bytes_clear(&out);
    assert_false(store_recall(store, "person", &out));
    store_close(store);
    bytes_free(&out);
}

static void unusable_directory_is_told(void **state) {
    (void)state;
    char path[96], why[256] = "";
    struct store *store = NULL;
    (void)snprintf(path, sizeof path, "%s/blocked", directory);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    (void)fclose(file);
    (void)snprintf(path, sizeof path, "%s/blocked/state", directory);
    assert_int_equal(store_open(&store, path, "a:1", why), STATUS_INVALID);
    assert_non_null(strstr(why, "blocked"));
}

static void ledger_remembers_by_site(void **state) {
    (void)state;
    char why[256] = "", number[LEDGER_NUMBER_BYTES], key[UUID_TEXT_BYTES];
    struct ledger *ledger = NULL;
    store_close(open_store("a:1"));
    assert_int_equal(ledger_open(&ledger, state_path, SITE, why), STATUS_OK);
    for (int i = 0; i < 100; i++) {
        (void)snprintf(key, sizeof key, "key-%d", i);
        assert_false(ledger_find(ledger, key, number));
        ledger_add(ledger, key, "C-7");
        assert_true(ledger_find(ledger, key, number));
    }
    ledger_close(ledger);
    assert_int_equal(ledger_open(&ledger, state_path, SITE, why), STATUS_OK);
    assert_true(ledger_find(ledger, "key-99", number));
    assert_string_equal(number, "C-7");
    ledger_close(ledger);
    assert_int_equal(ledger_open(&ledger, state_path, "another", why), STATUS_OK);
    assert_false(ledger_find(ledger, "key-99", number));
    ledger_close(ledger);
    assert_int_equal(ledger_open(&ledger, "/nonexistent", SITE, why), STATUS_INVALID);
    assert_non_null(strstr(why, "/nonexistent"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(device_is_made_once, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(nobody_else_may_read_it, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(each_server_has_its_own, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(token_has_one_holder_at_a_time, make_directory, remove_directory),
        cmocka_unit_test(memory_needs_no_directory),
        cmocka_unit_test_setup_teardown(what_the_server_said_is_remembered_until_signing_out, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(unusable_directory_is_told, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(ledger_remembers_by_site, make_directory, remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
