/* SPDX-License-Identifier: Apache-2.0 */
/* A command, and from DECIDE on an act of the server itself (act.c):
 *
 *   LOAD --record--> DECIDE --new record--> STORE --row--> done
 *     \--key used: the stored entry--> done    \--no row: key used or version lost--> LOAD, three times at most
 *
 * A creation begins with DECIDE; its second LOAD finds the receipt or tells that its name is taken. */
#include <string.h>

#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "common/text.h"
#include "common/uuid.h"
#include "server/chain/seal.h"
#include "server/domain/record.h"
#include "server/request/engine.h"
#include "server/sql/queries.h"

enum { STATEMENT_RECEIPT, STATEMENT_LOAD, STATEMENT_OTHER };

static void load(struct request *request);
static void store(struct request *request);

void statement_sources(struct request *request, struct statement *statement, const ProtobufCMessage *first) {
    Fd__Cursor *cursor = message_new(&request->arena, &fd__cursor__descriptor);
    if (cursor != NULL) cursor->site_id = request->record_site_id;
    int count = 0;
    if (first != NULL) statement->sources[count++] = first;
    if (first == NULL && request->command != NULL) statement->sources[count++] = request->command;
    statement->sources[count++] = &request->change.base;
    if (cursor != NULL) statement->sources[count] = &cursor->base;
}

/* NULL: no row. */
static Fd__Receipt *receipt_row(struct request *request, const struct statement *statement) {
    if (PQntuples(statement->result) == 0) return NULL;
    return (Fd__Receipt *)row_to_message(&request->arena, statement->result, 0, &fd__receipt__descriptor);
}

void command_fail(struct request *request, enum status status) {
    if (request->operation != NULL)
        reply_failure(request, status);
    else
        request_end(request, status);
}

static void refuse_with(struct request *request, enum status status, enum refusal refusal, const char *field) {
    if (request->operation != NULL)
        reply_refusal(request, status, refusal, field);
    else
        request_end(request, status);
}

/* The reply of a write: the masked record with the number that the store gave it. */
static void answer(struct request *request, ProtobufCMessage *record, const Fd__Receipt *receipt) {
    if (request->operation == NULL) {
        request_end(request, STATUS_OK);
        return;
    }
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(request->operation->response, 1);
    CHECK(field != NULL && field->descriptor == record->descriptor);
    ProtobufCMessage *response = message_new(&request->arena, request->operation->response);
    if (response == NULL) {
        reply_failure(request, STATUS_TOO_LARGE);
        return;
    }
    *record_number(record) = receipt->number;
    *(ProtobufCMessage **)message_field(response, field) = record;
    Fd__Reply reply = FD__REPLY__INIT;
    reply.seq = receipt->seq;
    reply_send(request, &reply, response);
}

/* A creation that gave nothing under a fresh key. */
static void reply_taken(struct request *request) {
    const struct decision *decision = &request->decision;
    enum refusal why = decision->refusal != REFUSAL_NONE ? decision->refusal : request->operation->taken;
    if (why == REFUSAL_NONE)
        reply_failure(request, STATUS_INTERNAL);
    else
        reply_refusal(request, STATUS_CONFLICT, why, decision->field);
}

/* The key was used: the same request gets the same reply, another one is refused. */
static void repeat(struct request *request, const Fd__Receipt *receipt) {
    const ProtobufCBinaryData *digest = &request->change.request_digest;
    bool same = receipt->request_digest.len == digest->len &&
                memcmp(receipt->request_digest.data, digest->data, digest->len) == 0 &&
                strcmp(receipt->actor_id, request->who.person_id) == 0;
    if (!same) {
        reply_refusal(request, STATUS_CONFLICT, REFUSAL_KEY_REUSED, "key");
        return;
    }
    if (receipt->entry.len == 0) {
        reply_taken(request);
        return;
    }
    ProtobufCMessage *record = NULL;
    enum status status =
        message_unpack(request->topic->record, &request->arena, receipt->entry.data, receipt->entry.len, &record, NULL);
    if (status != STATUS_OK)
        reply_failure(request, STATUS_INTERNAL);
    else
        answer(request, record, receipt);
}

static void prepare_new_id(struct request *request, int64_t now_ms) {
    const struct operation *operation = request->operation;
    if (operation == NULL || request->new_id[0] != '\0') return;
    /* A site lies under the key that founded it, so that the key finds it again. */
    if (operation->action == ACTION_FOUND)
        memcpy(request->new_id, request->envelope->key, sizeof(request->new_id));
    else
        uuid_make(request->new_id, now_ms);
}

/* Rights may have been withdrawn while the record was loaded. */
static bool still_allowed(const struct request *request, const Fd__Person *actor) {
    const struct operation *operation = request->operation;
    return operation == NULL || authority_allows(operation->item, operation->action, actor->roles, actor->n_roles);
}

