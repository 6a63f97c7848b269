/* SPDX-License-Identifier: Apache-2.0 */
/* covers common/tls.c and common/tls_certificate.c */
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/tls.h"
#include "tests/support/test.h"

static char folder[] = "/tmp/frontdesk-tls-XXXXXX";
static char certificate_path[64], key_path[64], why[WHY_BYTES];

static int make_files(void **state) {
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(certificate_path, sizeof certificate_path, "%s/certificate.pem", folder);
    (void)snprintf(key_path, sizeof key_path, "%s/key.pem", folder);
    return tls_make_certificate(certificate_path, key_path, "localhost", why) == STATUS_OK ? 0 : -1;
}

static int remove_files(void **state) {
    (void)state;
    (void)unlink(certificate_path);
    (void)unlink(key_path);
    return rmdir(folder);
}

/* Both ends without a network: what one writes is fed to the other, in pieces of `piece` bytes. */
struct pair {
    struct tls_context *contexts[2];
    struct tls *ends[2];
    struct bytes to[2], plain[2];
    bool finished[2];
    size_t piece;
};

enum { SERVER, CLIENT };

static void pair_open(struct pair *pair) {
    *pair = (struct pair){.piece = 1 << 20};
    assert_int_equal(tls_context_server(&pair->contexts[SERVER], certificate_path, key_path, why), STATUS_OK);
    assert_int_equal(tls_context_client(&pair->contexts[CLIENT], why), STATUS_OK);
    for (int i = 0; i < 2; i++) assert_int_equal(tls_open(&pair->ends[i], pair->contexts[i]), STATUS_OK);
    assert_int_equal(tls_start(pair->ends[CLIENT], &pair->to[SERVER]), STATUS_OK);
}

static void pair_close(struct pair *pair) {
    for (int i = 0; i < 2; i++) {
        tls_close(pair->ends[i]);
        tls_context_free(pair->contexts[i]);
        bytes_free(&pair->to[i]);
        bytes_free(&pair->plain[i]);
    }
}

/* Carries bytes until both ends have nothing more to say. */
static enum status pump(struct pair *pair) {
    enum status status = STATUS_OK;
    while (status == STATUS_OK && (pair->to[0].length > 0 || pair->to[1].length > 0)) {
        for (int i = 0; i < 2 && status == STATUS_OK; i++) {
            size_t length = pair->to[i].length < pair->piece ? pair->to[i].length : pair->piece;
            if (length == 0) continue;
            status = tls_feed(pair->ends[i], pair->to[i].data, length, &pair->plain[i], &pair->to[1 - i],
                              &pair->finished[i]);
            bytes_consume(&pair->to[i], length);
        }
    }
    return status;
}

static void handshake_in_pieces_of_any_size(void **state) {
    (void)state;
    static const size_t pieces[] = {1, 7, 100, 1 << 20};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct pair pair;
        pair_open(&pair);
        pair.piece = pieces[i];
        assert_false(tls_established(pair.ends[SERVER]));
        assert_int_equal(pump(&pair), STATUS_OK);
        assert_true(tls_established(pair.ends[SERVER]));
        assert_true(tls_established(pair.ends[CLIENT]));
        assert_int_equal(pair.plain[CLIENT].length, 0);
        pair_close(&pair);
    }
}

static void data_goes_both_ways_whatever_its_size(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 16 * 1024, 16 * 1024 + 1, 300 * 1000};
    struct pair pair;
    pair_open(&pair);
    pair.piece = 1000;
    assert_int_equal(pump(&pair), STATUS_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (int to = 0; to < 2; to++) {
            uint8_t *data = malloc(sizes[i] + 1);
            assert_non_null(data);
            for (size_t k = 0; k < sizes[i]; k++) data[k] = (uint8_t)(k * 31 + i);
            bytes_clear(&pair.plain[to]);
            assert_int_equal(tls_send(pair.ends[1 - to], data, sizes[i], &pair.to[to]), STATUS_OK);
            assert_int_equal(pump(&pair), STATUS_OK);
            assert_int_equal(pair.plain[to].length, sizes[i]);
            if (sizes[i] > 0) assert_memory_equal(pair.plain[to].data, data, sizes[i]);
            free(data);
        }
    }
    pair_close(&pair);
}

