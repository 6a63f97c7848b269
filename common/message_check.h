/* SPDX-License-Identifier: Apache-2.0 */
/* The two looks at a message that arrives, for message_unpack: at its bytes before any memory is taken, and at its
 * values after decoding, when the last of several won. */
#ifndef FRONTDESK_COMMON_MESSAGE_CHECK_H
#define FRONTDESK_COMMON_MESSAGE_CHECK_H

#include "common/message.h"

/* Known fields only, each submessage once, valid strings, and no more than `budget` bytes of memory to decode it. */
MUST_USE enum status message_check_wire(const ProtobufCMessageDescriptor *descriptor, const uint8_t *data,
                                        size_t length, size_t budget, struct message_fault *fault);
/* Enums known, times in range. */
MUST_USE enum status message_check_values(const ProtobufCMessage *message, struct message_fault *fault);

#endif
