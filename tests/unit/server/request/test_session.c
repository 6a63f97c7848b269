/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in, resuming, signing out, passwords and people, with real argon2id and a faked database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "frontdesk/v1/account.pb-c.h"
#include "server/request/token.h"
#include "tests/unit/server/request/desk.h"

static uv_loop_t loop;
static struct desk desk;
static Fd__Account account;
static char hash[PASSWORD_HASH_BYTES];

static int set_up(void **state) {
    (void)state;
    desk_open(&desk);
    if (uv_loop_init(&loop) != 0 || password_room_open(&desk.services.passwords, &loop) != STATUS_OK) return 1;
    if (password_hash_now("right words", hash) != STATUS_OK) return 1;
    fd__account__init(&account);
    account.person_id = (char *)(uintptr_t)person_of(FD__ROLE__ROLE_SUPERVISOR);
    account.login = "anna";
    account.name = "Anna";
    account.password_hash = hash;
    fake.account = &account;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    uv_run(&loop, UV_RUN_DEFAULT);
    fake_run();
    password_room_close(desk.services.passwords);
    desk_close(&desk);
    return uv_loop_close(&loop);
}

/* Database and worker threads in turn until nothing is left. */
static void settle(void) {
    do {
        fake_run();
        uv_run(&loop, UV_RUN_DEFAULT);
    } while (fake.pending_count > 0);
}

static enum status ask(const char *operation, const char *site_id, const ProtobufCMessage *command) {
    int before = desk.replies;
    desk_begin(&desk, operation, site_id, desk_fresh_key(&desk), command);
    settle();
    assert_int_equal(desk.replies, before + 1);
    return (enum status)desk.reply->status;
}

static enum status sign_in(const char *login, const char *password) {
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = (char *)(uintptr_t)login;
    command.password = (char *)(uintptr_t)password;
    command.device_id = DEVICE;
    command.desk = "一号台";
    return ask("session.sign_in", "", &command.base);
}

static void the_right_password_opens(void **state) {
    (void)state;
    assert_int_equal(sign_in("anna", "right words"), STATUS_OK);
    assert_true(desk.identity.signed_in);
    assert_false(desk.identity.password_must_change);
    assert_string_equal(desk.identity.person_id, account.person_id);
    assert_string_equal(desk.identity.device_id, DEVICE);
    assert_string_equal(desk.identity.desk, "一号台");
    assert_int_equal(desk.identities, 1);
    assert_string_equal(fake.last_site_id, "*");
    Fd__SignInResponse *response = fd__sign_in_response__unpack(NULL, desk.reply->body.len, desk.reply->body.data);
    char session_id[37];
    assert_true(token_session(response->token, session_id));
    assert_string_equal(session_id, desk.identity.session_id);
    assert_int_equal(response->n_memberships, 1);
    assert_string_equal(response->memberships[0]->site->id, SITE);
    fd__sign_in_response__free_unpacked(response, NULL);
    assert_int_equal(sign_in("anna", "right words"), STATUS_CONFLICT);
}

static void a_first_password_is_said_to_be_one(void **state) {
    (void)state;
    account.password_must_change = true;
    assert_int_equal(sign_in("anna", "right words"), STATUS_OK);
    assert_true(desk.identity.password_must_change);
}

/* Same answer and same time, whether the account is there or not. */
static void an_unknown_account_is_a_wrong_password(void **state) {
    (void)state;
    uint64_t begun = uv_hrtime();
    assert_int_equal(sign_in("anna", "wrong"), STATUS_UNAUTHENTICATED);
    uint64_t known = uv_hrtime() - begun;
    Fd__Reply *first = fake_keep(&desk.reply->base);
    throttle_succeeded(desk.services.throttle, "address 192.0.2.1");
    begun = uv_hrtime();
    assert_int_equal(sign_in("nobody", "wrong"), STATUS_UNAUTHENTICATED);
    assert_true(uv_hrtime() - begun > known / 3);
    assert_string_equal(desk.reply->message, first->message);
    assert_string_equal(desk.reply->field, first->field);
    fd__reply__free_unpacked(first, NULL);
    assert_false(desk.identity.signed_in);
    assert_int_equal(desk.identities, 0);
    assert_int_equal(fake.writes, 0);
}

static void who_has_no_place_cannot_sign_in(void **state) {
    (void)state;
    put_person(desk.services.directory, FD__ROLE__ROLE_SUPERVISOR, 2, false);
    assert_int_equal(sign_in("anna", "right words"), STATUS_UNAUTHENTICATED);
    assert_int_equal(fake.writes, 0);
}

