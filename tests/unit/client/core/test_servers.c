/* SPDX-License-Identifier: Apache-2.0 */
/* covers client/core/servers.c, and how the line goes from one server to the next */
#include "client/core/servers.h"

#include "tests/unit/client/core/heard.h"

static void addresses_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t count; /* 0: refused */
        const char *host;
        int port; /* of the last one */
    } cases[] = {
        {"a",                        1, "a",        7443 },
        {"a:1,b:2",                  2, "b",        2    },
        {"a:1, [::1]:8",             2, "::1",      8    },
        {"a,b,c,d,e,f,g,h",          8, "h",        7443 },
        {"fe80::1:2,10.0.0.1:65535", 2, "10.0.0.1", 65535},
        {"a,b,c,d,e,f,g,h,i",        0, "",         0    },
        {"a,",                       0, "",         0    },
        {",a",                       0, "",         0    },
        {"a,,b",                     0, "",         0    },
        {"a:1,b:0",                  0, "",         0    },
        {"a:+1",                     0, "",         0    },
        {"",                         0, "",         0    },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct servers servers;
        bool read = servers_read(&servers, cases[i].text);
        if (read != (cases[i].count > 0)) fail_msg("\"%s\"", cases[i].text);
        if (!read) continue;
        assert_int_equal(servers.count, cases[i].count);
        assert_string_equal(servers.items[servers.count - 1].host, cases[i].host);
        assert_int_equal(servers.items[servers.count - 1].port, cases[i].port);
    }
}

static void the_next_is_one_that_may_be_gone_to(void **state) {
    (void)state;
    struct servers servers;
    assert_true(servers_read(&servers, "a,b,c"));
    assert_int_equal(servers_next(&servers, 0, 100), 1);
    assert_int_equal(servers_next(&servers, 2, 100), 0);
    servers.items[1].not_before_ms = 200;
    assert_int_equal(servers_next(&servers, 0, 100), 2);
    assert_int_equal(servers_next(&servers, 0, 200), 1);
    servers.items[0].not_before_ms = 400;
    servers.items[2].not_before_ms = 300;
    assert_int_equal(servers_next(&servers, 2, 100), 1);
    assert_true(servers_read(&servers, "alone"));
    servers.items[0].not_before_ms = 500;
    assert_int_equal(servers_next(&servers, 0, 100), 0);
}

/* The port of a socket that is bound and does not listen: nobody answers there. */
static int deaf_port(int *file) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(*file, (const struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(*file, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

static void open_with(struct heard *heard, struct fake_server *server, const char *servers) {
    struct client_options options = {.servers = servers, .language = "en", .name = "test/1", .desk = "1"};
    *heard = (struct heard){.line = CLIENT_LINE_DOWN};
    assert_int_equal(client_open(&heard->client, &server->loop, &options, &heard_callbacks, heard), STATUS_OK);
}

static void one_that_does_not_answer_is_left_at_once(void **state) {
    (void)state;
    struct fake_server server;
    struct heard heard;
    char servers[64];
    int deaf, port = 0;
    fake_open(&server);
    (void)snprintf(servers, sizeof servers, "127.0.0.1:%d,127.0.0.1:%d", deaf_port(&deaf), server.port);
    open_with(&heard, &server, servers);
    heard.client->line.figures.backoff_ms = heard.client->line.figures.backoff_limit_ms = 60 * 1000;
    RUN_UNTIL(&server, heard.line == CLIENT_LINE_STRANGER);
    assert_string_equal(client_address(heard.client, &port), "127.0.0.1");
    assert_int_equal(port, server.port);
    heard_close(&heard, &server);
    close(deaf);
    fake_close(&server);
}

static void bad_lists_are_refused(void **state) {
    (void)state;
    struct client_options options = {.servers = "a,", .language = "en", .name = "test/1", .desk = "1"};
    struct fake_server server;
    struct client *client = NULL;
    fake_open(&server);
    assert_int_equal(client_open(&client, &server.loop, &options, &heard_callbacks, NULL), STATUS_INVALID);
    fake_close(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read),
        cmocka_unit_test(the_next_is_one_that_may_be_gone_to),
        cmocka_unit_test(one_that_does_not_answer_is_left_at_once),
        cmocka_unit_test(bad_lists_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
