/* SPDX-License-Identifier: Apache-2.0 */
/* Which commands may wait for the line, and what has to be known of their messages: those that only add something
 * (D16), so that doing them later does what the clerk meant. Pure: no I/O, no clock. */
#ifndef FRONTDESK_CLIENT_CORE_OUTBOX_KIND_H
#define FRONTDESK_CLIENT_CORE_OUTBOX_KIND_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"
#include "common/status.h"

enum { OUTBOX_NUMBER_BYTES = 32 };

struct outbox_kind {
    const char *operation;
    const ProtobufCMessageDescriptor *request, *response;
    const char *record;   /* "complaint" or "visit": the field of the response, and what a number is of */
    bool creates;         /* makes a record, which later commands may name by its place in the outbox */
    const char *received; /* the field that says when the customer spoke; NULL: the operation has none */
};

/* NULL: the operation is not kept. */
const struct outbox_kind *outbox_kind_of(const char *operation);
/* "W-12", "w-12" and "~12" are 12: the record that is made by what waits at that place. 0: another kind of number. */
int64_t outbox_local_number(const char *number);
/* The place that the command names for its record; 0: a number of the server, or none. */
int64_t outbox_kind_names(const struct outbox_kind *kind, const uint8_t *body, size_t length);
/* When the customer spoke, as the clerk gave it; 0: not given. */
int64_t outbox_kind_received_ms(const struct outbox_kind *kind, const uint8_t *body, size_t length);
/* An emergency or a major complaint: somebody is alarmed by it at once, but not while it waits. */
bool outbox_kind_alarms(const struct outbox_kind *kind, const uint8_t *body, size_t length);
/* The command as it goes out: with the server's number of its record (NULL: as it stands) and the moment at which the
 * customer spoke (0: as it stands). Appends to `out`. */
MUST_USE enum status outbox_kind_fill(const struct outbox_kind *kind, const uint8_t *body, size_t length,
                                      const char *number, int64_t received_at_ms, struct bytes *out);
/* The number of the record in an answer; "" when there is none. */
const char *outbox_kind_number(const struct outbox_kind *kind, const ProtobufCMessage *response);

#endif
