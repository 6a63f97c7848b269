/* SPDX-License-Identifier: Apache-2.0 */
/* People (D1). */
#include "server/domain/account.h"

#include <string.h>

#include "common/message.h"
#include "common/text.h"
#include "server/domain/authority.h"
#include "server/domain/field.h"
#include "server/domain/words.h"

enum { LOGIN_SHORTEST = 2, LOGIN_LONGEST = 40, RANK_HEAD_OFFICE = 5 };

/* D1: manager on top of the site, then the supervisor, then team leaders and the office, then staff. */
static int rank(Fd__Role role) {
    switch (role) {
    case ROLE(HQ_ADMIN):
    case ROLE(HQ_VIEWER): return RANK_HEAD_OFFICE;
    case ROLE(MANAGER): return 4;
    case ROLE(SUPERVISOR): return 3;
    case ROLE(ADMINISTRATOR):
    case ROLE(TEAM_LEADER): return 2;
    default: return 1;
    }
}

static int highest_rank(const Fd__Role *roles, size_t count) {
    int highest = 0;
    for (size_t i = 0; i < count; i++)
        if (rank(roles[i]) > highest) highest = rank(roles[i]);
    return highest;
}

static bool holds(const Fd__Role *roles, size_t count, Fd__Role role) {
    for (size_t i = 0; i < count; i++)
        if (roles[i] == role) return true;
    return false;
}

static enum status check_rank(const struct situation *situation, const Fd__Role *roles, size_t count,
                              struct decision *decision) {
    const Fd__Person *actor = situation->actor;
    int wanted = highest_rank(roles, count);
    if (wanted == RANK_HEAD_OFFICE && !person_has_role(actor, ROLE(HQ_ADMIN)))
        return refuse(decision, STATUS_DENIED, REFUSAL_ROLE_HEAD_OFFICE, "roles");
    if (wanted > highest_rank(actor->roles, actor->n_roles))
        return refuse(decision, STATUS_DENIED, REFUSAL_ROLE_ABOVE, "roles");
    return STATUS_OK;
}

static enum status check_roles(const Fd__Role *roles, size_t count, Fd__Team team, bool active,
                               struct decision *decision) {
    if (count == 0 || holds(roles, count, ROLE(UNSPECIFIED)))
        return refuse(decision, STATUS_INVALID, REFUSAL_ROLE_REQUIRED, "roles");
    bool of_team = holds(roles, count, ROLE(TEAM_LEADER)) || holds(roles, count, ROLE(TEAM_MEMBER));
    if (active && of_team && team == TEAM(UNSPECIFIED))
        return refuse(decision, STATUS_INVALID, REFUSAL_TEAM_REQUIRED, "team");
    return STATUS_OK;
}

/* Each role once, in the arena. */
static void set_roles(struct arena *arena, Fd__Person *person, const Fd__Role *roles, size_t count) {
    person->n_roles = 0;
    person->roles = arena_take(arena, count * sizeof *roles);
    if (person->roles == NULL) return;
    for (size_t i = 0; i < count; i++)
        if (!holds(person->roles, person->n_roles, roles[i])) person->roles[person->n_roles++] = roles[i];
}

static bool is_login(const char *login) {
    size_t length = strlen(login);
    if (length < LOGIN_SHORTEST || length > LOGIN_LONGEST) return false;
    for (size_t i = 0; i < length; i++) {
        char sign = login[i];
        bool plain = (sign >= 'a' && sign <= 'z') || (sign >= '0' && sign <= '9');
        if (!plain && (i == 0 || strchr(".-_", sign) == NULL)) return false;
    }
    return true;
}

static bool login_taken(const struct roster *roster, const char *login) {
    for (size_t i = 0; i < roster->count; i++)
        if (strcmp(roster->people[i]->login, login) == 0) return true;
    return false;
}

static enum status check_create(const struct situation *situation, const Fd__CreatePersonRequest *command,
                                struct decision *decision) {
    const struct text_field fields[] = {
        {"login", command->login, FIELD_CODE, true},
        {"name",  command->name,  FIELD_NAME, true},
    };
    enum status status = field_texts(decision, fields, 2);
    if (status != STATUS_OK) return status;
    if (!is_login(command->login)) return refuse(decision, STATUS_INVALID, REFUSAL_BAD_LOGIN, "login");
    status = check_roles(command->roles, command->n_roles, command->team, true, decision);
    if (status == STATUS_OK) status = account_password_acceptable(command->login, command->password, decision);
    if (status == STATUS_OK) status = check_rank(situation, command->roles, command->n_roles, decision);
    if (status != STATUS_OK) return status;
    if (login_taken(situation->roster, command->login))
        return refuse(decision, STATUS_CONFLICT, REFUSAL_LOGIN_TAKEN, "login");
    return STATUS_OK;
}

