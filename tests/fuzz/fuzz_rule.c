/* SPDX-License-Identifier: Apache-2.0 */
/* The rules under commands as they come from the wire: anybody, anything, at any time, on one complaint and one visit,
 * while the manager changes the site's figures.
 * What must always hold is looked at after every step, and each record can be packed and is decoded again by a client.
 * Input: steps: which rule, who, how long after the last, the length of the command, the command. */
#include <string.h>

#include "common/check.h"
#include "common/message.h"
#include "server/domain/rules_change.h"
#include "server/domain/rules_record.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/input.h"
#include "tests/unit/server/domain/invariants.h"

enum { STEPS = 60 };

#define RULE(topic, rule, message)                                                                                     \
    { rule, &fd__##message##_request__descriptor, topic, #rule }
enum topic { COMPLAINT, VISIT_TOPIC, DEADLINES, CALENDAR };

static const struct {
    decide_function decide;
    const ProtobufCMessageDescriptor *command;
    enum topic topic;
    const char *name;
} rules[] = {
    RULE(COMPLAINT, complaint_accept, accept_complaint),
    RULE(COMPLAINT, complaint_assign, assign_complaint),
    RULE(COMPLAINT, complaint_record_action, record_action),
    RULE(COMPLAINT, complaint_classify, classify_complaint),
    RULE(COMPLAINT, complaint_pause, pause_complaint),
    RULE(COMPLAINT, complaint_resume, resume_complaint),
    RULE(COMPLAINT, complaint_escalate, escalate_complaint),
    RULE(COMPLAINT, complaint_acknowledge, acknowledge_complaint),
    RULE(COMPLAINT, complaint_take_over, take_over_complaint),
    RULE(COMPLAINT, complaint_send_back, send_back_complaint),
    RULE(COMPLAINT, complaint_close, close_complaint),
    RULE(COMPLAINT, complaint_follow_up, follow_up_complaint),
    RULE(COMPLAINT, complaint_reopen, reopen_complaint),
    RULE(COMPLAINT, complaint_link, link_complaint),
    RULE(COMPLAINT, complaint_plan, plan_complaint),
    RULE(COMPLAINT, complaint_ask_extension, ask_extension),
    RULE(COMPLAINT, complaint_decide_extension, decide_extension),
    RULE(VISIT_TOPIC, visit_arrive, arrive_visit),
    RULE(VISIT_TOPIC, visit_meet, meet_visit),
    RULE(VISIT_TOPIC, visit_leave, leave_visit),
    RULE(VISIT_TOPIC, visit_cancel, cancel_visit),
    RULE(VISIT_TOPIC, visit_emergency, raise_emergency),
    RULE(VISIT_TOPIC, visit_acknowledge, acknowledge_visit),
    RULE(DEADLINES, rules_set_deadlines, set_deadlines),
    RULE(CALENDAR, rules_set_calendar, set_calendar),
};
enum { RULES = sizeof rules / sizeof rules[0] };

static Fd__Complaint other;

/* What a client may be told: the record packs, and comes back through the checks on what arrives. */
static void check_sendable(const ProtobufCMessage *record) {
    struct bytes packed = {0};
    struct arena arena;
    struct message_fault fault = {0};
    ProtobufCMessage *again = NULL;
    CHECK(message_append(&packed, record) == STATUS_OK);
    arena_init(&arena, SIZE_MAX);
    enum status status = message_unpack(record->descriptor, &arena, packed.data, packed.length, &again, &fault);
    if (status != STATUS_OK) fail_msg("%s %s", fault.field != NULL ? fault.field : "", fault.why);
    arena_free(&arena);
    bytes_free(&packed);
}

static void check_visit(struct cast *cast) {
    const Fd__Visit *visit = cast->visit;
    const Fd__Alert *alert = visit->alert;
    int64_t wake_at_ms = cast->decision.wake_at_ms;
    if (alert != NULL) {
        assert_in_range(alert->level, 1, 4);
        assert_true(alert->n_person_ids > 0);
        for (size_t i = 0; i < alert->n_person_ids; i++)
            assert_non_null(roster_find(&cast->roster, alert->person_ids[i]));
        if (alert_pending(alert)) assert_true(alert->repeat_at_ms > cast->situation.now_ms);
    }
    assert_true(wake_at_ms == 0 || wake_at_ms > cast->situation.now_ms);
    cast->situation.actor = NULL;
    assert_int_equal(play_visit(cast, visit_wake, NULL), STATUS_OK);
    assert_null(cast->decision.record);
    assert_int_equal(cast->decision.wake_at_ms, wake_at_ms);
}

/* NULL: the wire lets no such command through. */
static const ProtobufCMessage *take_command(struct cast *cast, struct input *input,
                                            const ProtobufCMessageDescriptor *descriptor) {
    ProtobufCMessage *command = NULL;
    size_t length = input_byte(input);
    const uint8_t *bytes = input_bytes(input, &length);
    enum status status =
        message_unpack(descriptor, &cast->arena, length > 0 ? bytes : (const uint8_t *)"", length, &command, NULL);
    return status == STATUS_OK ? command : NULL;
}

/* Both must be there for the others to find them. */
static void register_both(struct cast *cast, struct input *input) {
    const ProtobufCMessage *command = take_command(cast, input, &fd__register_complaint_request__descriptor);
    cast_as(cast, "clerk");
    if (command == NULL || play(cast, complaint_register, command) != STATUS_OK)
        registered(cast, (Fd__Severity)(1 + input_byte(input) % 5), monday(input_byte(input) % 24, 0));
    cast->complaint->number = TEXT("C-1");
    check_sendable(&cast->complaint->base);
    check_complaint(cast);
    command = take_command(cast, input, &fd__walk_in_visit_request__descriptor);
    cast_as(cast, "clerk");
    if (command != NULL) (void)!play_visit(cast, visit_walk_in, command);
    command = take_command(cast, input, &fd__announce_visit_request__descriptor);
    cast_as(cast, "clerk");
    if (command != NULL && cast->visit == NULL) (void)!play_visit(cast, visit_announce, command);
    if (cast->visit == NULL) return;
    cast->visit->number = TEXT("V-1");
    check_sendable(&cast->visit->base);
}

/* Moments that a rule asked to be woken at are met, or passed by a millisecond. */
static void move_on(struct cast *cast, struct input *input, const int64_t wakes_ms[2]) {
    static const int64_t leaps[] = {0,
                                    1,
                                    30 * SECOND_MS,
                                    5 * MINUTE_MS,
                                    20 * MINUTE_MS,
                                    3 * (int64_t)HOUR_MS,
                                    (int64_t)DAY_MS,
                                    30 * (int64_t)DAY_MS};
    uint8_t how = input_byte(input);
    int64_t then_ms = cast->situation.now_ms + leaps[how % 8], wake_ms = wakes_ms[how / 8 % 2];
    if (how >= 128 && wake_ms > cast->situation.now_ms) then_ms = wake_ms - 1 + how / 16 % 3;
    cast_at(cast, then_ms);
}

static void complaint_step(struct cast *cast, size_t rule, const ProtobufCMessage *command, int64_t *wake_ms) {
    const Fd__Complaint *before = cast->complaint;
    int64_t version = before->version;
    cast->situation.other = &other;
    enum status status = play(cast, rules[rule].decide, command);
    assert_int_equal(before->version, version);
    if (status == STATUS_OK) {
        assert_int_equal(cast->complaint->version, version + 1);
        assert_non_null(cast->decision.kind);
        *wake_ms = cast->decision.wake_at_ms;
        check_sendable(&cast->complaint->base);
        check_complaint(cast);
    } else {
        assert_ptr_equal(cast->complaint, before);
        assert_true(cast->decision.refusal != REFUSAL_NONE);
    }
}

static void visit_step(struct cast *cast, size_t rule, const ProtobufCMessage *command, int64_t *wake_ms) {
    const Fd__Visit *before = cast->visit;
    if (before == NULL) return;
    int64_t version = before->version;
    enum status status = play_visit(cast, rules[rule].decide, command);
    assert_int_equal(before->version, version);
    if (status == STATUS_OK) {
        assert_int_equal(cast->visit->version, version + 1);
        *wake_ms = cast->decision.wake_at_ms;
        check_sendable(&cast->visit->base);
        check_visit(cast);
    } else {
        assert_ptr_equal(cast->visit, before);
        assert_true(cast->decision.refusal != REFUSAL_NONE);
    }
}

/* What is set holds from now on, and open complaints are woken for it. */
static void figures_step(struct cast *cast, size_t rule, const ProtobufCMessage *command, int64_t *wake_ms) {
    Fd__Deadlines deadlines = FD__DEADLINES__INIT;
    Fd__Calendar calendar = FD__CALENDAR__INIT;
    bool dues = rules[rule].topic == DEADLINES;
    cast->decision = (struct decision){0};
    cast_as(cast, "manager");
    if (rules[rule].decide(&cast->situation, command, dues ? (void *)&deadlines : &calendar, &cast->decision) !=
        STATUS_OK)
        return;
    const ProtobufCMessage *record = cast->decision.record;
    check_sendable(record);
    if (dues)
        rules_take_deadlines(&cast->rules, (const Fd__Deadlines *)(const void *)record);
    else
        rules_take_calendar(&cast->rules, (const Fd__Calendar *)(const void *)record);
    cast->rules.version++;
    *wake_ms = cast->situation.now_ms;
}

static void step(struct cast *cast, struct input *input, int64_t wakes_ms[2]) {
    size_t rule = input_byte(input) % RULES;
    const char *who = cast_list[input_byte(input) % (CAST_PEOPLE - 1)].id; /* the retired one cannot sign in */
    move_on(cast, input, wakes_ms);
    const ProtobufCMessage *command = take_command(cast, input, rules[rule].command);
    if (command == NULL) return;
    cast_as(cast, who);
    if (rules[rule].topic == COMPLAINT)
        complaint_step(cast, rule, command, &wakes_ms[0]);
    else if (rules[rule].topic == VISIT_TOPIC)
        visit_step(cast, rule, command, &wakes_ms[1]);
    else
        figures_step(cast, rule, command, &wakes_ms[0]);
}

/* Woken late, as after an outage. */
static void wake_late(struct cast *cast, int64_t wakes_ms[2]) {
    if (wakes_ms[0] != 0 && wakes_ms[0] <= cast->situation.now_ms) {
        assert_int_equal(wake_it(cast), STATUS_OK);
        wakes_ms[0] = cast->decision.wake_at_ms;
        if (cast->decision.record != NULL) check_complaint(cast);
    }
    if (cast->visit != NULL && wakes_ms[1] != 0 && wakes_ms[1] <= cast->situation.now_ms) {
        cast->situation.actor = NULL;
        assert_int_equal(play_visit(cast, visit_wake, NULL), STATUS_OK);
        wakes_ms[1] = cast->decision.wake_at_ms;
        if (cast->decision.record != NULL) check_visit(cast);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    struct cast cast;
    int64_t wakes_ms[2] = {0, 0};
    other = (Fd__Complaint)FD__COMPLAINT__INIT;
    other.id = TEXT("other");
    other.number = TEXT("C-2");
    other.state = STATE(REGISTERED);
    cast_open(&cast);
    register_both(&cast, &input);
    for (int steps = 0; input.left > 0 && steps < STEPS; steps++) {
        if (input_byte(&input) % 2 == 0) wake_late(&cast, wakes_ms);
        step(&cast, &input, wakes_ms);
    }
    cast_close(&cast);
    return 0;
}
