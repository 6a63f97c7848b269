/* SPDX-License-Identifier: Apache-2.0 */
/* session.sign_out: here, or on all devices. */
#include "common/message.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/request/signed_in.h"
#include "server/sql/queries.h"

static void on_ended(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    struct caller *caller = request->caller;
    if (status != STATUS_OK) {
        reply_failure(request, status);
        return;
    }
    const ProtobufCMessage *response = message_new(&request->arena, &fd__sign_out_response__descriptor);
    if (caller != NULL) caller->identity->signed_in = false;
    const Fd__SignOutRequest *command = (const Fd__SignOutRequest *)request->command;
    if (command->everywhere) signed_in_revoke(request->services, request->who.person_id, NULL);
    request_reply(request, STATUS_OK, REFUSAL_NONE, NULL, response);
    if (caller != NULL && caller->on_identity != NULL) caller->on_identity(caller);
}

static void run(struct request *request) {
    const Fd__SignOutRequest *command = (const Fd__SignOutRequest *)request->command;
    struct signing_in *signing = signing_in_new(request, request->who.device_id, request->who.desk);
    if (signing == NULL) {
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    signing->session.id = request->who.session_id;
    signing->session.person_id = request->who.person_id;
    signing_in_transaction(request, on_ended);
    const struct query *query = command->everywhere ? &sql_session_end_all : &sql_session_end;
    statement_sources(request, transaction_add(&request->transaction, query), &signing->session.base);
    database_write(request->services->database, &request->transaction);
}

const struct operation session_sign_out_operation = {
    .name = "session.sign_out",
    .request = &fd__sign_out_request__descriptor,
    .response = &fd__sign_out_response__descriptor,
    .action = ACTION_SELF,
    .run = run,
    .before_password_change = true,
};
