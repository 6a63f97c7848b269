/* SPDX-License-Identifier: Apache-2.0 */
/* A question: its reads in one snapshot, their rows in the response. */
#include "common/check.h"
#include "common/log.h"
#include "common/message.h"
#include "server/audit/access.h"
#include "server/domain/privacy.h"
#include "server/request/engine.h"

/* Row `row`, masked where the answer is for many eyes. NULL: arena exhausted. */
static ProtobufCMessage *read_row(struct request *request, const PGresult *rows, int row,
                                  const ProtobufCMessageDescriptor *descriptor) {
    ProtobufCMessage *record = row_to_message(&request->arena, rows, row, descriptor);
    if (record == NULL || !request->operation->masked) return record;
    return privacy_mask(&request->arena, record);
}

/* As many rows as fit into one reply: a page may be shorter than was asked for, and the last one is empty. */
static bool fill_list(struct request *request, ProtobufCMessage *response, const ProtobufCFieldDescriptor *field,
                      const PGresult *rows) {
    size_t used = protobuf_c_message_get_packed_size(response), *count = message_count(response, field);
    int total = PQntuples(rows);
    if (total == 0) return true;
    ProtobufCMessage **list = arena_take(&request->arena, (size_t)total * sizeof(ProtobufCMessage *));
    if (list == NULL) return false;
    *(ProtobufCMessage ***)message_field(response, field) = list;
    for (int row = 0; row < total; row++) {
        list[*count] = read_row(request, rows, row, field->descriptor);
        if (list[*count] == NULL) return *count > 0;
        used += protobuf_c_message_get_packed_size(list[*count]) + 8;
        if (used > REPLY_BODY_BYTES && *count > 0) return true;
        ++*count;
    }
    return true;
}

static enum status fill_field(struct request *request, ProtobufCMessage *response,
                              const ProtobufCFieldDescriptor *field, const PGresult *rows) {
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return fill_list(request, response, field, rows) ? STATUS_OK : STATUS_TOO_LARGE;
    if (PQntuples(rows) == 0) return STATUS_NOT_FOUND;
    ProtobufCMessage *record = read_row(request, rows, 0, field->descriptor);
    *(ProtobufCMessage **)message_field(response, field) = record;
    return record != NULL ? STATUS_OK : STATUS_TOO_LARGE;
}

static void answer(struct request *request) {
    ProtobufCMessage *response = message_new(&request->arena, request->operation->response);
    enum status status = response != NULL ? STATUS_OK : STATUS_TOO_LARGE;
    int first = request->operation->look_up != NULL ? 1 : 0;
    for (int i = first; i < request->transaction.count && status == STATUS_OK; i++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(request->operation->response, (unsigned)(i - first) + 1);
        CHECK(field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE);
        status = fill_field(request, response, field, request->transaction.statements[i].result);
    }
    if (status == STATUS_NOT_FOUND)
        reply_refusal(request, status, REFUSAL_NOT_FOUND, request->operation->request->fields[0].name);
    else if (status != STATUS_OK)
        reply_failure(request, status);
    else
        request_reply(request, STATUS_OK, REFUSAL_NONE, NULL, response);
}

static void on_read(struct transaction *transaction, enum status status) {
    struct request *request = list_item(transaction, struct request, transaction);
    if (status == STATUS_INTERNAL && request->operation->look_up != NULL) {
        LOG(ERROR, "a look at a record is refused: the audit can't be written");
        status = STATUS_UNAVAILABLE;
    }
    if (status != STATUS_OK)
        reply_failure(request, status);
    else
        answer(request);
}

/* What is not written down is not shown. False: no memory for it, or the person has gone meanwhile. */
static bool add_look_up(struct request *request) {
    struct situation situation;
    Fd__Access *access = message_new(&request->arena, &fd__access__descriptor);
    const ProtobufCMessage *command = request->command;
    const ProtobufCFieldDescriptor *number =
        protobuf_c_message_descriptor_get_field_by_name(command->descriptor, "number");
    CHECK(number != NULL && number->type == PROTOBUF_C_TYPE_STRING);
    if (access == NULL || !request_situation(request, &situation)) return false;
    access->kind = (char *)(uintptr_t)ACCESS_LOOKED;
    access->operation = (char *)(uintptr_t)request->operation->name;
    access->number = *(char *const *)message_field(command, number);
    access->actor_id = situation.actor->id;
    access->actor_name = situation.actor->name;
    access->at_ms = situation.now_ms;
    access->times = 1;
    if (access_seal(&request->arena, access) != STATUS_OK) return false;
    statement_sources(request, transaction_add(&request->transaction, request->operation->look_up), &access->base);
    return true;
}

void question_begin(struct request *request) {
    bool shows = request->operation->look_up != NULL;
    transaction_init(&request->transaction, &request->arena, request->record_site_id, on_read);
    if (shows && !add_look_up(request)) {
        reply_failure(request, STATUS_UNAVAILABLE);
        return;
    }
    for (int i = 0; i < OPERATION_READS && request->operation->reads[i] != NULL; i++)
        statement_sources(request, transaction_add(&request->transaction, request->operation->reads[i]), NULL);
    if (shows)
        database_write(request->services->database, &request->transaction);
    else
        database_read(request->services->database, &request->transaction);
}
