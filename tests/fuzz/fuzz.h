/* SPDX-License-Identifier: Apache-2.0 */
/* What a fuzz target is to its driver, libFuzzer or our own. */
#ifndef FRONTDESK_TESTS_FUZZ_FUZZ_H
#define FRONTDESK_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); /* 0: the input was taken */

#endif
