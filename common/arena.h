/* SPDX-License-Identifier: Apache-2.0 */
/* Memory with one owner and one end: everything taken from an arena goes when the arena is freed.
 * An arena has a cap; past it every call gives NULL and arena_exhausted() is true, so one check at the end is enough.
 */
#ifndef FRONTDESK_COMMON_ARENA_H
#define FRONTDESK_COMMON_ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *first;
    size_t used_bytes; /* by callers, without the blocks' own cost */
    size_t cap_bytes;
    bool exhausted, starved;
    ProtobufCAllocator allocator; /* for protobuf_c_message_unpack; its free does nothing */
};

void arena_init(struct arena *arena, size_t cap_bytes);
void arena_free(struct arena *arena); /* and ready for use again with the same cap */
bool arena_exhausted(const struct arena *arena);
/* Exhausted for want of memory and not by its cap: the machine's trouble, which passes. */
bool arena_starved(const struct arena *arena);
void arena_starve(struct arena *arena); /* its owner has found no memory elsewhere, which is the same to him */

/* Zeroed, aligned for any type; NULL past the cap or without memory. size 0 gives a valid pointer. */
void *arena_take(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *source, size_t size);
char *arena_string(struct arena *arena, const char *text);
char *arena_string_n(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
