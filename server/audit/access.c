/* SPDX-License-Identifier: Apache-2.0 */
#include "server/audit/access.h"

#include <endian.h>
#include <sodium.h>

#include "server/chain/seal.h"

bool access_digest(struct arena *arena, const Fd__Access *access, uint8_t digest[DIGEST_BYTES]) {
    uint64_t times = htobe64((uint64_t)access->times);
    const struct sealed sealed = {
        .salt = access->salt,
        .texts = {access->kind,      access->operation,  access->number, access->actor_id, access->actor_name, ""},
        .at_ms = access->at_ms,
        .entry = {sizeof(times), (uint8_t *)&times},
    };
    return seal_digest(arena, &sealed, digest);
}

enum status access_seal(struct arena *arena, Fd__Access *access) {
    access->salt = (ProtobufCBinaryData){SALT_BYTES, arena_take(arena, SALT_BYTES)};
    access->digest = (ProtobufCBinaryData){DIGEST_BYTES, arena_take(arena, DIGEST_BYTES)};
    if (arena_exhausted(arena)) return STATUS_TOO_LARGE;
    randombytes_buf(access->salt.data, SALT_BYTES);
    return access_digest(arena, access, access->digest.data) ? STATUS_OK : STATUS_TOO_LARGE;
}
