/* SPDX-License-Identifier: Apache-2.0 */
/* covers common/stream.c against peers that are not ours: plain text, half a handshake, resets, OpenSSL alone */
#include <openssl/ssl.h>
#include <sys/socket.h>

#include "tests/unit/common/stream_house.h"

/* A peer without our rules: a plain socket of this process. */
static int plain_connect(struct house *house) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(descriptor >= 0);
    assert_int_equal(connect(descriptor, (struct sockaddr *)&house->address, sizeof house->address), 0);
    return descriptor;
}

static void plain_text_on_the_port_ends_the_line(void **state) {
    (void)state;
    static const char request[] = "GET / HTTP/1.1\r\nHost: frontdesk\r\n\r\n";
    struct house house;
    house_open(&house);
    int descriptor = plain_connect(&house);
    assert_int_equal(write(descriptor, request, sizeof request - 1), sizeof request - 1);
    RUN_UNTIL(&house, house.ends[0].ends > 0);
    assert_int_equal(house.ends[0].why, STREAM_END_TLS);
    RUN_UNTIL(&house, house.ends[0].closed > 0);
    (void)close(descriptor);
    house_close(&house);
}

static void a_handshake_cut_short_is_truncated(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    int descriptor = plain_connect(&house);
    assert_int_equal(write(descriptor, "\x16\x03\x01", 3), 3);
    RUN_UNTIL(&house, house.accepted > 0);
    (void)close(descriptor);
    RUN_UNTIL(&house, house.ends[0].closed > 0);
    assert_int_equal(house.ends[0].why, STREAM_END_TRUNCATED);
    house_close(&house);
}

static void a_reset_is_told(void **state) {
    (void)state;
    struct house house;
    house_open(&house);
    int descriptor = plain_connect(&house);
    RUN_UNTIL(&house, house.accepted > 0);
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    (void)close(descriptor);
    RUN_UNTIL(&house, house.ends[0].closed > 0);
    assert_int_equal(house.ends[0].why, STREAM_END_RESET);
    house_close(&house);
}

/* OpenSSL over a plain socket, driven without blocking, one byte at a time into our server. */
struct foreign {
    SSL_CTX *context;
    SSL *ssl;
    int descriptor;
};

static void foreign_open(struct foreign *foreign, struct house *house, int version) {
    foreign->descriptor = plain_connect(house);
    foreign->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(foreign->context, version);
    foreign->ssl = SSL_new(foreign->context);
    SSL_set_bio(foreign->ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(foreign->ssl);
}

static void foreign_close(struct foreign *foreign) {
    SSL_free(foreign->ssl);
    SSL_CTX_free(foreign->context);
    (void)close(foreign->descriptor);
}

static void foreign_carry(struct foreign *foreign, struct house *house) {
    char byte, block[4096];
    while (BIO_read(SSL_get_wbio(foreign->ssl), &byte, 1) == 1) {
        (void)send(foreign->descriptor, &byte, 1, MSG_NOSIGNAL);
        (void)uv_run(&house->loop, UV_RUN_NOWAIT);
    }
    (void)uv_run(&house->loop, UV_RUN_NOWAIT);
    ssize_t length = recv(foreign->descriptor, block, sizeof block, MSG_DONTWAIT);
    if (length > 0) BIO_write(SSL_get_rbio(foreign->ssl), block, (int)length);
}

static void one_byte_at_a_time_is_understood(void **state) {
    (void)state;
    struct house house;
    struct foreign foreign;
    char answer[16] = "";
    house_open(&house);
    house.ends[0].echo = true;
    foreign_open(&foreign, &house, TLS1_3_VERSION);
    while (SSL_do_handshake(foreign.ssl) != 1) foreign_carry(&foreign, &house);
    assert_int_equal(SSL_write(foreign.ssl, "slow", 4), 4);
    while (SSL_read(foreign.ssl, answer, sizeof answer) != 4) foreign_carry(&foreign, &house);
    assert_string_equal(answer, "slow");
    (void)SSL_shutdown(foreign.ssl);
    while (house.ends[0].ends == 0) foreign_carry(&foreign, &house);
    assert_int_equal(house.ends[0].why, STREAM_END_FINISHED);
    foreign_close(&foreign);
    RUN_UNTIL(&house, house.ends[0].closed > 0);
    house_close(&house);
}

static void tls_1_2_is_told_why_it_is_refused(void **state) {
    (void)state;
    struct house house;
    struct foreign foreign;
    house_open(&house);
    foreign_open(&foreign, &house, TLS1_2_VERSION);
    int result = -1;
    while ((result = SSL_do_handshake(foreign.ssl)) < 0 && SSL_get_error(foreign.ssl, result) == SSL_ERROR_WANT_READ)
        foreign_carry(&foreign, &house);
    assert_int_equal(SSL_get_error(foreign.ssl, result), SSL_ERROR_SSL); /* the alert has arrived */
    assert_int_equal(house.ends[0].why, STREAM_END_TLS);
    foreign_close(&foreign);
    RUN_UNTIL(&house, house.ends[0].closed > 0);
    house_close(&house);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_on_the_port_ends_the_line),
        cmocka_unit_test(a_handshake_cut_short_is_truncated),
        cmocka_unit_test(a_reset_is_told),
        cmocka_unit_test(one_byte_at_a_time_is_understood),
        cmocka_unit_test(tls_1_2_is_told_why_it_is_refused),
    };
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