enum status person_create(const struct situation *situation, const void *request, const void *loaded,
                          struct decision *decision) {
    (void)loaded;
    const Fd__CreatePersonRequest *command = request;
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    enum status status = check_create(situation, command, decision);
    if (status != STATUS_OK) return status;
    Fd__Person *person = message_new(situation->arena, &fd__person__descriptor);
    if (person == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    person->id = arena_string(situation->arena, situation->new_id);
    person->site_id = arena_string(situation->arena, situation->roster->site->id);
    person->version = 1;
    person->login = command->login;
    person->name = command->name;
    person->team = command->team;
    person->active = true;
    set_roles(situation->arena, person, command->roles, command->n_roles);
    return decide(situation, decision, &person->base, "person.created", NULL);
}

/* The record opened for a change by somebody who does not stand below it. */
static enum status open_person(const struct situation *situation, const void *loaded, int64_t expected_version,
                               struct decision *decision, Fd__Person **person) {
    const Fd__Person *present = loaded;
    if (present == NULL) return refuse(decision, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "person_id");
    if (situation->actor == NULL) return refuse(decision, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
    enum status status = decision_version(decision, expected_version, present->version);
    if (status == STATUS_OK) status = check_rank(situation, present->roles, present->n_roles, decision);
    if (status != STATUS_OK) return status;
    *person = message_copy(situation->arena, &present->base);
    if (*person == NULL) return refuse(decision, STATUS_TOO_LARGE, REFUSAL_INTERNAL, NULL);
    (*person)->version++;
    return STATUS_OK;
}

static bool administers(const Fd__Role *roles, size_t count) {
    return authority_allows(ITEM_NONE, ACTION_ADMINISTER, roles, count);
}

static bool locks_oneself_out(const struct situation *situation, const Fd__Person *before,
                              const Fd__UpdatePersonRequest *command) {
    if (strcmp(before->id, situation->actor->id) != 0 || !administers(before->roles, before->n_roles)) return false;
    return !command->active || !administers(command->roles, command->n_roles);
}

enum status person_update(const struct situation *situation, const void *request, const void *loaded,
                          struct decision *decision) {
    const Fd__UpdatePersonRequest *command = request;
    const struct text_field name = {"name", command->name, FIELD_NAME, true};
    Fd__Person *person = NULL;
    enum status status = open_person(situation, loaded, command->version, decision, &person);
    if (status == STATUS_OK) status = field_texts(decision, &name, 1);
    if (status == STATUS_OK)
        status = check_roles(command->roles, command->n_roles, command->team, command->active, decision);
    if (status == STATUS_OK) status = check_rank(situation, command->roles, command->n_roles, decision);
    if (status != STATUS_OK) return status;
    if (locks_oneself_out(situation, loaded, command))
        return refuse(decision, STATUS_CONFLICT, REFUSAL_LAST_ADMINISTRATOR, "roles");
    person->name = command->name;
    person->team = command->team;
    person->active = command->active;
    set_roles(situation->arena, person, command->roles, command->n_roles);
    return decide(situation, decision, &person->base, "person.updated", NULL);
}

bool person_within_reach(const Fd__Person *actor, const Fd__Person *person) {
    struct decision unused = {0};
    const struct situation there = {.actor = actor};
    return actor != NULL && administers(actor->roles, actor->n_roles) &&
           check_rank(&there, person->roles, person->n_roles, &unused) == STATUS_OK;
}

enum status person_reset_password(const struct situation *situation, const void *request, const void *loaded,
                                  struct decision *decision) {
    const Fd__ResetPasswordRequest *command = request;
    Fd__Person *person = NULL;
    enum status status = open_person(situation, loaded, 0, decision, &person);
    if (status != STATUS_OK) return status;
    /* One's own is changed by who knows the old one, not by who finds the screen unlocked. */
    if (strcmp(person->id, situation->actor->id) == 0)
        return refuse(decision, STATUS_CONFLICT, REFUSAL_PASSWORD_OWN, "person_id");
    /* Who sets the password can sign in with it, and so do what the account may on every site. */
    if (situation->account_reaches_further && !person_has_role(situation->actor, ROLE(HQ_ADMIN)))
        return refuse(decision, STATUS_DENIED, REFUSAL_ACCOUNT_ELSEWHERE, "person_id");
    status = account_password_acceptable(person->login, command->password, decision);
    if (status != STATUS_OK) return status;
    return decide(situation, decision, &person->base, "person.password_reset", NULL);
}
