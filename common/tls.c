/* SPDX-License-Identifier: Apache-2.0 */
/* Instead of OpenSSL's memory BIOs, which keep what they have grown to, each connection has a BIO of our own that reads
 * the caller's bytes and writes into the caller's buffer: an idle connection holds no buffer at all. */
#include "common/tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/check.h"

struct tls_context {
    SSL_CTX *ssl;
    BIO_METHOD *method;
    bool server;
};

/* input and out are the caller's and only set during a call. */
struct tls {
    SSL *ssl;
    const uint8_t *input;
    size_t input_length;
    struct bytes *out;
    struct tls_context *context;
    struct bytes opening; /* a server's: what has come of the peer's first record; OpenSSL begins when it is whole */
    const char *failure;
    bool established, finished, finish_sent;
};

/* Before its first record is whole a peer costs what it has sent, and not the 40 KiB that OpenSSL takes to look at it.
 * A greeting with keys for all curves, and one that no quantum computer breaks, has 2 KiB. RFC 8446, 5.1. */
enum { RECORD_HEADER_BYTES = 5, RECORD_HANDSHAKE = 22, OPENING_LIMIT_BYTES = 4096 };

static int bio_read(BIO *bio, char *data, size_t length, size_t *taken) {
    struct tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    *taken = length < tls->input_length ? length : tls->input_length;
    if (*taken == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(data, tls->input, *taken);
    tls->input += *taken;
    tls->input_length -= *taken;
    return 1;
}

static int bio_write(BIO *bio, const char *data, size_t length, size_t *written) {
    struct tls *tls = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    *written = 0;
    if (tls->out == NULL || bytes_append(tls->out, data, length) != STATUS_OK) return 0;
    *written = length;
    return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int bio_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static BIO_METHOD *method_new(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_TYPE_START, "bytes");
    if (method == NULL) return NULL;
    BIO_meth_set_read_ex(method, bio_read);
    BIO_meth_set_write_ex(method, bio_write);
    BIO_meth_set_ctrl(method, bio_control);
    BIO_meth_set_create(method, bio_create);
    return method;
}

static const char *error_reason(void) {
    unsigned long error = ERR_peek_last_error();
    const char *reason = error != 0 ? ERR_reason_error_string(error) : NULL;
    return reason != NULL ? reason : "unknown error";
}

/* A key with a pass phrase must not make a server ask at the terminal. */
static int no_pass_phrase(char *buffer, int size, int writing, void *owner) {
    (void)buffer;
    (void)size;
    (void)writing;
    (void)owner;
    return -1;
}

/* A resumed handshake costs little less than a full one with an elliptic key, and each ticket would cost a record and a
 * copy of the session: none are sent. */
static bool set_up(SSL_CTX *ssl) {
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_default_passwd_cb(ssl, no_pass_phrase);
    return SSL_CTX_set_num_tickets(ssl, 0) == 1 && SSL_CTX_set_max_early_data(ssl, 0) == 1 &&
           SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                         "TLS_CHACHA20_POLY1305_SHA256") == 1;
}

static enum status context_new(struct tls_context **context, bool server, char *why) {
    ERR_clear_error();
    struct tls_context *made = calloc(1, sizeof *made);
    if (made == NULL) {
        (void)snprintf(why, WHY_BYTES, "no memory for TLS");
        return STATUS_UNAVAILABLE;
    }
    made->server = server;
    made->ssl = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
    made->method = method_new();
    if (made->ssl == NULL || made->method == NULL || !set_up(made->ssl)) {
        (void)snprintf(why, WHY_BYTES, "OpenSSL cannot do TLS 1.3: %s", error_reason());
        tls_context_free(made);
        return STATUS_UNAVAILABLE;
    }
    *context = made;
    return STATUS_OK;
}

