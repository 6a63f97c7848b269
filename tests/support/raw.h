/* SPDX-License-Identifier: Apache-2.0 */
/* A peer that keeps no rules: raw bytes over TLS or plain TCP, for playing bad input against a real server. */
#ifndef FRONTDESK_TESTS_RAW_H
#define FRONTDESK_TESTS_RAW_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "frontdesk/v1/wire.pb-c.h"

struct ssl_st;
struct ssl_ctx_st;

struct raw {
    int socket;
    struct ssl_ctx_st *context;
    struct ssl_st *tls; /* NULL: plain TCP */
    struct arena arena;
};

void raw_connect(struct raw *raw, int port);              /* TCP only */
bool raw_start_tls(struct raw *raw, int maximum_version); /* 0: TLS 1.3; false: refused */
void raw_close(struct raw *raw);

void raw_send(struct raw *raw, const void *data, size_t length); /* a peer that is gone is no failure */
void raw_send_frame(struct raw *raw, const void *payload, size_t length);
void raw_send_message(struct raw *raw, const ProtobufCMessage *message);
void raw_hello(struct raw *raw);
/* All of that up to the server's welcome, which must come. */
void raw_greet(struct raw *raw, int port);

/* The next frame within the time, or NULL: closed or silent (*closed says which). */
const Fd__ServerFrame *raw_receive(struct raw *raw, int timeout_ms, bool *closed);
/* Reads until the server closes. True: closed within the time; *goodbye is the status it named, -1 for none. */
bool raw_closed(struct raw *raw, int timeout_ms, int *goodbye);

/* A request; its reply, skipping what else comes (NULL: none within 3 s each); signing in, which must succeed. */
void raw_request(struct raw *raw, uint64_t id, const char *operation, const char *site_id, const char *key,
                 const ProtobufCMessage *command);
const Fd__Reply *raw_reply(struct raw *raw, uint64_t id);
enum status raw_try_sign_in(struct raw *raw, const char *login, const char *password);
void raw_sign_in(struct raw *raw, const char *login, const char *password);
/* From the cursor; site_id NULL: follows nothing any more. What comes of it is for raw_receive. */
void raw_subscribe(struct raw *raw, const char *site_id, int64_t epoch, int64_t seq);

#endif
