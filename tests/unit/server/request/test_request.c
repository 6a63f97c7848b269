/* SPDX-License-Identifier: Apache-2.0 */
/* The engine with the real rules and a faked database. */
#include "server/request/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/server/request/desk.h"

#define KEY_1 "01932d4e-0000-7000-8000-000000000001"
#define KEY_2 "01932d4e-0000-7000-8000-000000000002"

static struct desk desk;

static int set_up(void **state) {
    (void)state;
    desk_open(&desk);
    desk_is(&desk, FD__ROLE__ROLE_SUPERVISOR);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    desk_close(&desk);
    return 0;
}

static Fd__Complaint *replied_complaint(void) {
    Fd__RegisterComplaintResponse *response =
        fd__register_complaint_response__unpack(NULL, desk.reply->body.len, desk.reply->body.data);
    assert_non_null(response);
    Fd__Complaint *complaint = response->complaint;
    response->complaint = NULL;
    fd__register_complaint_response__free_unpacked(response, NULL);
    assert_non_null(complaint);
    return complaint;
}

static enum status register_one(const char *key, const char *subject) {
    Fd__RegisterComplaintRequest command = complaint_of(subject);
    return desk_ask(&desk, "complaint.register", key, &command.base);
}

static enum status accept_one(const char *key, int64_t version) {
    Fd__AcceptComplaintRequest command = FD__ACCEPT_COMPLAINT_REQUEST__INIT;
    command.number = "C-1";
    command.version = version;
    return desk_ask(&desk, "complaint.accept", key, &command.base);
}

static void a_write_replies_with_its_masked_record(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯 13812345678"), STATUS_OK);
    assert_int_equal(desk.reply->seq, 1);
    Fd__Complaint *complaint = replied_complaint();
    assert_string_equal(complaint->number, "C-1");
    assert_string_equal(complaint->site_id, SITE);
    assert_int_equal(complaint->version, 1);
    assert_string_equal(complaint->customer_phone, "138****5678");
    assert_string_equal(complaint->description, "");
    assert_string_equal(((Fd__Complaint *)fake.records[0].record)->description, "从早上开始");
    assert_string_equal(fake.records[0].change->actor_id, person_of(FD__ROLE__ROLE_SUPERVISOR));
    assert_string_equal(fake.last_site_id, SITE);
    fd__complaint__free_unpacked(complaint, NULL);
}

static void assert_same_reply(const Fd__Reply *first) {
    assert_int_equal(desk.reply->status, STATUS_OK);
    assert_int_equal(desk.reply->seq, first->seq);
    assert_int_equal(desk.reply->body.len, first->body.len);
    assert_memory_equal(desk.reply->body.data, first->body.data, first->body.len);
}

static void a_repeated_key_gets_the_identical_reply(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    Fd__Reply *first = fake_keep(&desk.reply->base);
    for (int i = 0; i < 3; i++) {
        register_one(KEY_1, "电梯");
        assert_same_reply(first);
    }
    fd__reply__free_unpacked(first, NULL);
    assert_int_equal(accept_one(KEY_2, 1), STATUS_OK);
    first = fake_keep(&desk.reply->base);
    accept_one(KEY_2, 1);
    assert_same_reply(first);
    fd__reply__free_unpacked(first, NULL);
    assert_int_equal(fake.count, 2);
}

static void a_lost_reply_is_found_again(void **state) {
    (void)state;
    fake.fail = STATUS_UNAVAILABLE;
    fake.commit_first = true;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_UNAVAILABLE);
    assert_true(desk.reply->retry_after_ms > 0);
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    assert_int_equal(desk.reply->seq, 1);
    assert_int_equal(fake.count, 1);
}

static void a_key_used_for_something_else_is_refused(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    assert_int_equal(register_one(KEY_1, "别的"), STATUS_CONFLICT);
    assert_string_equal(desk.reply->field, "key");
    assert_int_equal(accept_one(KEY_1, 0), STATUS_CONFLICT);
    desk_is(&desk, FD__ROLE__ROLE_MANAGER);
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_CONFLICT);
    assert_int_equal(fake.count, 1);
}

static void a_write_needs_a_key(void **state) {
    (void)state;
    static const char *const keys[] = {"", "1", "01932D4E-0000-7000-8000-000000000001", "'; drop table site; --"};
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        assert_int_equal(register_one(keys[i], "电梯"), STATUS_INVALID);
        assert_string_equal(desk.reply->field, "key");
    }
    assert_int_equal(fake.reads + fake.writes, 0);
}

