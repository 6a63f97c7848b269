/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "tests/unit/server/domain/cast.h"

static void everything_said_is_kept(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__RegisterComplaintRequest command = a_registration(SEVERITY(GENERAL));
    command.description = TEXT("　　尊敬的领导：\n\t漏了三天。“请速处理”\n");
    command.place = TEXT("厨房");
    command.wanted_outcome = TEXT("今天修好");
    command.received_at_ms = monday(9, 10);
    cast_as(&cast, "clerk");
    cast_at(&cast, monday(9, 30));
    assert_int_equal(play(&cast, complaint_register, &command), STATUS_OK);
    const Fd__Complaint *complaint = cast.complaint;
    assert_string_equal(complaint->id, "new");
    assert_string_equal(complaint->site_id, "site-1");
    assert_string_equal(complaint->number, "");
    assert_int_equal(complaint->version, 1);
    assert_int_equal(complaint->state, STATE(REGISTERED));
    assert_int_equal(complaint->received_at_ms, monday(9, 10));
    assert_int_equal(complaint->registered_at_ms, monday(9, 30));
    assert_string_equal(complaint->registered_by, "clerk");
    assert_string_equal(complaint->desk, "desk 1");
    assert_int_equal(complaint->channel, CHANNEL(PHONE));
    assert_string_equal(complaint->customer_name, "王小明");
    assert_string_equal(complaint->customer_phone, "138 0013-8000");
    assert_string_equal(complaint->description, command.description);
    assert_string_equal(complaint->wanted_outcome, "今天修好");
    assert_string_equal(complaint->handler_id, "");
    /* The clock starts at registration, not when the customer spoke. */
    assert_int_equal(complaint->n_active_from_ms, 1);
    assert_int_equal(complaint->active_from_ms[0], monday(9, 30));
    assert_int_equal(complaint->n_active_until_ms, 0);
    assert_int_equal(complaint->accept_due_at_ms, monday(9, 50));
    assert_string_equal(cast.decision.kind, "complaint.registered");
    assert_null(cast.decision.note);
    assert_int_equal(cast.decision.wake_at_ms, monday(9, 45));
    cast_close(&cast);
}

static void defaults(void **state) {
    (void)state;
    static const struct {
        Fd__ComplaintType type;
        Fd__Team team;
    } rows[] = {
        {TYPE(UNSPECIFIED),    TEAM(DESK)       },
        {TYPE(ENGINEERING),    TEAM(ENGINEERING)},
        {TYPE(SECURITY),       TEAM(SECURITY)   },
        {TYPE(CLEANING),       TEAM(CLEANING)   },
        {TYPE(GREENING),       TEAM(GREENING)   },
        {TYPE(PARKING),        TEAM(SECURITY)   },
        {TYPE(NOISE),          TEAM(SECURITY)   },
        {TYPE(FEES),           TEAM(FINANCE)    },
        {TYPE(STAFF_ATTITUDE), TEAM(OFFICE)     },
        {TYPE(RENOVATION),     TEAM(ENGINEERING)},
        {TYPE(OTHER),          TEAM(DESK)       },
    };
    struct cast cast;
    cast_open(&cast);
    cast_as(&cast, "clerk");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__RegisterComplaintRequest command = a_registration(SEVERITY(GENERAL));
        command.type = rows[i].type;
        command.channel = CHANNEL(UNSPECIFIED);
        assert_int_equal(play(&cast, complaint_register, &command), STATUS_OK);
        assert_int_equal(cast.complaint->team, rows[i].team);
        assert_int_equal(cast.complaint->type, rows[i].type == 0 ? TYPE(OTHER) : rows[i].type);
        assert_int_equal(cast.complaint->channel, CHANNEL(COUNTER));
        assert_int_equal(cast.complaint->received_at_ms, cast.situation.now_ms);
        command.team = TEAM(GREENING);
        assert_int_equal(play(&cast, complaint_register, &command), STATUS_OK);
        assert_int_equal(cast.complaint->team, TEAM(GREENING));
    }
    cast_close(&cast);
}

static char *repeated(size_t points) {
    char *text = calloc(points + 1, 3);
    assert_non_null(text);
    for (size_t i = 0; i < points; i++) memcpy(text + i * 3, "漏", 3);
    return text;
}

