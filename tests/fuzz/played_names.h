/* SPDX-License-Identifier: Apache-2.0 */
/* What the client's line needs beside streams, played at link time: every name is known, and every server has the same
 * certificate. One program includes this once. */
#ifndef FRONTDESK_TESTS_FUZZ_PLAYED_NAMES_H
#define FRONTDESK_TESTS_FUZZ_PLAYED_NAMES_H

#include <netdb.h>

#include "common/frame.h"
#include "common/tls.h"
#include "tests/fuzz/played_stream.h"

static struct {
    uv_getaddrinfo_t *lookup; /* under way; NULL: none */
    uv_getaddrinfo_cb on_found;
    bool cancelled;
} names;

enum status tls_context_client(struct tls_context **context, char *why) {
    (void)why;
    *context = (struct tls_context *)(void *)&names;
    return STATUS_OK;
}

void tls_context_free(struct tls_context *context) {
    CHECK(context == (struct tls_context *)(void *)&names);
}

bool tls_peer_pin(const struct tls *tls, uint8_t pin[TLS_PIN_BYTES]) {
    (void)tls;
    memset(pin, 7, TLS_PIN_BYTES);
    return true;
}

int uv_getaddrinfo(uv_loop_t *loop, uv_getaddrinfo_t *lookup, uv_getaddrinfo_cb on_found, const char *host,
                   const char *service, const struct addrinfo *hints) {
    CHECK(loop == &played.loop && names.lookup == NULL && host != NULL && service != NULL && hints != NULL);
    names.lookup = lookup;
    names.on_found = on_found;
    names.cancelled = false;
    lookup->loop = loop;
    return 0;
}

int uv_cancel(uv_req_t *request) {
    CHECK((uv_getaddrinfo_t *)(void *)request == names.lookup);
    names.cancelled = true;
    return 0;
}

void uv_freeaddrinfo(struct addrinfo *addresses) {
    (void)addresses;
}

/* Two addresses, so that the second is tried when the first does not answer. */
static inline void names_turn(void) {
    static struct sockaddr address;
    static struct addrinfo second = {.ai_addr = &address}, first = {.ai_addr = &address, .ai_next = &second};
    uv_getaddrinfo_t *lookup = names.lookup;
    if (lookup == NULL) return;
    names.lookup = NULL;
    names.on_found(lookup, names.cancelled ? UV_ECANCELED : 0, names.cancelled ? NULL : &first);
}

/* The client's newest connection; NULL: none. */
static inline struct stream *names_stream(void) {
    struct list *streams = &played_streams.streams;
    return streams->next == NULL || list_empty(streams) ? NULL : list_item(streams->previous, struct stream, node);
}

/* Connections that have ended or were closed go. `reader` began with the newest. */
static inline void names_let_go(struct frame_reader *reader) {
    struct stream *newest = names_stream();
    if (newest == NULL) return;
    list_each_safe(node, &played_streams.streams) {
        struct stream *stream = list_item(node, struct stream, node);
        if (played_lives(stream)) continue;
        if (stream == newest) frame_reader_free(reader);
        played_let_go(stream);
    }
}

#endif
