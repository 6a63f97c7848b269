/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "server/database/address.h"
#include "tests/support/test.h"

struct answer {
    int calls;
    enum status status;
    char host[256], hostaddr[256], port[256];
};

static void copy(char out[256], const struct bytes *list) {
    assert_true(list->length < 256);
    memcpy(out, list->data != NULL ? (const char *)list->data : "", list->length);
    /* libpq takes it as text. */
    if (list->length > 0) assert_int_equal(list->data[list->length - 1], '\0');
}

static void on_found(void *owner, enum status status, const struct addresses *addresses) {
    struct answer *answer = owner;
    answer->calls++;
    answer->status = status;
    copy(answer->host, &addresses->host);
    copy(answer->hostaddr, &addresses->hostaddr);
    copy(answer->port, &addresses->port);
}

static void find(const char *conninfo, struct answer *answer) {
    uv_loop_t loop;
    struct address_search *search = NULL;
    memset(answer, 0, sizeof(*answer));
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(address_search_begin(&search, &loop, conninfo, on_found, answer), STATUS_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(answer->calls, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
}

/* Numeric hosts go the same way as names, without a name server. */
static void test_lists(void **state) {
    (void)state;
    static const struct {
        const char *conninfo, *host, *hostaddr, *port;
    } cases[] = {
        {"dbname=x",                                     "",                          "",                    ""         },
        {"host=/run/postgresql port=5433",               "",                          "",                    ""         },
        {"host=db.example hostaddr=127.0.0.1",           "",                          "",                    ""         },
        {"host=127.0.0.1 port=5433",                     "127.0.0.1",                 "127.0.0.1",           "5433"     },
        {"host=127.0.0.1,127.0.0.2 port=5433",           "127.0.0.1,127.0.0.2",       "127.0.0.1,127.0.0.2", "5433,5433"},
        {"host=127.0.0.1,127.0.0.2 port=1,2",            "127.0.0.1,127.0.0.2",       "127.0.0.1,127.0.0.2", "1,2"      },
        {"host=/run/postgresql,127.0.0.2",               "/run/postgresql,127.0.0.2", ",127.0.0.2",          ","        },
        {"postgresql://127.0.0.1:7,[::1]:8/x?user=none", "127.0.0.1,::1",             "127.0.0.1,::1",       "7,8"      },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct answer answer;
        find(cases[i].conninfo, &answer);
        assert_int_equal(answer.status, STATUS_OK);
        assert_string_equal(answer.host, cases[i].host);
        assert_string_equal(answer.hostaddr, cases[i].hostaddr);
        assert_string_equal(answer.port, cases[i].port);
    }
}

static void test_no_address(void **state) {
    (void)state;
    struct answer answer;
    find("host=does-not-exist.invalid", &answer);
    assert_int_equal(answer.status, STATUS_UNAVAILABLE);
    /* One dead name does not hide the other. */
    find("host=does-not-exist.invalid,127.0.0.1", &answer);
    assert_int_equal(answer.status, STATUS_OK);
    assert_string_equal(answer.host, "127.0.0.1");
}

static void test_unreadable(void **state) {
    (void)state;
    uv_loop_t loop;
    struct answer answer = {0};
    struct address_search *search = NULL;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(address_search_begin(&search, &loop, "host='open", on_found, &answer), STATUS_INVALID);
    assert_int_equal(answer.calls, 0);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_cancel(void **state) {
    (void)state;
    uv_loop_t loop;
    struct answer answer = {0};
    struct address_search *search = NULL;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(address_search_begin(&search, &loop, "host=127.0.0.1,127.0.0.2", on_found, &answer), STATUS_OK);
    address_search_cancel(search);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(answer.calls, 0);
    assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_no_address),
        cmocka_unit_test(test_unreadable),
        cmocka_unit_test(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
