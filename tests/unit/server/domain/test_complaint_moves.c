/* SPDX-License-Identifier: Apache-2.0 */
/* The table of moves, row by row, through the rules themselves. */
#include "server/domain/complaint_case.h"
#include "tests/unit/server/domain/cast.h"

enum { OPERATIONS = 17, STATES = 7 };

static Fd__Complaint other;

static enum status do_accept(struct cast *cast) {
    return accept_it(cast, "engineer");
}
static enum status do_assign(struct cast *cast) {
    return assign_it(cast, "supervisor", 0, "engineer2");
}
static enum status do_act(struct cast *cast) {
    return act_on_it(cast, "engineer", KIND(ACTION));
}
static enum status do_classify(struct cast *cast) {
    return classify_it(cast, "supervisor", SEVERITY(SERIOUS));
}
static enum status do_pause(struct cast *cast) {
    return pause_it(cast, "engineer");
}
static enum status do_resume(struct cast *cast) {
    return resume_it(cast, "engineer");
}
static enum status do_escalate(struct cast *cast) {
    return escalate_it(cast, "engineer");
}
static enum status do_acknowledge(struct cast *cast) {
    return acknowledge_it(cast, "manager");
}
static enum status do_take_over(struct cast *cast) {
    return take_over_it(cast, "manager");
}
static enum status do_send_back(struct cast *cast) {
    return send_it_back(cast, "supervisor", "engineer2");
}
static enum status do_close(struct cast *cast) {
    return close_it(cast, "engineer");
}
static enum status do_follow_up(struct cast *cast) {
    return follow_it_up(cast, "supervisor", 5);
}
static enum status do_reopen(struct cast *cast) {
    return reopen_it(cast, "clerk");
}
static enum status do_link(struct cast *cast) {
    return link_it(cast, "engineer", &other);
}

static enum status do_plan(struct cast *cast) {
    return plan_it(cast, "engineer", "换主管");
}
static enum status do_ask(struct cast *cast) {
    return ask_extension(cast, "engineer", day_of_week(14, 18, 0));
}
static enum status do_decide(struct cast *cast) {
    return decide_extension(cast, "manager", DECISION(APPROVE), "");
}

/* One letter a state: R registered A accepted U under way W waiting C closed F followed up L linked; "." refused. */
static const struct row {
    enum complaint_operation operation;
    enum status (*play)(struct cast *);
    const char *kind;
    const char *after;
} rows[OPERATIONS] = {
    {COMPLAINT_ACCEPT,           do_accept,      "complaint.accepted",           "A......"},
    {COMPLAINT_ASSIGN,           do_assign,      "complaint.assigned",           "RAUW..."},
    {COMPLAINT_RECORD_ACTION,    do_act,         "complaint.acted",              "UUUW..."},
    {COMPLAINT_CLASSIFY,         do_classify,    "complaint.classified",         "RAUW..."},
    {COMPLAINT_PAUSE,            do_pause,       "complaint.paused",             ".WW...."},
    {COMPLAINT_RESUME,           do_resume,      "complaint.resumed",            "...U..."},
    {COMPLAINT_ESCALATE,         do_escalate,    "complaint.escalated",          "RAUW..."},
    {COMPLAINT_ACKNOWLEDGE,      do_acknowledge, "complaint.acknowledged",       "RAUWC.."},
    {COMPLAINT_TAKE_OVER,        do_take_over,   "complaint.taken_over",         "AAUW..."},
    {COMPLAINT_SEND_BACK,        do_send_back,   "complaint.sent_back",          "RAUW..."},
    {COMPLAINT_CLOSE,            do_close,       "complaint.closed",             "CCCC..."},
    {COMPLAINT_FOLLOW_UP,        do_follow_up,   "complaint.followed_up",        "....F.."},
    {COMPLAINT_REOPEN,           do_reopen,      "complaint.reopened",           "....UU."},
    {COMPLAINT_LINK,             do_link,        "complaint.linked",             "LLLL..."},
    {COMPLAINT_PLAN,             do_plan,        "complaint.planned",            "UUUW..."},
    {COMPLAINT_ASK_EXTENSION,    do_ask,         "complaint.extension_asked",    "RAUW..."},
    {COMPLAINT_DECIDE_EXTENSION, do_decide,      "complaint.extension_approved", "RAUW..."},
};
static const char letters[] = "?RAUWCFL";

static void expect(enum status status) {
    assert_int_equal(status, STATUS_OK);
}

/* A complaint brought into the state by its own commands. */
static void bring(struct cast *cast, Fd__ComplaintState state) {
    registered(cast, SEVERITY(COMPLEX), monday(9, 0));
    cast_at(cast, monday(9, 5));
    if (state == STATE(LINKED)) expect(do_link(cast));
    if (state == STATE(REGISTERED) || state == STATE(LINKED)) return;
    expect(do_accept(cast));
    if (state == STATE(ACCEPTED)) return;
    expect(do_act(cast));
    if (state == STATE(UNDER_WAY)) return;
    if (state == STATE(WAITING)) {
        expect(do_pause(cast));
        return;
    }
    expect(do_close(cast));
    if (state == STATE(FOLLOWED_UP)) expect(do_follow_up(cast));
}

/* Something to acknowledge, where the state can have it: by hand while open, the missed follow-up when closed. */
static void give_alert(struct cast *cast) {
    if (complaint_open(cast->complaint)) expect(escalate_it(cast, "engineer"));
    if (cast->complaint->state != STATE(CLOSED)) return;
    cast_at(cast, cast->complaint->follow_up_due_at_ms);
    expect(wake_it(cast));
    assert_string_equal(cast->decision.kind, "complaint.follow_up_missed");
}

