/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/visit_case.h"
#include "tests/unit/server/domain/cast.h"

static Fd__WalkInVisitRequest a_walk_in(void) {
    Fd__WalkInVisitRequest command = FD__WALK_IN_VISIT_REQUEST__INIT;
    command.visitor_name = TEXT("陈先生");
    command.visitor_phone = TEXT("13700003333");
    command.party = 2;
    command.vehicle = TEXT("川A8K21");
    command.purpose = TEXT("检修");
    command.host_id = TEXT("engineer");
    command.pass = TEXT("B7");
    return command;
}

static void walked_in(struct cast *cast) {
    Fd__WalkInVisitRequest command = a_walk_in();
    cast_as(cast, "clerk");
    cast_at(cast, monday(9, 0));
    cast->visit = NULL;
    assert_int_equal(play_visit(cast, visit_walk_in, &command), STATUS_OK);
}

static void announced(struct cast *cast) {
    Fd__AnnounceVisitRequest command = FD__ANNOUNCE_VISIT_REQUEST__INIT;
    command.visitor_name = TEXT("陈先生");
    command.host_id = TEXT("engineer");
    command.expected_at_ms = monday(13, 0);
    cast_as(cast, "clerk");
    cast_at(cast, monday(9, 0));
    cast->visit = NULL;
    assert_int_equal(play_visit(cast, visit_announce, &command), STATUS_OK);
}

static enum status arrive(struct cast *cast) {
    Fd__ArriveVisitRequest command = FD__ARRIVE_VISIT_REQUEST__INIT;
    command.pass = TEXT("A12");
    return play_visit(cast, visit_arrive, &command);
}

static enum status meet(struct cast *cast) {
    Fd__MeetVisitRequest command = FD__MEET_VISIT_REQUEST__INIT;
    return play_visit(cast, visit_meet, &command);
}

static enum status leave(struct cast *cast) {
    Fd__LeaveVisitRequest command = FD__LEAVE_VISIT_REQUEST__INIT;
    return play_visit(cast, visit_leave, &command);
}

static enum status cancel(struct cast *cast) {
    Fd__CancelVisitRequest command = FD__CANCEL_VISIT_REQUEST__INIT;
    command.reason = TEXT("改期");
    return play_visit(cast, visit_cancel, &command);
}

static enum status emergency(struct cast *cast) {
    Fd__RaiseEmergencyRequest command = FD__RAISE_EMERGENCY_REQUEST__INIT;
    command.reason = TEXT("访客晕倒");
    return play_visit(cast, visit_emergency, &command);
}

static enum status acknowledge(struct cast *cast) {
    Fd__AcknowledgeVisitRequest command = FD__ACKNOWLEDGE_VISIT_REQUEST__INIT;
    return play_visit(cast, visit_acknowledge, &command);
}

static enum status acknowledge_as(struct cast *cast, const char *who) {
    cast_as(cast, who);
    return acknowledge(cast);
}

static enum status wake(struct cast *cast) {
    cast->situation.actor = NULL;
    return play_visit(cast, visit_wake, NULL);
}

static void announcing(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    announced(&cast);
    assert_int_equal(cast.visit->version, 1);
    assert_int_equal(cast.visit->state, VISIT(ANNOUNCED));
    assert_int_equal(cast.visit->party, 1);
    assert_int_equal(cast.visit->expected_at_ms, monday(13, 0));
    assert_string_equal(cast.visit->registered_by, "clerk");
    assert_string_equal(cast.visit->desk, "desk 1");
    assert_string_equal(cast.visit->site_id, "site-1");
    assert_null(cast.visit->alert);
    assert_int_equal(cast.decision.wake_at_ms, 0);
    assert_string_equal(cast.decision.kind, "visit.announced");
    cast_close(&cast);
}

static void walking_in_alerts_host_and_supervisor(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    walked_in(&cast);
    assert_int_equal(cast.visit->state, VISIT(ARRIVED));
    assert_int_equal(cast.visit->arrived_at_ms, monday(9, 0));
    assert_string_equal(cast.visit->pass, "B7");
    assert_string_equal(cast.visit->vehicle, "川A8K21");
    assert_int_equal(cast.visit->party, 2);
    assert_string_equal(alerted(cast.visit->alert), "engineer supervisor");
    assert_int_equal(cast.visit->alert->reason, REASON(ARRIVED));
    assert_string_equal(cast.decision.kind, "visit.walked_in");
    assert_int_equal(cast.decision.wake_at_ms, monday(9, 5));
    cast_close(&cast);
}

