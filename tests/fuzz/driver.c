/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a fuzz target without libFuzzer: every seed as it is, then MUTATIONS inputs made from the seeds, always the same
 * ones. A failure is an abort, and repeats.
 * usage: fuzz-… MUTATIONS SEEDS */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bytes.h"
#include "common/check.h"
#include "tests/fuzz/fuzz.h"

enum { SEED_LIMIT = 4096, INPUT_BYTES = 64 * 1024 };

static struct bytes seeds[SEED_LIMIT];
static size_t seed_count;
static uint64_t random_state = 88172645463325252U;

static size_t random_below(size_t limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % limit);
}

static void read_seed(const char *folder, const char *name) {
    char path[4096];
    uint8_t input[INPUT_BYTES];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    CHECK(length > 0 && length < (int)sizeof path && seed_count < SEED_LIMIT);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t size = fread(input, 1, sizeof input, file);
    CHECK(fclose(file) == 0);
    CHECK(bytes_append(&seeds[seed_count++], input, size) == STATUS_OK);
}

static int by_contents(const void *a, const void *b) {
    const struct bytes *left = a;
    const struct bytes *right = b;
    size_t common = left->length < right->length ? left->length : right->length;
    int order = common == 0 ? 0 : memcmp(left->data, right->data, common);
    if (order != 0) return order;
    return (left->length > right->length) - (left->length < right->length);
}

static void read_seeds(const char *folder) {
    DIR *entries = opendir(folder);
    CHECK(entries != NULL);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] != '.') read_seed(folder, entry->d_name);
    }
    (void)closedir(entries);
    CHECK(seed_count > 0);
    qsort(seeds, seed_count, sizeof seeds[0], by_contents); /* a folder has no order of its own */
}

static void overwrite(struct bytes *input) {
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '"', '=', 0x1b};
    if (input->length == 0) return;
    uint8_t *byte = input->data + random_below(input->length);
    *byte = random_below(2) == 0 ? telling[random_below(sizeof telling)] : (uint8_t)random_below(256);
}

/* A piece of another seed goes in the place of what follows. */
static void splice(struct bytes *input) {
    const struct bytes *other = &seeds[random_below(seed_count)];
    if (other->length == 0) return;
    size_t from = random_below(other->length);
    size_t length = 1 + random_below(other->length - from);
    if (input->length > 0) input->length = random_below(input->length) + 1;
    CHECK(bytes_append(input, other->data + from, length) == STATUS_OK);
}

static void mutate(struct bytes *input) {
    switch (random_below(4)) {
    case 0: splice(input); break;
    case 1:
        if (input->length > 0) input->length = random_below(input->length);
        break;
    default: overwrite(input);
    }
}

/* In memory of its exact size, so that a sanitizer sees a read past the end. */
static void run(const struct bytes *input) {
    uint8_t *copy = malloc(input->length == 0 ? 1 : input->length);
    CHECK(copy != NULL);
    if (input->length > 0) memcpy(copy, input->data, input->length);
    (void)LLVMFuzzerTestOneInput(copy, input->length);
    free(copy);
}

int main(int count, char **arguments) {
    if (count != 3) {
        (void)fprintf(stderr, "usage: %s MUTATIONS SEEDS\n", arguments[0]);
        return 2;
    }
    long mutations = strtol(arguments[1], NULL, 10);
    struct bytes input = {0};
    read_seeds(arguments[2]);
    for (size_t i = 0; i < seed_count; i++) run(&seeds[i]);
    for (long i = 0; i < mutations; i++) {
        const struct bytes *seed = &seeds[random_below(seed_count)];
        bytes_clear(&input);
        CHECK(bytes_append(&input, seed->data, seed->length) == STATUS_OK);
        for (size_t times = 1 + random_below(4); times > 0; times--) mutate(&input);
        run(&input);
    }
    (void)printf("%zu seeds and %ld mutations\n", seed_count, mutations);
    for (size_t i = 0; i < seed_count; i++) bytes_free(&seeds[i]);
    bytes_free(&input);
    return 0;
}
