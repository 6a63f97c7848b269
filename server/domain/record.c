/* SPDX-License-Identifier: Apache-2.0 */
#include "server/domain/record.h"

#include "common/check.h"
#include "common/message.h"

static char **text_of(const ProtobufCMessage *record, unsigned number) {
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(record->descriptor, number);
    CHECK(field != NULL && field->type == PROTOBUF_C_TYPE_STRING && field->label != PROTOBUF_C_LABEL_REPEATED);
    return message_field(record, field);
}

char **record_id(const ProtobufCMessage *record) {
    return text_of(record, 1);
}

char **record_site_id(const ProtobufCMessage *record) {
    return text_of(record, 2);
}

char **record_number(const ProtobufCMessage *record) {
    return text_of(record, 3);
}