/* Each row spoils one thing of a good walk-in. */
static void what_is_wrong_is_named(void **state) {
    (void)state;
    static const struct {
        const char *name, *phone, *vehicle, *host, *unit;
        int party;
        enum status status;
        enum refusal refusal;
    } rows[] = {
        {"陈", "",    "",                      "",         "2-1-0101", 0,   STATUS_OK,        0                     },
        {" ",   "",    "",                      "engineer", "",         1,   STATUS_INVALID,   REFUSAL_FIELD_REQUIRED},
        {"陈", "abc", "",                      "engineer", "",         1,   STATUS_INVALID,   REFUSAL_BAD_PHONE     },
        {"陈", "",    "123456789012345678901", "engineer", "",         1,   STATUS_TOO_LARGE, REFUSAL_OVER_20       },
        {"陈", "",    "",                      "",         " ",        1,   STATUS_INVALID,   REFUSAL_HOST_REQUIRED },
        {"陈", "",    "",                      "retired",  "",         1,   STATUS_INVALID,   REFUSAL_BAD_HOST      },
        {"陈", "",    "",                      "engineer", "",         -1,  STATUS_INVALID,   REFUSAL_PARTY_RANGE   },
        {"陈", "",    "",                      "engineer", "",         501, STATUS_INVALID,   REFUSAL_PARTY_RANGE   },
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "clerk");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__WalkInVisitRequest command = FD__WALK_IN_VISIT_REQUEST__INIT;
        command.visitor_name = TEXT(rows[i].name);
        command.visitor_phone = TEXT(rows[i].phone);
        command.vehicle = TEXT(rows[i].vehicle);
        command.host_id = TEXT(rows[i].host);
        command.host_unit = TEXT(rows[i].unit);
        command.party = rows[i].party;
        assert_int_equal(play_visit(&cast, visit_walk_in, &command), rows[i].status);
        assert_int_equal(cast.decision.refusal, rows[i].refusal);
    }
    cast_close(&cast);
}

static void when_it_may_be_expected(void **state) {
    (void)state;
    static const struct {
        int64_t days;
        enum status status;
        enum refusal refusal;
    } rows[] = {
        {0,   STATUS_OK,      0                   },
        {365, STATUS_OK,      0                   },
        {-1,  STATUS_OK,      0                   },
        {-2,  STATUS_INVALID, REFUSAL_TIME_PAST   },
        {367, STATUS_INVALID, REFUSAL_TIME_TOO_FAR}
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "clerk");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__AnnounceVisitRequest command = FD__ANNOUNCE_VISIT_REQUEST__INIT;
        command.visitor_name = TEXT("陈");
        command.host_unit = TEXT("2-1-0101");
        command.expected_at_ms = cast.situation.now_ms + rows[i].days * DAY_MS;
        assert_int_equal(play_visit(&cast, visit_announce, &command), rows[i].status);
        assert_int_equal(cast.decision.refusal, rows[i].refusal);
    }
    cast_close(&cast);
}

static void bring(struct cast *cast, Fd__VisitState state) {
    announced(cast);
    cast_as(cast, "clerk");
    if (state == VISIT(CANCELLED)) assert_int_equal(cancel(cast), STATUS_OK);
    if (state == VISIT(ANNOUNCED) || state == VISIT(CANCELLED)) return;
    assert_int_equal(arrive(cast), STATUS_OK);
    if (state == VISIT(ARRIVED)) return;
    assert_int_equal(meet(cast), STATUS_OK);
    if (state == VISIT(LEFT)) assert_int_equal(leave(cast), STATUS_OK);
}

static void every_operation_in_every_state(void **state) {
    (void)state;
    /* N announced A arrived W with host L left C cancelled; "." refused */
    static const struct {
        enum visit_operation operation;
        enum status (*play)(struct cast *);
        const char *kind, *after;
    } rows[] = {
        {VISIT_ARRIVE,    arrive,    "visit.arrived",   "A...."},
        {VISIT_MEET,      meet,      "visit.met",       ".W..."},
        {VISIT_LEAVE,     leave,     "visit.left",      ".LL.."},
        {VISIT_CANCEL,    cancel,    "visit.cancelled", "C...."},
        {VISIT_EMERGENCY, emergency, "visit.emergency", "NAW.."},
    };
    static const char letters[] = "?NAWLC";
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int s = VISIT(ANNOUNCED); s <= VISIT(CANCELLED); s++) {
            bring(&cast, (Fd__VisitState)s);
            const Fd__Visit *before = cast.visit;
            int64_t version = before->version;
            enum status status = rows[i].play(&cast);
            char wanted = rows[i].after[s - 1];
            if (wanted == '.') {
                assert_int_equal(status, STATUS_CONFLICT);
                assert_int_equal(cast.decision.refusal, visit_move(rows[i].operation, (Fd__VisitState)s));
                continue;
            }
            assert_int_equal(status, STATUS_OK);
            assert_int_equal(letters[cast.visit->state], wanted);
            assert_string_equal(cast.decision.kind, rows[i].kind);
            assert_int_equal(cast.visit->version, version + 1);
            assert_int_equal(before->version, version);
            assert_int_equal(before->state, s);
        }
    assert_int_equal(visit_move(VISIT_MEET, VISIT(UNSPECIFIED)), REFUSAL_BAD_STATE);
    assert_int_equal(visit_move(VISIT_MEET, (Fd__VisitState)6), REFUSAL_BAD_STATE);
    cast_close(&cast);
}

