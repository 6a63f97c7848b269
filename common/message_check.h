/* SPDX-License-Identifier: Apache-2.0 */
/* The two looks at a message that arrives, for message_unpack: at its bytes before any memory is taken, and at its
 * values after decoding, when the last of several won. */
#ifndef FRONTDESK_COMMON_MESSAGE_CHECK_H
#define FRONTDESK_COMMON_MESSAGE_CHECK_H

#include "common/message.h"

enum message_peer {
    MESSAGE_PEER_SAME,  /* has nothing to say that is not known here */
    MESSAGE_PEER_NEWER, /* may have fields and values that are to be left out */
};

/* Known fields only (of a newer peer: any), each submessage once, valid strings, and no more than `budget` bytes of
 * memory to decode it. */
MUST_USE enum status message_check_wire(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data,
                                        size_t length, size_t budget, enum message_peer peer,
                                        struct message_fault *fault);
/* Enums known, times in range. Of a newer peer: unknown values become zero, unknown fields are dropped. */
MUST_USE enum status message_check_values(ProtobufCMessage *message, enum message_peer peer,
                                          struct message_fault *fault);

#endif