static void wrong_ones_are_slowed_down_by_account_and_address(void **state) {
    (void)state;
    assert_int_equal(sign_in("anna", "wrong"), STATUS_UNAUTHENTICATED);
    int reads = fake.reads;
    assert_int_equal(sign_in("anna", "right words"), STATUS_BUSY);
    assert_in_range(desk.reply->retry_after_ms, 1, 1000);
    for (int i = 0; i < THROTTLE_SHARED_FREE; i++) /* colleagues share the address */
        throttle_failed(desk.services.throttle, "address 192.0.2.1", (int64_t)(uv_hrtime() / 1000000));
    assert_int_equal(sign_in("bo", "wrong"), STATUS_BUSY);
    snprintf(desk.identity.address, sizeof(desk.identity.address), "192.0.2.2");
    assert_int_equal(sign_in("anna", "right words"), STATUS_BUSY);
    assert_int_equal(fake.reads, reads);
    assert_int_equal(sign_in("bo", "wrong"), STATUS_UNAUTHENTICATED);
}

/* Two under way and eight waiting: the eleventh hears BUSY at once. */
static void a_flood_is_busy(void **state) {
    (void)state;
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = "anna";
    command.password = "right words";
    command.device_id = DEVICE;
    for (int i = 0; i < 11; i++) desk_begin(&desk, "session.sign_in", "", "", &command.base);
    fake_run();
    assert_int_equal(desk.replies, 1);
    assert_int_equal(desk.reply->status, STATUS_BUSY);
    assert_true(desk.reply->retry_after_ms > 0);
    settle();
    assert_int_equal(desk.replies, 11);
}

static void a_session_that_dies_meanwhile_gets_no_identity(void **state) {
    (void)state;
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = "anna";
    command.password = "right words";
    command.device_id = DEVICE;
    desk_begin(&desk, "session.sign_in", "", "", &command.base);
    fake_run();
    request_detach_all(&desk.caller);
    settle();
    assert_int_equal(desk.replies + desk.identities, 0);
    assert_false(desk.identity.signed_in);
}

static void a_device_has_an_id(void **state) {
    (void)state;
    Fd__SignInRequest command = FD__SIGN_IN_REQUEST__INIT;
    command.login = "anna";
    command.device_id = "mine";
    assert_int_equal(ask("session.sign_in", "", &command.base), STATUS_INVALID);
    assert_string_equal(desk.reply->field, "device_id");
    assert_int_equal(fake.reads, 0);
}

/* The account's record, for what leaves an entry behind. */
static void be_on_record(void) {
    Fd__Person person = FD__PERSON__INIT;
    person.id = account.person_id;
    person.site_id = SITE;
    person.version = 1;
    person.login = "anna";
    account.home_site_id = SITE;
    fake_seed(&person.base);
}

static const Fd__Change *last_change(void) {
    return fake.records[fake.count - 1].change;
}

static enum status resume(const char *token) {
    Fd__ResumeSessionRequest command = FD__RESUME_SESSION_REQUEST__INIT;
    command.token = (char *)(uintptr_t)token;
    command.device_id = DEVICE;
    return ask("session.resume", "", &command.base);
}

static void a_token_is_replaced_when_used(void **state) {
    (void)state;
    char token[TOKEN_TEXT_BYTES];
    token_make(token, DEVICE);
    fake.renews = true;
    assert_int_equal(resume(token), STATUS_OK);
    assert_true(desk.identity.signed_in);
    assert_string_equal(desk.identity.session_id, DEVICE);
    Fd__ResumeSessionResponse *response =
        fd__resume_session_response__unpack(NULL, desk.reply->body.len, desk.reply->body.data);
    assert_string_not_equal(response->token, token);
    assert_string_equal(response->name, "Anna");
    fd__resume_session_response__free_unpacked(response, NULL);
}

static void a_bad_token_opens_nothing(void **state) {
    (void)state;
    static const char *const forms[] = {"", "x", DEVICE, "00000000-0000-7000-8000-0000000000dd.00"};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        assert_int_equal(resume(forms[i]), STATUS_UNAUTHENTICATED);
    assert_int_equal(fake.writes, 0);
}

