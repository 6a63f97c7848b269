/* SPDX-License-Identifier: Apache-2.0 */
/* session.resume: the token is replaced by a new one in the same statement that finds it good. One that was replaced
 * and whose successor was used, or one on another device, is a copy: the session ends, and the log says so. */
#include "common/log.h"
#include "common/moment.h"
#include "server/domain/account.h"
#include "server/operations/operations.h"
#include "server/operations/reason.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/request/signed_in.h"
#include "server/sql/queries.h"

enum { STATEMENT_RENEW, STATEMENT_SUSPECT };

/* Apart from passwords: an office whose sign-ins have run out still signs in anew. */
static const char *address_name(struct request *request) {
    const char *name = arena_printf(&request->arena, "resumes from %s", request->who.address);
    return name != NULL ? name : "resumes";
}

/* Each one costs a write, and a stranger's costs the stranger nothing. */
static void refuse_resume(struct request *request) {
    throttle_failed(request->services->throttle, address_name(request), moment_steady_ms());
    signing_in_refuse(request, REASON(SESSION_OVER));
}

static void on_copy_ended(struct request *act, enum status status, void *owner) {
    struct request *request = owner;
    (void)act;
    if (status == STATUS_OK)
        refuse_resume(request);
    else
        reply_failure(request, status == STATUS_CONFLICT ? STATUS_BUSY : status); /* it asks again, is found again */
}

/* Whoever holds the copy, and whoever was copied, must sign in anew, on whatever node they are. */
static void end_copied(struct request *request, const Fd__Account *owner) {
    struct signing_in *signing = request->flow;
    char site_id[UUID_TEXT_BYTES];
    LOG(ERROR, "session ended: its token was used twice or on another device", LOG_TEXT("session", signing->session_id),
        LOG_TEXT("address", request->who.address));
    signing_in_place(request, owner->person_id, site_id);
    if (site_id[0] == '\0') {
        refuse_resume(request); /* without a place the session opens nothing */
        return;
    }
    struct act act = {.topic = &topic_person,
                      .site_id = site_id,
                      .record_id = owner->person_id,
                      .decide = person_session_copied,
                      .store = &sql_person_end_sign_ins,
                      .given = FD__CHANGE__INIT};
    act.given.session_id = signing->session_id;
    request_act(request->services, &act, on_copy_ended, request);
}

static void on_renewed(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    struct signing_in *signing = request->flow;
    if (status != STATUS_OK) {
        reply_failure(request, status);
        return;
    }
    const Fd__Account *copied = signing_in_account(request, &transaction->statements[STATEMENT_SUSPECT]);
    signing->account = signing_in_account(request, &transaction->statements[STATEMENT_RENEW]);
    if (copied != NULL) {
        end_copied(request, copied);
    } else if (signing->account == NULL) {
        refuse_resume(request);
    } else {
        throttle_succeeded(request->services->throttle, address_name(request));
        signing_in_finish(request);
    }
}

static void renew(struct request *request, const char *shown) {
    struct signing_in *signing = request->flow;
    token_hash(shown, signing->shown_hash);
    token_make(signing->token, signing->session_id);
    token_hash(signing->token, signing->next_hash);
    signing->session.id = signing->session_id;
    signing->session.token_hash = (ProtobufCBinaryData){TOKEN_HASH_BYTES, signing->shown_hash};
    signing->session.next_hash = (ProtobufCBinaryData){TOKEN_HASH_BYTES, signing->next_hash};
    signing_in_transaction(request, on_renewed);
    statement_sources(request, transaction_add(&request->transaction, &sql_session_renew), &signing->session.base);
    statement_sources(request, transaction_add(&request->transaction, &sql_session_suspect), &signing->session.base);
    database_write(request->services->database, &request->transaction);
}

static void run(struct request *request) {
    const Fd__ResumeSessionRequest *command = (const Fd__ResumeSessionRequest *)request->command;
    if (!signing_in_check(request, command->device_id, command->desk)) return;
    int64_t wait_ms = throttle_shared_wait_ms(request->services->throttle, address_name(request), moment_steady_ms());
    if (wait_ms > 0) {
        reply_wait(request, REASON(TOO_MANY_TRIES), wait_ms);
        return;
    }
    struct signing_in *signing = signing_in_new(request, command->device_id, command->desk);
    if (signing == NULL)
        reply_failure(request, STATUS_TOO_LARGE);
    else if (!token_session(command->token, signing->session_id))
        signing_in_refuse(request, REASON(SESSION_OVER));
    else
        renew(request, command->token);
}

const struct operation session_resume_operation = {
    .name = "session.resume",
    .request = &fd__resume_session_request__descriptor,
    .response = &fd__resume_session_response__descriptor,
    .action = ACTION_SELF,
    .run = run,
    .before_sign_in = true,
};