static void a_lost_version_is_decided_again_three_times_at_most(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    fake.reads = fake.writes = 0;
    fake.lose = 2;
    assert_int_equal(accept_one(KEY_2, 0), STATUS_OK);
    assert_int_equal(fake.reads, 3);
    assert_int_equal(fake.writes, 3);
    Fd__RecordActionRequest action = FD__RECORD_ACTION_REQUEST__INIT;
    action.number = "C-1";
    action.kind = FD__ACTION_KIND__ACTION_KIND_ACTION;
    action.note = "已到场";
    fake.writes = 0;
    fake.lose = 3;
    assert_int_equal(desk_ask(&desk, "complaint.record_action", desk_fresh_key(&desk), &action.base), STATUS_CONFLICT);
    assert_string_equal(desk.reply->field, "version");
    assert_int_equal(fake.writes, 3);
    assert_int_equal(desk_ask(&desk, "complaint.record_action", desk_fresh_key(&desk), &action.base), STATUS_OK);
}

static void a_stale_version_is_a_conflict(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    assert_int_equal(accept_one(KEY_2, 7), STATUS_CONFLICT);
    assert_string_equal(desk.reply->field, "version");
}

static void nobody_of_that_number(void **state) {
    (void)state;
    assert_int_equal(accept_one(KEY_2, 0), STATUS_NOT_FOUND);
    assert_string_equal(desk.reply->field, "number");
    Fd__GetComplaintRequest question = FD__GET_COMPLAINT_REQUEST__INIT;
    question.number = "C-1";
    assert_int_equal(desk_ask(&desk, "complaint.get", "", &question.base), STATUS_NOT_FOUND);
    assert_string_equal(desk.reply->field, "number");
}

/* Promise 15: another's site, one that is none and nonsense are the same to the asker. */
static void a_foreign_site_is_no_site(void **state) {
    (void)state;
    static const char *const sites[] = {OTHER_SITE, "00000000-0000-7000-8000-0000000000ff", "nonsense", "*"};
    Fd__RegisterComplaintRequest command = complaint_of("电梯");
    Fd__Reply *first = NULL;
    for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
        desk_begin(&desk, "complaint.register", sites[i], KEY_1, &command.base);
        assert_int_equal(desk.reply->status, STATUS_NOT_FOUND);
        if (first == NULL) first = fake_keep(&desk.reply->base);
        assert_string_equal(desk.reply->message, first->message);
        assert_string_equal(desk.reply->field, first->field);
    }
    fd__reply__free_unpacked(first, NULL);
    desk_begin(&desk, "complaint.register", "", KEY_1, &command.base);
    assert_int_equal(desk.reply->status, STATUS_INVALID);
    assert_string_equal(desk.reply->field, "site_id");
    assert_int_equal(fake.reads + fake.writes, 0);
}

static void strangers_cost_no_database_work(void **state) {
    (void)state;
    desk.identity.signed_in = false;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_UNAUTHENTICATED);
    Fd__ListSitesRequest sites = FD__LIST_SITES_REQUEST__INIT;
    assert_int_equal(desk_ask(&desk, "site.list", "", &sites.base), STATUS_UNAUTHENTICATED);
    assert_int_equal(fake.reads + fake.writes, 0);
}

static void a_first_password_opens_nothing_else(void **state) {
    (void)state;
    desk.identity.password_must_change = true;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_DENIED);
    assert_true(desk.reply->message[0] != '\0');
    Fd__SignOutRequest out = FD__SIGN_OUT_REQUEST__INIT;
    assert_int_equal(desk_ask(&desk, "session.sign_out", "", &out.base), STATUS_OK);
}

static void unknown_operations_and_bodies(void **state) {
    (void)state;
    Fd__GetComplaintRequest empty = FD__GET_COMPLAINT_REQUEST__INIT;
    assert_int_equal(desk_ask(&desk, "complaint.burn", KEY_1, &empty.base), STATUS_UNKNOWN_OPERATION);
    assert_int_equal(desk_ask(&desk, "", KEY_1, &empty.base), STATUS_UNKNOWN_OPERATION);
    Fd__Request envelope = FD__REQUEST__INIT;
    envelope.operation = "complaint.get";
    envelope.site_id = SITE;
    envelope.body = (ProtobufCBinaryData){3, (uint8_t *)(uintptr_t) "\xff\xff\xff"};
    request_begin(&desk.caller, &envelope);
    assert_int_equal(desk.reply->status, STATUS_INVALID);
}

static void ids_that_are_none_never_reach_a_statement(void **state) {
    (void)state;
    Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
    list.handler_id = "' or true --";
    assert_int_equal(desk_ask(&desk, "complaint.list", "", &list.base), STATUS_INVALID);
    assert_string_equal(desk.reply->field, "handler_id");
    assert_int_equal(fake.reads, 0);
}

static void page_sizes(void **state) {
    (void)state;
    static const struct {
        int32_t limit;
        enum status status;
    } pages[] = {
        {0,         STATUS_OK     },
        {1,         STATUS_OK     },
        {200,       STATUS_OK     },
        {201,       STATUS_INVALID},
        {-1,        STATUS_INVALID},
        {INT32_MIN, STATUS_INVALID}
    };
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
        list.limit = pages[i].limit;
        assert_int_equal(desk_ask(&desk, "complaint.list", "", &list.base), pages[i].status);
    }
}

