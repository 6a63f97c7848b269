/* SPDX-License-Identifier: Apache-2.0 */
/* session.change_password:
 *
 *   LOOK_UP the account -> VERIFY the old password -> HASH the new one -> STORE
 *
 * Wrong old passwords are slowed down as at sign-in: a desk left open must not serve to find a password. */
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "server/domain/account.h"
#include "server/operations/operations.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/request/signed_in.h"
#include "server/sql/queries.h"

enum step { LOOK_UP, VERIFY, HASH, STORE };

static void advance(struct request *request);

static void on_transaction(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    if (status != STATUS_OK)
        reply_failure(request, status);
    else
        advance(request);
}

static void on_worked(struct password_work *work, enum status status) {
    struct request *request = list_item(work, struct request, password);
    if (status != STATUS_OK)
        reply_failure(request, status);
    else
        advance(request);
}

static void verify(struct request *request) {
    struct signing_in *signing = request->flow;
    const Fd__ChangePasswordRequest *command = (const Fd__ChangePasswordRequest *)request->command;
    signing->account = signing_in_account(request, &request->transaction.statements[0]);
    const char *hash = signing->account != NULL ? signing->account->password_hash : "";
    enum status status =
        password_verify(request->services->passwords, &request->password, command->old_password, hash, on_worked);
    if (status == STATUS_TOO_LARGE)
        reply_refusal(request, STATUS_DENIED, REASON(OLD_PASSWORD_WRONG), "old_password");
    else if (status != STATUS_OK)
        reply_failure(request, status);
}

static void hash_new(struct request *request) {
    const struct signing_in *signing = request->flow;
    const Fd__ChangePasswordRequest *command = (const Fd__ChangePasswordRequest *)request->command;
    struct throttle *throttle = request->services->throttle;
    if (signing->account == NULL || !request->password.matches) {
        throttle_failed(throttle, request->who.person_id, moment_steady_ms());
        reply_refusal(request, STATUS_DENIED, REASON(OLD_PASSWORD_WRONG), "old_password");
        return;
    }
    throttle_succeeded(throttle, request->who.person_id);
    if (strcmp(command->old_password, command->new_password) == 0) {
        reply_refusal(request, STATUS_INVALID, REASON(PASSWORD_SAME), "new_password");
        return;
    }
    struct decision decision = {0};
    enum status status = account_password_acceptable(signing->account->login, command->new_password, &decision);
    if (status != STATUS_OK) {
        reply_refusal(request, status, decision.refusal, "new_password");
        return;
    }
    status = password_hash(request->services->passwords, &request->password, command->new_password, on_worked);
    if (status != STATUS_OK) reply_failure(request, status);
}

static void on_stored(struct request *act, enum status status, void *owner) {
    struct request *request = owner;
    struct identity *identity = request_identity(request);
    (void)act;
    if (identity != NULL) identity->renewing = false;
    if (status == STATUS_CONFLICT)
        reply_refusal(request, STATUS_CONFLICT, REASON(OLD_PASSWORD_WRONG), "old_password");
    else if (status != STATUS_OK)
        reply_failure(request, status);
    else
        advance(request);
}

static void store(struct request *request) {
    const struct signing_in *signing = request->flow;
    struct identity *identity = request_identity(request);
    if (identity != NULL) identity->renewing = true;
    struct act act = {.topic = &topic_person,
                      .site_id = signing->account->home_site_id,
                      .record_id = request->who.person_id,
                      .decide = person_change_password,
                      .store = &sql_person_change_password,
                      .given = FD__CHANGE__INIT};
    act.given.password_hash = (ProtobufCBinaryData){strlen(request->password.hash), (uint8_t *)request->password.hash};
    act.given.old_hash = signing->account->password_hash;
    act.given.session_id = request->who.session_id;
    request_act(request->services, &act, on_stored, request);
}

static void finish(struct request *request) {
    struct identity *identity = request_identity(request);
    if (identity != NULL) identity->password_must_change = false;
    request_reply(request, STATUS_OK, REFUSAL_NONE, NULL,
                  message_new(&request->arena, &fd__change_password_response__descriptor));
}

static void advance(struct request *request) {
    switch ((enum step)request->step++) {
    case LOOK_UP: verify(request); return;
    case VERIFY: hash_new(request); return;
    case HASH: store(request); return;
    case STORE: finish(request); return;
    }
}

static void run(struct request *request) {
    int64_t wait_ms = throttle_wait_ms(request->services->throttle, request->who.person_id, moment_steady_ms());
    if (wait_ms > 0) {
        reply_wait(request, REASON(TOO_MANY_TRIES), wait_ms);
        return;
    }
    struct signing_in *signing = signing_in_new(request, request->who.device_id, request->who.desk);
    if (signing == NULL) {
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    signing->session.id = request->who.session_id;
    signing->session.person_id = request->who.person_id;
    request->step = LOOK_UP;
    signing_in_transaction(request, on_transaction);
    statement_sources(request, transaction_add(&request->transaction, &sql_session_account), &signing->session.base);
    database_read(request->services->database, &request->transaction);
}

const struct operation session_change_password_operation = {
    .name = "session.change_password",
    .request = &fd__change_password_request__descriptor,
    .response = &fd__change_password_response__descriptor,
    .action = ACTION_SELF,
    .run = run,
    .before_password_change = true,
};