static void close_notify_is_told_and_ends_sending(void **state) {
    (void)state;
    struct pair pair;
    pair_open(&pair);
    assert_int_equal(tls_finish(pair.ends[CLIENT], &pair.to[SERVER]), STATUS_INVALID); /* not before it stands */
    assert_int_equal(pump(&pair), STATUS_OK);
    assert_int_equal(tls_send(pair.ends[CLIENT], (const uint8_t *)"last", 4, &pair.to[SERVER]), STATUS_OK);
    assert_int_equal(tls_finish(pair.ends[CLIENT], &pair.to[SERVER]), STATUS_OK);
    assert_int_equal(pump(&pair), STATUS_OK);
    assert_true(pair.finished[SERVER]);
    assert_int_equal(pair.plain[SERVER].length, 4);
    assert_int_equal(tls_send(pair.ends[CLIENT], (const uint8_t *)"more", 4, &pair.to[SERVER]), STATUS_INVALID);
    /* The other direction still stands. */
    assert_int_equal(tls_send(pair.ends[SERVER], (const uint8_t *)"answer", 6, &pair.to[CLIENT]), STATUS_OK);
    assert_int_equal(pump(&pair), STATUS_OK);
    assert_int_equal(pair.plain[CLIENT].length, 6);
    pair_close(&pair);
}

static void sending_before_it_stands_is_refused(void **state) {
    (void)state;
    struct pair pair;
    pair_open(&pair);
    assert_int_equal(tls_send(pair.ends[SERVER], (const uint8_t *)"early", 5, &pair.to[CLIENT]), STATUS_INVALID);
    pair_close(&pair);
}

static void what_is_no_tls_is_invalid_for_ever(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
    } openings[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",        27},
        {"SSH-2.0-OpenSSH_9.2\r\n",                  21},
        {"\x16\x03\x01\x00\x05\xff\xff\xff\xff\xff", 10},
        {"\x16\x03\x01\xff\xff too long a record",   23},
    };
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        struct pair pair;
        bool finished = false;
        pair_open(&pair);
        assert_int_equal(tls_feed(pair.ends[SERVER], (const uint8_t *)openings[i].bytes, openings[i].length,
                                  &pair.plain[SERVER], &pair.to[CLIENT], &finished),
                         STATUS_INVALID);
        assert_string_not_equal(tls_failure(pair.ends[SERVER]), "");
        assert_false(finished);
        assert_int_equal(tls_feed(pair.ends[SERVER], pair.to[SERVER].data, pair.to[SERVER].length, &pair.plain[SERVER],
                                  &pair.to[CLIENT], &finished),
                         STATUS_INVALID);
        pair_close(&pair);
    }
}

/* A stranger who promises a long greeting is not waited for; one who sends a byte is answered nothing yet. */
static void a_greeting_over_4_kib_is_refused(void **state) {
    (void)state;
    static const uint8_t allowed[] = {22, 3, 1, 0x10, 0x00}, over[] = {22, 3, 1, 0x10, 0x01};
    struct pair pair;
    pair_open(&pair);
    bool finished;
    struct tls *server = pair.ends[SERVER];
    assert_int_equal(tls_feed(server, allowed, 1, &pair.plain[SERVER], &pair.to[CLIENT], &finished), STATUS_OK);
    assert_int_equal(tls_feed(server, allowed + 1, 4, &pair.plain[SERVER], &pair.to[CLIENT], &finished), STATUS_OK);
    pair_close(&pair);
    pair_open(&pair);
    server = pair.ends[SERVER];
    assert_int_equal(tls_feed(server, over, 5, &pair.plain[SERVER], &pair.to[CLIENT], &finished), STATUS_INVALID);
    assert_string_equal(tls_failure(server), "the greeting is too long");
    assert_int_equal(tls_feed(server, over, 1, &pair.plain[SERVER], &pair.to[CLIENT], &finished), STATUS_INVALID);
    pair_close(&pair);
}

