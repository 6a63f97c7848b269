/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords and tokens in requests: short-lived in memory, and never under a fast hash in the database. */
#include <sodium.h>
#include <string.h>

#include "common/message.h"
#include "common/text.h"
#include "server/request/engine.h"

static bool is_secret(const ProtobufCFieldDescriptor *field) {
    return field->type == PROTOBUF_C_TYPE_STRING && field->label != PROTOBUF_C_LABEL_REPEATED &&
           (strstr(field->name, "password") != NULL || strcmp(field->name, "token") == 0);
}

static bool has_secrets(const ProtobufCMessageDescriptor *descriptor) {
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (is_secret(&descriptor->fields[i])) return true;
    return false;
}

void secrets_wipe(struct request *request) {
    if (request->command == NULL || !has_secrets(request->command->descriptor)) return;
    const ProtobufCMessageDescriptor *descriptor = request->command->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        if (!is_secret(&descriptor->fields[i])) continue;
        char *secret = *(char **)message_field(request->command, &descriptor->fields[i]);
        if (!text_empty(secret)) sodium_memzero(secret, strlen(secret));
    }
    sodium_memzero(request->envelope->body.data, request->envelope->body.len);
}

enum status secrets_blank(struct request *request, ProtobufCBinaryData *body) {
    static char nothing[] = "";
    *body = request->envelope->body;
    if (!has_secrets(request->command->descriptor)) return STATUS_OK;
    ProtobufCMessage *blank = message_copy(&request->arena, request->command);
    if (blank == NULL) return STATUS_TOO_LARGE;
    for (unsigned i = 0; i < blank->descriptor->n_fields; i++)
        if (is_secret(&blank->descriptor->fields[i]))
            *(char **)message_field(blank, &blank->descriptor->fields[i]) = nothing;
    body->len = protobuf_c_message_get_packed_size(blank);
    body->data = arena_take(&request->arena, body->len);
    if (body->data == NULL) return STATUS_TOO_LARGE;
    protobuf_c_message_pack(blank, body->data);
    return STATUS_OK;
}
