/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/model.c */
#include "tests/support/test.h"

#include <string.h>

#include "client/core/model.h"
#include "common/message.h"

#define SITE "01890000-0000-7000-8000-000000000001"
#define OTHER_SITE "01890000-0000-7000-8000-000000000002"

static Fd__Complaint complaint(const char *id, const char *number, int64_t version, Fd__ComplaintState state) {
    Fd__Complaint made = FD__COMPLAINT__INIT;
    made.id = (char *)id;
    made.site_id = (char *)SITE;
    made.number = (char *)number;
    made.version = version;
    made.state = state;
    made.subject = (char *)"厨房水管漏水";
    return made;
}

static enum status tell(struct model *model, const char *type, const ProtobufCMessage *record,
                        enum model_change *change) {
    struct bytes packed = {0};
    Fd__Event event = FD__EVENT__INIT;
    assert_int_equal(message_append(&packed, record), STATUS_OK);
    event.kind = (char *)"something.happened";
    event.record_type = (char *)type;
    event.record = (ProtobufCBinaryData){.data = packed.data, .len = packed.length};
    enum status status = model_event(model, &event, change);
    bytes_free(&packed);
    return status;
}

static void complaint_comes_changes_and_goes(void **state) {
    (void)state;
    struct model model = {0};
    static const struct {
        int64_t version;
        Fd__ComplaintState state;
        enum model_change change;
        size_t count;
    } steps[] = {
        {1, FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED,  MODEL_ADDED,   1},
        {2, FD__COMPLAINT_STATE__COMPLAINT_STATE_ACCEPTED,    MODEL_CHANGED, 1},
        {2, FD__COMPLAINT_STATE__COMPLAINT_STATE_ACCEPTED,    MODEL_SAME,    1},
        {1, FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED,  MODEL_SAME,    1}, /* old news */
        {3, FD__COMPLAINT_STATE__COMPLAINT_STATE_WAITING,     MODEL_CHANGED, 1},
        {4, FD__COMPLAINT_STATE__COMPLAINT_STATE_CLOSED,      MODEL_CHANGED, 1}, /* to be followed up */
        {5, FD__COMPLAINT_STATE__COMPLAINT_STATE_FOLLOWED_UP, MODEL_REMOVED, 0},
        {6, FD__COMPLAINT_STATE__COMPLAINT_STATE_UNDER_WAY,   MODEL_ADDED,   1}, /* reopened */
        {7, FD__COMPLAINT_STATE__COMPLAINT_STATE_LINKED,      MODEL_REMOVED, 0},
        {8, FD__COMPLAINT_STATE__COMPLAINT_STATE_LINKED,      MODEL_SAME,    0},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum model_change change = MODEL_SAME;
        Fd__Complaint record = complaint("a", "C-1", steps[i].version, steps[i].state);
        assert_int_equal(tell(&model, "complaint", &record.base, &change), STATUS_OK);
        assert_int_equal(change, steps[i].change);
        assert_int_equal(model.count, steps[i].count);
    }
    model_free(&model);
}

static void visit_is_open_until_it_is_over(void **state) {
    (void)state;
    struct model model = {0};
    static const struct {
        Fd__VisitState state;
        enum model_change change;
    } steps[] = {
        {FD__VISIT_STATE__VISIT_STATE_ANNOUNCED, MODEL_ADDED  },
        {FD__VISIT_STATE__VISIT_STATE_ARRIVED,   MODEL_CHANGED},
        {FD__VISIT_STATE__VISIT_STATE_WITH_HOST, MODEL_CHANGED},
        {FD__VISIT_STATE__VISIT_STATE_LEFT,      MODEL_REMOVED},
        {FD__VISIT_STATE__VISIT_STATE_CANCELLED, MODEL_SAME   },
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum model_change change = MODEL_SAME;
        Fd__Visit visit = FD__VISIT__INIT;
        visit.id = (char *)"v";
        visit.site_id = (char *)SITE;
        visit.version = (int64_t)i + 1;
        visit.state = steps[i].state;
        assert_int_equal(tell(&model, "visit", &visit.base, &change), STATUS_OK);
        assert_int_equal(change, steps[i].change);
    }
    model_free(&model);
}