static enum status load_files(SSL_CTX *ssl, const char *certificate_path, const char *key_path, char *why) {
    if (SSL_CTX_use_certificate_chain_file(ssl, certificate_path) != 1) {
        (void)snprintf(why, WHY_BYTES, "cannot read the certificate %.120s: %s", certificate_path, error_reason());
    } else if (SSL_CTX_use_PrivateKey_file(ssl, key_path, SSL_FILETYPE_PEM) != 1) {
        (void)snprintf(why, WHY_BYTES, "cannot use the key %.120s with this certificate: %s", key_path, error_reason());
    } else if (SSL_CTX_check_private_key(ssl) != 1) {
        (void)snprintf(why, WHY_BYTES, "the key %.120s does not belong to the certificate", key_path);
    } else {
        return STATUS_OK;
    }
    return STATUS_INVALID;
}

enum status tls_context_server(struct tls_context **context, const char *certificate_path, const char *key_path,
                               char *why) {
    struct tls_context *made = NULL;
    enum status status = context_new(&made, true, why);
    if (status != STATUS_OK) return status;
    status = load_files(made->ssl, certificate_path, key_path, why);
    ERR_clear_error();
    if (status == STATUS_OK)
        *context = made;
    else
        tls_context_free(made);
    return status;
}

/* The server is known by its pinned key, which the client compares itself, so no authority is asked. */
enum status tls_context_client(struct tls_context **context, char *why) {
    enum status status = context_new(context, false, why);
    if (status == STATUS_OK) SSL_CTX_set_verify((*context)->ssl, SSL_VERIFY_NONE, NULL);
    return status;
}

void tls_context_free(struct tls_context *context) {
    if (context == NULL) return;
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->method);
    free(context);
}

static enum status begin(struct tls *tls) {
    ERR_clear_error();
    tls->ssl = SSL_new(tls->context->ssl);
    BIO *bio = BIO_new(tls->context->method);
    if (tls->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        ERR_clear_error();
        tls->failure = "no memory";
        return STATUS_UNAVAILABLE;
    }
    BIO_set_data(bio, tls);
    SSL_set_bio(tls->ssl, bio, bio);
    if (tls->context->server)
        SSL_set_accept_state(tls->ssl);
    else
        SSL_set_connect_state(tls->ssl);
    return STATUS_OK;
}

enum status tls_open(struct tls **tls, struct tls_context *context) {
    struct tls *made = calloc(1, sizeof *made);
    if (made == NULL) return STATUS_UNAVAILABLE;
    made->context = context;
    enum status status = context->server ? STATUS_OK : begin(made);
    if (status == STATUS_OK)
        *tls = made;
    else
        tls_close(made);
    return status;
}

void tls_close(struct tls *tls) {
    if (tls == NULL) return;
    SSL_free(tls->ssl);
    bytes_free(&tls->opening);
    free(tls);
}

/* What a call to OpenSSL that gave no success means: OK when it only wants more bytes. */
static enum status judge(struct tls *tls, int result) {
    int error = SSL_get_error(tls->ssl, result);
    if (error == SSL_ERROR_WANT_READ) return STATUS_OK;
    if (error == SSL_ERROR_ZERO_RETURN) {
        tls->finished = true;
        return STATUS_OK;
    }
    tls->failure = error_reason();
    ERR_clear_error();
    return STATUS_INVALID;
}

static enum status handshake(struct tls *tls) {
    ERR_clear_error();
    int result = SSL_do_handshake(tls->ssl);
    if (result != 1) return judge(tls, result);
    tls->established = true;
    return STATUS_OK;
}

/* One SSL_read gives at most one record: read until it wants more. */
static enum status read_records(struct tls *tls, struct bytes *in) {
    for (;;) {
        if (bytes_reserve(in, SSL3_RT_MAX_PLAIN_LENGTH) != STATUS_OK) {
            tls->failure = "no memory";
            return STATUS_INVALID;
        }
        ERR_clear_error();
        size_t length = 0;
        int result = SSL_read_ex(tls->ssl, in->data + in->length, in->capacity - in->length, &length);
        if (result != 1) return judge(tls, result);
        in->length += length;
    }
}

