/* SPDX-License-Identifier: Apache-2.0 */
/* The people of a small site, a calendar day and short ways to play rules on them. Monday is 2026-11-23. */
#ifndef FRONTDESK_TESTS_DOMAIN_CAST_H
#define FRONTDESK_TESTS_DOMAIN_CAST_H

#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "common/moment.h"
#include "server/domain/alert.h"
#include "server/domain/complaint.h"
#include "server/domain/visit.h"
#include "server/domain/words.h"
#include "tests/support/test.h"

#define MONDAY_MS INT64_C(1795363200000) /* 00:00 at +08:00 */
#define TEXT(literal) ((char *)(uintptr_t)(literal))

enum { CAST_PEOPLE = 12 };

/* Monday's civil time. */
static inline int64_t monday(int hour, int minute) {
    return MONDAY_MS + hour * (int64_t)HOUR_MS + minute * (int64_t)MINUTE_MS;
}

static inline int64_t day_of_week(int days_after_monday, int hour, int minute) {
    return monday(hour, minute) + days_after_monday * (int64_t)DAY_MS;
}

struct cast {
    struct arena arena;
    Fd__Site site;
    Fd__Person people[CAST_PEOPLE];
    Fd__Role roles[CAST_PEOPLE];
    const Fd__Person *pointers[CAST_PEOPLE];
    struct rules rules;
    struct roster roster;
    struct situation situation;
    struct decision decision;
    Fd__Complaint *complaint; /* the present one */
    Fd__Visit *visit;
};

static const struct {
    const char *id;
    Fd__Role role;
    Fd__Team team;
    bool active;
} cast_list[CAST_PEOPLE] = {
    {"clerk",      ROLE(DESK_CLERK),    TEAM(DESK),        true },
    {"clerk2",     ROLE(DESK_CLERK),    TEAM(DESK),        true },
    {"leader",     ROLE(TEAM_LEADER),   TEAM(ENGINEERING), true },
    {"engineer",   ROLE(TEAM_MEMBER),   TEAM(ENGINEERING), true },
    {"engineer2",  ROLE(TEAM_MEMBER),   TEAM(ENGINEERING), true },
    {"guard",      ROLE(TEAM_MEMBER),   TEAM(SECURITY),    true },
    {"supervisor", ROLE(SUPERVISOR),    TEAM(OFFICE),      true },
    {"manager",    ROLE(MANAGER),       TEAM(OFFICE),      true },
    {"hq",         ROLE(HQ_VIEWER),     TEAM(UNSPECIFIED), true },
    {"hq_admin",   ROLE(HQ_ADMIN),      TEAM(UNSPECIFIED), true },
    {"admin",      ROLE(ADMINISTRATOR), TEAM(OFFICE),      true },
    {"retired",    ROLE(TEAM_MEMBER),   TEAM(ENGINEERING), false},
};

static inline void cast_as(struct cast *cast, const char *id) {
    cast->situation.actor = NULL;
    for (int i = 0; i < CAST_PEOPLE; i++)
        if (id != NULL && strcmp(cast->people[i].id, id) == 0) cast->situation.actor = &cast->people[i];
    if (id != NULL) assert_non_null(cast->situation.actor);
}

static inline Fd__Person *cast_person(struct cast *cast, const char *id) {
    cast_as(cast, id);
    return (Fd__Person *)(uintptr_t)cast->situation.actor;
}

static inline void cast_at(struct cast *cast, int64_t now_ms) {
    cast->situation.now_ms = now_ms;
}

static inline void cast_open(struct cast *cast) {
    memset(cast, 0, sizeof *cast);
    arena_init(&cast->arena, 64 << 20);
    cast->site = (Fd__Site)FD__SITE__INIT;
    cast->site.id = cast->site.site_id = TEXT("site-1");
    cast->rules = rules_default;
    for (int i = 0; i < CAST_PEOPLE; i++) {
        Fd__Person *person = &cast->people[i];
        *person = (Fd__Person)FD__PERSON__INIT;
        cast->roles[i] = cast_list[i].role;
        person->id = person->login = person->name = TEXT(cast_list[i].id);
        person->site_id = cast->site.id;
        person->version = 1;
        person->roles = &cast->roles[i];
        person->n_roles = 1;
        person->team = cast_list[i].team;
        person->active = cast_list[i].active;
        cast->pointers[i] = person;
    }
    cast->roster = (struct roster){&cast->site, &cast->rules, cast->pointers, CAST_PEOPLE};
    cast->situation = (struct situation){
        .arena = &cast->arena, .roster = &cast->roster, .desk = "desk 1", .now_ms = monday(9, 0), .new_id = "new"};
}

