/* SPDX-License-Identifier: Apache-2.0 */
/* What the server does of itself to a record, such as a timer's turn of it:
 *
 *   LOAD by id --record--> DECIDE and STORE as a command does --> done
 *     \--is no more--> REST --> done      \--nothing to do--> REST: its timer is set to the next moment, or taken away
 *
 * It has no operation, no key and no caller. */
#include <string.h>

#include "common/check.h"
#include "common/message.h"
#include "common/uuid.h"
#include "server/domain/record.h"
#include "server/request/engine.h"
#include "server/sql/queries.h"

static void on_rested(struct transaction *transaction, enum status status) {
    request_end(list_item(transaction, struct request, transaction), status);
}

void act_rest(struct request *request, const ProtobufCMessage *record, int64_t wake_at_ms) {
    request->change.wake_at_ms = wake_at_ms;
    transaction_clear(&request->transaction);
    transaction_init(&request->transaction, &request->arena, request->record_site_id, on_rested);
    statement_sources(request, transaction_add(&request->transaction, &sql_timer_rest), record);
    database_write(request->services->database, &request->transaction);
}

/* What is no more is woken no more, whatever the site's figures are by now. */
static void forget(struct request *request, const ProtobufCMessage *record) {
    request->change.rules_version = INT64_MAX;
    act_rest(request, record, 0);
}

static void on_loaded(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    struct statement *statement = &transaction->statements[0];
    if (status != STATUS_OK)
        command_fail(request, status);
    else if (!command_take_record(request, statement, &request->loaded))
        command_fail(request, STATUS_TOO_LARGE);
    else if (request->loaded == NULL)
        forget(request, statement->sources[0]);
    else
        command_decide(request);
}

static const ProtobufCMessage *wanted(struct request *request) {
    ProtobufCMessage *record = message_new(&request->arena, request->topic->record);
    if (record == NULL) return NULL;
    *record_id(record) = request->new_id;
    *record_site_id(record) = request->record_site_id;
    return record;
}

void act_load(struct request *request) {
    struct transaction *transaction = &request->transaction;
    transaction_clear(transaction);
    transaction_init(transaction, &request->arena, request->record_site_id, on_loaded);
    statement_sources(request, transaction_add(transaction, request->topic->load_by_id), wanted(request));
    if (arena_exhausted(&request->arena))
        command_fail(request, STATUS_TOO_LARGE);
    else
        database_read(request->services->database, transaction);
}

void request_act(struct services *services, const struct act *act,
                 void (*on_finished)(struct request *, enum status, void *owner), void *owner) {
    CHECK(act->decide != NULL && uuid_valid(act->site_id) && uuid_valid(act->record_id));
    struct request *request = request_new(services);
    if (request == NULL) {
        if (on_finished != NULL) on_finished(NULL, STATUS_UNAVAILABLE, owner);
        return;
    }
    request->topic = act->topic;
    request->decide = act->decide;
    request->store = act->store;
    request->change.password_hash = act->given.password_hash;
    request->change.old_hash = act->given.old_hash;
    request->change.session_id = act->given.session_id;
    request->on_finished = on_finished;
    request->owner = owner;
    memcpy(request->site_id, act->site_id, sizeof(request->site_id));
    memcpy(request->record_site_id, act->site_id, sizeof(request->record_site_id));
    memcpy(request->new_id, act->record_id, sizeof(request->new_id));
    if (act->person_id != NULL) memcpy(request->who.person_id, act->person_id, sizeof(request->who.person_id));
    act_load(request);
}

void request_wake(struct services *services, const struct topic *topic, const char *site_id, const char *record_id,
                  void (*on_finished)(struct request *, enum status, void *owner), void *owner) {
    const struct act act = {.topic = topic, .site_id = site_id, .record_id = record_id, .decide = topic->wake};
    request_act(services, &act, on_finished, owner);
}