static void reset_drops_one_site_only(void **state) {
    (void)state;
    struct model model = {0};
    static const char *const ids[] = {"c", "a", "d", "b"};
    for (size_t i = 0; i < 4; i++) {
        Fd__Complaint record = complaint(ids[i], "C-1", 1, FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED);
        if (i % 2 == 1) record.site_id = (char *)OTHER_SITE;
        assert_int_equal(tell(&model, "complaint", &record.base, NULL), STATUS_OK);
    }
    model_reset(&model, SITE);
    assert_int_equal(model.count, 2);
    assert_non_null(model_find(&model, "a"));
    assert_non_null(model_find(&model, "b"));
    assert_null(model_find(&model, "c"));
    model_free(&model);
}

static void snapshot_and_events_fold_into_the_same_picture(void **state) {
    (void)state;
    struct model model = {0};
    struct bytes packed[2] = {{0}, {0}};
    Fd__Complaint first = complaint("a", "C-1", 3, FD__COMPLAINT_STATE__COMPLAINT_STATE_ACCEPTED);
    Fd__Complaint second = complaint("b", "C-2", 1, FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED);
    assert_int_equal(message_append(&packed[0], &first.base), STATUS_OK);
    assert_int_equal(message_append(&packed[1], &second.base), STATUS_OK);
    ProtobufCBinaryData records[3] = {
        {packed[0].length, packed[0].data                       },
        {3,                (uint8_t *)(uintptr_t) "\xff\xff\xff"},
        {packed[1].length, packed[1].data                       }
    };
    Fd__Snapshot snapshot = FD__SNAPSHOT__INIT;
    snapshot.record_type = (char *)"complaint";
    snapshot.records = records;
    snapshot.n_records = 3;
    assert_int_equal(model_snapshot(&model, &snapshot), STATUS_INVALID); /* the broken one is told, the others are in */
    assert_int_equal(model.count, 2);
    assert_string_equal(model_find(&model, "b")->number, "C-2");
    assert_int_equal(model_find(&model, "a")->version, 3);
    snapshot.record_type = (char *)"something new";
    assert_int_equal(model_snapshot(&model, &snapshot), STATUS_OK);
    assert_int_equal(model.count, 2);
    bytes_free(&packed[0]);
    bytes_free(&packed[1]);
    model_free(&model);
}

static void blank_event_changes_nothing(void **state) {
    (void)state;
    struct model model = {0};
    enum model_change change = MODEL_ADDED;
    Fd__Event event = FD__EVENT__INIT;
    assert_int_equal(model_event(&model, &event, &change), STATUS_OK);
    assert_int_equal(change, MODEL_SAME);
    model_free(&model);
}

static void people_are_named_from_lists_and_events(void **state) {
    (void)state;
    struct model model = {0};
    Fd__Person person = FD__PERSON__INIT;
    assert_string_equal(model_name(&model, "p1"), "");
    assert_int_equal(model_person(&model, "p2", "何主管"), STATUS_OK);
    assert_int_equal(model_person(&model, "p1", "李娜"), STATUS_OK);
    assert_string_equal(model_name(&model, "p1"), "李娜");
    person.id = (char *)"p1";
    person.name = (char *)"李娜娜";
    assert_int_equal(tell(&model, "person", &person.base, NULL), STATUS_OK);
    assert_string_equal(model_name(&model, "p1"), "李娜娜");
    assert_string_equal(model_name(&model, "p2"), "何主管");
    assert_int_equal(model.people_count, 2);
    model_free(&model);
}

