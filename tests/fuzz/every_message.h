/* SPDX-License-Identifier: Apache-2.0 */
/* Every message of proto/, in the order of the files; made when the build is configured. */
#ifndef FRONTDESK_TESTS_FUZZ_EVERY_MESSAGE_H
#define FRONTDESK_TESTS_FUZZ_EVERY_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

extern const ProtobufCMessageDescriptor *const every_message[];
extern const size_t every_message_count;

#endif