void command_decide(struct request *request) {
    struct situation situation;
    if (!request_situation(request, &situation)) {
        refuse_with(request, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, "site_id");
        return;
    }
    if (!still_allowed(request, situation.actor)) {
        reply_refusal(request, STATUS_DENIED, REFUSAL_NOT_ALLOWED, NULL);
        return;
    }
    prepare_new_id(request, situation.now_ms);
    struct decision *decision = &request->decision;
    memset(decision, 0, sizeof(*decision));
    request->change.rules_version = situation.roster->rules->version;
    enum status status = request->decide(&situation, request->command, request->loaded, decision);
    if (status != STATUS_OK) {
        refuse_with(request, status, decision->refusal, decision->field);
        return;
    }
    if (decision->record == NULL && request->operation == NULL) {
        act_rest(request, request->loaded, decision->wake_at_ms);
        return;
    }
    struct change_of of = {request->topic->name, situation.actor, situation.now_ms};
    status = decision->record != NULL ? change_seal(&request->arena, decision, &of, &request->change, &request->masked)
                                      : STATUS_INTERNAL;
    if (status != STATUS_OK)
        command_fail(request, status);
    else
        store(request);
}

/* The entry as the journal's follower would read it. */
static void tell_written(struct request *request, const Fd__Receipt *receipt) {
    const struct services *services = request->services;
    if (services->on_written == NULL) return;
    const Fd__Change *change = &request->change;
    Fd__Event event = FD__EVENT__INIT;
    Fd__JournalRow row = FD__JOURNAL_ROW__INIT;
    event.site_id = request->record_site_id;
    event.epoch = receipt->epoch;
    event.seq = receipt->seq;
    event.at_ms = change->at_ms;
    event.kind = change->kind;
    event.actor_id = change->actor_id;
    event.actor_name = change->actor_name;
    event.record_type = change->record_type;
    event.record_id = *record_id(request->decision.record);
    event.note = change->masked_note;
    event.record = change->entry;
    row.event = &event;
    row.number = receipt->number;
    row.hash = receipt->hash;
    row.digest = change->digest;
    row.timeline = receipt->timeline;
    services->on_written(services->written_owner, &row);
}

static void on_stored(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    if (status != STATUS_OK) {
        command_fail(request, status);
        return;
    }
    struct statement *statement = &transaction->statements[0];
    Fd__Receipt *receipt = receipt_row(request, statement);
    if (receipt != NULL) {
        tell_written(request, receipt);
        log_unheard(request, receipt->number);
        answer(request, request->masked, receipt);
    } else if (PQntuples(statement->result) > 0) {
        command_fail(request, STATUS_TOO_LARGE);
    } else if (++request->attempts >= ATTEMPTS) {
        refuse_with(request, STATUS_CONFLICT, REFUSAL_VERSION_MOVED, "version");
    } else {
        load(request);
    }
}

static void store(struct request *request) {
    transaction_clear(&request->transaction);
    transaction_init(&request->transaction, &request->arena, request->record_site_id, on_stored);
    struct statement *statement =
        transaction_add(&request->transaction, request->store != NULL ? request->store : request->topic->store);
    statement_sources(request, statement, request->decision.record);
    if (request->operation != NULL && request->operation->also != NULL)
        statement_sources(request, transaction_add(&request->transaction, request->operation->also),
                          request->decision.record);
    database_write(request->services->database, &request->transaction);
}

static bool creates(const struct request *request) {
    return request->operation != NULL && request->operation->creates;
}

static void miss(struct request *request) {
    reply_refusal(request, STATUS_NOT_FOUND, REFUSAL_NOT_FOUND, request->operation->request->fields[0].name);
}

bool command_take_record(struct request *request, const struct statement *statement, ProtobufCMessage **record) {
    *record = NULL;
    if (statement->result == NULL || PQntuples(statement->result) == 0) return true;
    *record = row_to_message(&request->arena, statement->result, 0, request->topic->record);
    return *record != NULL;
}

static void on_loaded(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    struct statement *statements = transaction->statements;
    if (status != STATUS_OK) {
        command_fail(request, status);
        return;
    }
    Fd__Receipt *receipt = receipt_row(request, &statements[STATEMENT_RECEIPT]);
    if (receipt != NULL) {
        repeat(request, receipt);
    } else if (creates(request)) {
        reply_taken(request);
    } else if (!command_take_record(request, &statements[STATEMENT_LOAD], &request->loaded) ||
               !command_take_record(request, &statements[STATEMENT_OTHER], &request->other)) {
        command_fail(request, STATUS_TOO_LARGE);
    } else if (request->loaded == NULL) {
        miss(request);
    } else {
        command_decide(request);
    }
}

static void load(struct request *request) {
    const struct operation *operation = request->operation;
    struct transaction *transaction = &request->transaction;
    if (operation == NULL) {
        act_load(request);
        return;
    }
    transaction_clear(transaction);
    transaction_init(transaction, &request->arena, request->record_site_id, on_loaded);
    statement_sources(request, transaction_add(transaction, &sql_receipt_find), NULL);
    if (!operation->creates) {
        const struct query *own = operation->load;
        statement_sources(request, transaction_add(transaction, own != NULL ? own : request->topic->load), NULL);
        if (operation->other != NULL) statement_sources(request, transaction_add(transaction, operation->other), NULL);
    }
    if (arena_exhausted(&request->arena))
        command_fail(request, STATUS_TOO_LARGE);
    else
        database_read(request->services->database, transaction);
}

void request_command(struct request *request) {
    if (creates(request))
        command_decide(request);
    else
        load(request);
}

void command_refuse_unless_repeated(struct request *request, enum refusal refusal, const char *field) {
    CHECK(creates(request));
    request->decision.refusal = refusal;
    request->decision.field = field;
    load(request);
}