static void a_changed_record_is_invalid_and_answered_with_an_alert(void **state) {
    (void)state;
    struct pair pair;
    pair_open(&pair);
    assert_int_equal(pump(&pair), STATUS_OK);
    assert_int_equal(tls_send(pair.ends[CLIENT], (const uint8_t *)"contents", 8, &pair.to[SERVER]), STATUS_OK);
    pair.to[SERVER].data[pair.to[SERVER].length - 1] ^= 1;
    assert_int_equal(pump(&pair), STATUS_INVALID);
    assert_int_equal(pair.plain[SERVER].length, 0);
    assert_true(pair.to[CLIENT].length > 0);
    pair_close(&pair);
}

/* A peer of our own making, since our client speaks nothing older. */
static void tls_1_2_is_refused(void **state) {
    (void)state;
    struct pair pair;
    bool finished = false;
    uint8_t hello[2048];
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    SSL *ssl = SSL_new(context);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl);
    (void)SSL_do_handshake(ssl);
    int length = BIO_read(SSL_get_wbio(ssl), hello, sizeof hello);
    assert_true(length > 0);
    pair_open(&pair);
    assert_int_equal(
        tls_feed(pair.ends[SERVER], hello, (size_t)length, &pair.plain[SERVER], &pair.to[CLIENT], &finished),
        STATUS_INVALID);
    assert_true(pair.to[CLIENT].length >= 7);
    assert_int_equal(pair.to[CLIENT].data[0], SSL3_RT_ALERT);
    assert_int_equal(pair.to[CLIENT].data[6], SSL_AD_PROTOCOL_VERSION);
    pair_close(&pair);
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* What an earlier call of OpenSSL left in the queue of errors must not be taken for this one's. */
static void a_stale_error_does_no_harm(void **state) {
    (void)state;
    struct pair pair;
    pair_open(&pair);
    pair.piece = 50;
    BIO *empty = BIO_new(BIO_s_mem());
    assert_null(PEM_read_bio_X509(empty, NULL, NULL, NULL));
    BIO_free(empty);
    assert_int_not_equal(ERR_peek_error(), 0);
    assert_int_equal(pump(&pair), STATUS_OK);
    assert_true(tls_established(pair.ends[SERVER]));
    pair_close(&pair);
}

static void the_pin_is_the_hash_of_the_public_key(void **state) {
    (void)state;
    struct pair pair;
    uint8_t pin[TLS_PIN_BYTES], own[TLS_PIN_BYTES], expected[TLS_PIN_BYTES];
    FILE *file = fopen(certificate_path, "r");
    assert_non_null(file);
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file);
    assert_non_null(certificate);
    uint8_t *key = NULL;
    int length = i2d_PUBKEY(X509_get0_pubkey(certificate), &key);
    assert_true(length > 0);
    SHA256(key, (size_t)length, expected);
    OPENSSL_free(key);
    X509_free(certificate);

    pair_open(&pair);
    assert_false(tls_peer_pin(pair.ends[CLIENT], pin));
    assert_int_equal(pump(&pair), STATUS_OK);
    assert_true(tls_peer_pin(pair.ends[CLIENT], pin));
    assert_memory_equal(pin, expected, sizeof pin);
    assert_true(tls_context_pin(pair.contexts[SERVER], own));
    assert_memory_equal(own, expected, sizeof own);
    assert_false(tls_context_pin(pair.contexts[CLIENT], own));
    assert_false(tls_peer_pin(pair.ends[SERVER], pin)); /* clients have no certificate */
    pair_close(&pair);
}