enum status tls_start(struct tls *tls, struct bytes *out) {
    if (tls->failure != NULL) return STATUS_INVALID;
    tls->out = out;
    enum status status = handshake(tls);
    tls->out = NULL;
    return status;
}

/* Begins with OpenSSL when the first record is whole, or is none, which OpenSSL then says. */
static enum status gather(struct tls *tls, const uint8_t *data, size_t length) {
    if (bytes_append(&tls->opening, data, length) != STATUS_OK) {
        tls->failure = "no memory";
        return STATUS_INVALID;
    }
    const struct bytes *opening = &tls->opening;
    bool is_record = opening->length == 0 || opening->data[0] == RECORD_HANDSHAKE;
    if (is_record && opening->length < RECORD_HEADER_BYTES) return STATUS_OK;
    size_t record = is_record ? (size_t)opening->data[3] << 8 | opening->data[4] : 0;
    if (record > OPENING_LIMIT_BYTES) {
        tls->failure = "the greeting is too long";
        return STATUS_INVALID;
    }
    if (is_record && opening->length < RECORD_HEADER_BYTES + record) return STATUS_OK;
    return begin(tls) == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

enum status tls_feed(struct tls *tls, const uint8_t *data, size_t length, struct bytes *in, struct bytes *out,
                     bool *finished) {
    *finished = false;
    if (tls->failure != NULL) return STATUS_INVALID;
    enum status status = STATUS_OK;
    if (tls->ssl == NULL) {
        status = gather(tls, data, length);
        if (status != STATUS_OK || tls->ssl == NULL) return status;
        data = tls->opening.data;
        length = tls->opening.length;
    }
    tls->input = data;
    tls->input_length = length;
    tls->out = out;
    if (!tls->established) status = handshake(tls);
    if (status == STATUS_OK && tls->established && !tls->finished) status = read_records(tls, in);
    tls->input = NULL;
    tls->input_length = 0;
    tls->out = NULL;
    bytes_free(&tls->opening);
    *finished = tls->finished;
    return status;
}

enum status tls_send(struct tls *tls, const uint8_t *data, size_t length, struct bytes *out) {
    if (tls->failure != NULL || tls->finish_sent || !tls->established) return STATUS_INVALID;
    if (length == 0) return STATUS_OK;
    tls->out = out;
    ERR_clear_error();
    size_t written = 0;
    int result = SSL_write_ex(tls->ssl, data, length, &written);
    tls->out = NULL;
    if (result == 1 && written == length) return STATUS_OK;
    tls->failure = error_reason();
    ERR_clear_error();
    return STATUS_INVALID;
}

enum status tls_finish(struct tls *tls, struct bytes *out) {
    if (tls->failure != NULL || !tls->established) return STATUS_INVALID;
    if (tls->finish_sent) return STATUS_OK;
    tls->finish_sent = true;
    tls->out = out;
    ERR_clear_error();
    int result = SSL_shutdown(tls->ssl);
    tls->out = NULL;
    return result >= 0 ? STATUS_OK : judge(tls, result);
}

bool tls_established(const struct tls *tls) {
    return tls->established;
}

static bool certificate_pin(X509 *certificate, uint8_t pin[TLS_PIN_BYTES]) {
    if (certificate == NULL) return false;
    uint8_t *key = NULL;
    int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
    if (length <= 0) return false;
    SHA256(key, (size_t)length, pin);
    OPENSSL_free(key);
    return true;
}

bool tls_peer_pin(const struct tls *tls, uint8_t pin[TLS_PIN_BYTES]) {
    return certificate_pin(SSL_get0_peer_certificate(tls->ssl), pin);
}

bool tls_context_pin(const struct tls_context *context, uint8_t pin[TLS_PIN_BYTES]) {
    return certificate_pin(SSL_CTX_get0_certificate(context->ssl), pin);
}

const char *tls_failure(const struct tls *tls) {
    return tls->failure != NULL ? tls->failure : "";
}
