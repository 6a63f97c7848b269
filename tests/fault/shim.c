/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into frontdeskd: see shim.h. Only calls from the server's own process count; the PostgreSQL that it starts
 * has another environment. With the sanitizers their library must come first, which shim_preload sees to. */
#include "tests/fault/shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

static struct shim_shared *shared;
static bool leaking, aborting;
static atomic_long frees;

/* Into the server's log: where it died. */
static void tell_where(int number) {
    void *frames[48];
    backtrace_symbols_fd(frames, backtrace(frames, 48), STDERR_FILENO);
    signal(number, SIG_DFL);
    raise(number);
}

__attribute__((constructor)) static void attach(void) {
    const char *path = getenv("FRONTDESK_SHIM"), *mode = getenv("FRONTDESK_SHIM_MODE");
    if (path == NULL || mode == NULL) return;
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) return;
    void *mapped = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    leaking = strcmp(mode, "leak") == 0;
    aborting = strcmp(mode, "abort") == 0;
    if (mapped == MAP_FAILED) return;
    void *frame;
    (void)backtrace(&frame, 1); /* loads what it needs while there is memory */
    signal(SIGSEGV, tell_where);
    signal(SIGABRT, tell_where);
    shared = mapped;
}

/* Whether this call is the one. */
static bool fails(enum shim_kind kind) {
    if (shared == NULL) return false;
    atomic_fetch_add(&shared->calls[kind], 1);
    if (atomic_load(&shared->kind) != (int)kind) return false;
    if (atomic_fetch_sub(&shared->left, 1) != 0) return false;
    atomic_store(&shared->kind, -1);
    atomic_fetch_add(&shared->failed, 1);
    if (aborting) abort();
    return true;
}

static void *real(const char *name, void **kept) {
    if (*kept == NULL) *kept = dlsym(RTLD_NEXT, name);
    return *kept;
}

/* ---- memory: glibc's own entries, which need no look-up; with a sanitizer its library has these names first ---- */

#ifndef SHIM_WITHOUT_MEMORY
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

static bool starves(void) {
    if (!fails(SHIM_memory)) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    return starves() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return starves() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    return size > 0 && starves() ? NULL : __libc_realloc(block, size);
}

void free(void *block) {
    if (leaking && block != NULL && atomic_fetch_add(&frees, 1) % 64 == 0) return;
    __libc_free(block);
}
#endif

/* ---- the libraries ---- */

