/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fault/shim.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/test.h"

static struct shim_shared *shared;
static char path[64];

void shim_preload(const char *mode) {
    char libraries[1024];
    const char *sanitizer = getenv("FRONTDESK_SANITIZER_LIBRARY");
    if (shared == NULL) {
        snprintf(path, sizeof path, "/dev/shm/frontdesk-shim-XXXXXX");
        int file = mkstemp(path);
        assert_true(file >= 0);
        assert_int_equal(ftruncate(file, sizeof *shared), 0);
        shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        assert_true(shared != MAP_FAILED);
        close(file);
    }
    shim_disarm();
    snprintf(libraries, sizeof libraries, "%s%s%s", sanitizer != NULL ? sanitizer : "", sanitizer != NULL ? " " : "",
             FAULT_SHIM);
    setenv("FRONTDESK_SHIM", path, 1);
    setenv("FRONTDESK_SHIM_MODE", mode, 1);
    setenv("FRONTDESK_SHIM_LIBRARY", libraries, 1);
}

void shim_unload(void) {
    unsetenv("FRONTDESK_SHIM");
    unsetenv("FRONTDESK_SHIM_MODE");
    unsetenv("FRONTDESK_SHIM_LIBRARY");
    if (shared == NULL) return;
    munmap(shared, sizeof *shared);
    shared = NULL;
    unlink(path);
}

struct shim_shared *shim_state(void) {
    return shared;
}

void shim_disarm(void) {
    atomic_store(&shared->kind, -1);
    for (int kind = 0; kind < SHIM_KIND_COUNT; kind++) atomic_store(&shared->calls[kind], 0);
}

void shim_arm(enum shim_kind kind, long k) {
    shim_disarm();
    atomic_store(&shared->left, k - 1);
    atomic_store(&shared->kind, (int)kind);
}

const char *shim_kind_name(enum shim_kind kind) {
    static const char *const names[] = {
#define X(name) #name,
        SHIM_KINDS(X)
#undef X
    };
    return names[kind];
}
