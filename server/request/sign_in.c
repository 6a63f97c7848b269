/* SPDX-License-Identifier: Apache-2.0 */
/* session.sign_in:
 *
 *   throttle -> LOOK_UP the account -> VERIFY on a worker -> OPEN the session
 *
 * An unknown account goes the same way with a hash that never matches, so answer and time are the same. */
#include <sodium.h>

#include "common/log.h"
#include "common/moment.h"
#include "common/uuid.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/request/signed_in.h"
#include "server/sql/queries.h"

enum step { LOOK_UP, VERIFY, OPEN };

static void advance(struct request *request);

/* What is slowed down: the account, and the address it is tried from. */
static const char *account_name(struct request *request) {
    const Fd__SignInRequest *command = (const Fd__SignInRequest *)request->command;
    const char *name = arena_printf(&request->arena, "account %s", command->login);
    return name != NULL ? name : "account";
}

static const char *address_name(struct request *request) {
    const char *name = arena_printf(&request->arena, "address %s", request->who.address);
    return name != NULL ? name : "address";
}

static int64_t wait_ms(struct request *request) {
    const struct throttle *throttle = request->services->throttle;
    int64_t account = throttle_wait_ms(throttle, account_name(request), moment_steady_ms());
    int64_t address = throttle_shared_wait_ms(throttle, address_name(request), moment_steady_ms());
    return account > address ? account : address;
}

static void refuse_sign_in(struct request *request) {
    throttle_failed(request->services->throttle, account_name(request), moment_steady_ms());
    throttle_failed(request->services->throttle, address_name(request), moment_steady_ms());
    LOG(NOTICE, "sign-in refused", LOG_TEXT("address", request->who.address));
    signing_in_refuse(request, REASON(SIGN_IN_FAILED));
}

static void on_transaction(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    struct signing_in *signing = request->flow;
    if (status != STATUS_OK) {
        reply_failure(request, status);
        return;
    }
    if (request->step == LOOK_UP) signing->account = signing_in_account(request, &transaction->statements[0]);
    advance(request);
}

static void look_up(struct request *request) {
    signing_in_transaction(request, on_transaction);
    statement_sources(request, transaction_add(&request->transaction, &sql_session_account_by_login), NULL);
    database_read(request->services->database, &request->transaction);
}

static void on_verified(struct password_work *work, enum status status) {
    struct request *request = list_item(work, struct request, password);
    if (status != STATUS_OK)
        reply_failure(request, status);
    else
        advance(request);
}

static void verify(struct request *request) {
    const struct signing_in *signing = request->flow;
    const Fd__SignInRequest *command = (const Fd__SignInRequest *)request->command;
    const char *hash = signing->account != NULL ? signing->account->password_hash : "";
    enum status status =
        password_verify(request->services->passwords, &request->password, command->password, hash, on_verified);
    if (status == STATUS_TOO_LARGE)
        refuse_sign_in(request);
    else if (status != STATUS_OK)
        reply_failure(request, status);
}

static bool has_place(struct request *request, const Fd__Account *account) {
    Fd__Membership **memberships;
    return directory_memberships(request->services->directory, account->person_id, &request->arena, &memberships) > 0;
}

static void open_session(struct request *request) {
    struct signing_in *signing = request->flow;
    bool may = signing->account != NULL && request->password.matches && has_place(request, signing->account);
    if (!may && arena_exhausted(&request->arena)) { /* nobody is to blame */
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    if (!may) {
        refuse_sign_in(request);
        return;
    }
    throttle_succeeded(request->services->throttle, account_name(request));
    throttle_succeeded(request->services->throttle, address_name(request));
    uuid_make(signing->session_id, signing->session.at_ms);
    token_make(signing->token, signing->session_id);
    token_hash(signing->token, signing->next_hash);
    signing->session.id = signing->session_id;
    signing->session.person_id = signing->account->person_id;
    signing->session.token_hash = (ProtobufCBinaryData){TOKEN_HASH_BYTES, signing->next_hash};
    signing_in_transaction(request, on_transaction);
    statement_sources(request, transaction_add(&request->transaction, &sql_session_open), &signing->session.base);
    database_write(request->services->database, &request->transaction);
}

static void advance(struct request *request) {
    switch ((enum step)request->step) {
    case LOOK_UP:
        request->step = VERIFY;
        verify(request);
        return;
    case VERIFY:
        request->step = OPEN;
        open_session(request);
        return;
    case OPEN: signing_in_finish(request); return;
    }
}

static void run(struct request *request) {
    const Fd__SignInRequest *command = (const Fd__SignInRequest *)request->command;
    if (!signing_in_check(request, command->device_id, command->desk)) return;
    int64_t wait = wait_ms(request);
    if (wait > 0) {
        reply_wait(request, REASON(TOO_MANY_TRIES), wait);
        return;
    }
    if (password_room_full(request->services->passwords)) { /* before a stranger costs the database anything */
        reply_failure(request, STATUS_BUSY);
        return;
    }
    if (signing_in_new(request, command->device_id, command->desk) == NULL) {
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    request->step = LOOK_UP;
    look_up(request);
}

const struct operation session_sign_in_operation = {
    .name = "session.sign_in",
    .request = &fd__sign_in_request__descriptor,
    .response = &fd__sign_in_response__descriptor,
    .action = ACTION_SELF,
    .run = run,
    .before_sign_in = true,
};
