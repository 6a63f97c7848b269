/* SPDX-License-Identifier: Apache-2.0 */
/* session.sign_out: here, or on all devices. The latter is an entry of the journal, so that every node hears of it. */
#include <string.h>

#include "common/message.h"
#include "server/domain/account.h"
#include "server/operations/operations.h"
#include "server/request/engine.h"
#include "server/request/flows.h"
#include "server/request/signed_in.h"
#include "server/sql/queries.h"

static void finish(struct request *request, enum status status) {
    struct caller *caller = request->caller;
    if (status != STATUS_OK) {
        if (caller != NULL) caller->identity->renewing = false;
        reply_failure(request, status == STATUS_CONFLICT ? STATUS_BUSY : status);
        return;
    }
    if (caller != NULL) caller->identity->signed_in = false;
    request_reply(request, STATUS_OK, REFUSAL_NONE, NULL,
                  message_new(&request->arena, &fd__sign_out_response__descriptor));
    if (caller != NULL && caller->on_identity != NULL) caller->on_identity(caller);
}

static void on_ended(struct transaction *transaction, enum status status) {
    finish(list_item(transaction, struct request, transaction), status);
}

static void on_ended_everywhere(struct request *act, enum status status, void *owner) {
    (void)act;
    finish(owner, status);
}

static void sign_out_here(struct request *request) {
    struct signing_in *signing = signing_in_new(request, request->who.device_id, request->who.desk);
    if (signing == NULL) {
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    signing->session.id = request->who.session_id;
    signing_in_transaction(request, on_ended);
    statement_sources(request, transaction_add(&request->transaction, &sql_session_end), &signing->session.base);
    database_write(request->services->database, &request->transaction);
}

static void run(struct request *request) {
    const Fd__SignOutRequest *command = (const Fd__SignOutRequest *)request->command;
    struct identity *identity = request_identity(request);
    char site_id[UUID_TEXT_BYTES];
    signing_in_place(request, request->who.person_id, site_id);
    if (!command->everywhere || site_id[0] == '\0') {
        sign_out_here(request);
        return;
    }
    if (identity != NULL) identity->renewing = true;
    const struct act act = {.topic = &topic_person,
                            .site_id = site_id,
                            .record_id = request->who.person_id,
                            .person_id = request->who.person_id,
                            .decide = person_sign_out,
                            .store = &sql_person_end_sign_ins,
                            .given = FD__CHANGE__INIT};
    request_act(request->services, &act, on_ended_everywhere, request);
}

const struct operation session_sign_out_operation = {
    .name = "session.sign_out",
    .request = &fd__sign_out_request__descriptor,
    .response = &fd__sign_out_response__descriptor,
    .action = ACTION_SELF,
    .run = run,
    .before_password_change = true,
};
