/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/message_check.h"
#include "common/moment.h"

/* The zero value stands for "unspecified". */
static const char *check_enum(const ProtobufCFieldDescriptor *field, uint8_t *element, enum message_peer peer) {
    int32_t value = 0;
    memcpy(&value, element, sizeof value);
    if (protobuf_c_enum_descriptor_get_value(field->descriptor, value) != NULL) return NULL;
    if (peer == MESSAGE_PEER_SAME) return "is not a known value";
    memset(element, 0, sizeof value);
    return NULL;
}

static enum status check_element(const ProtobufCFieldDescriptor *field, uint8_t *element, enum message_peer peer,
                                 struct message_fault *fault) {
    const char *why = NULL;
    if (field->type == PROTOBUF_C_TYPE_ENUM) {
        why = check_enum(field, element, peer);
    } else if (field->type == PROTOBUF_C_TYPE_INT64 && message_is_moment(field)) {
        int64_t at_ms = 0;
        memcpy(&at_ms, element, sizeof at_ms);
        if (at_ms < 0 || at_ms > MOMENT_LAST_MS) why = "is not a time between 1970 and 2199";
    } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        ProtobufCMessage *message = NULL;
        memcpy(&message, element, sizeof message);
        return message == NULL ? STATUS_OK : message_check_values(message, peer, fault);
    }
    if (why == NULL) return STATUS_OK;
    *fault = (struct message_fault){.field = field->name, .why = why};
    return STATUS_INVALID;
}

static enum status check_field(ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, enum message_peer peer,
                               struct message_fault *fault) {
    if (!message_present(message, field)) return STATUS_OK;
    uint8_t *address = message_field(message, field);
    const size_t *count = message_count(message, field);
    if (count == NULL) return check_element(field, address, peer, fault);
    uint8_t *elements = NULL;
    memcpy(&elements, address, sizeof elements);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < *count && status == STATUS_OK; i++) {
        status = check_element(field, elements + i * message_element_bytes(field), peer, fault);
    }
    return status;
}

enum status message_check_values(ProtobufCMessage *message, enum message_peer peer, struct message_fault *fault) {
    enum status status = STATUS_OK;
    message->n_unknown_fields = 0; /* of a newer peer; their memory is the arena's */
    for (unsigned i = 0; i < message->descriptor->n_fields && status == STATUS_OK; i++) {
        status = check_field(message, &message->descriptor->fields[i], peer, fault);
    }
    return status;
}
