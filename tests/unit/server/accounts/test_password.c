/* SPDX-License-Identifier: Apache-2.0 */
/* With the real argon2id: a few dozen hashes of 19 MiB. */
#include "server/accounts/password.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uv_loop_t loop;
static struct password_room *room;
static int done;
static enum status last_status;

static void on_done(struct password_work *work, enum status status) {
    (void)work;
    done++;
    last_status = status;
}

static int set_up(void **state) {
    (void)state;
    done = 0;
    return uv_loop_init(&loop) != 0 || password_room_open(&room, &loop) != STATUS_OK;
}

static int tear_down(void **state) {
    (void)state;
    uv_run(&loop, UV_RUN_DEFAULT);
    password_room_close(room);
    return uv_loop_close(&loop);
}

static void hash(struct password_work *work, const char *password) {
    assert_int_equal(password_hash(room, work, password, on_done), STATUS_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(last_status, STATUS_OK);
}

static bool verify(const char *password, const char *against) {
    struct password_work work = {0};
    assert_int_equal(password_verify(room, &work, password, against, on_done), STATUS_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(last_status, STATUS_OK);
    return work.matches;
}

static void what_was_hashed_matches(void **state) {
    (void)state;
    struct password_work work = {0}, again = {0};
    hash(&work, "正确的密码 1");
    hash(&again, "正确的密码 1");
    assert_int_equal(strncmp(work.hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
    assert_string_not_equal(work.hash, again.hash);
    assert_true(verify("正确的密码 1", work.hash));
    assert_false(verify("正确的密码 2", work.hash));
    assert_false(verify("", work.hash));
}

static void hash_now_matches_too(void **state) {
    (void)state;
    char made[PASSWORD_HASH_BYTES];
    assert_int_equal(password_hash_now("first-password", made), STATUS_OK);
    assert_true(verify("first-password", made));
}

static void no_hash_costs_the_same_and_never_matches(void **state) {
    (void)state;
    struct password_work work = {0};
    hash(&work, "known");
    uint64_t begun = uv_hrtime();
    assert_false(verify("unknown", work.hash));
    uint64_t known = uv_hrtime() - begun;
    begun = uv_hrtime();
    assert_false(verify("unknown", ""));
    assert_false(verify("", ""));
    assert_true(uv_hrtime() - begun > known / 2);
    assert_false(verify("x", "no hash at all"));
}

static void the_password_is_wiped(void **state) {
    (void)state;
    struct password_work work = {0};
    hash(&work, "secret words");
    for (size_t i = 0; i < sizeof(work.password); i++) assert_int_equal(work.password[i], 0);
}

static void too_long_is_refused_at_once(void **state) {
    (void)state;
    char longest[PASSWORD_LIMIT_BYTES + 1];
    struct password_work work = {0};
    memset(longest, 'a', sizeof(longest));
    longest[PASSWORD_LIMIT_BYTES] = '\0';
    assert_int_equal(password_hash(room, &work, longest, on_done), STATUS_TOO_LARGE);
    longest[PASSWORD_LIMIT_BYTES - 1] = '\0';
    hash(&work, longest);
}

/* Two at once and eight waiting; the eleventh hears BUSY, and there is room again afterwards. */
static void more_than_ten_is_busy(void **state) {
    (void)state;
    struct password_work works[11] = {0};
    for (int i = 0; i < 10; i++) assert_int_equal(password_hash(room, &works[i], "words", on_done), STATUS_OK);
    assert_int_equal(password_hash(room, &works[10], "words", on_done), STATUS_BUSY);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(done, 10);
    assert_int_equal(password_hash(room, &works[10], "words", on_done), STATUS_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(done, 11);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_hashed_matches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hash_now_matches_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_hash_costs_the_same_and_never_matches, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_password_is_wiped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_long_is_refused_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_than_ten_is_busy, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
