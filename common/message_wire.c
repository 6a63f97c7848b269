/* SPDX-License-Identifier: Apache-2.0 */
#include "common/check.h"
#include "common/message_check.h"
#include "common/text.h"

/* protobuf-c 1.4 notes every field of a message before it decodes them: the first 16 on the stack, then in slabs, each
 * twice as long as the one before. An arena does not take them back, so they count. */
enum { NOTE_BYTES = 32, NOTES_ON_STACK = 16, PREFIX_BYTES = 10 /* a length as varint */ };

/* Our messages nest three deep. protobuf-c recurses with the wire, so a recursive type would put the stack in the
 * peer's hand; a test proves that there is none, and this limit holds if one slips in. */
enum { DEPTH_LIMIT = 16, FIELD_LIMIT = 256 };

struct wire {
    const uint8_t *at, *end;
};

struct check {
    size_t cost, budget;
    enum message_peer peer;
    struct message_fault *fault;
};

static enum status refuse(struct check *check, const ProtobufCFieldDescriptor *field, const char *why) {
    *check->fault = (struct message_fault){.field = field == NULL ? NULL : field->name, .why = why};
    return STATUS_INVALID;
}

/* What arena_take counts for it. */
static enum status charge(struct check *check, const ProtobufCFieldDescriptor *field, size_t bytes) {
    size_t rounded = (bytes + 15) / 16 * 16;
    if (rounded > check->budget - check->cost) return refuse(check, field, "takes too much memory");
    check->cost += rounded;
    return STATUS_OK;
}

static bool read_varint(struct wire *wire, uint64_t *value) {
    *value = 0;
    for (unsigned shift = 0; shift < 70 && wire->at < wire->end; shift += 7) {
        uint8_t byte = *wire->at++;
        *value |= (uint64_t)(byte & 0x7f) << (shift < 64 ? shift : 63);
        if ((byte & 0x80) == 0) return true;
    }
    return false;
}

static bool skip(struct wire *wire, size_t length) {
    if (length > (size_t)(wire->end - wire->at)) return false;
    wire->at += length;
    return true;
}

/* The bytes of one value, without the length of a length-prefixed one. Groups (3, 4) went out with proto2. */
static bool read_value(struct wire *wire, unsigned wire_type, struct wire *value) {
    uint64_t number = 0;
    value->at = wire->at;
    switch (wire_type) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        if (!read_varint(wire, &number)) return false;
        break;
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        if (!skip(wire, 8)) return false;
        break;
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        if (!skip(wire, 4)) return false;
        break;
    case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
        if (!read_varint(wire, &number)) return false;
        value->at = wire->at;
        if (number > SIZE_MAX || !skip(wire, (size_t)number)) return false;
        break;
    default: return false;
    }
    value->end = wire->at;
    return true;
}

static unsigned wire_type_of(ProtobufCType type) {
    switch (type) {
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_DOUBLE: return PROTOBUF_C_WIRE_TYPE_64BIT;
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FLOAT: return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE: return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    default: return PROTOBUF_C_WIRE_TYPE_VARINT;
    }
}

/* How many values a packed field holds at most. */
static size_t packed_count(const ProtobufCFieldDescriptor *field, size_t length) {
    switch (wire_type_of(field->type)) {
    case PROTOBUF_C_WIRE_TYPE_64BIT: return length / 8;
    case PROTOBUF_C_WIRE_TYPE_32BIT: return length / 4;
    default: return length;
    }
}

static enum status check_string(struct check *check, const ProtobufCFieldDescriptor *field, struct wire value) {
    size_t length = (size_t)(value.end - value.at);
    if (length > MESSAGE_TEXT_LIMIT) return refuse(check, field, "text is too long");
    if (!text_valid((const char *)value.at, length)) {
        return refuse(check, field, "text is not UTF-8 or has characters that are not allowed");
    }
    return charge(check, field, length + 1);
}