static inline void cast_close(struct cast *cast) {
    arena_free(&cast->arena);
}

static inline void cast_leaves(struct cast *cast, Fd__Role role) {
    for (int i = 0; i < CAST_PEOPLE; i++)
        if (cast->roles[i] == role) cast->people[i].active = false;
}

/* --- playing rules --- */

static inline enum status play(struct cast *cast, decide_function rule, const void *command) {
    cast->decision = (struct decision){0};
    enum status status = rule(&cast->situation, command, cast->complaint, &cast->decision);
    if (status == STATUS_OK && cast->decision.record != NULL) cast->complaint = (Fd__Complaint *)cast->decision.record;
    return status;
}

static inline enum status play_visit(struct cast *cast, decide_function rule, const void *command) {
    cast->decision = (struct decision){0};
    enum status status = rule(&cast->situation, command, cast->visit, &cast->decision);
    if (status == STATUS_OK && cast->decision.record != NULL) cast->visit = (Fd__Visit *)cast->decision.record;
    return status;
}

#define assert_refused(status_wanted, refusal_wanted, call)                                                            \
    do {                                                                                                               \
        assert_int_equal((call), STATUS_##status_wanted);                                                              \
        assert_int_equal(cast.decision.refusal, REFUSAL_##refusal_wanted);                                             \
        assert_null(cast.decision.record);                                                                             \
    } while (0)

static inline Fd__RegisterComplaintRequest a_registration(Fd__Severity severity) {
    Fd__RegisterComplaintRequest command = FD__REGISTER_COMPLAINT_REQUEST__INIT;
    command.channel = CHANNEL(PHONE);
    command.customer_name = TEXT("王小明");
    command.customer_phone = TEXT("138 0013-8000");
    command.unit = TEXT("17-2-1203");
    command.subject = TEXT("厨房水管漏水");
    command.type = TYPE(ENGINEERING);
    command.severity = severity;
    return command;
}

/* By the clerk, for the engineers. */
static inline void registered(struct cast *cast, Fd__Severity severity, int64_t at_ms) {
    Fd__RegisterComplaintRequest command = a_registration(severity);
    cast_as(cast, "clerk");
    cast_at(cast, at_ms);
    cast->complaint = NULL;
    assert_int_equal(play(cast, complaint_register, &command), STATUS_OK);
    cast->complaint->number = TEXT("C-1");
}

static inline enum status accept_it(struct cast *cast, const char *who) {
    Fd__AcceptComplaintRequest command = FD__ACCEPT_COMPLAINT_REQUEST__INIT;
    cast_as(cast, who);
    return play(cast, complaint_accept, &command);
}

static inline enum status assign_it(struct cast *cast, const char *who, Fd__Team team, const char *handler) {
    Fd__AssignComplaintRequest command = FD__ASSIGN_COMPLAINT_REQUEST__INIT;
    command.team = team;
    command.handler_id = TEXT(handler);
    cast_as(cast, who);
    return play(cast, complaint_assign, &command);
}

static inline enum status act_on_it(struct cast *cast, const char *who, Fd__ActionKind kind) {
    Fd__RecordActionRequest command = FD__RECORD_ACTION_REQUEST__INIT;
    command.kind = kind;
    command.note = TEXT("已到场");
    cast_as(cast, who);
    return play(cast, complaint_record_action, &command);
}

static inline enum status classify_it(struct cast *cast, const char *who, Fd__Severity severity) {
    Fd__ClassifyComplaintRequest command = FD__CLASSIFY_COMPLAINT_REQUEST__INIT;
    command.severity = severity;
    command.reason = TEXT("两户受影响");
    cast_as(cast, who);
    return play(cast, complaint_classify, &command);
}

static inline enum status pause_it(struct cast *cast, const char *who) {
    Fd__PauseComplaintRequest command = FD__PAUSE_COMPLAINT_REQUEST__INIT;
    command.waiting_for = WAITING(SUPPLIER);
    command.reason = TEXT("等配件");
    cast_as(cast, who);
    return play(cast, complaint_pause, &command);
}

static inline enum status resume_it(struct cast *cast, const char *who) {
    Fd__ResumeComplaintRequest command = FD__RESUME_COMPLAINT_REQUEST__INIT;
    cast_as(cast, who);
    return play(cast, complaint_resume, &command);
}

static inline enum status escalate_it(struct cast *cast, const char *who) {
    Fd__EscalateComplaintRequest command = FD__ESCALATE_COMPLAINT_REQUEST__INIT;
    command.reason = TEXT("客户情绪激动");
    cast_as(cast, who);
    return play(cast, complaint_escalate, &command);
}

static inline enum status acknowledge_it(struct cast *cast, const char *who) {
    Fd__AcknowledgeComplaintRequest command = FD__ACKNOWLEDGE_COMPLAINT_REQUEST__INIT;
    cast_as(cast, who);
    return play(cast, complaint_acknowledge, &command);
}

static inline enum status take_over_it(struct cast *cast, const char *who) {
    Fd__TakeOverComplaintRequest command = FD__TAKE_OVER_COMPLAINT_REQUEST__INIT;
    cast_as(cast, who);
    return play(cast, complaint_take_over, &command);
}

static inline enum status send_it_back(struct cast *cast, const char *who, const char *handler) {
    Fd__SendBackComplaintRequest command = FD__SEND_BACK_COMPLAINT_REQUEST__INIT;
    command.handler_id = TEXT(handler);
    command.reason = TEXT("班组可处理");
    cast_as(cast, who);
    return play(cast, complaint_send_back, &command);
}

static inline enum status close_it(struct cast *cast, const char *who) {
    Fd__CloseComplaintRequest command = FD__CLOSE_COMPLAINT_REQUEST__INIT;
    command.cause = TEXT("水管老化");
    command.remedy = TEXT("已更换");
    command.verdict = VERDICT(JUSTIFIED);
    cast_as(cast, who);
    return play(cast, complaint_close, &command);
}

static inline enum status follow_it_up(struct cast *cast, const char *who, int satisfaction) {
    Fd__FollowUpComplaintRequest command = FD__FOLLOW_UP_COMPLAINT_REQUEST__INIT;
    command.satisfaction = satisfaction;
    command.customer_opinion = TEXT("还会漏");
    cast_as(cast, who);
    return play(cast, complaint_follow_up, &command);
}

static inline enum status reopen_it(struct cast *cast, const char *who) {
    Fd__ReopenComplaintRequest command = FD__REOPEN_COMPLAINT_REQUEST__INIT;
    command.reason = TEXT("又漏了");
    cast_as(cast, who);
    return play(cast, complaint_reopen, &command);
}

static inline enum status link_it(struct cast *cast, const char *who, const Fd__Complaint *stays) {
    Fd__LinkComplaintRequest command = FD__LINK_COMPLAINT_REQUEST__INIT;
    command.duplicate_of = TEXT("C-2");
    cast->situation.other = stays;
    cast_as(cast, who);
    return play(cast, complaint_link, &command);
}

static inline enum status plan_it(struct cast *cast, const char *who, const char *plan) {
    Fd__PlanComplaintRequest command = FD__PLAN_COMPLAINT_REQUEST__INIT;
    command.plan = TEXT(plan);
    cast_as(cast, who);
    return play(cast, complaint_plan, &command);
}

static inline enum status ask_extension(struct cast *cast, const char *who, int64_t until_ms) {
    Fd__AskExtensionRequest command = FD__ASK_EXTENSION_REQUEST__INIT;
    command.until_ms = until_ms;
    command.reason = TEXT("须厂家到场");
    cast_as(cast, who);
    return play(cast, complaint_ask_extension, &command);
}

static inline enum status decide_extension(struct cast *cast, const char *who, Fd__ExtensionDecision verdict,
                                           const char *reason) {
    Fd__DecideExtensionRequest command = FD__DECIDE_EXTENSION_REQUEST__INIT;
    command.decision = verdict;
    command.reason = TEXT(reason);
    cast_as(cast, who);
    return play(cast, complaint_decide_extension, &command);
}

static inline enum status wake_it(struct cast *cast) {
    cast->situation.actor = NULL;
    return play(cast, complaint_wake, NULL);
}

/* --- looking --- */

static inline bool alerts(const Fd__Alert *alert, const char *id) {
    return alert_pending(alert) && alert_addresses(alert, id);
}

/* "manager supervisor": those a pending alert is for, in the cast's order; "" without one. */
static inline const char *alerted(const Fd__Alert *alert) {
    static char text[256];
    text[0] = '\0';
    for (int i = 0; i < CAST_PEOPLE; i++) {
        if (!alerts(alert, cast_list[i].id)) continue;
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s%s", length > 0 ? " " : "", cast_list[i].id);
    }
    return text;
}

#endif
