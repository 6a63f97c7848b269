/* SPDX-License-Identifier: Apache-2.0 */
/* Strangers cost little (promise 11): thousands of connections that never get to the point stand before the door, each
 * stopped at another step, while staff come to work. Each costs at most 16 KiB and 5 s, and none costs the database
 * anything. The control has no limits: nobody is sent away. */
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/fault/company.h"
#include "tests/fault/room.h"
#include "tests/support/estate.h"
#include "tests/support/test.h"

enum {
    SHORT_ROUNDS = 400, /* a round is a stranger */
    KINDS = 6,
    HELLO_BYTES = 2048,
    HALF_BYTES = 100,
    EACH_BYTES = 16 * 1024,
    HELLO_EACH_BYTES = 48 * 1024, /* OpenSSL's own, between a whole greeting and the answer to it */
    EACH_MS = 5000,
    MARGIN_MS = 1500, /* the sweep, the last words, and a busy machine */
    STAFF = 5,
    STAFF_WITHIN_MS = 1000,
    STAFF_WITHIN_BUSY_MS = 3000, /* where other tests share the machine */
    FULL_ROUNDS = 2000,
    FLOOD = 40,
};

/* Two kinds say nothing that TLS would know, so they are bare sockets; the others are guests. */
enum kind { KIND_TCP, KIND_HALF, KIND_HELLO, KIND_DRIPPING, KIND_TLS, KIND_GREETED };

struct bare {
    int socket;
    enum kind kind;
    size_t sent;
    int64_t began_ms, ended_ms;
};

static struct estate estate;
static struct company company;
static struct bare *bare;
static int bare_count;
static uint8_t hello[HELLO_BYTES];
static size_t hello_length;

/* The first bytes of a client that would go on. */
static void make_hello(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = SSL_new(context);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    assert_true(tls != NULL && in != NULL && out != NULL);
    SSL_set_bio(tls, in, out);
    (void)SSL_connect(tls);
    int length = BIO_read(out, hello, sizeof hello);
    assert_true(length > HALF_BYTES);
    hello_length = (size_t)length;
    SSL_free(tls);
    SSL_CTX_free(context);
}

static void bare_say(struct bare *one, size_t length) {
    if (one->sent + length > hello_length) return;
    ssize_t sent = send(one->socket, hello + one->sent, length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) one->sent += (size_t)sent;
}

static void bare_come(struct bare *one, enum kind kind) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)estate.daemon.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *one = (struct bare){.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), .kind = kind};
    assert_true(one->socket >= 0);
    (void)!connect(one->socket, (struct sockaddr *)&address, sizeof address);
    struct pollfd made = {.fd = one->socket, .events = POLLOUT};
    while (poll(&made, 1, 0) == 0) desk_turn(&estate.loop);
    one->began_ms = steady_ms();
    if (kind == KIND_HALF) bare_say(one, HALF_BYTES);
    if (kind == KIND_HELLO) bare_say(one, hello_length);
}

static void bare_look(struct bare *one) {
    char word[256];
    if (one->socket < 0) return;
    ssize_t got = recv(one->socket, word, sizeof word, MSG_DONTWAIT);
    if (got != 0 && (got > 0 || errno == EAGAIN)) return;
    one->ended_ms = steady_ms();
    close(one->socket);
    one->socket = -1;
}

static int bare_left(void) {
    int left = 0;
    for (int i = 0; i < bare_count; i++) {
        bare_look(&bare[i]);
        left += bare[i].socket >= 0;
    }
    return left;
}

static void drip(void) {
    static int64_t dripped_ms;
    if (steady_ms() - dripped_ms < 1000) return;
    dripped_ms = steady_ms();
    for (int i = 0; i < bare_count; i++)
        if (bare[i].kind == KIND_DRIPPING && bare[i].socket >= 0) bare_say(&bare[i], 1);
}

/* ---- the house ---- */

static void raise_files(void) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void open_house(int strangers) {
    memset(&estate, 0, sizeof estate);
    estate_open(&estate);
    company_open(&company, &estate.loop, &estate.daemon, strangers);
    bare = calloc((size_t)strangers, sizeof *bare);
    assert_non_null(bare);
    bare_count = 0;
}

static void close_house(void) {
    for (int i = 0; i < bare_count; i++)
        if (bare[i].socket >= 0) close(bare[i].socket);
    free(bare);
    company_close(&company);
    estate_close(&estate);
}

