/* SPDX-License-Identifier: Apache-2.0 */
/* Measured values and their percentiles. */
#ifndef FRONTDESK_BENCH_SAMPLES_H
#define FRONTDESK_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
    int64_t *values;
    size_t count, capacity;
};

void samples_add(struct samples *samples, int64_t value);
/* Sorts; nearest rank; 0 of nothing. */
int64_t samples_percentile(struct samples *samples, double percent);
void samples_free(struct samples *samples);

#endif
