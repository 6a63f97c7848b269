/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf messages between bytes and memory. Every string that arrives is validated; memory has a budget. */
#ifndef FRONTDESK_COMMON_MESSAGE_H
#define FRONTDESK_COMMON_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

#include "common/arena.h"
#include "common/bytes.h"
#include "common/status.h"

enum {
    MESSAGE_TEXT_LIMIT = 32 * 1024, /* bytes of one string */
    MESSAGE_BUDGET_FACTOR = 16,     /* arena bytes allowed per byte of a frame, for arena_init */
    MESSAGE_BUDGET_BASE = 8 * 1024, /* and for any frame: a short message may have a long struct */
};

/* What unpacking `length` bytes may take of an arena at most; message_unpack holds to it whatever the arena's cap. */
static inline size_t message_budget(size_t length) {
    return MESSAGE_BUDGET_BASE + MESSAGE_BUDGET_FACTOR * length;
}

struct message_fault {
    const char *field; /* static name from the descriptor, or NULL */
    const char *why;   /* static English, for the log */
};

/* INVALID: bytes that do not decode, unknown fields, a submessage given twice, over the budget or the arena's cap.
 * Then every string must pass text_valid and MESSAGE_TEXT_LIMIT, every enum be a known value, every *_ms be 0 or
 * between 1970 and 2199: INVALID with the field named. `fault` may be NULL. The message lives in the arena. */
MUST_USE enum status message_unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena, const void *data,
                                    size_t length, ProtobufCMessage **message, struct message_fault *fault);

/* The same for what a server says: it may be newer than this program (a version apart works), so fields that are not
 * known here are left out and unknown enum values become the zero value. */
MUST_USE enum status message_unpack_newer(const ProtobufCMessageDescriptor *descriptor, struct arena *arena,
                                          const void *data, size_t length, ProtobufCMessage **message,
                                          struct message_fault *fault);

/* Appends a whole frame, header and payload. TOO_LARGE: over FRAME_LIMIT, which no peer takes, or without memory. */
MUST_USE enum status message_append_frame(struct bytes *out, const ProtobufCMessage *message);
MUST_USE enum status message_append(struct bytes *out, const ProtobufCMessage *message);

/* A new message of that kind in the arena with its defaults; NULL past the cap. */
void *message_new(struct arena *arena, const ProtobufCMessageDescriptor *descriptor);
/* Same fields, strings and submessages shared with the source: for "the record after the change". */
void *message_copy(struct arena *arena, const ProtobufCMessage *source);
/* Whether both say the same: they pack to the same bytes, for which the arena lends the room. False past its cap. */
bool message_equal(struct arena *arena, const ProtobufCMessage *a, const ProtobufCMessage *b);

/* The empty text as message_new leaves it in a field; not to be written to. */
char *message_no_text(void);

/* Address of a field inside a message, and of its count when it is repeated (else NULL). message_present is false for
 * the member of a oneof that is not the chosen one: its memory is another's. */
void *message_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
size_t *message_count(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
bool message_present(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field);
size_t message_element_bytes(const ProtobufCFieldDescriptor *field); /* of one value in memory */
/* Whether the field is a point in time: an int64 named *_ms that is not a delay (*_after_ms). */
bool message_is_moment(const ProtobufCFieldDescriptor *field);

/* The word of an enum value as SQL, JSON and the command line write it: SEVERITY_MAJOR is "major", the zero value is
 * "unspecified". NULL outside the enum. The strings are static, made at the first use of each enum; only for the loop's
 * thread. */
const char *message_enum_word(const ProtobufCEnumDescriptor *descriptor, int value);
/* False when no value has that word. */
bool message_enum_parse(const ProtobufCEnumDescriptor *descriptor, const char *word, int *value);

#endif