static void lists_are_masked_and_the_record_is_not(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
    assert_int_equal(desk_ask(&desk, "complaint.list", "", &list.base), STATUS_OK);
    Fd__ListComplaintsResponse *page =
        fd__list_complaints_response__unpack(NULL, desk.reply->body.len, desk.reply->body.data);
    assert_int_equal(page->n_complaints, 1);
    assert_string_equal(page->complaints[0]->customer_phone, "138****5678");
    fd__list_complaints_response__free_unpacked(page, NULL);
    Fd__GetComplaintRequest get = FD__GET_COMPLAINT_REQUEST__INIT;
    get.number = "C-1";
    assert_int_equal(desk_ask(&desk, "complaint.get", "", &get.base), STATUS_OK);
    Fd__GetComplaintResponse *whole =
        fd__get_complaint_response__unpack(NULL, desk.reply->body.len, desk.reply->body.data);
    assert_string_equal(whole->complaint->customer_phone, "13812345678");
    fd__get_complaint_response__free_unpacked(whole, NULL);
}

/* Forty lines of 5 KB do not fit into one frame: the page is shorter, never too large. */
static void a_page_fits_into_a_frame(void **state) {
    (void)state;
    static char place[5000];
    for (size_t i = 0; i + 1 < sizeof(place); i++) place[i] = 'x';
    for (int i = 0; i < 40; i++) assert_int_equal(register_one(desk_fresh_key(&desk), "电梯"), STATUS_OK);
    for (size_t i = 0; i < fake.count; i++) {
        Fd__Complaint *complaint = (Fd__Complaint *)fake.records[i].record;
        free(complaint->subject);
        complaint->subject = strdup(place);
    }
    Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
    assert_int_equal(desk_ask(&desk, "complaint.list", "", &list.base), STATUS_OK);
    assert_true(desk.reply->body.len <= 60 * 1024);
    Fd__ListComplaintsResponse *page =
        fd__list_complaints_response__unpack(NULL, desk.reply->body.len, desk.reply->body.data);
    assert_in_range(page->n_complaints, 5, 15);
    fd__list_complaints_response__free_unpacked(page, NULL);
}

static void what_the_database_says_becomes_a_status(void **state) {
    (void)state;
    static const struct {
        enum status said, replied;
        bool retry;
    } words[] = {
        {STATUS_BUSY,        STATUS_BUSY,        true },
        {STATUS_UNAVAILABLE, STATUS_UNAVAILABLE, true },
        {STATUS_INTERNAL,    STATUS_INTERNAL,    false}
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        fake.fail = words[i].said;
        assert_int_equal(register_one(desk_fresh_key(&desk), "电梯"), words[i].replied);
        assert_int_equal(desk.reply->retry_after_ms > 0, words[i].retry);
        Fd__ListComplaintsRequest list = FD__LIST_COMPLAINTS_REQUEST__INIT;
        fake.fail = words[i].said;
        assert_int_equal(desk_ask(&desk, "complaint.list", "", &list.base), words[i].replied);
    }
    assert_int_equal(fake.count, 0);
}

static void in_the_callers_language(void **state) {
    (void)state;
    assert_int_equal(accept_one(KEY_1, 0), STATUS_NOT_FOUND);
    assert_true((unsigned char)desk.reply->message[0] < 0x80);
    desk.identity.chinese = true;
    assert_int_equal(accept_one(KEY_1, 0), STATUS_NOT_FOUND);
    assert_true((unsigned char)desk.reply->message[0] >= 0x80);
}

static void a_dead_session_still_stores(void **state) {
    (void)state;
    Fd__RegisterComplaintRequest command = complaint_of("电梯");
    desk_begin(&desk, "complaint.register", SITE, KEY_1, &command.base);
    desk_begin(&desk, "complaint.register", SITE, KEY_2, &command.base);
    assert_int_equal(desk.caller.count, 2);
    request_detach_all(&desk.caller);
    assert_int_equal(desk.caller.count, 0);
    assert_true(list_empty(&desk.caller.requests));
    fake_run();
    assert_int_equal(desk.replies, 0);
    assert_int_equal(fake.count, 2);
}

/* Promise 16: a right that ends while the record is on its way from the database has ended. */
static void a_right_withdrawn_meanwhile_counts(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    Fd__TakeOverComplaintRequest command = FD__TAKE_OVER_COMPLAINT_REQUEST__INIT;
    command.number = "C-1";
    command.reason = "我来";
    desk_begin(&desk, "complaint.take_over", SITE, KEY_2, &command.base);
    put_person(desk.services.directory, FD__ROLE__ROLE_SUPERVISOR, 2, false);
    fake_run();
    assert_int_equal(desk.reply->status, STATUS_NOT_FOUND);
    assert_int_equal(fake.count, 1);
}