static void nothing_loaded_or_a_stale_version(void **state) {
    (void)state;
    static const decide_function rules[] = {visit_arrive, visit_meet,      visit_leave,
                                            visit_cancel, visit_emergency, visit_acknowledge};
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "clerk");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        Fd__ArriveVisitRequest command = FD__ARRIVE_VISIT_REQUEST__INIT; /* number and version lie alike in all */
        cast.visit = NULL;
        assert_refused(NOT_FOUND, NOT_FOUND, play_visit(&cast, rules[i], &command));
        announced(&cast);
        command.version = 4;
        assert_refused(CONFLICT, VERSION_MOVED, play_visit(&cast, rules[i], &command));
    }
    cast.visit = NULL;
    assert_refused(NOT_FOUND, NOT_FOUND, wake(&cast));
    cast_close(&cast);
}

static void a_visit_from_plan_to_end(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    announced(&cast);
    cast_at(&cast, monday(13, 5));
    assert_int_equal(arrive(&cast), STATUS_OK);
    assert_string_equal(cast.visit->pass, "A12");
    assert_string_equal(alerted(cast.visit->alert), "engineer supervisor");
    cast_as(&cast, "engineer");
    cast_at(&cast, monday(13, 7));
    assert_int_equal(meet(&cast), STATUS_OK);
    assert_int_equal(cast.visit->with_host_at_ms, monday(13, 7));
    assert_false(alert_live(cast.visit->alert)); /* received: nobody need be told again */
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_at(&cast, monday(14, 0));
    assert_int_equal(leave(&cast), STATUS_OK);
    assert_int_equal(cast.visit->left_at_ms, monday(14, 0));
    cast_close(&cast);
}

static void leaving_ends_an_arrival(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    walked_in(&cast);
    assert_int_equal(leave(&cast), STATUS_OK);
    assert_false(alert_live(cast.visit->alert));
    assert_int_equal(cast.decision.wake_at_ms, 0);
    assert_refused(CONFLICT, NOTHING_TO_ACKNOWLEDGE, acknowledge_as(&cast, "supervisor"));
    cast_close(&cast);
}

static void an_arrival_repeats_until_acknowledged(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    walked_in(&cast);
    for (int i = 1; i <= 50; i++) {
        int64_t due_ms = cast.decision.wake_at_ms;
        assert_int_equal(due_ms, monday(9, 5 * i));
        cast_at(&cast, due_ms - 1);
        assert_int_equal(wake(&cast), STATUS_OK);
        assert_null(cast.decision.record);
        cast_at(&cast, due_ms);
        assert_int_equal(wake(&cast), STATUS_OK);
        assert_string_equal(cast.decision.kind, "visit.alert_repeated");
        assert_int_equal(cast.visit->alert->repeats, i);
        assert_int_equal(cast.visit->version, 1 + i);
        assert_string_equal(alerted(cast.visit->alert), "engineer supervisor");
        struct decision decision = cast.decision;
        assert_int_equal(wake(&cast), STATUS_OK);
        assert_null(cast.decision.record);
        cast.decision = decision;
    }
    assert_refused(DENIED, NOT_ADDRESSEE, acknowledge_as(&cast, "clerk"));
    assert_int_equal(acknowledge_as(&cast, "engineer"), STATUS_OK);
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_close(&cast);
}

static void a_visitor_to_a_unit_and_nobody_at_the_centre(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    cast_leaves(&cast, ROLE(SUPERVISOR));
    Fd__WalkInVisitRequest command = a_walk_in();
    command.host_id = TEXT("");
    command.host_unit = TEXT("2-1-0101");
    cast_as(&cast, "clerk");
    assert_int_equal(play_visit(&cast, visit_walk_in, &command), STATUS_OK);
    assert_string_equal(alerted(cast.visit->alert), "manager");
    cast_close(&cast);
}

