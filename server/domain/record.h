/* SPDX-License-Identifier: Apache-2.0 */
/* What every kind of record begins with, whichever it is: field 1 is its id, 2 its site's, 3 its number. */
#ifndef FRONTDESK_DOMAIN_RECORD_H
#define FRONTDESK_DOMAIN_RECORD_H

#include <protobuf-c/protobuf-c.h>

/* The fields themselves, to be read or set; what they point to is the record's owner's. */
char **record_id(const ProtobufCMessage *record);
char **record_site_id(const ProtobufCMessage *record);
char **record_number(const ProtobufCMessage *record);

#endif