struct level {
    const ProtobufCMessageDescriptor *descriptor;
    unsigned depth;
    size_t notes; /* fields seen, and how many have room by now */
    size_t room_for_notes;
    uint64_t seen[FIELD_LIMIT / 64]; /* singular submessages */
};

static enum status check_level(struct check *check, const ProtobufCMessageDescriptor *descriptor, struct wire wire,
                               unsigned depth);

/* protobuf-c would merge the two and copy their lists anew each time: memory in the square of the frame. */
static bool seen_before(struct level *level, const ProtobufCFieldDescriptor *field) {
    size_t index = (size_t)(field - level->descriptor->fields);
    CHECK(index < FIELD_LIMIT);
    uint64_t bit = UINT64_C(1) << (index % 64);
    bool seen = (level->seen[index / 64] & bit) != 0;
    level->seen[index / 64] |= bit;
    return seen;
}

static enum status check_value(struct check *check, struct level *level, const ProtobufCFieldDescriptor *field,
                               unsigned wire_type, struct wire value) {
    size_t length = (size_t)(value.end - value.at);
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    bool foreign = wire_type != wire_type_of(field->type);
    bool packed = foreign && repeated && wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    if (foreign && !packed) return refuse(check, field, "has the wrong wire type");
    if (repeated) {
        size_t count = packed ? packed_count(field, length) : 1;
        enum status status = charge(check, field, count * message_element_bytes(field));
        if (status != STATUS_OK) return status;
    }
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: return check_string(check, field, value);
    case PROTOBUF_C_TYPE_BYTES: return charge(check, field, length);
    case PROTOBUF_C_TYPE_MESSAGE:
        if (!repeated && seen_before(level, field)) return refuse(check, field, "is given twice");
        return check_level(check, field->descriptor, value, level->depth + 1);
    default: return STATUS_OK;
    }
}

static enum status check_note(struct check *check, struct level *level) {
    if (level->notes++ < level->room_for_notes) return STATUS_OK;
    size_t slab = level->room_for_notes + NOTES_ON_STACK; /* 16 + 32 + 64 … is one first slab short of the next */
    level->room_for_notes += slab;
    return charge(check, NULL, slab * NOTE_BYTES);
}

/* protobuf-c keeps its bytes, with a place in a list. */
static enum status check_unknown(struct check *check, struct wire value) {
    enum status status = charge(check, NULL, sizeof(ProtobufCMessageUnknownField));
    return status == STATUS_OK ? charge(check, NULL, (size_t)(value.end - value.at) + PREFIX_BYTES) : status;
}

static enum status check_field(struct check *check, struct level *level, struct wire *wire) {
    uint64_t tag = 0;
    struct wire value;
    if (!read_varint(wire, &tag) || tag > UINT32_MAX) return refuse(check, NULL, "does not decode");
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(level->descriptor, (unsigned)(tag >> 3));
    if (field == NULL && check->peer == MESSAGE_PEER_SAME) return refuse(check, NULL, "has an unknown field");
    if (!read_value(wire, (unsigned)(tag & 7), &value)) return refuse(check, field, "does not decode");
    enum status status = check_note(check, level);
    if (status != STATUS_OK) return status;
    if (field == NULL) return check_unknown(check, value);
    return check_value(check, level, field, (unsigned)(tag & 7), value);
}

static enum status check_level(struct check *check, const ProtobufCMessageDescriptor *descriptor, struct wire wire,
                               unsigned depth) {
    struct level level = {.descriptor = descriptor, .depth = depth, .room_for_notes = NOTES_ON_STACK};
    if (depth > DEPTH_LIMIT) return refuse(check, NULL, "is nested too deeply");
    enum status status = charge(check, NULL, descriptor->sizeof_message);
    while (status == STATUS_OK && wire.at < wire.end) status = check_field(check, &level, &wire);
    return status;
}

enum status message_check_wire(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t length,
                               size_t budget, enum message_peer peer, struct message_fault *fault) {
    struct check check = {.budget = budget, .peer = peer, .fault = fault};
    struct wire wire = {data, length == 0 ? data : data + length};
    return check_level(&check, descriptor, wire, 1);
}
