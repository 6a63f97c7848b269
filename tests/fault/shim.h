/* SPDX-License-Identifier: Apache-2.0 */
/* A library preloaded into a server that makes one call fail, once, when the test outside says so. Both see the same
 * small file in memory: the test arms a kind of call and how many of that kind shall still succeed; the shim counts. */
#ifndef FRONTDESK_TESTS_SHIM_H
#define FRONTDESK_TESTS_SHIM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* name of the kind; what it stands for is in shim.c */
#define SHIM_KINDS(X)                                                                                                  \
    X(memory)                                                                                                          \
    X(PQconnectStartParams)                                                                                            \
    X(PQconninfoParse)                                                                                                 \
    X(PQconnectPoll)                                                                                                   \
    X(PQenterPipelineMode)                                                                                             \
    X(PQsetnonblocking)                                                                                                \
    X(PQsendPrepare)                                                                                                   \
    X(PQsendQueryPrepared)                                                                                             \
    X(PQsendQueryParams)                                                                                               \
    X(PQpipelineSync)                                                                                                  \
    X(PQflush)                                                                                                         \
    X(PQconsumeInput)                                                                                                  \
    X(PQgetResult)                                                                                                     \
    X(SSL_new)                                                                                                         \
    X(SSL_do_handshake)                                                                                                \
    X(SSL_read_ex)                                                                                                     \
    X(SSL_write_ex)                                                                                                    \
    X(uv_tcp_init)                                                                                                     \
    X(uv_read_start)                                                                                                   \
    X(uv_write)                                                                                                        \
    X(uv_try_write)                                                                                                    \
    X(uv_poll_init)                                                                                                    \
    X(uv_poll_start)                                                                                                   \
    X(uv_queue_work)                                                                                                   \
    X(uv_getaddrinfo)                                                                                                  \
    X(accept4)                                                                                                         \
    X(write)                                                                                                           \
    X(rename)                                                                                                          \
    X(fsync)

enum shim_kind {
#define X(name) SHIM_##name,
    SHIM_KINDS(X)
#undef X
        SHIM_KIND_COUNT
};

struct shim_shared {
    atomic_long calls[SHIM_KIND_COUNT]; /* since the last arming or clearing */
    atomic_int kind;                    /* armed; -1: none */
    atomic_long left;                   /* calls of it that still succeed; the one after them fails */
    atomic_long failed;                 /* how many have been made to fail */
};

/* Names the file and the library for servers that are started from now on. `mode` is "fail"; "abort", where the
 * process ends instead, as one that checks nothing would; or "leak": every 64th block is never given back. */
void shim_preload(const char *mode);
void shim_unload(void);
struct shim_shared *shim_state(void);
/* From now on the k-th call (1 is the next) fails, once. */
void shim_arm(enum shim_kind kind, long k);
void shim_disarm(void);
const char *shim_kind_name(enum shim_kind kind);

#endif