/* Everybody hears of a copied token by an entry; until that stands, whoever shows it is told to come again. */
static void a_copied_token_ends_its_session(void **state) {
    (void)state;
    char token[TOKEN_TEXT_BYTES];
    be_on_record();
    token_make(token, DEVICE);
    fake.suspects = true;
    fake.renews = false;
    assert_int_equal(resume(token), STATUS_UNAUTHENTICATED);
    assert_false(desk.identity.signed_in);
    assert_int_equal(fake.count, 2);
    assert_string_equal(last_change()->kind, "person.session_copied");
    assert_string_equal(last_change()->session_id, DEVICE);
    assert_string_equal(last_change()->actor_id, "");
    fake.lose = 3;
    assert_int_equal(resume(token), STATUS_BUSY);
}

/* Each look at a token is a write in the database. */
static void tokens_that_open_nothing_are_slowed_down(void **state) {
    (void)state;
    char token[TOKEN_TEXT_BYTES];
    token_make(token, DEVICE);
    for (int i = 0; i <= THROTTLE_SHARED_FREE; i++) assert_int_equal(resume(token), STATUS_UNAUTHENTICATED);
    int writes = fake.writes;
    assert_int_equal(resume(token), STATUS_BUSY);
    assert_in_range(desk.reply->retry_after_ms, 1, 1000);
    assert_int_equal(fake.writes, writes);
    assert_int_equal(sign_in("anna", "right words"), STATUS_OK);
}

static void signing_out_ends_the_identity(void **state) {
    (void)state;
    desk_is(&desk, FD__ROLE__ROLE_SUPERVISOR);
    Fd__SignOutRequest command = FD__SIGN_OUT_REQUEST__INIT;
    fake.fail = STATUS_UNAVAILABLE;
    assert_int_equal(ask("session.sign_out", "", &command.base), STATUS_UNAVAILABLE);
    assert_true(desk.identity.signed_in);
    assert_int_equal(ask("session.sign_out", "", &command.base), STATUS_OK);
    assert_false(desk.identity.signed_in);
    assert_int_equal(desk.identities, 1);
    assert_int_equal(fake.count, 0);
}

static void signing_out_everywhere_leaves_an_entry(void **state) {
    (void)state;
    desk_is(&desk, FD__ROLE__ROLE_SUPERVISOR);
    be_on_record();
    Fd__SignOutRequest command = FD__SIGN_OUT_REQUEST__INIT;
    command.everywhere = true;
    fake.fail = STATUS_UNAVAILABLE;
    assert_int_equal(ask("session.sign_out", "", &command.base), STATUS_UNAVAILABLE);
    assert_true(desk.identity.signed_in);
    assert_false(desk.identity.renewing);
    assert_int_equal(ask("session.sign_out", "", &command.base), STATUS_OK);
    assert_false(desk.identity.signed_in);
    assert_string_equal(last_change()->kind, "person.signed_out");
    assert_string_equal(last_change()->actor_id, account.person_id);
    assert_string_equal(last_change()->session_id, "");
}

static enum status change(const char *old_password, const char *new_password) {
    Fd__ChangePasswordRequest command = FD__CHANGE_PASSWORD_REQUEST__INIT;
    command.old_password = (char *)(uintptr_t)old_password;
    command.new_password = (char *)(uintptr_t)new_password;
    return ask("session.change_password", "", &command.base);
}

static void a_new_password_frees_the_way(void **state) {
    (void)state;
    desk_is(&desk, FD__ROLE__ROLE_SUPERVISOR);
    desk.identity.password_must_change = true;
    be_on_record();
    assert_int_equal(change("right words", "short"), STATUS_INVALID);
    assert_string_equal(desk.reply->field, "new_password");
    assert_int_equal(change("right words", "right words"), STATUS_INVALID);
    assert_true(desk.identity.password_must_change);
    assert_int_equal(fake.writes, 0);
    assert_int_equal(change("right words", "another phrase 7"), STATUS_OK);
    assert_false(desk.identity.password_must_change);
    assert_int_equal(fake.writes, 1);
    assert_string_equal(last_change()->kind, "person.password_changed");
    assert_string_equal(last_change()->session_id, DEVICE);
    assert_string_equal(last_change()->old_hash, hash);
    assert_false(desk.identity.renewing);
    assert_int_equal(change("wrong words", "another phrase 7"), STATUS_DENIED);
    assert_string_equal(desk.reply->field, "old_password");
    assert_int_equal(change("right words", "another phrase 7"), STATUS_BUSY);
}

static Fd__CreatePersonRequest new_person(const char *login) {
    static Fd__Role roles[] = {FD__ROLE__ROLE_DESK_CLERK};
    Fd__CreatePersonRequest command = FD__CREATE_PERSON_REQUEST__INIT;
    command.login = (char *)(uintptr_t)login;
    command.name = "王小明";
    command.roles = roles;
    command.n_roles = 1;
    command.team = FD__TEAM__TEAM_DESK;
    command.password = "first words 1";
    return command;
}

