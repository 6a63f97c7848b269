/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as JSON text (RFC 8259): field names as in the .proto, enums as words, *_ms as RFC 3339 text without the
 * _ms (delays, *_after_ms, stay numbers), bytes as base64, defaults left out unless `everything`, which gives null for
 * a moment that is none and for a submessage that is not there. */
#ifndef FRONTDESK_COMMON_JSON_H
#define FRONTDESK_COMMON_JSON_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

#include "common/bytes.h"
#include "common/status.h"

MUST_USE enum status json_append_message(struct bytes *out, const ProtobufCMessage *message, bool everything);
MUST_USE enum status json_append_text(struct bytes *out, const char *text); /* quoted and escaped */

#endif