static void every_operation_in_every_state(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    other = (Fd__Complaint)FD__COMPLAINT__INIT;
    other.id = TEXT("other");
    other.number = TEXT("C-2");
    other.state = STATE(REGISTERED);
    for (int i = 0; i < OPERATIONS; i++) {
        for (int s = STATE(REGISTERED); s <= STATE(LINKED); s++) {
            Fd__ComplaintState before = (Fd__ComplaintState)s;
            char wanted = rows[i].after[s - 1];
            bring(&cast, before);
            assert_int_equal(cast.complaint->state, before);
            if (rows[i].operation == COMPLAINT_ACKNOWLEDGE) give_alert(&cast);
            if (rows[i].operation == COMPLAINT_DECIDE_EXTENSION && complaint_open(cast.complaint))
                expect(do_ask(&cast));
            const Fd__Complaint *loaded = cast.complaint;
            int64_t version = loaded->version;
            enum status status = rows[i].play(&cast);
            if (wanted == '.') {
                assert_int_equal(status, STATUS_CONFLICT);
                assert_int_equal(cast.decision.refusal, complaint_move(rows[i].operation, before));
                assert_ptr_equal(cast.complaint, loaded);
                continue;
            }
            assert_int_equal(status, STATUS_OK);
            assert_int_equal(complaint_move(rows[i].operation, before), REFUSAL_NONE);
            assert_int_equal(letters[cast.complaint->state], wanted);
            assert_string_equal(cast.decision.kind, rows[i].kind);
            assert_int_equal(cast.complaint->version, version + 1);
            assert_int_equal(loaded->version, version); /* the loaded one is not written to */
            assert_int_equal(loaded->state, before);
        }
    }
    cast_close(&cast);
}

static void a_refusal_tells_which_way_out(void **state) {
    (void)state;
    static const struct {
        enum complaint_operation operation;
        Fd__ComplaintState state;
        enum refusal refusal;
    } cells[] = {
        {COMPLAINT_ACCEPT,      STATE(ACCEPTED),       REFUSAL_ALREADY_ACCEPTED      },
        {COMPLAINT_PAUSE,       STATE(REGISTERED),     REFUSAL_NOT_ACCEPTED_YET      },
        {COMPLAINT_PAUSE,       STATE(WAITING),        REFUSAL_ALREADY_WAITING       },
        {COMPLAINT_RESUME,      STATE(UNDER_WAY),      REFUSAL_NOT_WAITING           },
        {COMPLAINT_CLOSE,       STATE(CLOSED),         REFUSAL_ALREADY_CLOSED        },
        {COMPLAINT_CLOSE,       STATE(LINKED),         REFUSAL_LINKED_AWAY           },
        {COMPLAINT_FOLLOW_UP,   STATE(UNDER_WAY),      REFUSAL_NOT_CLOSED            },
        {COMPLAINT_FOLLOW_UP,   STATE(FOLLOWED_UP),    REFUSAL_ALREADY_FOLLOWED_UP   },
        {COMPLAINT_REOPEN,      STATE(ACCEPTED),       REFUSAL_NOT_CLOSED            },
        {COMPLAINT_ACKNOWLEDGE, STATE(FOLLOWED_UP),    REFUSAL_NOTHING_TO_ACKNOWLEDGE},
        {COMPLAINT_ACCEPT,      STATE(UNSPECIFIED),    REFUSAL_BAD_STATE             },
        {COMPLAINT_ACCEPT,      (Fd__ComplaintState)8, REFUSAL_BAD_STATE             },
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        assert_int_equal(complaint_move(cells[i].operation, cells[i].state), cells[i].refusal);
}

static void nothing_loaded_is_not_found(void **state) {
    (void)state;
    struct cast cast;
    cast_open(&cast);
    for (int i = 0; i < OPERATIONS; i++) {
        cast.complaint = NULL;
        assert_refused(NOT_FOUND, NOT_FOUND, rows[i].play(&cast));
    }
    assert_refused(NOT_FOUND, NOT_FOUND, wake_it(&cast));
    cast_close(&cast);
}

static void a_stale_version_is_refused_everywhere(void **state) {
    (void)state;
    static const decide_function rules[OPERATIONS] = {
        complaint_accept,
        complaint_assign,
        complaint_record_action,
        complaint_classify,
        complaint_pause,
        complaint_resume,
        complaint_escalate,
        complaint_acknowledge,
        complaint_take_over,
        complaint_send_back,
        complaint_close,
        complaint_follow_up,
        complaint_reopen,
        complaint_link,
        complaint_plan,
        complaint_ask_extension,
        complaint_decide_extension,
    };
    struct cast cast;
    cast_open(&cast);
    registered(&cast, SEVERITY(GENERAL), monday(9, 0));
    cast_as(&cast, "manager");
    for (int i = 0; i < OPERATIONS; i++) {
        /* number and version are fields 1 and 2 of every command */
        Fd__RecordActionRequest command = FD__RECORD_ACTION_REQUEST__INIT;
        command.version = 7;
        assert_refused(CONFLICT, VERSION_MOVED, play(&cast, rules[i], &command));
    }
    cast_close(&cast);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_in_every_state),
        cmocka_unit_test(a_refusal_tells_which_way_out),
        cmocka_unit_test(nothing_loaded_is_not_found),
        cmocka_unit_test(a_stale_version_is_refused_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
