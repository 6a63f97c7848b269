/* SPDX-License-Identifier: Apache-2.0 */
/* The one rule that ties column and parameter names to fields of messages (see query.h), used in both directions. */
#ifndef FRONTDESK_DATABASE_COLUMN_H
#define FRONTDESK_DATABASE_COLUMN_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COLUMN_DEPTH = 2 };

/* 2000-01-01, from which PostgreSQL counts its moments. */
static const int64_t column_epoch_ms = INT64_C(946684800000);

struct column {
    const ProtobufCFieldDescriptor *through[COLUMN_DEPTH]; /* submessages on the way: "alert" of alert_level */
    int depth;
    const ProtobufCFieldDescriptor *field;
    bool moment; /* milliseconds in the message, timestamptz in the database */
};

/* False: the message has no field of that name. */
bool column_find(const ProtobufCMessageDescriptor *descriptor, const char *name, struct column *column);
/* What one element of a repeated field takes in the message. */
size_t column_element_bytes(const struct column *column);

#endif
