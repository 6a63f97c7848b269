/* SPDX-License-Identifier: Apache-2.0 */
/* An input as a file with a path, in memory. */
#ifndef FRONTDESK_TESTS_FUZZ_FILE_H
#define FRONTDESK_TESTS_FUZZ_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/check.h"

enum { FILE_PATH_BYTES = 64 };

/* Gives the descriptor, which lives as long as the path shall. */
static inline int file_open(const void *data, size_t size, char path[FILE_PATH_BYTES]) {
    int file = memfd_create("input", MFD_CLOEXEC);
    CHECK(file >= 0 && (size == 0 || write(file, data, size) == (ssize_t)size));
    int length = snprintf(path, FILE_PATH_BYTES, "/proc/self/fd/%d", file);
    CHECK(length > 0 && length < FILE_PATH_BYTES);
    return file;
}

static inline void file_close(int file) {
    CHECK(close(file) == 0);
}

#endif
