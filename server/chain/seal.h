/* SPDX-License-Identifier: Apache-2.0 */
/* Closes a decided change for the journal: the masked record, its note, and the digest that proves both later.
 * The content that is digested, after the salt: kind, record_type, record_id, actor_id, actor_name, masked_note (each
 * with a NUL behind it), at_ms as eight bytes big-endian, then the entry. All of it stands in the journal's row. */
#ifndef FRONTDESK_CHAIN_SEAL_H
#define FRONTDESK_CHAIN_SEAL_H

#include "common/arena.h"
#include "common/digest.h"
#include "common/status.h"
#include "frontdesk/server/v1/change.pb-c.h"
#include "server/domain/decision.h"

enum { SALT_BYTES = 16, SEALED_TEXTS = 6 };

/* What a digest is of. An entry's texts are kind, record_type, record_id, actor_id, actor_name, masked_note. */
struct sealed {
    ProtobufCBinaryData salt;
    const char *texts[SEALED_TEXTS];
    int64_t at_ms;
    ProtobufCBinaryData entry;
};

/* False: arena exhausted. */
MUST_USE bool seal_digest(struct arena *arena, const struct sealed *sealed, uint8_t digest[DIGEST_BYTES]);
/* From the hash of the entry before to the hash of entry `seq`: sha256(hash || int8send(seq) || digest), as the storing
 * statements have it (journal/count.sql, access/append.sql). */
void seal_chain(uint8_t hash[DIGEST_BYTES], int64_t seq, const uint8_t digest[DIGEST_BYTES]);

struct change_of {
    const char *record_type;
    const Fd__Person *actor; /* NULL: the server itself */
    int64_t at_ms;
};

/* Fills kind, note, masked_note, step_*, entry, salt, digest, actor, at, wake_at of *change from the decision; the rest
 * stays. *masked is the record for many eyes. TOO_LARGE: arena exhausted. */
MUST_USE enum status change_seal(struct arena *arena, const struct decision *decision, const struct change_of *of,
                                 Fd__Change *change, ProtobufCMessage **masked);
/* SHA-256 of operation, site and body, each told apart by a NUL: what a request key stands for. */
MUST_USE enum status change_request_digest(struct arena *arena, const char *operation, const char *site_id,
                                           ProtobufCBinaryData body, ProtobufCBinaryData *digest);

#endif