static void the_key_is_private_and_new_each_time(void **state) {
    (void)state;
    struct stat status;
    uint8_t first[TLS_PIN_BYTES], second[TLS_PIN_BYTES];
    struct tls_context *context = NULL;
    assert_int_equal(tls_context_server(&context, certificate_path, key_path, why), STATUS_OK);
    assert_true(tls_context_pin(context, first));
    tls_context_free(context);
    assert_int_equal(chmod(key_path, 0644), 0);
    assert_int_equal(tls_make_certificate(certificate_path, key_path, "192.0.2.7", why), STATUS_OK);
    assert_int_equal(stat(key_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(tls_context_server(&context, certificate_path, key_path, why), STATUS_OK);
    assert_true(tls_context_pin(context, second));
    tls_context_free(context);
    assert_memory_not_equal(first, second, sizeof first);
}

static void the_certificate_lasts_ten_years_and_names_its_host(void **state) {
    (void)state;
    assert_int_equal(tls_make_certificate(certificate_path, key_path, "desk.example.org", why), STATUS_OK);
    FILE *file = fopen(certificate_path, "r");
    assert_non_null(file);
    X509 *certificate = PEM_read_X509(file, NULL, NULL, NULL);
    (void)fclose(file);
    assert_non_null(certificate);
    int days = 0, seconds = 0;
    assert_int_equal(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(certificate), X509_get0_notAfter(certificate)),
                     1);
    assert_in_range(days, 3649, 3650);
    assert_int_equal(X509_check_host(certificate, "desk.example.org", 0, 0, NULL), 1);
    assert_int_equal(X509_check_host(certificate, "other.example.org", 0, 0, NULL), 0);
    assert_int_equal(X509_verify(certificate, X509_get0_pubkey(certificate)), 1);
    X509_free(certificate);
}

static void bad_files_are_explained(void **state) {
    (void)state;
    char other_certificate[80], other_key[80], text[80];
    (void)snprintf(other_certificate, sizeof other_certificate, "%s/other.pem", folder);
    (void)snprintf(other_key, sizeof other_key, "%s/other-key.pem", folder);
    (void)snprintf(text, sizeof text, "%s/text.pem", folder);
    assert_int_equal(tls_make_certificate(other_certificate, other_key, "other", why), STATUS_OK);
    FILE *file = fopen(text, "w");
    assert_non_null(file);
    (void)fputs("no certificate\n", file);
    (void)fclose(file);
    const struct {
        const char *certificate, *key, *named;
    } cases[] = {
        {"/nonexistent/a.pem", key_path,             "/nonexistent/a.pem"},
        {certificate_path,     "/nonexistent/b.pem", "/nonexistent/b.pem"},
        {certificate_path,     other_key,            other_key           },
        {text,                 key_path,             text                },
        {certificate_path,     text,                 text                },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tls_context *context = NULL;
        why[0] = '\0';
        assert_int_equal(tls_context_server(&context, cases[i].certificate, cases[i].key, why), STATUS_INVALID);
        assert_null(context);
        assert_non_null(strstr(why, cases[i].named));
    }
    static const char *const names[] = {"", "a,DNS:b", "a b", "a\nb"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(tls_make_certificate(other_certificate, other_key, names[i], why), STATUS_INVALID);
    assert_int_equal(tls_make_certificate("/nonexistent/a.pem", other_key, "a", why), STATUS_INVALID);
    assert_non_null(strstr(why, "/nonexistent/a.pem"));
    (void)unlink(other_certificate);
    (void)unlink(other_key);
    (void)unlink(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_in_pieces_of_any_size),
        cmocka_unit_test(data_goes_both_ways_whatever_its_size),
        cmocka_unit_test(close_notify_is_told_and_ends_sending),
        cmocka_unit_test(sending_before_it_stands_is_refused),
        cmocka_unit_test(what_is_no_tls_is_invalid_for_ever),
        cmocka_unit_test(a_greeting_over_4_kib_is_refused),
        cmocka_unit_test(a_changed_record_is_invalid_and_answered_with_an_alert),
        cmocka_unit_test(tls_1_2_is_refused),
        cmocka_unit_test(a_stale_error_does_no_harm),
        cmocka_unit_test(the_pin_is_the_hash_of_the_public_key),
        cmocka_unit_test(the_key_is_private_and_new_each_time),
        cmocka_unit_test(the_certificate_lasts_ten_years_and_names_its_host),
        cmocka_unit_test(bad_files_are_explained),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
