/* SPDX-License-Identifier: Apache-2.0 */
/* A line of the access log: sealed as an entry of the journal is (server/chain/seal.h). Its texts are kind,
 * operation, number, actor_id, actor_name and an empty one; in place of the record stand the times as eight bytes
 * big-endian. */
#ifndef FRONTDESK_AUDIT_ACCESS_H
#define FRONTDESK_AUDIT_ACCESS_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/digest.h"
#include "common/status.h"
#include "frontdesk/server/v1/audit.pb-c.h"

#define ACCESS_LOOKED "looked"
#define ACCESS_DENIED "denied"

/* Fills salt and digest of *access. TOO_LARGE: arena exhausted. */
MUST_USE enum status access_seal(struct arena *arena, Fd__Access *access);
/* The digest of what stands in it, under its salt. False: arena exhausted. */
MUST_USE bool access_digest(struct arena *arena, const Fd__Access *access, uint8_t digest[DIGEST_BYTES]);

#endif