static void people_are_created_with_a_hash(void **state) {
    (void)state;
    fake.account = NULL;
    desk_is(&desk, FD__ROLE__ROLE_ADMINISTRATOR);
    Fd__CreatePersonRequest command = new_person("ming");
    assert_int_equal(ask("person.create", SITE, &command.base), STATUS_OK);
    assert_int_equal(fake.count, 1);
    const Fd__Change *stored = fake.records[0].change;
    assert_int_equal(strncmp((char *)stored->password_hash.data, "$argon2id$", 10), 0);
    assert_null(memmem(stored->entry.data, stored->entry.len, "first words", 11));
}

/* A fast hash of a password must not lie in the receipt: the digest is the same for every password. */
static void no_password_in_the_digest(void **state) {
    (void)state;
    fake.account = NULL;
    desk_is(&desk, FD__ROLE__ROLE_ADMINISTRATOR);
    Fd__CreatePersonRequest one = new_person("ming"), two = new_person("ming");
    two.password = "other words 2";
    assert_int_equal(ask("person.create", SITE, &one.base), STATUS_OK);
    assert_int_equal(ask("person.create", SITE, &two.base), STATUS_OK);
    assert_memory_equal(fake.records[0].change->request_digest.data, fake.records[1].change->request_digest.data, 32);
}

static void a_login_is_taken_unless_head_office_takes_them_on(void **state) {
    (void)state;
    static char elsewhere[] = "00000000-0000-7000-8000-0000000000ee";
    account.person_id = elsewhere;
    desk_is(&desk, FD__ROLE__ROLE_ADMINISTRATOR);
    Fd__CreatePersonRequest command = new_person("anna");
    assert_int_equal(ask("person.create", SITE, &command.base), STATUS_CONFLICT);
    assert_string_equal(desk.reply->field, "login");
    assert_int_equal(fake.count, 0);
    desk_is(&desk, FD__ROLE__ROLE_HQ_ADMIN);
    assert_int_equal(ask("person.create", SITE, &command.base), STATUS_OK);
    assert_string_equal(((Fd__Person *)fake.records[0].record)->id, elsewhere);
    assert_string_equal(((Fd__Person *)fake.records[0].record)->name, "Anna");
    assert_int_equal(fake.records[0].change->password_hash.len, 0);
}

static void a_site_lies_under_the_key_that_founded_it(void **state) {
    (void)state;
    desk_is(&desk, FD__ROLE__ROLE_HQ_ADMIN);
    Fd__CreateSiteRequest command = FD__CREATE_SITE_REQUEST__INIT;
    command.code = "north";
    command.name = "北区";
    command.time_zone = "Asia/Shanghai";
    assert_int_equal(ask("site.create", "", &command.base), STATUS_OK);
    assert_string_equal(((Fd__Site *)fake.records[0].record)->id, desk.key);
    assert_string_equal(fake.last_site_id, desk.key);
    desk_begin(&desk, "site.create", "", desk.key, &command.base);
    settle();
    assert_int_equal(desk.reply->status, STATUS_OK);
    assert_int_equal(fake.count, 1);
    desk_is(&desk, FD__ROLE__ROLE_MANAGER);
    assert_int_equal(ask("site.create", "", &command.base), STATUS_DENIED);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_right_password_opens),
        TEST(a_first_password_is_said_to_be_one),
        TEST(an_unknown_account_is_a_wrong_password),
        TEST(who_has_no_place_cannot_sign_in),
        TEST(wrong_ones_are_slowed_down_by_account_and_address),
        TEST(a_flood_is_busy),
        TEST(a_session_that_dies_meanwhile_gets_no_identity),
        TEST(a_device_has_an_id),
        TEST(a_token_is_replaced_when_used),
        TEST(a_bad_token_opens_nothing),
        TEST(tokens_that_open_nothing_are_slowed_down),
        TEST(a_copied_token_ends_its_session),
        TEST(signing_out_ends_the_identity),
        TEST(signing_out_everywhere_leaves_an_entry),
        TEST(a_new_password_frees_the_way),
        TEST(people_are_created_with_a_hash),
        TEST(no_password_in_the_digest),
        TEST(a_login_is_taken_unless_head_office_takes_them_on),
        TEST(a_site_lies_under_the_key_that_founded_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
