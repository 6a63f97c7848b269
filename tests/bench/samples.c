/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/samples.h"

#include <math.h>
#include <stdlib.h>

#include "common/check.h"

void samples_add(struct samples *samples, int64_t value) {
    if (samples->count == samples->capacity) {
        samples->capacity = samples->capacity == 0 ? 1024 : samples->capacity * 2;
        samples->values = realloc(samples->values, samples->capacity * sizeof *samples->values);
        CHECK(samples->values != NULL);
    }
    samples->values[samples->count++] = value;
}

static int by_value(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

int64_t samples_percentile(struct samples *samples, double percent) {
    if (samples->count == 0) return 0;
    qsort(samples->values, samples->count, sizeof *samples->values, by_value);
    double rank = ceil(percent / 100 * (double)samples->count);
    size_t index = rank < 1 ? 0 : (size_t)rank - 1;
    return samples->values[index < samples->count ? index : samples->count - 1];
}

void samples_free(struct samples *samples) {
    free(samples->values);
    *samples = (struct samples){0};
}