/* Each row spoils one thing of a good registration. */
static void spoil(Fd__RegisterComplaintRequest *command, int row, char *letter, char *line) {
    switch (row) {
    case 0: command->subject = TEXT(" 　"); break;
    case 1: command->subject = line; break;
    case 2: command->severity = SEVERITY(UNSPECIFIED); break;
    case 3: command->customer_name = TEXT(""); break;
    case 4: command->customer_phone = TEXT(" "); break;
    case 5: command->customer_phone = TEXT("call me"); break;
    case 6: command->anonymous = true; break;
    case 7: command->received_at_ms = monday(9, 5) + 1; break;
    case 8: command->received_at_ms = MONDAY_MS - INT64_C(31) * 366 * DAY_MS; break;
    case 9: command->description = letter; break;
    case 10: command->customer_name = line; break;
    case 11: command->unit = line; break;
    case 12: command->place = line; break;
    case 13: command->wanted_outcome = letter; break;
    default: fail();
    }
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    static const struct {
        enum status status;
        enum refusal refusal;
        const char *field;
    } rows[] = {
        {STATUS_INVALID,   REFUSAL_FIELD_REQUIRED,    "subject"       },
        {STATUS_TOO_LARGE, REFUSAL_OVER_200,          "subject"       },
        {STATUS_INVALID,   REFUSAL_SEVERITY_REQUIRED, "severity"      },
        {STATUS_INVALID,   REFUSAL_CUSTOMER_REQUIRED, "customer_name" },
        {STATUS_INVALID,   REFUSAL_CUSTOMER_REQUIRED, "customer_phone"},
        {STATUS_INVALID,   REFUSAL_BAD_PHONE,         "customer_phone"},
        {STATUS_INVALID,   REFUSAL_ANONYMOUS_NAMED,   "customer_name" },
        {STATUS_INVALID,   REFUSAL_TIME_IN_FUTURE,    "received_at_ms"},
        {STATUS_INVALID,   REFUSAL_TIME_TOO_OLD,      "received_at_ms"},
        {STATUS_TOO_LARGE, REFUSAL_OVER_10000,        "description"   },
        {STATUS_TOO_LARGE, REFUSAL_OVER_100,          "customer_name" },
        {STATUS_TOO_LARGE, REFUSAL_OVER_100,          "unit"          },
        {STATUS_TOO_LARGE, REFUSAL_OVER_200,          "place"         },
        {STATUS_TOO_LARGE, REFUSAL_OVER_2000,         "wanted_outcome"},
    };
    struct cast cast;
    char *letter = repeated(10001), *line = repeated(201);
    cast_open(&cast);
    cast_as(&cast, "clerk");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        Fd__RegisterComplaintRequest command = a_registration(SEVERITY(GENERAL));
        spoil(&command, (int)i, letter, line);
        cast.decision = (struct decision){0};
        assert_int_equal(play(&cast, complaint_register, &command), rows[i].status);
        assert_int_equal(cast.decision.refusal, rows[i].refusal);
        assert_string_equal(cast.decision.field, rows[i].field);
    }
    /* At the limits it passes. */
    letter[10000 * 3] = line[200 * 3] = '\0';
    Fd__RegisterComplaintRequest command = a_registration(SEVERITY(GENERAL));
    command.description = letter;
    command.subject = command.place = line;
    command.received_at_ms = monday(9, 5);
    assert_int_equal(play(&cast, complaint_register, &command), STATUS_OK);
    assert_string_equal(cast.complaint->description, letter);
    assert_int_equal(cast.complaint->received_at_ms, monday(9, 0)); /* a clock slightly ahead */
    free(letter);
    free(line);
    cast_close(&cast);
}

static void anonymous_needs_no_customer_and_letters_may_be_old(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__RegisterComplaintRequest command = a_registration(SEVERITY(GENERAL));
    command.anonymous = true;
    command.customer_name = command.customer_phone = TEXT("");
    command.received_at_ms = INT64_C(1312367081000); /* 2011 */
    cast_as(&cast, "clerk");
    assert_int_equal(play(&cast, complaint_register, &command), STATUS_OK);
    assert_true(cast.complaint->anonymous);
    assert_int_equal(cast.complaint->received_at_ms, INT64_C(1312367081000));
    assert_int_equal(cast.complaint->accept_due_at_ms, monday(9, 20));
    command.customer_phone = TEXT("13800138000"); /* may be called back all the same */
    assert_int_equal(play(&cast, complaint_register, &command), STATUS_OK);
    cast_close(&cast);
}

static void who_is_alerted_at_once(void **state) {
    (void)state;
    static const struct {
        Fd__Severity severity;
        const char *people;
        Fd__AlertReason reason;
        int level;
    } rows[] = {
        {SEVERITY(GENERAL),       "",                   0,                 0},
        {SEVERITY(COMPLEX),       "",                   0,                 0},
        {SEVERITY(SERIOUS),       "supervisor",         REASON(SERIOUS),   2},
        {SEVERITY(MAJOR),         "supervisor manager", REASON(MAJOR),     3},
        {SEVERITY(OUTSIDE_REMIT), "supervisor",         REASON(ESCALATED), 2},
    };
    struct cast cast;
    cast_open(&cast);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        registered(&cast, rows[i].severity, monday(3, 0));
        assert_string_equal(alerted(cast.complaint->alert), rows[i].people);
        assert_int_equal(cast.complaint->level, rows[i].level);
        if (rows[i].level == 0)
            assert_null(cast.complaint->alert);
        else
            assert_int_equal(cast.complaint->alert->reason, rows[i].reason);
    }
    cast_close(&cast);
}

static void nobody_acts_without_being_somebody(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    Fd__RegisterComplaintRequest command = a_registration(SEVERITY(GENERAL));
    assert_refused(DENIED, NOT_ALLOWED, play(&cast, complaint_register, &command));
    cast_close(&cast);
}

static void a_full_arena_registers_nothing(void **state) {
    (void)state;
    struct cast cast;
    int stored = 0;
    cast_open(&cast);
    cast_as(&cast, "clerk");
    for (size_t cap = 0; cap < 8192; cap += 16) {
        struct arena arena;
        arena_init(&arena, cap);
        cast.situation.arena = &arena;
        Fd__RegisterComplaintRequest command = a_registration(SEVERITY(MAJOR));
        enum status status = play(&cast, complaint_register, &command);
        assert_int_equal(status, arena_exhausted(&arena) ? STATUS_TOO_LARGE : STATUS_OK);
        stored += status == STATUS_OK;
        if (status == STATUS_OK) assert_string_equal(alerted(cast.complaint->alert), "supervisor manager");
        cast.complaint = NULL;
        arena_free(&arena);
    }
    assert_true(stored > 0);
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_said_is_kept),
        cmocka_unit_test(defaults),
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(anonymous_needs_no_customer_and_letters_may_be_old),
        cmocka_unit_test(who_is_alerted_at_once),
        cmocka_unit_test(nobody_acts_without_being_somebody),
        cmocka_unit_test(a_full_arena_registers_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
