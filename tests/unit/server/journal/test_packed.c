/* SPDX-License-Identifier: Apache-2.0 */
#include "server/journal/packed.h"

#include <stdlib.h>
#include <string.h>

#include "common/frame.h"
#include "common/message.h"
#include "frontdesk/v1/complaint.pb-c.h"
#include "tests/support/test.h"

static struct arena arena;

static int set_up(void **state) {
    (void)state;
    arena_init(&arena, 1024 * 1024);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

/* As the storing statement leaves it: the record is packed before its number is known. */
static Fd__JournalRow *make_row(const char *number) {
    Fd__Complaint complaint = FD__COMPLAINT__INIT;
    static char id[] = "c1", subject[] = "电梯", site[] = "s1", kind[] = "complaint.registered", name[] = "李娜";
    complaint.id = id;
    complaint.version = 1;
    complaint.subject = subject;
    Fd__JournalRow *row = message_new(&arena, &fd__journal_row__descriptor);
    row->event = message_new(&arena, &fd__event__descriptor);
    row->number = arena_string(&arena, number);
    row->event->site_id = site;
    row->event->epoch = 4;
    row->event->seq = 12;
    row->event->at_ms = 99;
    row->event->kind = kind;
    row->event->actor_name = name;
    row->event->record.len = fd__complaint__get_packed_size(&complaint);
    row->event->record.data = arena_take(&arena, row->event->record.len);
    fd__complaint__pack(&complaint, row->event->record.data);
    return row;
}

static void the_number_is_put_into_the_record(void **state) {
    (void)state;
    static const char *const numbers[] = {"", "C-1", "C-1024", "V-999999999"};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        const Fd__JournalRow *row = make_row(numbers[i]);
        size_t before = row->event->record.len;
        const Fd__Event *event = packed_event(&arena, row);
        Fd__Complaint *complaint = fd__complaint__unpack(NULL, event->record.len, event->record.data);
        assert_non_null(complaint);
        assert_string_equal(complaint->number, numbers[i]);
        assert_string_equal(complaint->subject, "电梯");
        assert_int_equal(complaint->version, 1);
        assert_int_equal(row->event->record.len, before);
        fd__complaint__free_unpacked(complaint, NULL);
    }
}

static void a_frame_says_all_and_a_blank_one_only_its_place(void **state) {
    (void)state;
    struct packed packed;
    const Fd__Event *event = packed_event(&arena, make_row("C-7"));
    assert_int_equal(packed_make(&packed, event, ITEM_S3), STATUS_OK);
    const Fd__Event *again = packed_unpack(&arena, &packed);
    assert_string_equal(again->kind, "complaint.registered");
    assert_string_equal(again->actor_name, "李娜");
    assert_int_equal(again->record.len, event->record.len);
    assert_memory_equal(again->record.data, event->record.data, event->record.len);

    Fd__ServerFrame *blank = fd__server_frame__unpack(NULL, packed.blank.length - FRAME_HEADER_BYTES,
                                                      packed.blank.data + FRAME_HEADER_BYTES);
    assert_non_null(blank);
    Fd__Event expected = FD__EVENT__INIT;
    expected.site_id = event->site_id;
    expected.epoch = 4;
    expected.seq = 12;
    assert_int_equal(fd__event__get_packed_size(blank->event), fd__event__get_packed_size(&expected));
    assert_string_equal(blank->event->site_id, "s1");
    assert_int_equal(blank->event->epoch, 4);
    assert_int_equal(blank->event->seq, 12);
    fd__server_frame__free_unpacked(blank, NULL);
    packed_free(&packed);
}

static void a_record_too_large_for_a_frame_does_not_stop_the_site(void **state) {
    (void)state;
    struct packed packed;
    Fd__JournalRow *row = make_row("C-7");
    row->event->record.len = FRAME_LIMIT + 1;
    row->event->record.data = arena_take(&arena, row->event->record.len);
    assert_int_equal(packed_make(&packed, packed_event(&arena, row), ITEM_S3), STATUS_OK);
    assert_true(packed.frame.length <= FRAME_LIMIT + FRAME_HEADER_BYTES);
    const Fd__Event *again = packed_unpack(&arena, &packed);
    assert_string_equal(again->kind, "complaint.registered");
    assert_int_equal(again->record.len, 0);
    packed_free(&packed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_number_is_put_into_the_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_frame_says_all_and_a_blank_one_only_its_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_too_large_for_a_frame_does_not_stop_the_site, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