static void strangers_come(void) {
    for (int i = 0; i < company.count; i++) {
        enum kind kind = (enum kind)(i % KINDS);
        if (kind == KIND_TLS)
            guest_come(&company.guests[i], GUEST_TLS);
        else if (kind == KIND_GREETED)
            guest_come(&company.guests[i], GUEST_GREETED);
        else
            bare_come(&bare[bare_count++], kind);
        desk_turn(&estate.loop);
    }
    for (int64_t until = steady_ms() + 300; steady_ms() < until;) desk_turn(&estate.loop);
}

static long transactions(PGconn *database) {
    PQclear(PQexec(database, "select pg_stat_clear_snapshot()"));
    return database_number(database, "select xact_commit + xact_rollback from pg_stat_database "
                                     "where datname = current_database()");
}

/* What the house does by itself goes on; the statistics come a second late. */
static long transactions_in(PGconn *database, int64_t duration_ms, bool dripping) {
    long before = transactions(database);
    for (int64_t until = steady_ms() + duration_ms; steady_ms() < until; desk_turn(&estate.loop)) {
        if (dripping) drip();
        (void)bare_left();
    }
    return transactions(database) - before;
}

static int64_t staff_slowest_ms(void) {
    int64_t slowest = 0;
    for (int i = 0; i < STAFF; i++) {
        struct desk desk;
        char name[16];
        snprintf(name, sizeof name, "staff-%d", i);
        int64_t began_ms = steady_ms();
        desk_open(&desk, &estate.loop, &estate.daemon, name);
        desk_sign_in(&desk, "admin", ESTATE_PASSWORD);
        int64_t took_ms = steady_ms() - began_ms;
        if (took_ms > slowest) slowest = took_ms;
        desk_close(&desk);
    }
    return slowest;
}

/* Until nobody is left; the longest that any of them could stay. */
static int64_t longest_stay_ms(int64_t patience_ms) {
    int64_t longest = 0, until = steady_ms() + patience_ms;
    while (bare_left() + company_count(&company, GUEST_TCP) > 0 && steady_ms() < until) {
        drip();
        desk_turn(&estate.loop);
    }
    int64_t now_ms = steady_ms();
    for (int i = 0; i < bare_count; i++) {
        int64_t stay = (bare[i].socket < 0 ? bare[i].ended_ms : now_ms) - bare[i].began_ms;
        if (stay > longest) longest = stay;
    }
    for (int i = 0; i < company.count; i++) {
        const struct guest *guest = &company.guests[i];
        if (guest->began_ms == 0) continue;
        int64_t stay = (guest->ended_ms != 0 ? guest->ended_ms : now_ms) - guest->began_ms;
        /* Two steps have 5 s each: one that has greeted is known a little better than before. */
        if (guest->goal == GUEST_GREETED) stay -= EACH_MS;
        if (stay > longest) longest = stay;
    }
    return longest;
}

/* ---- what is proven ---- */

static void strangers_cost_little(void **state) {
    (void)state;
    open_house((int)room_rounds());
    PGconn *database = daemon_database(&estate.daemon);
    long usual = transactions_in(database, 4000, false);
    strangers_come();
    room_progress(room_rounds() / 2, "strangers");
    long with_them = transactions_in(database, 4000, true);
    room_figure("transactions_usual", usual);
    room_figure("transactions_with_strangers", with_them);
    longest_stay_ms(15000);
    /* Again, and now people come to work. */
    for (int i = 0; i < company.count; i++)
        while (company.guests[i].open) desk_turn(&estate.loop);
    bare_count = 0;
    strangers_come();
    room_figure("staff_signed_in_within_ms", staff_slowest_ms());
    room_figure("longest_stay_ms", longest_stay_ms(15000));
    PQfinish(database);
    close_house();
    /* Statistics come in lumps of a second. */
    assert_true(with_them <= usual + usual / 2 + 20);
    assert_true(room_value("longest_stay_ms") <= EACH_MS + MARGIN_MS);
    assert_true(room_value("staff_signed_in_within_ms") <=
                (room_rounds() >= FULL_ROUNDS ? STAFF_WITHIN_MS : STAFF_WITHIN_BUSY_MS));
}

