/* SPDX-License-Identifier: Apache-2.0 */
/* person.create and person.reset_password hash on a worker and go on as commands.
 *
 * A login that exists already belongs to a person of another site. Head office's administrator takes them on: same
 * person, same account, a place on one more site. For others the login is taken. */
#include <string.h>

#include "common/message.h"
#include "server/domain/account.h"
#include "server/operations/operations.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/request/signed_in.h"
#include "server/sql/queries.h"

static void on_hashed(struct password_work *work, enum status status) {
    struct request *request = list_item(work, struct request, password);
    if (status != STATUS_OK) {
        reply_failure(request, status);
        return;
    }
    request->change.password_hash =
        (ProtobufCBinaryData){strlen(request->password.hash), (uint8_t *)request->password.hash};
    request_command(request);
}

static void hash(struct request *request, const char *password) {
    enum status status = password_hash(request->services->passwords, &request->password, password, on_hashed);
    if (status == STATUS_TOO_LARGE)
        reply_refusal(request, STATUS_INVALID, REFUSAL_PASSWORD_LONG, "password");
    else if (status != STATUS_OK)
        reply_failure(request, status);
}

static bool is_here(const struct roster *roster, const char *person_id) {
    for (size_t i = 0; i < roster->count; i++)
        if (strcmp(roster->people[i]->id, person_id) == 0) return true;
    return false;
}

/* The account stays as it is, so its name is what the record carries. */
static void take_on(struct request *request, const Fd__Account *account) {
    struct situation situation;
    Fd__CreatePersonRequest *command = message_copy(&request->arena, request->command);
    if (command == NULL) {
        reply_failure(request, STATUS_TOO_LARGE);
    } else if (!request_situation(request, &situation)) {
        reply_refusal(request, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "site_id");
    } else if (is_here(situation.roster, account->person_id)) {
        command_refuse_unless_repeated(request, REASON(ALREADY_HERE), "login");
    } else if (!person_has_role(situation.actor, FD__ROLE__ROLE_HQ_ADMIN)) {
        command_refuse_unless_repeated(request, REFUSAL_LOGIN_TAKEN, "login");
    } else {
        command->name = account->name;
        request->command = &command->base;
        memcpy(request->new_id, account->person_id, sizeof(request->new_id));
        request_command(request);
    }
}

static void on_looked_up(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    if (status != STATUS_OK) {
        reply_failure(request, status);
        return;
    }
    const Fd__Account *account = signing_in_account(request, &transaction->statements[0]);
    if (account != NULL)
        take_on(request, account);
    else
        hash(request, ((const Fd__CreatePersonRequest *)request->command)->password);
}

static void create(struct request *request) {
    signing_in_transaction(request, on_looked_up);
    statement_sources(request, transaction_add(&request->transaction, &sql_person_by_login), NULL);
    database_read(request->services->database, &request->transaction);
}

/* On some other site the actor could not do to this person what a new password allows. */
static bool reaches_further(struct request *request, const char *person_id) {
    const struct directory *directory = request->services->directory;
    Fd__Membership **places;
    size_t count = directory_memberships(directory, person_id, &request->arena, &places);
    for (size_t i = 0; i < count; i++) {
        const struct roster *roster = directory_roster(directory, places[i]->site->id);
        if (strcmp(places[i]->site->id, request->site_id) == 0 || roster == NULL) continue;
        if (!person_within_reach(roster_find(roster, request->who.person_id), places[i]->person)) return true;
    }
    return false;
}

static void reset_password(struct request *request) {
    const Fd__ResetPasswordRequest *command = (const Fd__ResetPasswordRequest *)request->command;
    request->account_reaches_further = reaches_further(request, command->person_id);
    hash(request, command->password);
}

const struct operation person_create_operation = {
    .name = "person.create",
    .request = &fd__create_person_request__descriptor,
    .response = &fd__create_person_response__descriptor,
    .topic = &topic_person,
    .action = ACTION_ADMINISTER,
    .decide = person_create,
    .creates = true,
    .store = &sql_person_create,
    .taken = REFUSAL_LOGIN_TAKEN,
    .run = create,
};

const struct operation person_reset_password_operation = {
    .name = "person.reset_password",
    .request = &fd__reset_password_request__descriptor,
    .response = &fd__reset_password_response__descriptor,
    .topic = &topic_person,
    .action = ACTION_ADMINISTER,
    .decide = person_reset_password,
    .load = &sql_person_load_home,
    .store = &sql_person_reset_password,
    .run = reset_password,
};