#define PASS(kind, failure, call)                                                                                      \
    do {                                                                                                               \
        static void *kept;                                                                                             \
        if (fails(SHIM_##kind)) return failure;                                                                        \
        return ((__typeof__(&kind))real(#kind, &kept))call;                                                            \
    } while (0)

PGconn *PQconnectStartParams(const char *const *keywords, const char *const *values, int expand) {
    PASS(PQconnectStartParams, NULL, (keywords, values, expand));
}
PQconninfoOption *PQconninfoParse(const char *conninfo, char **error) {
    PASS(PQconninfoParse, NULL, (conninfo, error));
}
PostgresPollingStatusType PQconnectPoll(PGconn *line) {
    PASS(PQconnectPoll, PGRES_POLLING_FAILED, (line));
}
int PQenterPipelineMode(PGconn *line) {
    PASS(PQenterPipelineMode, 0, (line));
}
int PQsetnonblocking(PGconn *line, int on) {
    PASS(PQsetnonblocking, -1, (line, on));
}
int PQsendPrepare(PGconn *line, const char *name, const char *query, int count, const Oid *types) {
    PASS(PQsendPrepare, 0, (line, name, query, count, types));
}
int PQsendQueryPrepared(PGconn *line, const char *name, int count, const char *const *values, const int *lengths,
                        const int *formats, int format) {
    PASS(PQsendQueryPrepared, 0, (line, name, count, values, lengths, formats, format));
}
int PQsendQueryParams(PGconn *line, const char *query, int count, const Oid *types, const char *const *values,
                      const int *lengths, const int *formats, int format) {
    PASS(PQsendQueryParams, 0, (line, query, count, types, values, lengths, formats, format));
}
int PQpipelineSync(PGconn *line) {
    PASS(PQpipelineSync, 0, (line));
}
int PQflush(PGconn *line) {
    PASS(PQflush, -1, (line));
}
int PQconsumeInput(PGconn *line) {
    PASS(PQconsumeInput, 0, (line));
}
/* As without memory: what came is gone, and libpq says that a result could not be made. */
PGresult *PQgetResult(PGconn *line) {
    static void *kept;
    __typeof__(&PQgetResult) get = (__typeof__(&PQgetResult))real("PQgetResult", &kept);
    if (!fails(SHIM_PQgetResult)) return get(line);
    PGresult *result = get(line);
    if (result == NULL || PQresultStatus(result) == PGRES_PIPELINE_SYNC) return result;
    PQclear(result);
    return PQmakeEmptyPGresult(line, PGRES_FATAL_ERROR);
}
SSL *SSL_new(SSL_CTX *context) {
    PASS(SSL_new, NULL, (context));
}
int SSL_do_handshake(SSL *tls) {
    PASS(SSL_do_handshake, 0, (tls));
}
int SSL_read_ex(SSL *tls, void *data, size_t length, size_t *taken) {
    PASS(SSL_read_ex, 0, (tls, data, length, taken));
}
int SSL_write_ex(SSL *tls, const void *data, size_t length, size_t *written) {
    PASS(SSL_write_ex, 0, (tls, data, length, written));
}
int uv_tcp_init(uv_loop_t *loop, uv_tcp_t *tcp) {
    PASS(uv_tcp_init, UV_ENOMEM, (loop, tcp));
}
int uv_read_start(uv_stream_t *stream, uv_alloc_cb allocate, uv_read_cb read) {
    PASS(uv_read_start, UV_ENOTCONN, (stream, allocate, read));
}
int uv_write(uv_write_t *request, uv_stream_t *stream, const uv_buf_t buffers[], unsigned count, uv_write_cb done) {
    PASS(uv_write, UV_ENOMEM, (request, stream, buffers, count, done));
}
int uv_try_write(uv_stream_t *stream, const uv_buf_t buffers[], unsigned count) {
    PASS(uv_try_write, UV_EPIPE, (stream, buffers, count));
}
int uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int descriptor) {
    PASS(uv_poll_init, UV_EPERM, (loop, poll, descriptor));
}
int uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb done) {
    PASS(uv_poll_start, UV_EBADF, (poll, events, done));
}
int uv_queue_work(uv_loop_t *loop, uv_work_t *request, uv_work_cb work, uv_after_work_cb done) {
    PASS(uv_queue_work, UV_EINVAL, (loop, request, work, done));
}
int uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *request, uv_getaddrinfo_cb done, const char *node,
                   const char *service, const struct addrinfo *hints) {
    PASS(uv_getaddrinfo, UV_ENOMEM, (loop, request, done, node, service, hints));
}

/* ---- the system ---- */

#define PASS_SYSTEM(kind, error, call)                                                                                 \
    do {                                                                                                               \
        static void *kept;                                                                                             \
        if (fails(SHIM_##kind)) {                                                                                      \
            errno = error;                                                                                             \
            return -1;                                                                                                 \
        }                                                                                                              \
        return ((__typeof__(&kind))real(#kind, &kept))call;                                                            \
    } while (0)

int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
    PASS_SYSTEM(accept4, EMFILE, (listener, address, length, flags));
}
/* Of files only: without a word between its threads libuv ends, and rightly. */
ssize_t write(int file, const void *data, size_t length) {
    static void *kept;
    struct stat what;
    if (file > 2 && fstat(file, &what) == 0 && S_ISREG(what.st_mode) && fails(SHIM_write)) {
        errno = ENOSPC;
        return -1;
    }
    return ((__typeof__(&write))real("write", &kept))(file, data, length);
}
int rename(const char *from, const char *to) {
    PASS_SYSTEM(rename, ENOSPC, (from, to));
}
int fsync(int file) {
    PASS_SYSTEM(fsync, EIO, (file));
}
