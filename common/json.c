/* SPDX-License-Identifier: Apache-2.0 */
#include "common/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/message.h"
#include "common/moment.h"
#include "common/text.h"

/* Characters that a terminal would obey are escaped too: output goes through pipes onto screens. */
static bool must_escape(uint32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) ||
           (code_point >= 0x202a && code_point <= 0x202e) || (code_point >= 0x2066 && code_point <= 0x2069);
}

static enum status append_code_point(struct bytes *out, uint32_t code_point, const char *from, size_t length) {
    switch (code_point) {
    case '"': return bytes_append_text(out, "\\\"");
    case '\\': return bytes_append_text(out, "\\\\");
    case '\n': return bytes_append_text(out, "\\n");
    case '\r': return bytes_append_text(out, "\\r");
    case '\t': return bytes_append_text(out, "\\t");
    case 0xfffd: return bytes_append_text(out, "\xef\xbf\xbd"); /* also for bytes that are no UTF-8 */
    default: break;
    }
    if (must_escape(code_point)) return bytes_printf(out, "\\u%04x", (unsigned)code_point);
    return bytes_append(out, from, length);
}

enum status json_append_text(struct bytes *out, const char *text) {
    if (text == NULL) text = "";
    enum status status = bytes_append_text(out, "\"");
    while (status == STATUS_OK && *text != '\0') {
        const char *from = text;
        uint32_t code_point = text_next(&text);
        status = append_code_point(out, code_point, from, (size_t)(text - from));
    }
    return status == STATUS_OK ? bytes_append_text(out, "\"") : status;
}

/* RFC 4648, with padding. */
static enum status append_base64(struct bytes *out, const ProtobufCBinaryData *binary) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    enum status status = bytes_append_text(out, "\"");
    for (size_t i = 0; status == STATUS_OK && i < binary->len; i += 3) {
        size_t left = binary->len - i;
        uint32_t group = (uint32_t)binary->data[i] << 16;
        if (left > 1) group |= (uint32_t)binary->data[i + 1] << 8;
        if (left > 2) group |= binary->data[i + 2];
        char four[] = {digits[group >> 18], digits[group >> 12 & 63], left > 1 ? digits[group >> 6 & 63] : '=',
                       left > 2 ? digits[group & 63] : '='};
        status = bytes_append(out, four, sizeof four);
    }
    return status == STATUS_OK ? bytes_append_text(out, "\"") : status;
}

static enum status append_moment(struct bytes *out, int64_t at_ms) {
    char text[MOMENT_TEXT_BYTES];
    if (at_ms == 0) return bytes_append_text(out, "null");
    moment_format(at_ms, text);
    return bytes_printf(out, "\"%s\"", text);
}

static enum status append_enum(struct bytes *out, const ProtobufCEnumDescriptor *descriptor, int value) {
    const char *word = message_enum_word(descriptor, value);
    return word == NULL ? bytes_printf(out, "%d", value) : json_append_text(out, word);
}

static enum status append_real(struct bytes *out, double value) {
    if (!isfinite(value)) return bytes_append_text(out, "null"); /* JSON has no word for it */
    return bytes_printf(out, "%.17g", value);
}

union element {
    int64_t signed64;
    uint64_t unsigned64;
    int32_t signed32;
    uint32_t unsigned32;
    protobuf_c_boolean boolean;
    double real64;
    float real32;
    const char *text;
    const ProtobufCMessage *message;
    ProtobufCBinaryData binary;
};

static enum status append_element(struct bytes *out, const ProtobufCFieldDescriptor *field, const void *address,
                                  bool everything) {
    union element element = {0};
    memcpy(&element, address, message_element_bytes(field));
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        return message_is_moment(field) ? append_moment(out, element.signed64)
                                        : bytes_printf(out, "%" PRId64, element.signed64);
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64: return bytes_printf(out, "%" PRIu64, element.unsigned64);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32: return bytes_printf(out, "%" PRId32, element.signed32);
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_FIXED32: return bytes_printf(out, "%" PRIu32, element.unsigned32);
    case PROTOBUF_C_TYPE_ENUM: return append_enum(out, field->descriptor, element.signed32);
    case PROTOBUF_C_TYPE_BOOL: return bytes_append_text(out, element.boolean ? "true" : "false");
    case PROTOBUF_C_TYPE_DOUBLE: return append_real(out, element.real64);
    case PROTOBUF_C_TYPE_FLOAT: return append_real(out, (double)element.real32);
    case PROTOBUF_C_TYPE_STRING: return json_append_text(out, element.text);
    case PROTOBUF_C_TYPE_BYTES: return append_base64(out, &element.binary);
    case PROTOBUF_C_TYPE_MESSAGE:
        return element.message == NULL ? bytes_append_text(out, "null")
                                       : json_append_message(out, element.message, everything);
    }
    return STATUS_INTERNAL;
}

static bool is_default(const ProtobufCFieldDescriptor *field, const void *address) {
    union element element = {0};
    memcpy(&element, address, message_element_bytes(field));
    if (field->type == PROTOBUF_C_TYPE_STRING) return text_empty(element.text);
    if (field->type == PROTOBUF_C_TYPE_BYTES) return element.binary.len == 0;
    static const union element zero;
    return memcmp(&element, &zero, message_element_bytes(field)) == 0;
}

/* A moment goes by the name of what it is, without the unit of its number. */
static enum status append_name(struct bytes *out, const ProtobufCFieldDescriptor *field, bool first) {
    size_t length = strlen(field->name);
    if (message_is_moment(field)) length -= strlen("_ms");
    return bytes_printf(out, "%s\"%.*s\":", first ? "" : ",", (int)length, field->name);
}

static enum status append_elements(struct bytes *out, const ProtobufCFieldDescriptor *field, const void *address,
                                   size_t count, bool everything) {
    const uint8_t *elements = NULL;
    memcpy(&elements, address, sizeof elements);
    enum status status = bytes_append_text(out, "[");
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (i > 0) status = bytes_append_text(out, ",");
        if (status != STATUS_OK) break;
        status = append_element(out, field, elements + i * message_element_bytes(field), everything);
    }
    return status == STATUS_OK ? bytes_append_text(out, "]") : status;
}

static enum status append_field(struct bytes *out, const ProtobufCMessage *message,
                                const ProtobufCFieldDescriptor *field, bool everything, bool *first) {
    if (!message_present(message, field)) return STATUS_OK;
    const void *address = message_field(message, field);
    const size_t *count = message_count(message, field);
    bool left_out = count == NULL ? is_default(field, address) : *count == 0;
    if (left_out && !everything) return STATUS_OK;
    enum status status = append_name(out, field, *first);
    *first = false;
    if (status != STATUS_OK) return status;
    return count == NULL ? append_element(out, field, address, everything)
                         : append_elements(out, field, address, *count, everything);
}

enum status json_append_message(struct bytes *out, const ProtobufCMessage *message, bool everything) {
    bool first = true;
    enum status status = bytes_append_text(out, "{");
    for (unsigned i = 0; i < message->descriptor->n_fields && status == STATUS_OK; i++) {
        status = append_field(out, message, &message->descriptor->fields[i], everything, &first);
    }
    return status == STATUS_OK ? bytes_append_text(out, "}") : status;
}
