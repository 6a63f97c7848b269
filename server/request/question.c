/* SPDX-License-Identifier: Apache-2.0 */
/* A question: its reads in one snapshot, their rows in the response. */
#include "common/check.h"
#include "common/message.h"
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
    for (int i = 0; i < request->transaction.count && status == STATUS_OK; i++) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(request->operation->response, (unsigned)i + 1);
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
    if (status != STATUS_OK)
        reply_failure(request, status);
    else
        answer(request);
}

void question_begin(struct request *request) {
    transaction_init(&request->transaction, &request->arena, request->record_site_id, on_read);
    for (int i = 0; i < OPERATION_READS && request->operation->reads[i] != NULL; i++)
        statement_sources(request, transaction_add(&request->transaction, request->operation->reads[i]), NULL);
    database_read(request->services->database, &request->transaction);
}
