/* SPDX-License-Identifier: Apache-2.0 */
/* What may leave the record for many eyes (Privacy): journal, pushes and lists carry the masked form. */
#ifndef FRONTDESK_DOMAIN_PRIVACY_H
#define FRONTDESK_DOMAIN_PRIVACY_H

#include <protobuf-c/protobuf-c.h>

#include "common/arena.h"

/* 138****5678 for runs of 7 to 18 digits (spaces and dashes between them count as part), in any text. */
char *privacy_mask_numbers(struct arena *arena, const char *text);
char *privacy_mask_name(struct arena *arena, const char *name); /* 王** · J*** */
/* A copy of the record for many eyes. One table of field names says which are masked how (name, phone, free text) and
 * which are left out (description, wanted_outcome …); a test walks all descriptors for fields nobody has classed. */
ProtobufCMessage *privacy_mask(struct arena *arena, const ProtobufCMessage *record);

#endif