static enum status look_at(const char *number) {
    Fd__GetComplaintRequest command = FD__GET_COMPLAINT_REQUEST__INIT;
    command.number = (char *)(uintptr_t)number;
    return desk_ask(&desk, "complaint.get", "", &command.base);
}

/* Written down and read in one transaction; what can't be written down is not shown. */
static void a_look_in_full_is_a_write(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    fake.reads = fake.writes = 0;
    assert_int_equal(look_at("C-1"), STATUS_OK);
    assert_int_equal(fake.writes, 1);
    assert_int_equal(fake.reads, 0);
    fake.fail = STATUS_INTERNAL;
    assert_int_equal(look_at("C-1"), STATUS_UNAVAILABLE);
    assert_int_equal(desk.reply->body.len, 0);
    fake.fail = STATUS_UNAVAILABLE;
    fake.commit_first = true;
    assert_int_equal(look_at("C-1"), STATUS_UNAVAILABLE);
    assert_int_equal(desk.reply->body.len, 0);
    assert_int_equal(look_at("C-7"), STATUS_NOT_FOUND);
}

static char denied[128];

static void on_denied(void *owner, const char *site_id, const char *person_id, const char *operation) {
    assert_ptr_equal(owner, &desk);
    assert_string_equal(site_id, SITE);
    assert_string_equal(person_id, desk.identity.person_id);
    snprintf(denied, sizeof(denied), "%s", operation);
}

static void what_is_denied_is_told(void **state) {
    (void)state;
    desk.services.on_denied = on_denied;
    desk.services.denied_owner = &desk;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    assert_int_equal(look_at("C-7"), STATUS_NOT_FOUND);
    assert_string_equal(denied, "");
    desk_is(&desk, FD__ROLE__ROLE_HQ_VIEWER);
    assert_int_equal(look_at("C-1"), STATUS_DENIED);
    assert_string_equal(denied, "complaint.get");
    desk.services.on_denied = NULL;
}

static enum status woken;
static int wakes;

static void on_finished(struct request *request, enum status status, void *owner) {
    (void)request;
    assert_ptr_equal(owner, &desk);
    woken = status;
    wakes++;
}

static void wake(const char *record_id) {
    wakes = 0;
    request_wake(&desk.services, topic_find("complaint"), SITE, record_id, on_finished, &desk);
    fake_run();
    assert_int_equal(wakes, 1);
}

static void a_timer_stores_without_key_and_actor(void **state) {
    (void)state;
    assert_int_equal(register_one(KEY_1, "电梯"), STATUS_OK);
    char *id = ((Fd__Complaint *)fake.records[0].record)->id;
    wake(id);
    assert_int_equal(woken, STATUS_OK);
    assert_int_equal(fake.count, 1);
    fake.now_ms += INT64_C(30) * 24 * 3600 * 1000;
    fake.lose = 1;
    wake(id);
    assert_int_equal(woken, STATUS_OK);
    assert_int_equal(fake.count, 2);
    assert_string_equal(fake.records[1].change->key, "");
    assert_string_equal(fake.records[1].change->actor_id, "");
    assert_int_equal(((Fd__Complaint *)fake.records[1].record)->version, 2);
    fake.fail = STATUS_UNAVAILABLE;
    wake(id);
    assert_int_equal(woken, STATUS_UNAVAILABLE);
    wake(KEY_1);
    assert_int_equal(woken, STATUS_OK);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_write_replies_with_its_masked_record),
        TEST(a_repeated_key_gets_the_identical_reply),
        TEST(a_lost_reply_is_found_again),
        TEST(a_key_used_for_something_else_is_refused),
        TEST(a_write_needs_a_key),
        TEST(a_lost_version_is_decided_again_three_times_at_most),
        TEST(a_stale_version_is_a_conflict),
        TEST(nobody_of_that_number),
        TEST(a_foreign_site_is_no_site),
        TEST(strangers_cost_no_database_work),
        TEST(a_first_password_opens_nothing_else),
        TEST(unknown_operations_and_bodies),
        TEST(ids_that_are_none_never_reach_a_statement),
        TEST(page_sizes),
        TEST(lists_are_masked_and_the_record_is_not),
        TEST(a_page_fits_into_a_frame),
        TEST(what_the_database_says_becomes_a_status),
        TEST(in_the_callers_language),
        TEST(a_dead_session_still_stores),
        TEST(a_right_withdrawn_meanwhile_counts),
        TEST(a_look_in_full_is_a_write),
        TEST(what_is_denied_is_told),
        TEST(a_timer_stores_without_key_and_actor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