static void alert_is_pending_until_acknowledged_or_ended(void **state) {
    (void)state;
    static const struct {
        int64_t raised, acknowledged, ended;
        bool pending;
    } cases[] = {
        {0, 0, 0, false},
        {5, 0, 0, true },
        {5, 6, 0, false},
        {5, 0, 6, false},
        {5, 6, 7, false}
    };
    assert_false(model_alert_pending(NULL));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Fd__Alert alert = FD__ALERT__INIT;
        alert.raised_at_ms = cases[i].raised;
        alert.acknowledged_at_ms = cases[i].acknowledged;
        alert.ended_at_ms = cases[i].ended;
        assert_int_equal(model_alert_pending(&alert), cases[i].pending);
    }
    char *people[] = {(char *)"p1", (char *)"p2"};
    Fd__Alert alert = FD__ALERT__INIT;
    alert.person_ids = people;
    alert.n_person_ids = 2;
    assert_true(model_alert_names(&alert, "p2"));
    assert_false(model_alert_names(&alert, "p3"));
    assert_false(model_alert_names(NULL, "p1"));
}

static void due_is_the_nearest_deadline_not_met(void **state) {
    (void)state;
    Fd__Complaint record = complaint("a", "C-1", 1, FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED);
    assert_int_equal(model_due_ms(&record), 0);
    record.accept_due_at_ms = 20;
    record.contact_due_at_ms = 15;
    record.feedback_due_at_ms = 100;
    record.plan_due_at_ms = 200;
    record.close_due_at_ms = 300;
    assert_int_equal(model_due_ms(&record), 15);
    record.first_contact_at_ms = 14;
    assert_int_equal(model_due_ms(&record), 20);
    record.accepted_at_ms = 16;
    assert_int_equal(model_due_ms(&record), 100);
    record.feedback_at_ms = 90;
    assert_int_equal(model_due_ms(&record), 200);
    record.planned_at_ms = 150;
    assert_int_equal(model_due_ms(&record), 300);
    record.state = FD__COMPLAINT_STATE__COMPLAINT_STATE_WAITING;
    assert_int_equal(model_due_ms(&record), 0);
    record.state = FD__COMPLAINT_STATE__COMPLAINT_STATE_CLOSED;
    record.follow_up_due_at_ms = 900;
    assert_int_equal(model_due_ms(&record), 900);
}

static void alerts_come_first_then_what_falls_due(void **state) {
    (void)state;
    struct model model = {0};
    struct arena arena;
    Fd__Alert low = FD__ALERT__INIT, high = FD__ALERT__INIT, acknowledged = FD__ALERT__INIT;
    low.raised_at_ms = high.raised_at_ms = acknowledged.raised_at_ms = 1;
    low.level = 1;
    high.level = acknowledged.level = 3;
    acknowledged.acknowledged_at_ms = 2;
    struct {
        const char *id;
        int64_t due;
        Fd__Alert *alert;
    } cases[] = {
        {"late",  900, NULL         },
        {"soon",  100, &acknowledged},
        {"never", 0,   NULL         },
        {"low",   999, &low         },
        {"high",  998, &high        },
        {"same",  900, NULL         }
    };
    static const char *const expected[] = {"high", "low", "soon", "late", "same", "never"};
    for (size_t i = 0; i < 6; i++) {
        Fd__Complaint record = complaint(cases[i].id, "C-1", 1, FD__COMPLAINT_STATE__COMPLAINT_STATE_REGISTERED);
        record.close_due_at_ms = cases[i].due;
        record.alert = cases[i].alert;
        assert_int_equal(tell(&model, "complaint", &record.base, NULL), STATUS_OK);
    }
    arena_init(&arena, 4096);
    const struct model_case **order = model_in_order(&model, &arena);
    assert_non_null(order);
    for (size_t i = 0; i < 6; i++) assert_string_equal(order[i]->id, expected[i]);
    arena_free(&arena);
    model_free(&model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaint_comes_changes_and_goes),
        cmocka_unit_test(visit_is_open_until_it_is_over),
        cmocka_unit_test(reset_drops_one_site_only),
        cmocka_unit_test(snapshot_and_events_fold_into_the_same_picture),
        cmocka_unit_test(blank_event_changes_nothing),
        cmocka_unit_test(people_are_named_from_lists_and_events),
        cmocka_unit_test(alert_is_pending_until_acknowledged_or_ended),
        cmocka_unit_test(due_is_the_nearest_deadline_not_met),
        cmocka_unit_test(alerts_come_first_then_what_falls_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
