/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 as bytes in, bytes out (OpenSSL over a BIO of our own): no socket, no loop. stream feeds it. */
#ifndef FRONTDESK_COMMON_TLS_H
#define FRONTDESK_COMMON_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bytes.h"
#include "common/status.h"

enum { TLS_PIN_BYTES = 32 }; /* SHA-256 of the certificate's public key (SPKI, RFC 7469) */

struct tls_context; /* what all connections of one side share */
struct tls;         /* one connection */

/* PEM files. Errors: INVALID with a sentence for the administrator in `why` (WHY_BYTES). */
MUST_USE enum status tls_context_server(struct tls_context **context, const char *certificate_path,
                                        const char *key_path, char *why);
MUST_USE enum status tls_context_client(struct tls_context **context, char *why);
void tls_context_free(struct tls_context *context);
/* The pin of the context's own certificate; false without one (a client). */
bool tls_context_pin(const struct tls_context *context, uint8_t pin[TLS_PIN_BYTES]);
/* Writes a fresh P-256 key (mode 0600) and a self-signed certificate for `name`, valid ten years. */
MUST_USE enum status tls_make_certificate(const char *certificate_path, const char *key_path, const char *name,
                                          char *why);

MUST_USE enum status tls_open(struct tls **tls, struct tls_context *context);
void tls_close(struct tls *tls);

/* Each call appends to `out` whatever must go to the peer, also when it fails (alerts).
 * feed: ciphertext from the peer; plaintext is appended to `in`. OK also when nothing came out.
 *       INVALID: the peer broke TLS. *finished is set at close_notify: nothing more will come. */
MUST_USE enum status tls_start(struct tls *tls, struct bytes *out); /* client: the first flight */
MUST_USE enum status tls_feed(struct tls *tls, const uint8_t *data, size_t length, struct bytes *in, struct bytes *out,
                              bool *finished);
MUST_USE enum status tls_send(struct tls *tls, const uint8_t *data, size_t length, struct bytes *out);
MUST_USE enum status tls_finish(struct tls *tls, struct bytes *out); /* close_notify */

bool tls_established(const struct tls *tls);
bool tls_peer_pin(const struct tls *tls, uint8_t pin[TLS_PIN_BYTES]); /* false: no certificate yet */
const char *tls_failure(const struct tls *tls);                       /* why INVALID, for the log */

#endif