static void an_emergency_goes_the_way_of_a_major_complaint(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    walked_in(&cast);
    assert_int_equal(emergency(&cast), STATUS_OK);
    assert_true(cast.visit->emergency);
    assert_int_equal(cast.visit->level, 3);
    assert_string_equal(alerted(cast.visit->alert), "supervisor manager");
    assert_string_equal(cast.decision.note, "访客晕倒");
    for (int minute = 5; minute <= 25; minute += 5) {
        assert_int_equal(cast.decision.wake_at_ms, monday(9, minute));
        cast_at(&cast, monday(9, minute));
        assert_int_equal(wake(&cast), STATUS_OK);
        assert_string_equal(cast.decision.kind, "visit.alert_repeated");
    }
    cast_at(&cast, monday(9, 30));
    assert_int_equal(wake(&cast), STATUS_OK);
    assert_string_equal(cast.decision.kind, "visit.alert_climbed");
    assert_string_equal(alerted(cast.visit->alert), "supervisor manager hq hq_admin");
    assert_int_equal(cast.visit->level, 4);
    cast_as(&cast, "clerk");
    assert_refused(CONFLICT, ALREADY_EMERGENCY, emergency(&cast));
    /* The visitor is gone, the emergency is not. */
    assert_int_equal(leave(&cast), STATUS_OK);
    assert_string_equal(alerted(cast.visit->alert), "supervisor manager hq hq_admin");
    assert_true(cast.decision.wake_at_ms > monday(9, 30));
    assert_int_equal(acknowledge_as(&cast, "manager"), STATUS_OK);
    assert_int_equal(cast.decision.wake_at_ms, monday(10, 0));
    cast_close(&cast);
}

static void an_emergency_acknowledged_and_forgotten(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    walked_in(&cast);
    assert_int_equal(emergency(&cast), STATUS_OK);
    assert_int_equal(acknowledge_as(&cast, "supervisor"), STATUS_OK);
    cast_at(&cast, monday(9, 30));
    assert_int_equal(wake(&cast), STATUS_OK);
    assert_string_equal(cast.decision.kind, "visit.acknowledgement_expired");
    assert_string_equal(alerted(cast.visit->alert), "supervisor manager");
    /* And one that is looked after. */
    walked_in(&cast);
    assert_int_equal(emergency(&cast), STATUS_OK);
    assert_int_equal(acknowledge_as(&cast, "supervisor"), STATUS_OK);
    assert_int_equal(meet(&cast), STATUS_OK);
    assert_int_equal(cast.decision.wake_at_ms, 0);
    cast_close(&cast);
}

static void an_arrival_does_not_hide_an_emergency(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    announced(&cast);
    assert_int_equal(emergency(&cast), STATUS_OK);
    assert_int_equal(arrive(&cast), STATUS_OK);
    assert_int_equal(cast.visit->state, VISIT(ARRIVED));
    assert_int_equal(cast.visit->alert->reason, REASON(EMERGENCY));
    assert_string_equal(alerted(cast.visit->alert), "supervisor manager");
    cast_close(&cast);
}

static void reasons_are_given(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    announced(&cast);
    Fd__CancelVisitRequest cancelling = FD__CANCEL_VISIT_REQUEST__INIT;
    Fd__RaiseEmergencyRequest raising = FD__RAISE_EMERGENCY_REQUEST__INIT;
    assert_refused(INVALID, REASON_REQUIRED, play_visit(&cast, visit_cancel, &cancelling));
    assert_refused(INVALID, REASON_REQUIRED, play_visit(&cast, visit_emergency, &raising));
    cast_close(&cast);
}

static void a_full_arena_changes_nothing(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    for (size_t cap = 0; cap < 4096; cap += 16) {
        struct arena arena;
        cast.situation.arena = &cast.arena;
        announced(&cast);
        arena_init(&arena, cap);
        cast.situation.arena = &arena;
        enum status status = arrive(&cast);
        assert_int_equal(status, arena_exhausted(&arena) ? STATUS_TOO_LARGE : STATUS_OK);
        arena_free(&arena);
    }
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(announcing),
        cmocka_unit_test(walking_in_alerts_host_and_supervisor),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(when_it_may_be_expected),
        cmocka_unit_test(every_operation_in_every_state),
        cmocka_unit_test(nothing_loaded_or_a_stale_version),
        cmocka_unit_test(a_visit_from_plan_to_end),
        cmocka_unit_test(leaving_ends_an_arrival),
        cmocka_unit_test(an_arrival_repeats_until_acknowledged),
        cmocka_unit_test(a_visitor_to_a_unit_and_nobody_at_the_centre),
        cmocka_unit_test(an_emergency_goes_the_way_of_a_major_complaint),
        cmocka_unit_test(an_emergency_acknowledged_and_forgotten),
        cmocka_unit_test(an_arrival_does_not_hide_an_emergency),
        cmocka_unit_test(reasons_are_given),
        cmocka_unit_test(a_full_arena_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
