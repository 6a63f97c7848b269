/* SPDX-License-Identifier: Apache-2.0 */
#include "common/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif

#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

enum { ALIGNMENT = 16, FIRST_BLOCK_BYTES = 1024, LARGEST_BLOCK_BYTES = 64 * 1024 };

/* Small first, then doubling: an idle request costs a kilobyte, a large one few calls. */
struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    _Alignas(ALIGNMENT) uint8_t data[];
};

static void *allocate(void *arena, size_t size) {
    return arena_take(arena, size);
}

static void keep(void *arena, void *pointer) {
    (void)arena;
    (void)pointer;
}

void arena_init(struct arena *arena, size_t cap_bytes) {
    *arena = (struct arena){
        .cap_bytes = cap_bytes,
        .allocator = {.alloc = allocate, .free = keep, .allocator_data = arena},
    };
}

void arena_free(struct arena *arena) {
    struct arena_block *block = arena->first;
    while (block != NULL) {
        struct arena_block *next = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->data, block->capacity);
        free(block);
        block = next;
    }
    arena->first = NULL;
    arena->used_bytes = 0;
    arena->exhausted = arena->starved = false;
}

bool arena_exhausted(const struct arena *arena) {
    return arena->exhausted;
}

bool arena_starved(const struct arena *arena) {
    return arena->starved;
}

void arena_starve(struct arena *arena) {
    arena->exhausted = arena->starved = true;
}

static struct arena_block *add_block(struct arena *arena, size_t needed) {
    size_t capacity = arena->first == NULL ? FIRST_BLOCK_BYTES : arena->first->capacity * 2;
    if (capacity > LARGEST_BLOCK_BYTES) capacity = LARGEST_BLOCK_BYTES;
    if (capacity < needed) capacity = needed;
    if (capacity > SIZE_MAX - sizeof(struct arena_block)) return NULL;
    struct arena_block *block = malloc(sizeof *block + capacity);
    arena->starved = block == NULL;
    if (block == NULL) return NULL;
    *block = (struct arena_block){.next = arena->first, .capacity = capacity};
    ASAN_POISON_MEMORY_REGION(block->data, capacity);
    arena->first = block;
    return block;
}

/* A multiple of the alignment, one piece of it at least; 0 when that does not fit a size_t. */
static size_t rounded(size_t size) {
    if (size == 0) return ALIGNMENT;
    if (size > SIZE_MAX - (ALIGNMENT - 1)) return 0;
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *arena_take(struct arena *arena, size_t size) {
    size_t needed = rounded(size);
    if (arena->exhausted || needed == 0 || needed > arena->cap_bytes - arena->used_bytes) {
        arena->exhausted = true;
        return NULL;
    }
    struct arena_block *block = arena->first;
    if (block == NULL || needed > block->capacity - block->used) block = add_block(arena, needed);
    if (block == NULL) {
        arena->exhausted = true;
        return NULL;
    }
    uint8_t *memory = block->data + block->used;
    block->used += needed;
    arena->used_bytes += needed;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    memset(memory, 0, size);
    return memory;
}

void *arena_copy(struct arena *arena, const void *source, size_t size) {
    void *copy = arena_take(arena, size);
    if (copy != NULL && size > 0) memcpy(copy, source, size);
    return copy;
}

char *arena_string(struct arena *arena, const char *text) {
    return arena_string_n(arena, text, text == NULL ? 0 : strlen(text));
}

char *arena_string_n(struct arena *arena, const char *text, size_t length) {
    if (length == SIZE_MAX) {
        arena->exhausted = true;
        return NULL;
    }
    char *copy = arena_take(arena, length + 1);
    if (copy != NULL && length > 0) memcpy(copy, text, length);
    return copy;
}

static char *print(struct arena *arena, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text = length < 0 ? NULL : arena_take(arena, (size_t)length + 1);
    if (text != NULL) (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = print(arena, format, arguments);
    va_end(arguments);
    return text;
}