/* All may stay at once here, so that what one costs can be seen. */
static void each_costs_little_memory(void **state) {
    (void)state;
    setenv("FRONTDESK_LIMITS_STRANGERS", "100000", 1);
    setenv("FRONTDESK_LIMITS_HANDSHAKE", "1min", 1);
    open_house((int)room_rounds());
    unsetenv("FRONTDESK_LIMITS_STRANGERS");
    unsetenv("FRONTDESK_LIMITS_HANDSHAKE");
    static const char *const names[KINDS] = {"bytes_tcp",      "bytes_half_hello", "bytes_hello",
                                             "bytes_dripping", "bytes_tls",        "bytes_greeted"};
    for (int kind = 0; kind < KINDS; kind++) {
        int64_t before = rss_bytes(estate.daemon.pid);
        int first = bare_count, count = company.count / KINDS;
        for (int i = 0; i < count; i++) {
            if (kind == KIND_TLS || kind == KIND_GREETED)
                guest_come(&company.guests[(kind - KIND_TLS) * count + i],
                           kind == KIND_TLS ? GUEST_TLS : GUEST_GREETED);
            else
                bare_come(&bare[bare_count++], (enum kind)kind);
            desk_turn(&estate.loop);
        }
        for (int step = 0; kind == KIND_DRIPPING && step < 3; step++)
            for (int i = first; i < bare_count; i++) bare_say(&bare[i], 1);
        for (int64_t until = steady_ms() + 1000; steady_ms() < until;) desk_turn(&estate.loop);
        room_figure(names[kind], (rss_bytes(estate.daemon.pid) - before) / count);
    }
    close_house();
    for (int kind = 0; kind < KINDS; kind++)
        assert_true(room_value(names[kind]) <= (kind == KIND_HELLO ? HELLO_EACH_BYTES : EACH_BYTES));
}

/* ---- a flood of wrong passwords ---- */

static int refused, busy, other;

static void on_flood_reply(struct guest *guest, const Fd__Reply *reply) {
    (void)guest;
    refused += reply->status == FD__STATUS__STATUS_UNAUTHENTICATED;
    busy += reply->status == FD__STATUS__STATUS_BUSY && reply->retry_after_ms > 0;
    other += reply->status != FD__STATUS__STATUS_UNAUTHENTICATED && reply->status != FD__STATUS__STATUS_BUSY;
}

static void wrong_passwords_wait_in_no_long_line(void **state) {
    char login[32];
    (void)state;
    open_house(FLOOD);
    company.on_reply = on_flood_reply;
    refused = busy = other = 0;
    for (int i = 0; i < FLOOD; i++) guest_come(&company.guests[i], GUEST_GREETED);
    assert_true(company_until(&company, GUEST_GREETED, FLOOD, 4000));
    for (int i = 0; i < FLOOD; i++) {
        snprintf(login, sizeof login, "nobody-%d", i);
        guest_sign_in(&company.guests[i], login, "wrong-password");
    }
    for (int64_t until = steady_ms() + 15000; refused + busy + other < FLOOD && steady_ms() < until;)
        desk_turn(&estate.loop);
    room_figure("flood_hashed", refused);
    room_figure("flood_told_busy", busy);
    close_house();
    assert_int_equal(refused + busy, FLOOD);
    assert_int_equal(other, 0);
    assert_true(refused <= 2 + 8 + 8); /* at work, waiting, and what was finished while the rest arrived */
}

static void without_limits_they_stay(void **state) {
    (void)state;
    setenv("FRONTDESK_LIMITS_HANDSHAKE", "10min", 1);
    setenv("FRONTDESK_LIMITS_SIGN_IN", "10min", 1);
    setenv("FRONTDESK_LIMITS_STRANGERS", "100000", 1);
    open_house(50);
    unsetenv("FRONTDESK_LIMITS_HANDSHAKE");
    unsetenv("FRONTDESK_LIMITS_SIGN_IN");
    unsetenv("FRONTDESK_LIMITS_STRANGERS");
    strangers_come();
    int64_t longest = longest_stay_ms(EACH_MS + MARGIN_MS + 500);
    room_figure("longest_stay_of_the_control_ms", longest);
    close_house();
    assert_true(longest > EACH_MS + MARGIN_MS);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers_cost_little),
        cmocka_unit_test(each_costs_little_memory),
        cmocka_unit_test(wrong_passwords_wait_in_no_long_line),
        cmocka_unit_test(without_limits_they_stay),
    };
    room_open("strangers", "strangers cost little", SHORT_ROUNDS, argc, argv);
    raise_files();
    make_hello();
    return room_close(cmocka_run_group_tests(tests, NULL, NULL));
}
